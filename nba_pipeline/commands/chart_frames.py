"""The rows behind the charts of players and teams, read with the columns they need and no others.

Does NOT belong here: drawing, printing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

import pandas as pd

from nba_pipeline.analytics import player_game_summary
from nba_pipeline.basketball.names import player_lookup
from nba_pipeline.basketball.zones import ZONES
from nba_pipeline.calendar import SEASON_FIRST_MONTH
from nba_pipeline.charts import defence_zones
from nba_pipeline.charts.shot_zones import Zone
from nba_pipeline.errors import PipelineError
from nba_pipeline.precompute import team_defense_zone_analysis
from nba_pipeline.raw import nbac_shot_chart
from nba_pipeline.schema import Table
from nba_pipeline.schema.frames import frame_from_arrow
from nba_pipeline.warehouse import Warehouse

GAMES, SHOTS, DEFENCE = player_game_summary.TABLE, nbac_shot_chart.TABLE, team_defense_zone_analysis.TABLE
ZONE_COUNTS = {
    "paint": ("paint_makes", "paint_attempts"),
    "mid_range": ("mid_range_makes", "mid_range_attempts"),
    "three": ("three_makes_pbp", "three_attempts_pbp"),
}
IDENTITY = ("game_date", "player_lookup", "nba_player_id", "player_full_name", "team_abbr")
FORM = ("opponent_team_abbr", "is_active", "points", "points_line")
NEAR_MATCHES = 5  # names offered for one that is not found
ALIKE = 0.6  # least similarity of an offered name, 0 to 1


class ChartError(PipelineError):
    """There is nothing to draw: what was asked for, what was found, what to ask instead."""


@dataclass(frozen=True)
class PlayerSeason:
    """All rows of a season, and those of one player; `name` as the newest row prints it."""

    name: str
    league: pd.DataFrame
    own: pd.DataFrame


def player_season(warehouse: Warehouse, player: str, season: int, columns: tuple[str, ...]) -> PlayerSeason:
    """The player's games of a season; raises ChartError for a name nobody has, with those that are spelt alike."""
    league = _season_rows(warehouse, GAMES, (*IDENTITY, *columns), season)
    lookup = player_lookup(player)
    own = league[(league["player_lookup"] == lookup).to_numpy(dtype=bool, na_value=False)]
    if own.empty:
        raise ChartError(f"{GAMES}: no player {player!r} in season {season}. {_near(player, lookup, league)}")
    own = own.sort_values("game_date")
    name = own["player_full_name"].dropna()
    return PlayerSeason(str(name.iloc[-1]) if len(name) else str(lookup), league, own)


def zone_counts(rows: PlayerSeason) -> dict[str, Zone]:
    """Makes and attempts of the player and of everybody, by zone; games without play-by-play count for nobody."""

    def total(frame: pd.DataFrame, column: str) -> int:
        return int(frame[column].sum())

    return {
        zone: Zone(*(total(frame, column) for frame in (rows.own, rows.league) for column in ZONE_COUNTS[zone]))
        for zone in ZONES
    }


def charted_shots(warehouse: Warehouse, rows: PlayerSeason, season: int) -> pd.DataFrame:
    """The player's attempts with their place; without a known player id there are none."""
    ids = set(rows.own["nba_player_id"].dropna())
    columns = ("nba_player_id", "is_made", "shot_x_ft", "shot_y_ft")
    shots = _season_rows(warehouse, SHOTS, columns, season, may_be_empty=True)
    return shots[shots["nba_player_id"].isin(ids)]


def team_defence(warehouse: Warehouse, team: str, season: int) -> pd.DataFrame:
    """Dates and zone figures of a team; raises ChartError for a team without rows in the season."""
    rows = _season_rows(warehouse, DEFENCE, ("analysis_date", "team_abbr", *defence_zones.COLUMNS), season)
    own = rows[rows["team_abbr"] == team.upper()]
    if own.empty:
        raise ChartError(f"{DEFENCE}: no team {team!r}. Teams: {', '.join(sorted(rows['team_abbr'].unique()))}.")
    return own


def _season_rows(
    warehouse: Warehouse, table: Table, columns: tuple[str, ...], season: int, *, may_be_empty: bool = False
) -> pd.DataFrame:
    first, last = date(season, SEASON_FIRST_MONTH, 1), date(season + 1, SEASON_FIRST_MONTH - 1, 30)
    rows = frame_from_arrow(table, warehouse.read(table, columns=columns, first=first, last=last))
    if rows.empty and not may_be_empty:
        raise ChartError(
            f"{table}: no rows in season {season} ({first} to {last}). Back-fill them with nba-pipeline backfill "
            f"--from {first} --to {last} --tables {table.name}, or name a season by the year in which it starts."
        )
    return rows


def _near(player: str, lookup: str | None, league: pd.DataFrame) -> str:
    names = league.drop_duplicates("player_lookup").set_index("player_lookup")["player_full_name"].dropna()
    alike = get_close_matches(lookup or "", list(names.index), NEAR_MATCHES, ALIKE)
    holding = [key for key in names.index if lookup and lookup in str(key) and key not in alike]
    offered = [str(names[key]) for key in [*holding, *alike][:NEAR_MATCHES]]
    if offered:
        return f"Did you mean {', '.join(offered)}?"
    return f"{len(names)} players are stored for it; none is spelt like {player!r}."
