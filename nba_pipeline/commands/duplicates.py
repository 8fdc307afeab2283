"""`nba-pipeline duplicates`: print keys that are stored more than once, repair them, name what to run afterwards.

Not a Dagster job and in no schedule: duplicates mean that something wrote past the pipeline, which a person looks at.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date

from rich.console import Console

from nba_pipeline.commands.selection import check_range, selected_tables
from nba_pipeline.orchestration.partitions import FIRST_DAY
from nba_pipeline.readiness.duplicates import KeyCount, duplicated, key_counts, repair
from nba_pipeline.readiness.plan import ranges_text
from nba_pipeline.schema import Table
from nba_pipeline.settings import Settings
from nba_pipeline.warehouse import Warehouse, open_warehouse

NONE_LEFT, FOUND = 0, 1  # exit codes


def run_duplicates(
    settings: Settings, console: Console, *, names: str, first: date | None, last: date | None, with_repair: bool
) -> int:
    """Exit 0 when no key is left that is stored more than once, else 1."""
    first, last = first or FIRST_DAY, last or date.today()
    check_range(first, last)
    tables = selected_tables(None, names)
    warehouse = open_warehouse(settings.warehouse)
    run_id = f"duplicates-{secrets.token_hex(8)}"
    code = NONE_LEFT
    for table in tables:
        for line in _lines(warehouse, table, first, last, run_id if with_repair else ""):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        if duplicated(key_counts(warehouse, table, first, last)):
            code = FOUND
    return code


def _lines(warehouse: Warehouse, table: Table, first: date, last: date, run_id: str) -> Iterable[str]:
    """What was found, then what was or would be done."""
    if warehouse.stored_columns(table) is None:
        yield f"{table}  not stored"
        return
    counts = key_counts(warehouse, table, first, last)
    found = duplicated(counts)
    yield f"{table}  {sum(c.rows for c in counts.values()):,} rows, {_summary(found.values())}"
    for day, count in found.items():
        yield f"  {day or 'the table'}  {count.rows:,} rows, {count.keys:,} keys, {_summary([count])}"
    if not found:
        return
    if not run_id:
        yield f"  --repair replaces {_partitions(found)} by one row per key"
        return
    done = repair(warehouse, table, first, last, run_id)
    if done:
        yield (
            f"  repaired: {done.rows:,} rows became {done.keys:,}, the same keys; {done.removed:,} row(s) in "
            f"quarantine as run {run_id}"
        )
        yield from _follow(table, done.partitions)


def _summary(counts: Iterable[KeyCount]) -> str:
    listed = list(counts)
    groups = sum(count.groups for count in listed)
    return f"{groups:,} key(s) stored more than once, {sum(count.surplus for count in listed):,} surplus row(s)"


def _partitions(days: Iterable[date | None]) -> str:
    return ranges_text(day for day in days if day) or "the table"


def _follow(table: Table, partitions: Iterable[date | None]) -> Iterable[str]:
    """The commands that make the repaired partitions from their inputs again."""
    yield "  now materialise them again, and look at the rows that change:"
    for piece in _partitions(partitions).split(", "):
        first, _, last = piece.partition("..")
        if piece == "the table":
            first = last = date.today().isoformat()
        yield f"  nba-pipeline backfill --tables {table} --from {first} --to {last or first} --only all"
