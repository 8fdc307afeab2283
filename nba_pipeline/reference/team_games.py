"""Games turned into one row per team: opponent, home flag, result, and the instant up to which inputs count.

Does NOT belong here: statistics, reading, tables.
"""

from __future__ import annotations

import pandas as pd

GAME_COLUMNS = (
    "game_date",
    "game_id",
    "nba_game_id",
    "season_year",
    "season_type",
    "home_team_abbr",
    "away_team_abbr",
    "is_final",
    "home_points",
    "away_points",
    "winning_team_abbr",
)
"""Columns of nba_reference.games that `team_games` needs."""

NOON_NEW_YORK = pd.Timedelta(hours=12)  # cutoff of a game without a scheduled time, on the wall clock of its date


def final_games(games: pd.DataFrame, dates: pd.DatetimeIndex) -> pd.DataFrame:
    """Games of the dates that have ended."""
    return games[games["is_final"].astype("bool") & games["game_date"].isin(dates)].reset_index(drop=True)


def team_games(games: pd.DataFrame) -> pd.DataFrame:
    """Two rows per game: team_abbr, opponent_team_abbr, home_game, win_flag, points, opponent_points and the game."""
    shared = ["game_date", "game_id", "nba_game_id", "season_year", "season_type"]
    home = games[shared].assign(
        team_abbr=games["home_team_abbr"],
        opponent_team_abbr=games["away_team_abbr"],
        home_game=True,
        points=games["home_points"],
        opponent_points=games["away_points"],
    )
    away = games[shared].assign(
        team_abbr=games["away_team_abbr"],
        opponent_team_abbr=games["home_team_abbr"],
        home_game=False,
        points=games["away_points"],
        opponent_points=games["home_points"],
    )
    both = pd.concat([home, away], ignore_index=True)
    winner = pd.concat([games["winning_team_abbr"]] * 2, ignore_index=True)
    return both.assign(win_flag=both["team_abbr"].eq(winner).where(winner.notna()).astype("boolean"))


def cutoff_at(games: pd.DataFrame) -> pd.Series:
    """Latest instant at which market and injury inputs of the game count: tip-off, else noon in New York."""
    noon = (games["game_date"] + NOON_NEW_YORK).dt.tz_localize("America/New_York").dt.tz_convert("UTC")
    return games["tip_off_at"].fillna(noon.dt.as_unit("us"))
