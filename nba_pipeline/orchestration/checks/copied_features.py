"""What the player tables of a date copy is, bit for bit, what the table they copy from says (rule R11).

Does NOT belong here: numbers that two tables compute each for itself (player_agreement).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nba_pipeline.orchestration.checks.table_rules import TableRule, Window

CACHE = "nba_precompute.player_daily_cache"
FACTORS = "nba_precompute.player_composite_factors"
SHOT_ZONES = "nba_precompute.player_shot_zone_analysis"
DEFENCE = "nba_precompute.team_defense_zone_analysis"
UNIVERSE = "nba_analytics.upcoming_player_game_context"

Columns = Mapping[str, str]
"""Column of the copying table -> column of its source."""


def _same(*names: str) -> Columns:
    return {name: name for name in names}


FROM_CACHE: Columns = {
    **_same("points_avg_last_5", "points_avg_last_10", "points_avg_season", "points_std_last_10"),
    **_same("games_in_last_7_days", "minutes_avg_last_10", "games_played_season"),
    "pct_free_throw": "free_throw_points_share_last_10",
    "team_pace": "team_pace_last_10",
    "team_off_rating": "team_off_rating_last_10",
    "team_win_pct": "team_win_pct_season",
    "ppm_avg_last_10": "points_per_minute_last_10",
}
FROM_FACTORS = _same("fatigue_score", "shot_zone_mismatch_score", "pace_score", "usage_spike_score")
FROM_SHOT_ZONES: Columns = {
    "pct_paint": "paint_rate_last_10",
    "pct_mid_range": "mid_range_rate_last_10",
    "pct_three": "three_pt_rate_last_10",
}
FROM_DEFENCE: Columns = {"opponent_def_rating": "defensive_rating_last_15", "opponent_pace": "opponent_pace"}
FROM_UNIVERSE: Columns = {
    "vegas_points_line": "current_points_line",
    "vegas_opening_line": "opening_points_line",
    **_same("days_rest", "team_abbr", "opponent_team_abbr", "game_id", "nba_game_id", "nba_player_id", "season_year"),
}
ZONES_OF_CACHE = _same(
    "primary_scoring_zone", "paint_rate_last_10", "mid_range_rate_last_10", "three_pt_rate_last_10",
    "assisted_rate_last_10",
)  # fmt: skip
WORKLOAD_OF_CACHE = _same(
    "games_in_last_7_days", "games_in_last_14_days", "minutes_in_last_7_days", "minutes_in_last_14_days",
    "avg_minutes_per_game_last_7", "back_to_backs_last_14_days", "team_abbr", "nba_player_id", "season_year",
)  # fmt: skip


def copies(
    columns: Columns, source: str, source_date: str, *, of: str = "player_lookup", entity: str = "player_lookup"
) -> Callable[[Window], str]:
    """Rows whose copies differ from the source row of the same date whose `entity` is the row's `of`."""
    differing = " or ".join(f"t.{copy} is distinct from u.{column}" for copy, column in columns.items())

    def offences(window: Window) -> str:
        own_date = window.table.partition_column
        return (
            f"select t.{own_date} as partition_date, t.player_lookup as offender from {window.own} t\n"
            f"left join {source} u on u.{source_date} = t.{own_date} and u.{entity} = t.{of}\n"
            f"and u.{source_date} {window.dates}\n"
            f"where t.{own_date} {window.dates} and ({differing})"
        )

    return offences


def _flags(window: Window) -> str:
    rest = "u.team_days_rest - u.opponent_days_rest"
    return (
        f"select t.game_date as partition_date, t.player_lookup as offender from {window.own} t\n"
        f"join {UNIVERSE} u on u.game_date = t.game_date and u.player_lookup = t.player_lookup\n"
        f"and u.game_date {window.dates}\n"
        f"where t.game_date {window.dates} and (t.home_away <> case when u.home_game then 1 else 0 end\n"
        f"or t.back_to_back <> case when u.back_to_back then 1 else 0 end\n"
        f"or t.playoff_game <> case when u.season_phase = 'playoffs' then 1 else 0 end\n"
        f"or t.rest_advantage <> case when {rest} > 2 then 2 when {rest} < -2 then -2 else {rest} end)"
    )


FEATURE_COPIES = (
    TableRule("R11_cache", "block", copies(FROM_CACHE, CACHE, "cache_date"), f"Features are those of {CACHE}."),
    TableRule("R11_factors", "block", copies(FROM_FACTORS, FACTORS, "game_date"), f"Scores are those of {FACTORS}."),
    TableRule(
        "R11_zones", "block", copies(FROM_SHOT_ZONES, SHOT_ZONES, "analysis_date"), f"Shares are those of {SHOT_ZONES}."
    ),
    TableRule(
        "R11_defence",
        "block",
        copies(FROM_DEFENCE, DEFENCE, "analysis_date", of="opponent_team_abbr", entity="team_abbr"),
        f"The opponent's defence is that of {DEFENCE}.",
    ),
    TableRule("M-03", "block", copies(FROM_UNIVERSE, UNIVERSE, "game_date"), f"Identity and lines: {UNIVERSE}."),
    TableRule("M-03_flags", "error", _flags, f"Flags and rest advantage follow from {UNIVERSE}."),
)
CACHE_COPIES = (
    TableRule(
        "D-07", "error", copies(ZONES_OF_CACHE, SHOT_ZONES, "analysis_date"), f"Zone columns are those of {SHOT_ZONES}."
    ),
    TableRule(
        "workload",
        "error",
        copies(WORKLOAD_OF_CACHE, UNIVERSE, "game_date"),
        f"Workload columns are those of {UNIVERSE}.",
    ),
)
