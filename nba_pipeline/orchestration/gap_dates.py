"""Dates on which every game is an accepted gap of a table: it has no rows then, and that is no fault.

Does NOT belong here: which games are accepted gaps, counting rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from nba_pipeline.expectations.accepted_gaps import games_left_out
from nba_pipeline.orchestration.checks.season_days import GAMES
from nba_pipeline.orchestration.checks.sql import literal
from nba_pipeline.schema import Table, TableRows
from nba_pipeline.warehouse import Warehouse

REASON = "no_games"  # none is left once the accepted gaps are taken out


def with_gap_reasons(warehouse: Warehouse, table: Table, days: Sequence[date], rows: TableRows) -> TableRows:
    """The rows, with a reason for the days that have none because their games are accepted gaps."""
    reasons = gap_reasons(warehouse, table, days)
    if not reasons:
        return rows
    filled = {stamp.date() for stamp in rows.rows[table.partition_column].unique()} if len(rows.rows) else set()
    lost = {day: reason for day, reason in reasons.items() if day not in filled}
    return replace(rows, skip_reasons={**lost, **rows.skip_reasons})


def gap_reasons(warehouse: Warehouse, table: Table, days: Sequence[date]) -> Mapping[date, str]:
    """Skip reason of the days whose final games are all left out for the table; nothing for a table without gaps."""
    games = ", ".join(literal(game) for game in games_left_out(str(table)))
    if not games or not days or not table.partition_column:
        return {}
    sql = (
        f"select game_date, sum(case when nba_game_id in ({games}) then 0 else 1 end) as others from {GAMES}\n"
        f"where is_final and game_date between {literal(days[0])} and {literal(days[-1])} group by game_date"
    )
    lost = {row["game_date"] for row in warehouse.query(sql).to_pylist() if not row["others"]}
    return {day: REASON for day in days if day in lost}
