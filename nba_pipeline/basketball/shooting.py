"""Shooting efficiency and usage, as fractions.

A denominator of zero gives NaN (undefined), a true zero stays 0.0: 0-for-5 is a true shooting of 0, not unknown.
Does NOT belong here: frames of a particular table, windows over several games.
"""

from __future__ import annotations

import pandas as pd

from nba_pipeline.basketball.possessions import FREE_THROW_WEIGHT, PLAYERS_ON_FLOOR

THREE_POINT_BONUS = 0.5  # a made three is worth one and a half made twos


def ratio(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    """numerator / denominator as FLOAT64, NaN where the denominator is zero or an input is missing."""
    return (as_float(numerator) / as_float(denominator).where(as_float(denominator) != 0)).astype("float64")


def ts_pct(points: pd.Series, fg_attempts: pd.Series, ft_attempts: pd.Series) -> pd.Series:
    """True shooting: points over twice the true shot attempts."""
    return ratio(points, 2 * (as_float(fg_attempts) + FREE_THROW_WEIGHT * as_float(ft_attempts)))


def efg_pct(fg_makes: pd.Series, three_pt_makes: pd.Series, fg_attempts: pd.Series) -> pd.Series:
    """Effective field goals: a made three counts one and a half."""
    return ratio(as_float(fg_makes) + THREE_POINT_BONUS * as_float(three_pt_makes), fg_attempts)


def plays_used(fg_attempts: pd.Series, ft_attempts: pd.Series, turnovers: pd.Series) -> pd.Series:
    """Plays ended by a shot, a trip to the line or a turnover charged to a player."""
    return as_float(fg_attempts) + FREE_THROW_WEIGHT * as_float(ft_attempts) + as_float(turnovers)


def usage_rate(used: pd.Series, minutes: pd.Series, *, team_used: pd.Series, team_minutes: pd.Series) -> pd.Series:
    """Share of the team's plays a player used while on the floor.

    Team values are sums over the players of that game, so the minute-weighted mean of a team is 0.20 in games of
    any length. A stint of a minute can exceed 1; it is neither clipped nor dropped.
    """
    return ratio(as_float(used) * (as_float(team_minutes) / PLAYERS_ON_FLOOR), as_float(minutes) * as_float(team_used))


def as_float(values: pd.Series) -> pd.Series:
    """The column as FLOAT64, missing values as NaN."""
    return values.astype("float64")
