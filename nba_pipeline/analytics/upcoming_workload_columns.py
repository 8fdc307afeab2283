"""Columns of analytics.upcoming_player_game_context that tell how much and how well a player has played.

Does NOT belong here: computing them, identity, lines, availability.
"""

from __future__ import annotations

from nba_pipeline.analytics.player_game_columns import MAX_POINTS
from nba_pipeline.analytics.upcoming_columns import PLAYER_GAMES as EARLIER
from nba_pipeline.analytics.upcoming_columns import counter, flag
from nba_pipeline.schema import Column, Condition, NullCeiling

HAS_PLAYED = (Condition("games_in_sample_season", ">", 0),)
ALWAYS_ONCE_PLAYED = NullCeiling(season=0, date=0, error=0.01, population=HAS_PLAYED)
ONCE_PLAYED = NullCeiling(season=0.08, date=0.25)

LONGEST_GAME_MINUTES = 63  # three overtimes
DAYS_OF_A_SEASON = 300


def _days(name: str, description: str, nulls: NullCeiling) -> Column:
    return Column(
        name,
        "INT64",
        description,
        unit="days",
        source=EARLIER,
        nulls=nulls,
        minimum=0,
        maximum=DAYS_OF_A_SEASON,
    )


def _minutes(name: str, description: str, days: int, *, required: bool = True) -> Column:
    return Column(
        name,
        "FLOAT64",
        description,
        unit="minutes",
        source=EARLIER,
        required=required,
        nulls=None if required else NullCeiling(season=0.35, date=1),
        minimum=0,
        maximum=LONGEST_GAME_MINUTES * days,
    )


def _average(name: str, description: str, nulls: NullCeiling) -> Column:
    return Column(
        name,
        "FLOAT64",
        description,
        unit="points",
        source=EARLIER,
        nulls=nulls,
        minimum=0,
        maximum=MAX_POINTS,
    )


WORKLOAD = (
    counter("games_in_sample_season", "Played games of the season before this one.", "games", EARLIER),
    counter("games_in_sample_last_5", "Games behind the last-5 columns.", "games", EARLIER, 5),
    counter("games_in_sample_last_10", "Games behind the last-10 columns.", "games", EARLIER, 10),
    Column(
        "last_game_date",
        "DATE",
        "Day of his newest played game; NULL before his first of the season.",
        unit="date",
        source=EARLIER,
        nulls=ONCE_PLAYED,
    ),
    _days("days_rest", "Full days since that game, 0 = played yesterday.", ALWAYS_ONCE_PLAYED),
    flag("back_to_back", "He played yesterday; FALSE before his first game.", EARLIER),
    _days(
        "days_rest_before_last_game",
        "Full days between his two newest played games.",
        NullCeiling(season=0.12, date=0.30),
    ),
    _days(
        "days_since_2_plus_days_rest",
        "Days since his newest game after at least two full days off.",
        NullCeiling(season=0.18, date=0.60),
    ),
    counter("games_in_last_7_days", "Games he played in the seven days before.", "games", EARLIER, 5),
    counter("games_in_last_14_days", "Games he played in the fourteen days before.", "games", EARLIER, 9),
    _minutes("minutes_in_last_7_days", "Minutes of the games of the last seven days; 0.0 without any.", 5),
    _minutes("minutes_in_last_14_days", "Minutes of the games of the last fourteen days; 0.0 without any.", 9),
    _minutes(
        "avg_minutes_per_game_last_7", "Minutes per game of the last seven days; NULL without any.", 1, required=False
    ),
    counter(
        "back_to_backs_last_14_days",
        "Pairs of games on consecutive days, both in the fourteen days before.",
        "pairs",
        EARLIER,
        5,
    ),
)
SCORING = (
    _average("points_avg_last_5", "Mean points of his newest 5 played games.", ALWAYS_ONCE_PLAYED),
    _average("points_avg_last_10", "Mean points of his newest 10 played games.", ALWAYS_ONCE_PLAYED),
    _average("points_avg_season", "Mean points of all his played games of the season.", ONCE_PLAYED),
    Column(
        "avg_usage_rate_last_7_games",
        "FLOAT64",
        "Usage of his newest 7 played games weighted by time on the floor; short stints can exceed 1.",
        unit="fraction",
        source=EARLIER,
        nulls=ONCE_PLAYED,
        minimum=0,
    ),
    Column(
        "efg_pct_last_5_vs_season",
        "FLOAT64",
        "Pooled effective field goal percentage of his newest 5 games minus the season's; negative = shooting worse.",
        unit="fraction points",
        source=EARLIER,
        nulls=NullCeiling(season=0.10, date=0.30),
        minimum=-1.5,
        maximum=1.5,
    ),
)
