"""Stored tables brought up to their declaration: which columns are added, what is refused and why.

Only new nullable columns are added; the rows that are there have NULL in them until their dates are back-filled
(`backfill --only stale`). Does NOT belong here: how an engine adds a column, printing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse
from nba_pipeline.warehouse.errors import SchemaDriftError


@dataclass(frozen=True)
class Migration:
    """What is due on one stored table. columns: to be added, or added. refusal: why nothing is."""

    table: str
    columns: tuple[str, ...] = ()
    refusal: str = ""


def missing_columns(table: Table, faults: Iterable[str]) -> tuple[tuple[str, ...], list[str]]:
    """Of the differences of a table: nullable columns that can be added, and all others."""
    addable = {f"{column.name} is declared but not stored": column.name for column in table.stored_columns
               if not column.required}  # fmt: skip
    found = list(faults)
    return tuple(addable[fault] for fault in found if fault in addable), [f for f in found if f not in addable]


def planned(warehouse: Warehouse, tables: Iterable[Table]) -> list[Migration]:
    """What `migrate` would do, table by table; tables that are as declared or not stored are left out."""
    plans = []
    for table in tables:
        columns, other = missing_columns(table, warehouse.drift(table))
        if other:
            plans.append(Migration(str(table), (), _refusal(other)))
        elif columns:
            plans.append(Migration(str(table), columns))
    return plans


def migrate(warehouse: Warehouse, tables: Iterable[Table]) -> list[Migration]:
    """Add what is missing, table by table; a table that differs otherwise stays as it is and is reported."""
    done = []
    for table in tables:
        try:
            columns = warehouse.add_missing_columns(table)
        except SchemaDriftError:
            done.append(Migration(str(table), (), _refusal(missing_columns(table, warehouse.drift(table))[1])))
            continue
        if columns:
            done.append(Migration(str(table), columns))
    return done


def _refusal(faults: Iterable[str]) -> str:
    return (
        f"{'; '.join(faults)}. Columns are never dropped, retyped or made required in place: copy the rows into a "
        "table of the declared form, or drop the table and back-fill it."
    )
