"""Names of landed files: `payloads/{feed}/{date}/{unit}__{fetched_at}.{extension}[.gz]` in both directions.

Does NOT belong here: opening files.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from nba_pipeline.landing.files import LandedFile

PAYLOADS = "payloads"
ARCHIVE = "archive"
EXTENSIONS = ("json", "csv", "html", "pdf", "none.json")
GZIPPED_ABOVE_BYTES = 64 * 1024
SEASON_FEEDS = frozenset({"nba_schedule"})
"""Feeds whose files hold a whole season: a window of dates needs every file, whatever day it was fetched."""

_FETCHED_AT = "%Y%m%dT%H%M%SZ"
_PATH = re.compile(
    r"^payloads/(?P<feed>[a-z][a-z0-9_]*)/(?P<date>\d{4}-\d{2}-\d{2})/"
    r"(?P<unit>[A-Za-z0-9][A-Za-z0-9._-]*?)__(?P<fetched_at>\d{8}T\d{6}Z)\."
    r"(?P<extension>none\.json|json|csv|html|pdf)(?P<gzip>\.gz)?$"
)
_UNIT = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
_FEED = re.compile(r"^[a-z][a-z0-9_]*$")


def parse_path(path: str) -> LandedFile | None:
    """The file a path relative to the landing root names; None when the name does not match the grammar."""
    found = _PATH.match(path)
    if not found:
        return None
    try:
        day = date.fromisoformat(found["date"])
        fetched_at = datetime.strptime(found["fetched_at"], _FETCHED_AT).replace(tzinfo=UTC)
    except ValueError:
        return None
    return LandedFile(path, found["feed"], day, found["unit"], fetched_at, found["extension"])


def file_path(feed: str, day: date, unit: str, fetched_at: datetime, extension: str, *, gzipped: bool = False) -> str:
    """Path of a file relative to the landing root; raises ValueError for a part the grammar does not allow."""
    if not _FEED.match(feed) or not _UNIT.match(unit) or "__" in unit or extension not in EXTENSIONS:
        raise ValueError(
            f"landing: {feed!r}, {unit!r}, {extension!r} do not form a file name; "
            f"feed and unit use [A-Za-z0-9._-], the extension is one of {EXTENSIONS}."
        )
    if fetched_at.tzinfo is None:
        raise ValueError(f"landing: fetched_at {fetched_at} of {feed}/{unit} has no time zone; pass a UTC instant.")
    instant = fetched_at.astimezone(UTC).strftime(_FETCHED_AT)
    return f"{PAYLOADS}/{feed}/{day.isoformat()}/{unit}__{instant}.{extension}{'.gz' if gzipped else ''}"


def date_of_path(path: str) -> date | None:
    """The partition date a payload path names, also when its file name is malformed."""
    parts = path.split("/")
    try:
        return date.fromisoformat(parts[2]) if len(parts) > 3 and parts[0] == PAYLOADS else None
    except ValueError:
        return None


def season_name(season_year: int) -> str:
    """2024 -> `2024-25`, the name of an archive file."""
    return f"{season_year}-{(season_year + 1) % 100:02d}"
