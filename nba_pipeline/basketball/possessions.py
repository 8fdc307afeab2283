"""Possessions, game length, pace and ratings of a team in one game.

The possession estimate uses box totals only: no team rebounds, so ratings stand about two points below the
official ones and pace about two possessions above. All functions take columns (Series or arrays) or scalars;
an unknown input gives an unknown result, never a default.
Does NOT belong here: frames of a particular table, windows over several games.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import pandas as pd

Values = TypeVar("Values", pd.Series, np.ndarray, float)

FREE_THROW_WEIGHT = 0.44  # share of free throws that end a possession; and-1s, technicals and first of two do not
REGULATION_TEAM_MINUTES = 240.0  # five players x 48 minutes
OVERTIME_TEAM_MINUTES = 25.0  # five players x 5 minutes
PLAYERS_ON_FLOOR = 5
PACE_MINUTES = 48.0


def possessions(fg_attempts: Values, ft_attempts: Values, turnovers: Values, offensive_rebounds: Values) -> Values:
    """Possessions a team used. `turnovers` is the team total, shot-clock and other team turnovers included."""
    return fg_attempts + FREE_THROW_WEIGHT * ft_attempts + turnovers - offensive_rebounds


def overtime_periods(minutes: Values) -> Values:
    """Overtimes that explain the summed minutes of a team.

    Sums of whole-minute sources are off by up to 4, far from the 12.5 minutes that would change the answer.
    """
    return np.maximum(0.0, np.rint((minutes - REGULATION_TEAM_MINUTES) / OVERTIME_TEAM_MINUTES))


def team_minutes(overtimes: Values) -> Values:
    """Exact length of a game in player minutes of one team: 240 and 25 for every overtime."""
    return REGULATION_TEAM_MINUTES + OVERTIME_TEAM_MINUTES * overtimes


def pace(own_possessions: Values, opponent_possessions: Values, minutes: Values) -> Values:
    """Possessions per 48 minutes, the mean of both teams; `minutes` is `team_minutes`, never a rounded sum."""
    return PACE_MINUTES * ((own_possessions + opponent_possessions) / 2) / (minutes / PLAYERS_ON_FLOOR)


def points_per_100_possessions(points: Values, own_possessions: Values) -> Values:
    """Offensive rating of the scoring team, defensive rating of its opponent."""
    return 100.0 * points / own_possessions
