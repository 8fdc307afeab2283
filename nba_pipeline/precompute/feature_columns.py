"""The 33 features of precompute.ml_feature_store in the order of a feature matrix, and where copies come from.

All are FLOAT64, flags 0.0 or 1.0; a feature is NULL exactly when it is unknown. A new version of the features gets a
new FEATURE_VERSION, new columns at the end and a full rewrite. Does NOT belong here: computing values, rules.
"""

from __future__ import annotations

from nba_pipeline.precompute import player_windows, universe
from nba_pipeline.schema import Column, NullCeiling

FEATURE_VERSION = "v2_33features"
CACHE = "nba_precompute.player_daily_cache"
FACTORS = "nba_precompute.player_composite_factors"
SHOT_ZONES = "nba_precompute.player_shot_zone_analysis"
DEFENSE = "nba_precompute.team_defense_zone_analysis"
COMPUTED = "computed"

PLAYED = NullCeiling(season=0.08, date=0.25)
TWO_GAMES = NullCeiling(season=0.11, date=0.30)
FIVE_GAMES = NullCeiling(season=0.19, date=0.60)
SIX_GAMES = NullCeiling(season=0.20, date=0.70)
ELEVEN_GAMES = NullCeiling(season=0.34, date=1)
WITH_SHOTS = NullCeiling(season=0.10, date=0.25)
WITH_POINTS = NullCeiling(season=0.12, date=0.30)
MET_BEFORE = NullCeiling(season=0.56, date=1)
ALWAYS = None  # required: known in every row

ZERO_IS_NORMAL = "0 is a normal value"
NO_REPORT = "no status without an injury report"
NO_QUOTES = "no line without quotes"


def _feature(
    name: str,
    unit: str,
    nulls: NullCeiling | None,
    limits: tuple[float, float],
    source: str,
    description: str,
    *,
    constant: str = "",
) -> Column:
    return Column(
        name, "FLOAT64", description, unit=unit, source=source, required=nulls is ALWAYS, nulls=nulls,
        minimum=limits[0], maximum=limits[1], may_be_constant=constant,
    )  # fmt: skip


def _quote(name: str, limits: tuple[float, float], source: str, description: str) -> Column:
    """Without a ceiling for all dates: only dates with quotes have one."""
    return Column(
        name, "FLOAT64", description, unit="points", source=source, minimum=limits[0], maximum=limits[1],
        may_be_constant=NO_QUOTES,
    )  # fmt: skip


PACE, RATING = "possessions/48 min", "points/100 possessions"
STEPS = "category -2..2"

