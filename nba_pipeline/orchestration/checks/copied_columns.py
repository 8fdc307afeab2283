"""What the defence table copies is what the offence table of the same game says (rule R9), exactly.

Does NOT belong here: computing the copies.
"""

from __future__ import annotations

from nba_pipeline.orchestration.checks.sql import bounds, count_if, literal, rows_by_partition, whole
from nba_pipeline.orchestration.checks.verdicts import Days, Problem, Verdict, judged
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse

COPYING_TABLE = "analytics.team_defense_game_summary"
OFFENSE = "nba_analytics.team_offense_game_summary"

_SAME_NAME = (
    "fg_makes", "fg_attempts", "three_pt_makes", "three_pt_attempts", "ft_makes", "ft_attempts", "offensive_rebounds",
    "rebounds", "assists", "paint_makes", "paint_attempts", "mid_range_makes", "mid_range_attempts", "three_makes_pbp",
    "three_attempts_pbp",
)  # fmt: skip
OF_OPPONENT = {f"opp_{name}": name for name in _SAME_NAME} | {
    "points_allowed": "points_scored", "turnovers_forced": "turnovers", "defensive_rating": "offensive_rating",
    "opponent_pace": "pace", "opponent_ts_pct": "ts_pct", "opponent_efg_pct": "efg_pct",
    "points_in_paint_allowed": "points_in_paint", "second_chance_points_allowed": "second_chance_points",
    "fast_break_points_allowed": "fast_break_points", "box_score_source": "box_score_source",
    "shot_zone_source": "shot_zone_source",
}  # fmt: skip
"""Defence column -> column of the opponent's row."""

OF_TEAM = {
    "margin_of_victory": "margin_of_victory", "win_flag": "win_flag", "overtime_periods": "overtime_periods",
    "season_type": "season_type", "season_year": "season_year", "blocks_total": "blocks", "steals": "steals",
    "defensive_rebounds": "defensive_rebounds", "fouls_committed": "personal_fouls",
}  # fmt: skip
"""Defence column -> column of the team's own row."""


def copied_columns(warehouse: Warehouse, table: Table, days: Days) -> list[Verdict]:
    """Per partition the columns that differ from their source and in how many rows; any blocks."""
    first, last = bounds(days)
    if first is None or last is None:
        return []
    window = f"between {literal(first)} and {literal(last)}"
    measures = [
        count_if(f"t.{copy} is distinct from {alias}.{source}", copy)
        for alias, copies in (("o", OF_OPPONENT), ("w", OF_TEAM))
        for copy, source in copies.items()
    ]
    sql = (
        f"select t.game_date as partition_date, {', '.join(measures)}\nfrom {table.qualified_name} t\n"
        f"left join {OFFENSE} o on o.game_date = t.game_date and o.team_abbr = t.opponent_team_abbr "
        f"and o.game_date {window}\n"
        f"left join {OFFENSE} w on w.game_date = t.game_date and w.team_abbr = t.team_abbr and w.game_date {window}\n"
        f"where t.game_date {window} group by t.game_date"
    )
    found = rows_by_partition(warehouse, sql)
    verdicts = []
    for day in days:
        counts = {name: whole(found.get(day), name) for name in (*OF_OPPONENT, *OF_TEAM)}
        differing = {name: count for name, count in counts.items() if count}
        named = ", ".join(f"{name} in {count} row(s)" for name, count in differing.items())
        problems: list[Problem] = [("block", f"R9: not as in {OFFENSE}: {named}")] if differing else []
        verdicts.append(judged(day, problems, {"R9": sum(differing.values())}))
    return verdicts
