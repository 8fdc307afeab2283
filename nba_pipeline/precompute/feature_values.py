"""Features that are not copies: steps of trends, injury risk, rest advantage.

Does NOT belong here: windows, joins, columns of a table.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nba_pipeline.asof import Floats, Ints, ratio

COMPARED_DECIMALS = 9  # decimals; a change computed as 0.0999999999999999 reaches the step at 0.1
TREND_STEPS = (2.0, 5.0)  # points
CHANGE_STEPS = (0.10, 0.20)  # fraction of the season's minutes
COINCIDING_GAMES = 10  # games; up to here the season is the last ten games
REST_LIMIT = 2  # days
INJURY_RISK = {"available": 0.0, "probable": 1.0, "questionable": 2.0, "doubtful": 3.0, "out": 3.0}


def steps(values: Floats, *, small: float, large: float) -> Floats:
    """-2 .. 2: how many of the two steps the value reaches, up or down; NaN where it is unknown."""
    compared = np.round(values, COMPARED_DECIMALS)
    up = (compared >= small).astype(float) + (compared >= large)
    down = (compared <= -small).astype(float) + (compared <= -large)
    return np.where(np.isnan(compared), np.nan, up - down)


def recent_trend(points_trend: Floats) -> Floats:
    """Steps of the trend of points."""
    return steps(points_trend, small=TREND_STEPS[0], large=TREND_STEPS[1])


def minutes_change(recent: Floats, season: Floats, games_played: Ints) -> Floats:
    """Steps of the change of minutes against the season; NaN while both windows hold the same games."""
    change = steps(ratio(recent - season, season), small=CHANGE_STEPS[0], large=CHANGE_STEPS[1])
    return np.where(games_played > COINCIDING_GAMES, change, np.nan)


def rest_advantage(own_days: Floats, opponent_days: Floats) -> Floats:
    """Days off of the own team minus those of the opponent, limited; the other team has the opposite value."""
    return np.clip(own_days - opponent_days, -REST_LIMIT, REST_LIMIT)


def injury_risk(status: pd.Series) -> Floats:
    """Risk by reported status; NaN where the team has not reported."""
    unknown = sorted(set(status.dropna()) - set(INJURY_RISK))
    if unknown:
        raise ValueError(f"injury_status {unknown} has no risk; known are {sorted(INJURY_RISK)}. Add the status.")
    return np.asarray(status.astype(object).map(INJURY_RISK), dtype=np.float64)