FEATURES: tuple[Column, ...] = (
    _feature("points_avg_last_5", "points", PLAYED, (0, 70), CACHE, "Points per game, last 5 played games."),
    _feature("points_avg_last_10", "points", PLAYED, (0, 70), CACHE, "Points per game, last 10 played games."),
    _feature("points_avg_season", "points", PLAYED, (0, 70), CACHE, "Points per game of the season so far."),
    _feature("points_std_last_10", "points", TWO_GAMES, (0, 30), CACHE, "Deviation of points, last 10 played games."),
    _feature(
        "games_in_last_7_days", "games", ALWAYS, (0, 5), CACHE, "Games he played in the 7 days before.",
        constant=ZERO_IS_NORMAL,
    ),
    _feature("fatigue_score", "index 0-100", ALWAYS, (38, 100), FACTORS, "100 = fresh, lower = more tired."),
    _feature(
        "shot_zone_mismatch_score", "eFG percentage points", WITH_SHOTS, (-10, 10), FACTORS,
        "Gain of his shot mix against this defence; positive = good for the scorer.",
    ),
    _feature("pace_score", "index", ALWAYS, (-3, 3), FACTORS, "Positive = a faster game than the league's."),
    _feature("usage_spike_score", "index", SIX_GAMES, (-3, 3), FACTORS, "Positive = recent usage above the season's."),
    _feature(
        "rest_advantage", "days", ALWAYS, (-2, 2), universe.SOURCE,
        "Days off of his team minus those of the opponent, limited to 2; positive = own team more rested.",
        constant=ZERO_IS_NORMAL,
    ),
    Column(
        "injury_risk", "FLOAT64", "0 available, 1 probable, 2 questionable, 3 doubtful or out; NULL = no report.",
        unit="category 0..3", source=universe.SOURCE, minimum=0, maximum=3, may_be_constant=NO_REPORT,
    ),
    _feature(
        "recent_trend", STEPS, FIVE_GAMES, (-2, 2), CACHE,
        "Trend of points of the last 5 games in steps of 2 and 5 points; positive = rising.", constant=ZERO_IS_NORMAL,
    ),
    _feature(
        "minutes_change", STEPS, ELEVEN_GAMES, (-2, 2), CACHE,
        "Minutes of the last 10 games against the season in steps of 10 and 20 percent; positive = more; NULL up to "
        "ten games.", constant=ZERO_IS_NORMAL,
    ),
    _feature(
        "opponent_def_rating", RATING, ALWAYS, (85, 135), DEFENSE,
        "Defensive rating of the opponent, last 15 games; lower = better defence.",
    ),
    _feature("opponent_pace", PACE, ALWAYS, (88, 112), DEFENSE, "Mean pace of the opponent's last 15 games."),
    _feature(
        "home_away", "flag", ALWAYS, (0, 1), universe.SOURCE, "1 at home, 0 away.", constant=ZERO_IS_NORMAL
    ),
    _feature(
        "back_to_back", "flag", ALWAYS, (0, 1), universe.SOURCE, "1 if he himself played the day before.",
        constant=ZERO_IS_NORMAL,
    ),
    _feature(
        "playoff_game", "flag", ALWAYS, (0, 1), universe.SOURCE, "1 in the playoffs; play-in and cup final are 0.",
        constant=ZERO_IS_NORMAL,
    ),
    _feature("pct_paint", "fraction", WITH_SHOTS, (0, 1), SHOT_ZONES, "Share of his attempts from the paint."),
    _feature("pct_mid_range", "fraction", WITH_SHOTS, (0, 1), SHOT_ZONES, "Share of his attempts from mid-range."),
    _feature("pct_three", "fraction", WITH_SHOTS, (0, 1), SHOT_ZONES, "Share of his attempts that are threes."),
    _feature(
        "pct_free_throw", "fraction", WITH_POINTS, (0, 1), CACHE, "Share of his points that were free throws, last 10."
    ),
    _feature("team_pace", PACE, ALWAYS, (88, 112), CACHE, "Mean pace of his team's last 10 games."),
    _feature("team_off_rating", RATING, ALWAYS, (88, 135), CACHE, "Offensive rating of his team's last 10 games."),
    _feature("team_win_pct", "fraction", ALWAYS, (0, 1), CACHE, "Share of games his team won this season."),
    _quote("vegas_points_line", (0.5, 60), universe.SOURCE, "Last quoted points line at or before tip-off."),
    _quote("vegas_opening_line", (0.5, 60), universe.SOURCE, "First quoted points line of the same source."),
    _quote("vegas_line_move", (-10, 10), COMPUTED, "Last line minus first line."),
    _feature(
        "has_vegas_line", "flag", ALWAYS, (0, 1), COMPUTED, "1 if a points line is quoted.", constant=NO_QUOTES
    ),
    _feature(
        "avg_points_vs_opponent", "points", MET_BEFORE, (0, 90), player_windows.SOURCE,
        "Points per game of his earlier games against this opponent this season; NULL without one.",
    ),
    _feature(
        "games_vs_opponent", "games", ALWAYS, (0, 12), player_windows.SOURCE,
        "Number of his earlier games against this opponent this season.", constant=ZERO_IS_NORMAL,
    ),
    _feature("minutes_avg_last_10", "minutes", PLAYED, (0, 60), CACHE, "Minutes per game, last 10 played games."),
    _feature("ppm_avg_last_10", "points/minute", PLAYED, (0, 5), CACHE, "Points per minute, last 10 played games."),
)  # fmt: skip
FEATURE_NAMES: tuple[str, ...] = tuple(column.name for column in FEATURES)

# Feature: column of the source table with the same value on the same date.
FROM_CACHE: dict[str, str] = {
    "points_avg_last_5": "points_avg_last_5",
    "points_avg_last_10": "points_avg_last_10",
    "points_avg_season": "points_avg_season",
    "points_std_last_10": "points_std_last_10",
    "games_in_last_7_days": "games_in_last_7_days",
    "pct_free_throw": "free_throw_points_share_last_10",
    "team_pace": "team_pace_last_10",
    "team_off_rating": "team_off_rating_last_10",
    "team_win_pct": "team_win_pct_season",
    "minutes_avg_last_10": "minutes_avg_last_10",
    "ppm_avg_last_10": "points_per_minute_last_10",
}
FROM_FACTORS: dict[str, str] = {
    name: name for name in ("fatigue_score", "shot_zone_mismatch_score", "pace_score", "usage_spike_score")
}
FROM_SHOT_ZONES: dict[str, str] = {
    "pct_paint": "paint_rate_last_10",
    "pct_mid_range": "mid_range_rate_last_10",
    "pct_three": "three_pt_rate_last_10",
}
FROM_OPPONENT_DEFENSE: dict[str, str] = {
    "opponent_def_rating": "defensive_rating_last_15",
    "opponent_pace": "opponent_pace",
}
FROM_UNIVERSE: dict[str, str] = {
    "vegas_points_line": "current_points_line",
    "vegas_opening_line": "opening_points_line",
}
