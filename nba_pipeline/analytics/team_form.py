"""Pace, ratings and free throws allowed over the last ten games of a team.

Does NOT belong here: the ratings of one game, rest, the opponent.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nba_pipeline.asof import History, ratio

FORM_GAMES = 10
TEAM_GAME = ["game_date", "season_year", "team_abbr"]
OFFENSE_COLUMNS = (*TEAM_GAME, "pace", "offensive_rating")
DEFENSE_COLUMNS = (*TEAM_GAME, "defensive_rating", "opp_ft_attempts", "opp_fg_attempts")


def form_columns(offense: pd.DataFrame, defense: pd.DataFrame, rows: pd.DataFrame) -> dict[str, Any]:
    """Form before each row, from rows of team_offense_game_summary and team_defense_game_summary."""
    nullable = {name: "Int64" for name in ("opp_ft_attempts", "opp_fg_attempts")}  # a game may lack its defence row
    games = offense[list(OFFENSE_COLUMNS)].merge(
        defense[list(DEFENSE_COLUMNS)].astype(nullable), on=TEAM_GAME, how="left", validate="one_to_one"
    )
    history = History(games, "team_abbr")
    before = history.as_of(rows)
    attempts = history.known("opp_ft_attempts", "opp_fg_attempts")
    free_throws, field_goals = (
        before.tally(history.total(name, last=FORM_GAMES, where=attempts))
        for name in ("opp_ft_attempts", "opp_fg_attempts")
    )
    return {
        "games_in_sample_last_10": np.minimum(before.tally(history.count()), FORM_GAMES),
        **{
            f"{name}_last_10": before.number(history.mean(name, last=FORM_GAMES))
            for name in ("pace", "offensive_rating", "defensive_rating")
        },
        "ft_rate_allowed_last_10": ratio(free_throws, field_goals),
    }
