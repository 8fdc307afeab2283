"""`constant_columns`: columns that hold nothing, or one value only, over the newest game dates of a table.

A column that was never filled, and a score that is a default, look like data to whoever reads them. Exempt is a column
that declares why it `may_be_constant`. Does NOT belong here: NULL ceilings, single rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from nba_pipeline.orchestration.checks.season_days import GAMES
from nba_pipeline.orchestration.checks.sql import Row, count_if, in_window, literal, whole
from nba_pipeline.orchestration.checks.thresholds import (
    CONSTANT_GAME_DATES,
    CONSTANT_REGULAR_DATES,
    ZERO_SHARE_OF_SCORE,
)
from nba_pipeline.orchestration.checks.verdicts import Problem, Severity, Verdict, judged
from nba_pipeline.schema import Column, Table
from nba_pipeline.warehouse import Warehouse

SCORE = "_score"  # ending of the names of scores


def constant_columns(
    warehouse: Warehouse, table: Table, first: date | None = None, last: date | None = None
) -> list[Verdict]:
    """One verdict on the newest window of game dates inside first..last (inside what is stored unless told).

    100 % NULL is an error, one distinct value a warning, many exact zeros in a score too. A table without partitions
    is not judged; with fewer game dates than a window needs, or no rows in it, the verdict passes and says so.
    """
    if not table.partition_column:
        return []
    window = _newest_window(warehouse, table, first, last)
    if window is None:
        needed = f"{CONSTANT_GAME_DATES} game dates, {CONSTANT_REGULAR_DATES} of them regular season"
        return [Verdict(None, description=f"not evaluated: fewer than {needed} are stored")]
    watched = watched_columns(table)
    row = _measured(warehouse, table, watched, *window)
    rows = whole(row, "row_count")
    if not rows:
        return [Verdict(None, description=f"not evaluated: no rows from {window[0]} to {window[1]}")]
    problems = [
        (level, f"{column.name}: {text} in {rows} rows from {window[0]} to {window[1]}")
        for number, column in enumerate(watched)
        for level, text in _problems(column, row, number)
    ]
    return [judged(window[1], problems, {"rows": rows, "columns": len(watched), "first_date": str(window[0])})]


def watched_columns(table: Table) -> list[Column]:
    return [column for column in table.columns if not column.may_be_constant]


def _newest_window(
    warehouse: Warehouse, table: Table, first: date | None, last: date | None
) -> tuple[date, date] | None:
    """First and last of the newest 30 game dates in a row of which 20 are regular season; it slides back in June."""
    within = in_window(table, first, last)
    sql = (
        f"select game_date, max(case when season_type = 'regular' then 1 else 0 end) as regular from {GAMES}\n"
        f"where game_date <= (select max({table.partition_column}) from {table.qualified_name} where {within})\n"
        f"{f'and game_date >= {literal(first)}' if first else ''}\n"
        f"group by game_date order by game_date desc"
    )
    rows = warehouse.query(sql).to_pylist()
    for start in range(len(rows) - CONSTANT_GAME_DATES + 1):
        dates = rows[start : start + CONSTANT_GAME_DATES]
        if sum(row["regular"] for row in dates) >= CONSTANT_REGULAR_DATES:
            return dates[-1]["game_date"], dates[0]["game_date"]
    return None


def _measured(warehouse: Warehouse, table: Table, columns: Sequence[Column], first: date, last: date) -> Row:
    """Rows, and per column how many hold a value, the least and the greatest of them, and exact zeros."""
    measures = ["count(*) as row_count"]
    for number, column in enumerate(columns):
        name = column.name
        measures.append(f"count({name}) as filled_{number}")
        measures.append(f"min({name}) as least_{number}, max({name}) as greatest_{number}")
        if _is_score(column):
            measures.append(count_if(f"{name} = 0", f"zeros_{number}"))
    sql = f"select {', '.join(measures)}\nfrom {table.qualified_name} where {in_window(table, first, last)}"
    measured: Row = warehouse.query(sql).to_pylist()[0]
    return measured


def _problems(column: Column, row: Row, number: int) -> list[Problem]:
    filled = whole(row, f"filled_{number}")
    if not filled:
        return [("error", "always NULL")]
    if row[f"least_{number}"] == row[f"greatest_{number}"]:
        return [("warn", f"always {row[f'least_{number}']}")]
    zeros = whole(row, f"zeros_{number}") if _is_score(column) else 0
    level: Severity = "warn" if zeros / filled > ZERO_SHARE_OF_SCORE else "pass"
    return [(level, f"exactly 0 in {zeros / filled:.1%}")] if level == "warn" else []


def _is_score(column: Column) -> bool:
    return column.name.endswith(SCORE) and column.type in ("INT64", "FLOAT64")
