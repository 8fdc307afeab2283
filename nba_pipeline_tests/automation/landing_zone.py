"""A landing folder, a schedule and a clock around the landing sensor, to tick it as the daemon would."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pandas as pd

from nba_pipeline.landing.grammar import file_path
from nba_pipeline.orchestration.feed_rules import Pace
from nba_pipeline.orchestration.horizon import NEW_YORK
from nba_pipeline.orchestration.landing_rules import Watched
from nba_pipeline.orchestration.landing_sensor import Remembered, look
from nba_pipeline.orchestration.resources import LandingResource

BOX, BOX_FEED = "raw.nbac_player_boxscores", "nba_boxscore_live"
TABLES = (
    Watched("raw.nbac_schedule", ("nba_schedule",)),
    Watched(BOX, (BOX_FEED,)),
    Watched("raw.nbac_play_by_play", ("nba_play_by_play",)),
    Watched("raw.odds_api_game_lines", ("odds_game_lines",)),
)


def games(*rows: tuple[str, int, str]) -> pd.DataFrame:
    """(date, number, status) per game; the number becomes an nba_game_id."""
    return pd.DataFrame(
        {
            "game_date": pd.to_datetime([day for day, _, _ in rows]).as_unit("us"),
            "nba_game_id": pd.Series([f"00223{number:05d}" for _, number, _ in rows], dtype="object"),
            "is_final": pd.Series([status == "final" for _, _, status in rows], dtype="bool"),
            "is_postponed": pd.Series([status == "postponed" for _, _, status in rows], dtype="bool"),
        }
    )


class LandingZone:
    """`tick` looks once and hands back the requests; the cursor is kept as the daemon keeps it."""

    def __init__(self, folder: Path, instance: dg.DagsterInstance, now: str) -> None:
        self.root, self.instance = folder / "landing", instance
        self.now = datetime.fromisoformat(now).replace(tzinfo=NEW_YORK)
        self.schedule = games()
        self.skipped: str | None = None
        self.keys: list[str] = []
        self.pace = Pace()
        self._cursor: str | None = None
        self._schedules = 0

    def put(self, feed: str, day: str, unit: str, payload: str, *, fetched: int = 0) -> Path:
        """Land a file; `fetched` numbers the fetches of a unit."""
        at = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=fetched)
        path = self.root / file_path(feed, date.fromisoformat(day), unit, at, "json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(payload)
        return path

    def put_schedule(self, schedule: pd.DataFrame) -> None:
        """A new schedule snapshot."""
        self.schedule = schedule
        self._schedules += 1
        self.put("nba_schedule", "2024-01-10", "2023-24", str(self._schedules), fetched=self._schedules)

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)

    def tick(self) -> list[tuple[tuple[str, ...], str, str]]:
        """(tables, first, last) of every request; a new process each time, so nothing is kept but the cursor."""
        context = dg.build_sensor_context(instance=self.instance, cursor=self._cursor)
        result = look(context, LandingResource(root=str(self.root)), TABLES, Remembered(), self.now, self.pace)
        self._cursor = result.cursor
        self.skipped = result.skip_reason.skip_message if result.skip_reason else None
        self.keys += [str(request.run_key) for request in result.run_requests or ()]
        return [_requested(request) for request in result.run_requests or ()]

    def tick_when_quiet(self) -> list[tuple[tuple[str, ...], str, str]]:
        """Two ticks: one that sees the files, one after everything has been quiet long enough."""
        first = self.tick()
        self.wait(minutes=11)
        return first + self.tick()


def _requested(request: dg.RunRequest) -> tuple[tuple[str, ...], str, str]:
    names: Sequence[dg.AssetKey] = request.asset_selection or ()
    window = (request.tags["dagster/asset_partition_range_start"], request.tags["dagster/asset_partition_range_end"])
    return (tuple(".".join(key.path) for key in names), *window)
