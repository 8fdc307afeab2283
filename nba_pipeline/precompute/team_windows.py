"""Windows over a team's earlier games of the season, and what the whole league does in them.

Does NOT belong here: columns of a table, windows of players, defence.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nba_pipeline.asof import AsOf, Floats, History, Ints, expand, ratio

SOURCE = "nba_analytics.team_offense_game_summary"
GAMES_IN_WINDOW = 10  # games


def games_in_window(team: AsOf) -> Ints:
    """Number of games behind the window."""
    return team.tally(team.history.count(last=GAMES_IN_WINDOW))


def pace(team: AsOf) -> Floats:
    """Mean pace of the window."""
    return team.number(team.history.mean("pace", last=GAMES_IN_WINDOW))


def offensive_rating(team: AsOf) -> Floats:
    """Mean offensive rating of the window."""
    return team.number(team.history.mean("offensive_rating", last=GAMES_IN_WINDOW))


def win_share(team: AsOf) -> Floats:
    """Share of all games of the season that were won."""
    return team.number(team.history.mean("win_flag"))


def league_pace(history: History, days: pd.Series) -> Floats:
    """Mean pace over the windows of all teams as of each day: every game of every window counts once."""
    teams = expand(history, pd.DatetimeIndex(days))
    known = history.known("pace")
    total = teams.total_by_date(teams.number(history.float_total("pace", last=GAMES_IN_WINDOW)))
    games = teams.total_by_date(teams.tally(history.count(last=GAMES_IN_WINDOW, where=known)))
    of_day = pd.Series(ratio(total, games), index=teams.dates)
    return np.asarray(of_day[~of_day.index.duplicated()].reindex(days), dtype=np.float64)
