"""Columns of precompute.player_daily_cache, and the rules its rows obey.

Does NOT belong here: computing them.
"""

from __future__ import annotations

from dataclasses import replace

from nba_pipeline.precompute import player_windows, team_windows, universe
from nba_pipeline.precompute.primary_scoring_zone import PRIMARY_ZONES
from nba_pipeline.schema import Column, Condition, Invariant, NullCeiling
from nba_pipeline.schema.column import Type

SHORT_WINDOW = 5  # played games
LONG_WINDOW = 10  # played games
SHOT_ZONES = "nba_precompute.player_shot_zone_analysis"
FULL_WINDOW = (Condition("games_in_sample_10", ">=", LONG_WINDOW),)  # expected ranges hold from ten games on
FIVE_GAMES = (Condition("games_in_sample_10", ">=", 5),)

PLAYED = NullCeiling(season=0.08, date=0.25)
TWO_GAMES = NullCeiling(season=0.11, date=0.30)
WITH_USAGE = NullCeiling(season=0.09, date=0.26)
FULL_SHORT_WINDOW = NullCeiling(season=0.19, date=0.60)
WITH_POINTS = NullCeiling(season=0.12, date=0.30)
WITH_SHOTS = NullCeiling(season=0.10, date=0.25)
RECENT = NullCeiling(season=0.35, date=1)

ZONE_WORDS = {"paint": "from the paint", "mid_range": "from mid-range", "three_pt": "that are threes"}
MOST_MINUTES = 60  # minutes; three overtimes
MOST_POINTS = 70  # points per game


def _statistic(name: str, description: str, unit: str, nulls: NullCeiling, *, maximum: float, **more: object) -> Column:
    minimum = more.pop("minimum", 0)
    source = more.pop("source", player_windows.SOURCE)
    return Column(
        name,
        "FLOAT64",
        description,
        unit=unit,
        source=source,  # type: ignore[arg-type]
        nulls=nulls,
        minimum=minimum,  # type: ignore[arg-type]
        maximum=maximum,
        **more,  # type: ignore[arg-type]
    )


def _counter(name: str, description: str, maximum: int, *, minimum: int = 0) -> Column:
    source = team_windows.SOURCE if name.startswith("team_") else player_windows.SOURCE
    return Column(
        name,
        "INT64",
        description,
        unit="games",
        source=source,
        required=True,
        minimum=minimum,
        maximum=maximum,
        may_be_constant="a full window is the normal state late in a season",
    )


def _team(name: str, description: str, unit: str, minimum: float, maximum: float) -> Column:
    return Column(
        name,
        "FLOAT64",
        description,
        unit=unit,
        source=team_windows.SOURCE,
        required=True,
        minimum=minimum,
        maximum=maximum,
    )


def _workload(name: str, type_: Type, description: str, unit: str, maximum: float | None = None) -> Column:
    return Column(
        name, type_, description, unit=unit, source=universe.SOURCE, required=True, minimum=0, maximum=maximum
    )


