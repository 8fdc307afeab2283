"""A warehouse file for tests of checks: real tables, rows of which a test states only the columns that matter."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from nba_pipeline.analytics import (
    player_game_summary,
    team_defense_game_summary,
    team_offense_game_summary,
    upcoming_player_game_context,
    upcoming_team_game_context,
)
from nba_pipeline.precompute import (
    ml_feature_store,
    player_composite_factors,
    player_daily_cache,
    player_shot_zone_analysis,
    team_defense_zone_analysis,
)
from nba_pipeline.raw import nbac_play_by_play, nbac_player_boxscores, nbac_schedule, nbac_team_boxscore
from nba_pipeline.reference import games
from nba_pipeline.schema import Column, Table
from nba_pipeline.schema.frames import ARROW_TYPES
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse

SCHEDULE = nbac_schedule.TABLE
GAMES = games.TABLE
PLAYER_BOX = nbac_player_boxscores.TABLE
TEAM_BOX = nbac_team_boxscore.TABLE
PLAY_BY_PLAY = nbac_play_by_play.TABLE
PGS = player_game_summary.TABLE
TOGS = team_offense_game_summary.TABLE
TDGS = team_defense_game_summary.TABLE
TDZA = team_defense_zone_analysis.TABLE
PSZA = player_shot_zone_analysis.TABLE
UTGC = upcoming_team_game_context.TABLE
UPGC = upcoming_player_game_context.TABLE
PDC = player_daily_cache.TABLE
PCF = player_composite_factors.TABLE
MLFS = ml_feature_store.TABLE

TABLES = {str(t): t for t in (SCHEDULE, GAMES, PLAYER_BOX, TEAM_BOX, PLAY_BY_PLAY, PGS, TOGS, TDGS, TDZA, PSZA)}
JUDGED_TABLES = {**TABLES, **{str(t): t for t in (UTGC, UPGC, PDC, PCF, MLFS)}}
"""All tables with rules of their own."""

DAY = date(2024, 1, 15)
NEXT_DAY = date(2024, 1, 16)
NEUTRAL: Mapping[str, object] = {
    "STRING": "x",
    "INT64": 0,
    "FLOAT64": 0.5,
    "BOOL": False,
    "DATE": DAY,
    "TIMESTAMP": datetime(2024, 1, 15, tzinfo=UTC),
}


class Store:
    """The file, and what tests do with it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.warehouse = DuckDBWarehouse(path)
        self._created: set[str] = set()

    def copied_to(self, folder: Path) -> Store:
        """The same rows in a file of their own, for a test to change."""
        return Store(Path(shutil.copy(self.path, folder / self.path.name)))

    def create(self, *tables: Table) -> Store:
        for table in tables:
            if str(table) not in self._created:
                self.warehouse.ensure(table)
                self._created.add(str(table))
        return self

    def insert(self, table: Table, *rows: Mapping[str, object]) -> None:
        """Store the rows; a required column that a row leaves out gets a harmless value, any other is NULL."""
        self.create(table)
        columns = table.stored_columns
        unknown = {name for row in rows for name in row} - {column.name for column in columns}
        assert not unknown, f"{table} has no {sorted(unknown)}"
        values = [{c.name: row.get(c.name, _neutral(c)) for c in columns} for row in rows]
        schema = pa.schema([pa.field(c.name, ARROW_TYPES[c.type]) for c in columns])
        with duckdb.connect(str(self.path)) as connection:
            connection.register("given", pa.Table.from_pylist(values, schema=schema))
            connection.execute(f"insert into {table.qualified_name} select * from given")

    def run(self, sql: str) -> None:
        with duckdb.connect(str(self.path)) as connection:
            connection.execute(sql)

    def game(
        self, day: date, away: str, home: str, away_points: int = 100, home_points: int = 110, **schedule: object
    ) -> dict[str, object]:
        """Put a game into the schedule and, unless postponed, into reference.games; returns its identity."""
        identity: dict[str, object] = {
            "game_date": day,
            "game_id": f"{day:%Y%m%d}_{away}_{home}",
            "nba_game_id": f"{day:%y%m%d}{away[0]}{home}",
            "season_year": day.year - (day.month < 10),
            "season_type": "regular",
        }
        final = bool(schedule.get("is_final", True))
        facts: dict[str, object] = {**identity, "home_team_abbr": home, "away_team_abbr": away, "is_final": final}
        scores = {"away_score": away_points, "home_score": home_points} if final else {}
        self.insert(SCHEDULE, {**facts, **scores, **schedule})
        if not schedule.get("is_postponed"):
            points = {"away_points": away_points, "home_points": home_points} if final else {}
            self.insert(GAMES, {**facts, **points})
        return identity


def _neutral(column: Column) -> object:
    return NEUTRAL[column.type] if column.required else None


def sides(identity: Mapping[str, object]) -> list[dict[str, object]]:
    """Identity columns of the away and the home row of a game."""
    _, away, home = str(identity["game_id"]).split("_")
    return [
        {**identity, "team_abbr": own, "opponent_team_abbr": other, "home_game": at_home}
        for own, other, at_home in ((away, home, False), (home, away, True))
    ]
