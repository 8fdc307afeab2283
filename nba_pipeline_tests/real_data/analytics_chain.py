"""Three real seasons from archive files to the analytics tables, each transform called once with all dates.

Does NOT belong here: expectations, a warehouse, a graph.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType

import pandas as pd

from nba_pipeline.analytics import player_game_summary, team_defense_game_summary, team_offense_game_summary
from nba_pipeline.landing import Landing
from nba_pipeline.raw import (
    espn_team_rosters,
    nbac_gamebook_player_stats,
    nbac_play_by_play,
    nbac_player_boxscores,
    nbac_player_list_current,
    nbac_schedule,
    nbac_team_boxscore,
    odds_api_player_points_props,
)
from nba_pipeline.reference import games, player_aliases, players_registry, teams, venues
from nba_pipeline.schema import TableRows
from nba_pipeline.schema.frames import empty_frame

FIRST, LAST = "2021-10-19", "2024-06-17"


@dataclass(frozen=True)
class Chain:
    """What the archive becomes: raw boxes and events, reference tables, analytics tables with their counts."""

    boxes: pd.DataFrame
    team_boxes: pd.DataFrame
    events: pd.DataFrame
    games: TableRows
    registry: TableRows
    aliases: TableRows
    pgs: TableRows
    togs: TableRows
    tdgs: TableRows


@lru_cache(maxsize=1)
def read_chain(data: Path) -> Chain:
    """All tables of 2021-22 to 2023-24, read once for all test modules; nobody changes its frames."""
    dates = pd.DatetimeIndex(pd.date_range(FIRST, LAST)).as_unit("us")
    landing, window = Landing(str(data)), (dates[0].date(), dates[-1].date())

    def archive(module: ModuleType, folder: str) -> pd.DataFrame:
        landed = landing.landed((), *window, archive=folder, archive_columns=module.ARCHIVE_COLUMNS)
        rows: pd.DataFrame = module.transform(landed=landed, schedule=season, dates=dates).rows
        return rows

    spec = nbac_schedule.LANDED
    landed = landing.landed((), *window, archive=spec.archive, archive_columns=spec.archive_columns)
    season = nbac_schedule.parse_season_schedule(landed)
    scheduled = nbac_schedule.transform(landed, dates).rows
    boxes = archive(nbac_player_boxscores, "nbac_player_boxscores")
    events = archive(nbac_play_by_play, "nbac_play_by_play")
    team_boxes = archive(nbac_team_boxscore, "nbac_team_boxscores")
    counted = games.transform(scheduled, teams.transform(), venues.transform(), dates)
    gamebook, listed, rosters, props = (
        empty_frame(module.TABLE)
        for module in (
            nbac_gamebook_player_stats,
            nbac_player_list_current,
            espn_team_rosters,
            odds_api_player_points_props,
        )
    )
    registry = players_registry.transform(boxes, gamebook, listed, rosters)
    aliases = player_aliases.transform(boxes, gamebook, listed, registry.rows)
    pgs = player_game_summary.transform(
        counted.rows, boxes, gamebook, events, props, registry.rows, aliases.rows, dates
    )
    togs = team_offense_game_summary.transform(counted.rows, team_boxes, events, pgs.rows, dates)
    tdgs = team_defense_game_summary.transform(counted.rows, togs.rows, pgs.rows, dates)
    return Chain(boxes, team_boxes, events, counted, registry, aliases, pgs, togs, tdgs)