FORM: tuple[Column, ...] = (
    _statistic(
        "points_avg_last_5", "Points per game, last 5 played games.", "points", PLAYED, maximum=MOST_POINTS
    ),
    _statistic(
        "points_avg_last_10", "Points per game, last 10 played games.", "points", PLAYED, maximum=MOST_POINTS
    ),
    _statistic(
        "points_avg_season", "Points per game, all earlier games of the season.", "points", PLAYED, maximum=45,
        range_when=FULL_WINDOW,
    ),
    _statistic(
        "points_std_last_10", "Sample standard deviation of points, last 10 played games; NULL below two games.",
        "points", TWO_GAMES, maximum=25, range_when=FULL_WINDOW,
    ),
    _statistic(
        "points_trend_last_5",
        "Mean points of the newest two of the last 5 played games minus that of the three older; positive = rising; "
        "NULL below five games.",
        "points", FULL_SHORT_WINDOW, minimum=-MOST_POINTS, maximum=MOST_POINTS,
    ),
    _statistic(
        "minutes_avg_last_10", "Minutes per game, last 10 played games.", "minutes", PLAYED, maximum=MOST_MINUTES
    ),
    _statistic(
        "minutes_avg_season", "Minutes per game, all earlier games of the season.", "minutes", PLAYED,
        maximum=MOST_MINUTES,
    ),
    _statistic(
        "points_per_minute_last_10", "Points per minute, pooled over the last 10 played games.", "points/minute",
        PLAYED, maximum=5,
    ),
    _statistic(
        "usage_rate_last_10", "Usage rate weighted by seconds played, last 10 played games.", "fraction", WITH_USAGE,
        maximum=0.5, range_when=FIVE_GAMES,
    ),
    _statistic(
        "player_usage_rate_season", "Usage rate weighted by seconds played, all earlier games of the season.",
        "fraction", WITH_USAGE, maximum=0.5, range_when=FULL_WINDOW,
    ),
    _statistic(
        "ts_pct_last_10", "True shooting, pooled over the last 10 played games; NULL without an attempt.", "fraction",
        WITH_USAGE, maximum=1.5, range_when=FULL_WINDOW,
    ),
    _statistic(
        "free_throw_points_share_last_10",
        "Share of his points that were free throws, pooled over the last 10 played games; NULL without a point.",
        "fraction", WITH_POINTS, maximum=1,
    ),
)  # fmt: skip
TEAM_FORM: tuple[Column, ...] = (
    _counter(
        "team_games_in_sample_10", "Games behind the 10-game window of his team.", team_windows.GAMES_IN_WINDOW,
        minimum=1,
    ),
    _team("team_pace_last_10", "Mean pace of his team's last 10 games.", "possessions/48 min", 88, 112),
    _team(
        "team_off_rating_last_10", "Mean offensive rating of his team's last 10 games.", "points/100 possessions",
        88, 135,
    ),
    _team("team_win_pct_season", "Share of his team's earlier games of the season that it won.", "fraction", 0, 1),
)  # fmt: skip
WORKLOAD: tuple[Column, ...] = (
    _workload("games_in_last_7_days", "INT64", "Games he played in the 7 days before the date.", "games", 5),
    _workload("games_in_last_14_days", "INT64", "Games he played in the 14 days before the date.", "games", 9),
    _workload("minutes_in_last_7_days", "FLOAT64", "Minutes he played in the 7 days before.", "minutes"),
    _workload("minutes_in_last_14_days", "FLOAT64", "Minutes he played in the 14 days before.", "minutes"),
    _statistic(
        "avg_minutes_per_game_last_7", "Minutes per game of the 7 days before; NULL without a game in them.",
        "minutes", RECENT, maximum=MOST_MINUTES, source=universe.SOURCE,
    ),
    _workload(
        "back_to_backs_last_14_days", "INT64",
        "Pairs of games on consecutive days, both in the 14 days before; the date itself makes none.", "pairs",
    ),
)  # fmt: skip
ZONE_COLUMNS: tuple[Column, ...] = (
    Column(
        "primary_scoring_zone", "STRING", "Zone he mainly scores from; balanced when none stands out.",
        unit="category", source=SHOT_ZONES, nulls=WITH_SHOTS, allowed=PRIMARY_ZONES,
    ),
    *(
        _statistic(
            f"{zone}_rate_last_10", f"Share of his attempts {words}, last 10 played games.", "fraction", WITH_SHOTS,
            maximum=1, source=SHOT_ZONES,
        )
        for zone, words in ZONE_WORDS.items()
    ),
    _statistic(
        "assisted_rate_last_10", "Share of his made field goals that were assisted, last 10 played games.",
        "fraction", WITH_POINTS, maximum=1, source=SHOT_ZONES,
    ),
)  # fmt: skip
COLUMNS: tuple[Column, ...] = (
    replace(universe.AS_OF_DATE, name="cache_date"),
    universe.PLAYER,
    universe.PLAYER_ID,
    universe.SEASON,
    universe.TEAM,
    universe.games_played_column(player_windows.SOURCE),
    _counter("games_in_sample_5", "Games behind the 5-game window.", SHORT_WINDOW),
    _counter("games_in_sample_10", "Games behind the 10-game window.", LONG_WINDOW),
    *FORM,
    *TEAM_FORM,
    *WORKLOAD,
    *ZONE_COLUMNS,
    Column(
        "shot_zone_data_available", "BOOL", "Whether the shares of his shot zones are known.", unit="flag",
        source="computed", required=True, may_be_constant="on a small date every player may have shots with zones",
    ),
)  # fmt: skip

NEED_A_GAME = (
    "points_avg_last_5",
    "points_avg_last_10",
    "points_avg_season",
    "minutes_avg_last_10",
    "minutes_avg_season",
    "points_per_minute_last_10",
)
SHARES = (
    "free_throw_points_share_last_10",
    "team_win_pct_season",
    "paint_rate_last_10",
    "mid_range_rate_last_10",
    "three_pt_rate_last_10",
    "assisted_rate_last_10",
)


def _between(columns: tuple[str, ...], low: float, high: float) -> str:
    return " and ".join(f"{name} >= {low} and {name} <= {high}" for name in columns)


INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "D-03a",
        "games_played_season >= 0 and games_in_sample_5 = least(5, games_played_season) "
        "and games_in_sample_10 = least(10, games_played_season)",
        "block",
        "A window holds the games there are, up to its length.",
    ),
    Invariant(
        "D-03b",
        " and ".join(f"({name} is null) = (games_played_season = 0)" for name in NEED_A_GAME),
        "block",
        "Points and minutes are known exactly from the first played game on.",
    ),
    Invariant(
        "D-03c",
        "(points_std_last_10 is null) = (games_played_season < 2) "
        "and (points_trend_last_5 is null) = (games_played_season < 5)",
        "block",
        "The deviation needs two games, the trend five.",
    ),
    Invariant(
        "D-04",
        "team_games_in_sample_10 >= 1 and team_games_in_sample_10 <= 10",
        "error",
        "The window of a team holds one to ten games.",
    ),
    Invariant(
        "D-05",
        "games_in_last_7_days <= games_in_last_14_days and minutes_in_last_7_days <= minutes_in_last_14_days "
        "and back_to_backs_last_14_days <= greatest(0, games_in_last_14_days - 1)",
        "error",
        "Seven days lie in fourteen, and two games make one pair of consecutive days at most.",
    ),
    Invariant(
        "D-08",
        f"{_between(SHARES, 0, 1)} and {_between(('ts_pct_last_10',), 0, 1.5)} "
        f"and minutes_avg_last_10 > 0 and minutes_avg_last_10 <= {MOST_MINUTES} "
        f"and minutes_avg_season > 0 and minutes_avg_season <= {MOST_MINUTES} "
        f"and {_between(('points_avg_last_5', 'points_avg_last_10', 'points_avg_season'), 0, MOST_POINTS)} "
        f"and {_between(('points_std_last_10',), 0, 30)} "
        f"and {_between(('usage_rate_last_10', 'player_usage_rate_season'), 0, 2)}",
        "error",
        "Shares, minutes, points and usage lie inside what is possible.",
    ),
    Invariant(
        "shot_zone_data_available",
        "shot_zone_data_available = (paint_rate_last_10 is not null)",
        "error",
        "The flag says whether the shares of the zones are known.",
    ),
)
