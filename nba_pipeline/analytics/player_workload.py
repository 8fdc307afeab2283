"""How much a player has played lately, and how well: rest, density, minutes, scoring, usage and shooting.

Only games he was on the floor in count, across his teams. Does NOT belong here: his team, lines, the opponent.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nba_pipeline.asof import AsOf, Floats, History, ratio

SHORT_DAYS, LONG_DAYS = 7, 14
SHORT_GAMES, USAGE_GAMES, LONG_GAMES = 5, 7, 10
RESTED_DAYS = 3  # days between two games with two full days off
SECONDS_PER_MINUTE = 60
SHOTS = ("fg_makes", "three_pt_makes", "fg_attempts")


def workload_columns(before: AsOf) -> dict[str, Any]:
    """Counters, rest, density and minutes. before: the newest earlier played game of every row."""
    history = before.history
    gap = history.days_since_previous()
    days_rest = before.days_since() - 1
    games = before.tally(history.count())
    week, fortnight = before.count_within(SHORT_DAYS), before.count_within(LONG_DAYS)
    week_minutes = before.total_within("seconds_played", SHORT_DAYS) / SECONDS_PER_MINUTE
    return {
        "games_in_sample_season": games,
        "games_in_sample_last_5": np.minimum(games, SHORT_GAMES),
        "games_in_sample_last_10": np.minimum(games, LONG_GAMES),
        "last_game_date": before.column("game_date"),
        "days_rest": days_rest,
        "back_to_back": days_rest.eq(0).fillna(False),
        "days_rest_before_last_game": pd.Series(before.number(gap) - 1).astype("Int64"),
        "days_since_2_plus_days_rest": before.newest_where(gap >= RESTED_DAYS).days_since(),
        "games_in_last_7_days": week,
        "games_in_last_14_days": fortnight,
        "minutes_in_last_7_days": week_minutes,
        "minutes_in_last_14_days": before.total_within("seconds_played", LONG_DAYS) / SECONDS_PER_MINUTE,
        "avg_minutes_per_game_last_7": ratio(week_minutes, week),
        # A pair lies in the window when its later game is at most 13 days old: the earlier one is the day before.
        "back_to_backs_last_14_days": before.count_within(LONG_DAYS - 1, where=gap == 1),
    }


def form_columns(before: AsOf) -> dict[str, Floats]:
    """Scoring, usage and shooting. before: the newest earlier played game of every row."""
    history = before.history
    return {
        "points_avg_last_5": before.number(history.mean("points", last=SHORT_GAMES)),
        "points_avg_last_10": before.number(history.mean("points", last=LONG_GAMES)),
        "points_avg_season": before.number(history.mean("points")),
        "avg_usage_rate_last_7_games": before.number(_usage(history)),
        "efg_pct_last_5_vs_season": before.number(_pooled_efg(history, SHORT_GAMES) - _pooled_efg(history, None)),
    }


def _usage(history: History) -> Floats:
    """Usage of the last games weighted by time on the floor."""
    seconds = history.values("seconds_played")
    used = history.values("usage_rate") * seconds
    known = history.known("usage_rate", "seconds_played")
    return ratio(history.float_total(used, last=USAGE_GAMES), history.total(seconds, last=USAGE_GAMES, where=known))


def _pooled_efg(history: History, last: int | None) -> Floats:
    """Effective field goal percentage of all shots of the last games, of the season without `last`."""
    makes, threes, attempts = (history.total(name, last=last, where=history.known(*SHOTS)) for name in SHOTS)
    return ratio(makes + threes / 2, attempts)
