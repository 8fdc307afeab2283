"""Rules every row of precompute.ml_feature_store obeys.

Does NOT belong here: rules over several rows or tables, NULL rates and ranges of single columns.
"""

from __future__ import annotations

from nba_pipeline.precompute.feature_columns import FEATURE_NAMES
from nba_pipeline.schema import Invariant

REQUIRED_AFTER_A_GAME = (
    "points_avg_last_5",
    "points_avg_last_10",
    "points_avg_season",
    "minutes_avg_last_10",
    "ppm_avg_last_10",
)
"""Required features that a player without a played game lacks; the other required ones are never NULL."""

SHOT_MIX = ("pct_paint", "pct_mid_range", "pct_three")
FLAGS = ("home_away", "back_to_back", "playoff_game", "has_vegas_line")
SHARES = (*SHOT_MIX, "pct_free_throw", "team_win_pct")
LIMITS = {
    "rest_advantage": (-2, 2),
    "fatigue_score": (38, 100),
    "shot_zone_mismatch_score": (-10, 10),
    "pace_score": (-3, 3),
    "usage_spike_score": (-3, 3),
    **dict.fromkeys(SHARES, (0, 1)),
}


def _all(rule: str, names: tuple[str, ...]) -> str:
    return " and ".join(rule.format(name=name) for name in names)


INVARIANTS: tuple[Invariant, ...] = (
    Invariant("team_is_not_opponent", "team_abbr <> opponent_team_abbr", "block", "A team does not play itself."),
    Invariant(
        "M-04a",
        "missing_feature_count = " + " + ".join(f"coalesce(0 * {name}, 1)" for name in FEATURE_NAMES),
        "error",
        "The count of unknown features agrees with them.",
    ),
    Invariant(
        "M-04b",
        f"abs(feature_quality_score - ({len(FEATURE_NAMES)} - missing_feature_count) / {len(FEATURE_NAMES)}) "
        "<= 0.000000001",
        "error",
        "Quality is the share of known features.",
    ),
    Invariant(
        "M-04c",
        f"games_played_season = 0 or ({_all('{name} is not null', REQUIRED_AFTER_A_GAME)})",
        "error",
        "Required features are known from the first played game on.",
    ),
    Invariant(
        "M-05",
        f"({_all('{name} is null', SHOT_MIX)}) or ({_all('{name} is not null', SHOT_MIX)} "
        f"and abs({' + '.join(SHOT_MIX)} - 1) <= 0.000000001)",
        "error",
        "The shot mix is unknown or sums to 1.",
    ),
    Invariant(
        "M-06a",
        f"injury_risk in (0, 1, 2, 3) and recent_trend in (-2, -1, 0, 1, 2) and minutes_change in (-2, -1, 0, 1, 2) "
        f"and {_all('{name} in (0, 1)', FLAGS)}",
        "error",
        "Features in steps and flags hold their values only.",
    ),
    Invariant(
        "M-06b",
        " and ".join(f"{name} >= {low} and {name} <= {high}" for name, (low, high) in LIMITS.items()),
        "error",
        "Limited scores and shares lie inside their limits.",
    ),
    Invariant(
        "M-06c",
        "has_vegas_line = 1 - coalesce(0 * vegas_points_line, 1) "
        "and (vegas_line_move is null) = (vegas_points_line is null or vegas_opening_line is null)",
        "error",
        "The flag and the move of the line agree with the lines.",
    ),
)
