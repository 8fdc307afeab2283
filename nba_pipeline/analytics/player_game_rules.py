"""Rules every row of analytics.player_game_summary obeys.

Does NOT belong here: rules over several rows or tables, ranges and NULL rates of single columns.
"""

from __future__ import annotations

from nba_pipeline.analytics.box_statistics import PLAYER_STATISTICS
from nba_pipeline.analytics.play_by_play_columns import PLAYER_COLUMNS
from nba_pipeline.schema import Invariant

NOT_NEGATIVE = ("rebounds", *(name for name in PLAYER_STATISTICS if name != "plus_minus"), "seconds_played")
WITHOUT_LINE = (
    "seconds_played",
    "minutes_played",
    "rebounds",
    *PLAYER_STATISTICS,
    *PLAYER_COLUMNS,
    "has_complete_shot_zones",
    "usage_rate",
    "ts_pct",
    "efg_pct",
    "over_under_result",
    "margin",
)


def _all_null(columns: tuple[str, ...]) -> str:
    return " and ".join(f"{column} is null" for column in columns)


INVARIANTS: tuple[Invariant, ...] = (
    Invariant("AC-02", "team_abbr <> opponent_team_abbr", "block", "A team does not play itself."),
    Invariant(
        "PG-01a",
        "points = 2 * (fg_makes - three_pt_makes) + 3 * three_pt_makes + ft_makes",
        "block",
        "Points are the sum of made shots and free throws.",
    ),
    Invariant(
        "PG-01b",
        "fg_makes <= fg_attempts and three_pt_makes <= three_pt_attempts and ft_makes <= ft_attempts"
        " and three_pt_makes <= fg_makes and three_pt_attempts <= fg_attempts",
        "block",
        "Made shots are attempts, threes are field goals.",
    ),
    Invariant(
        "PG-01c",
        "rebounds = offensive_rebounds + defensive_rebounds",
        "block",
        "Rebounds are the sum of both kinds.",
    ),
    Invariant(
        "PG-01d",
        f"least({', '.join(f'coalesce({name}, 0)' for name in NOT_NEGATIVE)}) >= 0",
        "block",
        "Nothing but plus_minus is negative.",
    ),
    Invariant(
        "PG-02a",
        f"not is_dnp or ({_all_null(WITHOUT_LINE)})",
        "block",
        "A player without a box line has no statistic.",
    ),
    Invariant(
        "PG-02b",
        "is_dnp or coalesce(seconds_played, points, fg_attempts, rebounds, assists) is not null",
        "block",
        "A box line states a statistic.",
    ),
    Invariant("PG-02c", "is_active = (coalesce(seconds_played, 0) > 0)", "block", "Active means time on the floor."),
    Invariant("PG-02d", "is_dnp = (player_status <> 'active')", "block", "Only active players have a box line."),
    Invariant("PG-02e", "not is_dnp or (starter_flag is not null and not starter_flag)", "block", "A starter plays."),
    Invariant(
        "PG-11",
        f"is_dnp or (shot_zone_source is null and {_all_null(PLAYER_COLUMNS)}) or (shot_zone_source is not null and "
        + " and ".join(f"{column} is not null" for column in PLAYER_COLUMNS)
        + ")",
        "block",
        "Play-by-play columns are all known or all unknown.",
    ),
    Invariant(
        "PG-12",
        "abs(paint_attempts + mid_range_attempts + three_attempts_pbp - fg_attempts) <= 1"
        " and abs(paint_makes + mid_range_makes + three_makes_pbp - fg_makes) <= 1"
        " and abs(three_attempts_pbp - three_pt_attempts) <= 1",
        "warn",
        "Zones add up to the box score, off by at most one.",
    ),
    Invariant(
        "PG-13",
        "abs(assisted_fg_makes + unassisted_fg_makes - fg_makes) <= 1"
        " and abs(paint_blocks + mid_range_blocks + three_pt_blocks - blocks) <= 1",
        "warn",
        "Assisted and unassisted makes and zone blocks add up to the box score, off by at most one.",
    ),
    Invariant(
        "PG-16a",
        "(over_under_result is null) = (points is null or points_line is null)",
        "block",
        "A line and points have a result, nothing else has.",
    ),
    Invariant(
        "PG-16b",
        "over_under_result is null or (over_under_result = 'OVER' and margin > 0)"
        " or (over_under_result = 'UNDER' and margin < 0) or (over_under_result = 'PUSH' and margin = 0)",
        "block",
        "The result is the sign of the margin.",
    ),
    Invariant(
        "ts_pct_defined",
        "ts_pct is not null or is_dnp or fg_attempts + ft_attempts = 0",
        "warn",
        "Whoever shot has a true shooting percentage.",
    ),
)
