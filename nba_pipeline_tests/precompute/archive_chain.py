"""From real archive files to what the zone analyses read, through the transforms of the layers below.

No warehouse and no graph: each transform is called once with all dates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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

SCORING = ("2pt", "3pt", "freethrow")  # all that zones, assists, blocks and the final score are made of


def read_chain(data: Path, dates: pd.DatetimeIndex) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """games, team_defense_game_summary and player_game_summary of the dates."""
    landing, window = Landing(str(data)), (dates[0].date(), dates[-1].date())

    def archive(module: ModuleType, folder: str, **only: Sequence[str]) -> pd.DataFrame:
        landed = landing.landed((), *window, archive=folder, archive_columns=module.ARCHIVE_COLUMNS)
        for column, values in only.items():
            landed = replace(landed, archive=landed.archive[landed.archive[column].isin(values)])
        return _rows(module.transform(landed=landed, schedule=season, dates=dates))

    spec = nbac_schedule.LANDED
    landed = landing.landed((), *window, archive=spec.archive, archive_columns=spec.archive_columns)
    season = nbac_schedule.parse_season_schedule(landed)
    scheduled = _rows(nbac_schedule.transform(landed, dates))
    players = archive(nbac_player_boxscores, "nbac_player_boxscores")
    events = archive(nbac_play_by_play, "nbac_play_by_play", actionType=SCORING)
    boxes = archive(nbac_team_boxscore, "nbac_team_boxscores")
    counted = _rows(games.transform(scheduled, _rows(teams.transform()), _rows(venues.transform()), dates))
    registry, aliases = _identities(players)
    gamebook, props = (
        empty_frame(module.TABLE) for module in (nbac_gamebook_player_stats, odds_api_player_points_props)
    )
    player_games = _rows(
        player_game_summary.transform(counted, players, gamebook, events, props, registry, aliases, dates)
    )
    offense = _rows(team_offense_game_summary.transform(counted, boxes, events, player_games, dates))
    defense = _rows(team_defense_game_summary.transform(counted, offense, player_games, dates))
    return counted, defense, player_games


def _identities(players: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    gamebook, listed = empty_frame(nbac_gamebook_player_stats.TABLE), empty_frame(nbac_player_list_current.TABLE)
    registry = _rows(players_registry.transform(players, gamebook, listed, empty_frame(espn_team_rosters.TABLE)))
    return registry, _rows(player_aliases.transform(players, gamebook, listed, registry))


def _rows(made: pd.DataFrame | TableRows) -> pd.DataFrame:
    return made.rows if isinstance(made, TableRows) else made
