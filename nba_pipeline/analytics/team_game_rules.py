"""Rules every row of the two team tables of a game obeys.

Does NOT belong here: rules over several rows or tables, ranges and NULL rates of single columns.
"""

from __future__ import annotations

from nba_pipeline.schema import Invariant

ZONE_SHARE_LIMITS = {
    "paint_attempts": (0.13, 0.76),
    "mid_range_attempts": (0.0, 0.50),
    "three_attempts_pbp": (0.13, 0.71),
}
"""Lowest and highest share of a team's attempts seen as plausible in one game."""


def zone_share_rule(prefix: str) -> Invariant:
    """Shares of the three zones lie in the usual range; `prefix` is that of the zone columns."""
    total = " + ".join(f"{prefix}{name}" for name in ZONE_SHARE_LIMITS)
    holds = " and ".join(
        f"{prefix}{name} >= {low} * ({total}) and {prefix}{name} <= {high} * ({total})"
        for name, (low, high) in ZONE_SHARE_LIMITS.items()
    )
    return Invariant("zone_shares", holds, "warn", "No zone takes an unusual share of a team's attempts.")


def shooting_rule(rule_id: str, prefix: str) -> Invariant:
    """Made shots are attempts and threes are field goals."""
    p = prefix
    return Invariant(
        rule_id,
        f"{p}fg_makes <= {p}fg_attempts and {p}three_pt_makes <= {p}three_pt_attempts"
        f" and {p}ft_makes <= {p}ft_attempts and {p}three_pt_makes <= {p}fg_makes"
        f" and {p}three_pt_attempts <= {p}fg_attempts",
        "block",
        "Made shots are attempts, threes are field goals.",
    )


OPPONENT_RULE = Invariant("AC-02", "team_abbr <> opponent_team_abbr", "block", "A team does not play itself.")
WINNER_RULE = Invariant(
    "TO-01b", "win_flag = (margin_of_victory > 0) and margin_of_victory <> 0", "block", "The winner has more points."
)

OFFENSE_INVARIANTS: tuple[Invariant, ...] = (
    OPPONENT_RULE,
    Invariant(
        "TO-01a",
        "points_scored = 2 * (fg_makes - three_pt_makes) + 3 * three_pt_makes + ft_makes",
        "block",
        "Points are the sum of made shots and free throws.",
    ),
    WINNER_RULE,
    shooting_rule("TO-01c", ""),
    Invariant(
        "TO-01d", "rebounds = offensive_rebounds + defensive_rebounds", "block", "Rebounds are the sum of both kinds."
    ),
    Invariant(
        "TO-05",
        "turnovers - player_turnovers >= 0 and turnovers - player_turnovers <= 6",
        "warn",
        "Team turnovers add nothing to six to those of the players.",
    ),
    Invariant("TO-06", "team_minutes = 240 + 25 * overtime_periods", "block", "Minutes are those of whole overtimes."),
    Invariant(
        "TO-09",
        "points_in_paint >= 2 * paint_makes - 4 and points_in_paint <= 2 * (paint_makes + mid_range_makes)",
        "warn",
        "Points in the paint fit the zones; the league's paint reaches beyond 8 feet.",
    ),
    zone_share_rule(""),
)

DEFENSE_INVARIANTS: tuple[Invariant, ...] = (
    OPPONENT_RULE,
    WINNER_RULE,
    Invariant(
        "TD-01a",
        "points_allowed = 2 * (opp_fg_makes - opp_three_pt_makes) + 3 * opp_three_pt_makes + opp_ft_makes",
        "block",
        "Points allowed are the sum of made shots and free throws.",
    ),
    shooting_rule("TD-01b", "opp_"),
    Invariant(
        "TD-02",
        "abs(blocks_paint + blocks_mid_range + blocks_three_pt - blocks_total) <= 1",
        "warn",
        "Blocks by zone add up to the box score, off by at most one.",
    ),
    zone_share_rule("opp_"),
)
