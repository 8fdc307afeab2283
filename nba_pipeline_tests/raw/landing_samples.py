"""Copy sample payloads into a landing root of a test, under the names the grammar gives them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

from nba_pipeline.landing.grammar import file_path


def land(
    sample: Path | bytes | str | dict | list,
    feed: str,
    day: date | str,
    unit: str,
    fetched_at: datetime | str,
    root: Path,
) -> str:
    """Land a sample byte for byte; returns its path relative to the root.

    sample: a file (its suffix becomes the extension), bytes or text of a JSON body, or an object to write as JSON.
    day: partition date, `2025-01-15` or a date. fetched_at: a UTC instant or `20250116T093000Z`.
    """
    if isinstance(sample, Path):
        payload, extension = sample.read_bytes(), sample.suffix.removeprefix(".")
    elif isinstance(sample, bytes):
        payload, extension = sample, "json"
    else:
        payload, extension = (sample if isinstance(sample, str) else json.dumps(sample)).encode(), "json"
    instant = fetched_at
    if isinstance(instant, str):
        instant = datetime.strptime(instant, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    path = file_path(feed, date.fromisoformat(day) if isinstance(day, str) else day, unit, instant, extension)
    target = Path(root) / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(payload)
    return path
