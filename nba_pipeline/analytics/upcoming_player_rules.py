"""Rules every row of analytics.upcoming_player_game_context obeys.

Does NOT belong here: rules over several rows or tables, ranges and NULL rates of single columns.
"""

from __future__ import annotations

from nba_pipeline.analytics.upcoming_workload_columns import LONGEST_GAME_MINUTES
from nba_pipeline.schema import Invariant

INVARIANTS: tuple[Invariant, ...] = (
    Invariant("AC-02", "team_abbr <> opponent_team_abbr", "block", "A team does not play itself."),
    Invariant(
        "UP-03a",
        "games_in_last_7_days <= games_in_last_14_days and games_in_last_14_days <= games_in_sample_season"
        " and games_in_sample_last_5 = least(5, games_in_sample_season)"
        " and games_in_sample_last_10 = least(10, games_in_sample_season)",
        "block",
        "Seven days lie in fourteen, those in the season, and a sample is as long as the season allows.",
    ),
    Invariant(
        "UP-03b",
        "minutes_in_last_7_days <= minutes_in_last_14_days"
        f" and minutes_in_last_14_days <= {LONGEST_GAME_MINUTES} * games_in_last_14_days"
        " and (avg_minutes_per_game_last_7 is null) = (games_in_last_7_days = 0)",
        "block",
        "Minutes belong to the games counted.",
    ),
    Invariant(
        "UP-03c",
        "has_prop_line = (current_points_line is not null) and has_prop_line = (points_line_books > 0)"
        " and (has_prop_line or coalesce(opening_points_line, points_line_consensus, over_current_line_streak,"
        " under_current_line_streak) is null)",
        "block",
        "A prop line is a line of at least one source; nothing is known of a line that does not exist.",
    ),
    Invariant(
        "UP-03d",
        "back_to_back = (coalesce(days_rest, 1) = 0) and (days_rest is null) = (games_in_sample_season = 0)"
        " and (last_game_date is null) = (games_in_sample_season = 0) and (last_game_date is null"
        " or last_game_date < game_date)",
        "block",
        "Back-to-back is a rest of 0 days; whoever has played has a last game, before this one.",
    ),
    Invariant(
        "UP-03e",
        "(over_current_line_streak is null or least(over_current_line_streak, under_current_line_streak) = 0)"
        " and (prop_over_streak is null or least(prop_over_streak, prop_under_streak) = 0)",
        "block",
        "A player is on one streak at most.",
    ),
    Invariant(
        "one_report",
        "(injury_status is null) = (injury_report_at is null) and (on_injury_report is null) = (injury_status is null)"
        " and (on_injury_report or coalesce(injury_reason, injury_reason_category) is null)",
        "block",
        "A team has reported for all its players or for none.",
    ),
    Invariant(
        "leakage",
        "coalesce(points_line_at <= tip_off_at, true) and coalesce(injury_report_at <= tip_off_at, true)",
        "error",
        "No quote and no report is later than the tip-off.",
    ),
)
