"""Warehouse files for benchmarks: real seasons without the measured tables, and any number of seasons made of them.

A copied season is a real one moved by a multiple of 1,096 days, with its season year, identifiers and instants moved
alike; players, teams and results stay. Only columns that the measured tables read are copied.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
from measured_step import columns_read_from_outside, measured_tables

from nba_pipeline.calendar import season_ranges
from nba_pipeline.orchestration.partitions import FIRST_DAY
from nba_pipeline.schema import Table

REAL_SEASONS = 3  # seasons one copy holds
COPY_DAYS = 1096  # three years; keeps every game date between October and June for a century


def build(source: Path, target: Path, seasons: int) -> None:
    """Raw and reference rows of the first `seasons` seasons, copied as often as needed, in a new file."""
    copies = -(-seasons // REAL_SEASONS)
    end = season_year(seasons)
    with duckdb.connect(target) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{source}' as origin (read_only)")
        for table, columns in columns_read_from_outside().values():
            connection.execute(f"create schema if not exists {table.dataset}")
            names = [name for name in table.column_names if name in columns]
            for copy in range(copies if table.partition_column else 1):
                verb = f"create table {table.qualified_name} as" if not copy else f"insert into {table.qualified_name}"
                moved = ", ".join(f"{_moved(table, name, copy)} as {name}" for name in names)
                where = f"where {_season_of(table, copy)} < {end}" if table.partition_column else ""
                part = f"order by {table.partition_column}" if table.partition_column else ""
                connection.execute(f"{verb} select {moved} from origin.{table.qualified_name} {where} {part}")


def season_year(number: int) -> int:
    """Year in which season 0, 1, 2 … of the copies starts."""
    return FIRST_DAY.year + number


def season_ranges_of(seasons: int) -> list[tuple[date, date]]:
    """First and last partition of every season, cut on 1 October as a back-fill does."""
    return season_ranges(FIRST_DAY, date(season_year(seasons), 9, 30))


def last_regular_date(path: Path) -> date:
    """Last date of the newest regular season: every team plays, and the look-back is the longest."""
    with duckdb.connect(path, read_only=True) as connection:
        found = connection.execute("select max(game_date) from nba_reference.games where season_type = 'regular'")
        return found.fetchall()[0][0]


def forget_from(path: Path, day: date) -> None:
    """Remove the measured tables' rows of `day` and later: the state of the warehouse before that day runs."""
    with duckdb.connect(path) as connection:
        for table in measured_tables():
            connection.execute(f"delete from {table.qualified_name} where {table.partition_column} >= date '{day}'")


def _season_of(table: Table, copy: int) -> str:
    day = table.partition_column
    return f"year({day}) - (month({day}) < 10)::int + {REAL_SEASONS * copy}"


def _moved(table: Table, name: str, copy: int) -> str:
    """SQL of a column in copy 0, 1, 2 …"""
    kind, days, years = table.by_name[name].type, COPY_DAYS * copy, REAL_SEASONS * copy
    if not copy or not table.partition_column:
        return name
    if kind == "DATE":
        return f"{name} + {days}"
    if kind == "TIMESTAMP":
        return f"{name} + interval ({days}) day"
    if name == "season_year":
        return f"{name} + {years}"
    if name == "nba_game_id":  # two digits of the season stand in the middle
        return f"{name}[1:3] || lpad(({name}[4:5]::int + {years})::varchar, 2, '0') || {name}[6:]"
    if name == "game_id":
        return f"strftime({table.partition_column} + {days}, '%Y%m%d') || {name}[9:]"
    return name
