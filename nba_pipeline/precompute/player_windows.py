"""Windows over a player's earlier played games of the season: one definition for every table that shows them.

A window runs across teams; a listing without time on the floor takes no place in it. Does NOT belong here: columns of
a table, windows of teams.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from nba_pipeline.asof import AsOf, Floats, History, Ints, ratio
from nba_pipeline.basketball.possessions import FREE_THROW_WEIGHT

SOURCE = "nba_analytics.player_game_summary"
SECONDS_PER_MINUTE = 60


def played_history(player_games: pd.DataFrame, entity: str | Sequence[str] = "player_lookup") -> History:
    """The games in which the player was on the floor."""
    played = player_games["seconds_played"].gt(0).to_numpy(dtype=bool, na_value=False)
    return History(player_games[played], entity)


def games_played(form: AsOf, *, last: int | None = None) -> Ints:
    """Number of earlier played games, at most `last`; 0 without any."""
    return form.tally(form.history.count(last=last))


def points_mean(form: AsOf, *, last: int | None = None) -> Floats:
    """Points per game of the last n played games, of all of the season without `last`."""
    return form.number(form.history.mean("points", last=last))


def minutes_mean(form: AsOf, *, last: int | None = None) -> Floats:
    """Minutes per game."""
    history = form.history
    minutes = ratio(history.total("seconds_played", last=last), SECONDS_PER_MINUTE)
    return form.number(ratio(minutes, history.count(last=last)))


def points_per_minute(form: AsOf, *, last: int) -> Floats:
    """Pooled points over pooled minutes."""
    history = form.history
    scored = history.known("points")
    minutes = ratio(history.total("seconds_played", last=last, where=scored), SECONDS_PER_MINUTE)
    return form.number(ratio(history.total("points", last=last, where=scored), minutes))


def points_trend(form: AsOf, *, newer: int, older: int) -> Floats:
    """Mean points of the newest games minus the mean of those before them; NaN until there are that many games."""
    history, last = form.history, newer + older
    scored = history.known("points")
    new_points, all_points = (history.total("points", last=n) for n in (newer, last))
    new_games, all_games = (history.count(last=n, where=scored) for n in (newer, last))
    rise = ratio(new_points, new_games) - ratio(all_points - new_points, all_games - new_games)
    return form.number(np.where(history.count(last=last) < last, np.nan, rise))


def usage_rate(form: AsOf, *, last: int | None = None) -> Floats:
    """Usage rate weighted by time on the floor, so that a stint of seconds does not move it; unknown games skipped."""
    history = form.history
    known = history.known("usage_rate")
    used = history.values("usage_rate") * history.values("seconds_played")
    weighted = history.float_total(used, last=last, where=known)
    return form.number(ratio(weighted, history.total("seconds_played", last=last, where=known)))


def true_shooting(form: AsOf, *, last: int) -> Floats:
    """Pooled points per two shooting possessions, over games in which points and attempts are all known."""
    history = form.history
    known = history.known("points", "fg_attempts", "ft_attempts")
    points, field_goals, free_throws = (
        history.total(name, last=last, where=known) for name in ("points", "fg_attempts", "ft_attempts")
    )
    return form.number(ratio(points, 2 * (field_goals + FREE_THROW_WEIGHT * free_throws)))


def free_throw_share(form: AsOf, *, last: int) -> Floats:
    """Share of his points that were free throws; NaN without a point."""
    history = form.history
    known = history.known("points", "ft_makes")
    made, points = (history.total(name, last=last, where=known) for name in ("ft_makes", "points"))
    return form.number(ratio(made, points))
