"""Rules every row of analytics.upcoming_team_game_context obeys.

Does NOT belong here: rules over several rows or tables, ranges and NULL rates of single columns.
"""

from __future__ import annotations

from nba_pipeline.schema import Invariant

INVARIANTS: tuple[Invariant, ...] = (
    Invariant("AC-02", "team_abbr <> opponent_team_abbr", "block", "A team does not play itself."),
    Invariant(
        "UT-02a",
        "team_back_to_back = (coalesce(team_days_rest, 1) = 0)",
        "block",
        "Back-to-back is a rest of 0 days, and never a season opener.",
    ),
    Invariant(
        "UT-02b",
        "games_in_last_7_days <= games_in_last_14_days and games_in_last_14_days < game_number_in_season",
        "block",
        "Seven days lie in fourteen, and those in the season.",
    ),
    Invariant(
        "UT-02c",
        "least(team_win_streak_entering, team_loss_streak_entering) = 0"
        " and greatest(team_win_streak_entering, team_loss_streak_entering) < game_number_in_season",
        "block",
        "A team is on one streak at most, shorter than its season.",
    ),
    Invariant(
        "UT-02d",
        "(last_game_result is null and last_game_margin is null"
        " and team_win_streak_entering + team_loss_streak_entering = 0)"
        " or (last_game_result = 'W' and last_game_margin > 0 and team_win_streak_entering > 0)"
        " or (last_game_result = 'L' and last_game_margin < 0 and team_loss_streak_entering > 0)",
        "block",
        "Result, margin and streak tell of the same last game.",
    ),
    Invariant(
        "leakage",
        "coalesce(game_spread_at <= tip_off_at, true) and coalesce(game_total_at <= tip_off_at, true)"
        " and coalesce(injury_report_at <= tip_off_at, true)",
        "error",
        "No quote and no report is later than the tip-off.",
    ),
    Invariant(
        "one_report",
        "injury_report_at is not null or coalesce(players_out, rotation_players_out, starters_out,"
        " questionable_players, probable_players) is null",
        "block",
        "Nothing is known of the injuries of a team that has not reported.",
    ),
    Invariant(
        "absent_players",
        "rotation_players_out <= players_out and starters_out <= players_out",
        "block",
        "Rotation players and starters who are out are out.",
    ),
)
