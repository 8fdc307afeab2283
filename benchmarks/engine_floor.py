"""The engine floor: the aggregations of the ten tables as hand-written DuckDB SQL, and a bulk insert of their rows.

Every statement reads stored tables and keeps its result in a temporary table; row hashes, the merge and its
verification are left out. So this is what the engine alone needs, and a lower bound for any other way of doing it.
`CHECKED` names columns whose mean must agree with the stored table, so that the floor measures the same work.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
from floor_statements import STATEMENTS
from measured_step import measured_tables

from nba_pipeline.warehouse import open_warehouse

CHECKED: Mapping[str, tuple[str, str]] = {
    "analytics.team_offense_game_summary": ("pace", "pace"),
    "precompute.team_defense_zone_analysis": ("paint_pct_allowed_last_15", "paint_pct_allowed_last_15"),
    "precompute.player_shot_zone_analysis": ("paint_rate_last_10", "paint_rate_last_10"),
    "precompute.player_daily_cache": ("points_avg_last_10", "points_avg_last_10"),
}
"""Table -> a column of the SQL result and the stored column that has the same mean."""


@dataclass(frozen=True)
class Floor:
    """Seconds the engine alone needs for one table, rows of both, and whether the checked means agree."""

    table: str
    sql: float
    insert: float
    cpu: float
    sql_rows: int
    stored_rows: int
    agrees: bool | None


def measure(finished: Path, target: Path) -> list[Floor]:
    """Time statements on the finished warehouse, and inserting its rows into the new file `target`."""
    floors = []
    empty = open_warehouse(f"duckdb:///{target}")
    for table in measured_tables():
        empty.ensure(table)
        used = time.process_time()
        with duckdb.connect(finished, read_only=True) as connection:
            seconds, rows = _aggregate(connection, str(table))
            used = time.process_time() - used
            stored: pa.Table = connection.execute(f"select * from {table.qualified_name}").to_arrow_table()
            agrees = _agrees(connection, str(table), table.qualified_name)
        inserting = time.process_time()
        insert = _insert(target, table.qualified_name, stored)
        used += time.process_time() - inserting
        floors.append(Floor(str(table), seconds, insert, used, rows, stored.num_rows, agrees))
    return floors


def _aggregate(connection: duckdb.DuckDBPyConnection, name: str) -> tuple[float, int]:
    started = time.perf_counter()
    connection.execute(f"create temp table result as {STATEMENTS[name]}")
    seconds = time.perf_counter() - started
    return seconds, connection.execute("select count(*) from result").fetchall()[0][0]


def _agrees(connection: duckdb.DuckDBPyConnection, name: str, stored: str) -> bool | None:
    if name not in CHECKED:
        return None
    ours, theirs = CHECKED[name]
    sql = f"select abs((select avg({ours}) from result) - (select avg({theirs}) from {stored})) < 1e-9"
    return bool(connection.execute(sql).fetchall()[0][0])


def _insert(target: Path, name: str, rows: pa.Table) -> float:
    started = time.perf_counter()
    with duckdb.connect(target) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.register("arriving", rows)
        connection.execute(f"insert into {name} select * from arriving")
    return time.perf_counter() - started
