"""Stored rows as a typed frame, in one line: `read("player_daily_cache", "2024-01-15")`.

Table and columns are compared with the declarations before the warehouse is asked, and a table that is not stored is
an error, never an empty frame. Does NOT belong here: writing, SQL, joins, what a table holds.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches

import pandas as pd
from dagster import BetaWarning, PreviewWarning

from nba_pipeline import catalog
from nba_pipeline.errors import PipelineError
from nba_pipeline.schema import Table
from nba_pipeline.schema.frames import frame_from_arrow
from nba_pipeline.settings import load_settings
from nba_pipeline.warehouse import Warehouse, open_warehouse

Day = date | str
"""A calendar day: a date, a datetime or timestamp without time of day, or YYYY-MM-DD."""

NEAR_MATCHES = 3  # names offered for a misspelt one


class ReadError(PipelineError):
    """What was asked for cannot be read: which table, what was found, what to ask instead."""


def read(
    table: str,
    first: Day | None = None,
    last: Day | None = None,
    *,
    columns: Sequence[str] | None = None,
    warehouse: str | Warehouse | None = None,
) -> pd.DataFrame:
    """Rows of the partitions first..last, both included, in the order of the key and with the declared dtypes.

    table: `player_daily_cache` or `precompute.player_daily_cache`; a table without partitions takes no dates.
    last: left out, the one day `first` is read. A day without games gives a frame without rows.
    columns: those to read, in this order; left out, every business column. `row_hash` and `processed_at` can be named.
    warehouse: an address such as `duckdb:///nba.duckdb` or an opened warehouse; left out, NBA_WAREHOUSE.
    Raises ReadError for a name that is not declared, dates that do not fit, and a table that is not stored.
    """
    declared = _declared(table)
    names = None if columns is None else _declared_columns(declared, columns)
    start, end = _bounds(declared, first, last)
    opened, place = _opened(warehouse)
    if opened.stored_columns(declared) is None:
        raise ReadError(
            f"{declared}: {place} does not hold this table. Back-fill it with nba-pipeline backfill "
            f"--tables {declared.name}, or name the warehouse that has it (warehouse=, NBA_WAREHOUSE)."
        )
    return frame_from_arrow(declared, opened.read(declared, columns=names, first=start, last=end))


def _tables() -> Mapping[str, Table]:
    """The declared tables, without what Dagster says once per table of the features that the project uses knowingly."""
    with warnings.catch_warnings():
        for category in (BetaWarning, PreviewWarning):
            warnings.simplefilter("ignore", category)
        return catalog.tables()


def _declared(name: str) -> Table:
    tables = _tables()
    found = [table for full, table in tables.items() if name in (full, table.name, table.qualified_name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise ReadError(f"{name!r} is the name of several tables: say {' or '.join(map(str, found))}.")
    raise ReadError(f"there is no table {_offered([name], [table.name for table in tables.values()])}")


def _declared_columns(table: Table, columns: Sequence[str]) -> list[str]:
    names = [columns] if isinstance(columns, str) else list(columns)
    available = [column.name for column in table.stored_columns]
    unknown = [name for name in names if name not in available]
    if unknown:
        raise ReadError(f"{table} has no column {_offered(unknown, available)}")
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated or not names:
        raise ReadError(f"{table}: columns names {repeated or 'none'}; name every column wanted once.")
    return names


def _offered(unknown: Sequence[str], known: Sequence[str]) -> str:
    """The unknown names, each with those it may stand for; all known names where one stands for nothing."""
    near = {name: _near(name.rpartition(".")[2], known) for name in unknown}
    asked = [f"{name!r}, did you mean {' or '.join(names)}?" if names else f"{name!r}." for name, names in near.items()]
    return " ".join([*asked, *([] if all(near.values()) else [f"Known: {', '.join(known)}."])])


def _near(name: str, known: Sequence[str]) -> list[str]:
    """Known names spelt alike, then those that hold the name."""
    alike = get_close_matches(name, known, NEAR_MATCHES)
    return [*alike, *(k for k in known if name and name in k and k not in alike)][:NEAR_MATCHES]


def _bounds(table: Table, first: Day | None, last: Day | None) -> tuple[date | None, date | None]:
    if not table.partition_column:
        if first is not None or last is not None:
            raise ReadError(f"{table} has no partitions, it is read whole: leave the dates out.")
        return None, None
    if first is None:
        raise ReadError(f"{table} has one partition a day ({table.partition_column}): name a day, or first and last.")
    start = _day(table, first)
    end = start if last is None else _day(table, last)
    if start > end:
        raise ReadError(f"{table}: first {start} is after last {end}.")
    return start, end


def _day(table: Table, value: Day) -> date:
    if isinstance(value, datetime):
        if value.tzinfo is None and value == datetime(value.year, value.month, value.day):
            return value.date()
        raise ReadError(f"{table}: {value} is an instant, not a day. A partition is a US Eastern day: use YYYY-MM-DD.")
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ReadError(f"{table}: {value!r} is not a day: use YYYY-MM-DD or a date.") from error


def _opened(warehouse: str | Warehouse | None) -> tuple[Warehouse, str]:
    """The warehouse, and what to call it in a message."""
    if warehouse is None or isinstance(warehouse, str):
        address = load_settings(warehouse=warehouse).warehouse
        return open_warehouse(address), address
    return warehouse, "the warehouse given"
