"""Which tables and dates a command is about. Does NOT belong here: a table name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import click

from nba_pipeline import catalog
from nba_pipeline.orchestration.partitions import FIRST_DAY
from nba_pipeline.schema import Table


def selected_tables(layer: str | None, names: str | None) -> list[Table]:
    """Tables of the layer, the named ones, or all; in the order of the layers.

    Raises click.UsageError for a name that is not a table.
    """
    tables = catalog.tables()
    if names:
        wanted = [name.strip() for name in names.split(",") if name.strip()]
        unknown = [name for name in wanted if not _matches(tables, name)]
        if unknown:
            raise click.UsageError(f"unknown table(s) {', '.join(unknown)}; known: {', '.join(tables)}.")
        return [table for full, table in tables.items() if full in wanted or table.name in wanted]
    return [table for table in tables.values() if layer in (None, table.layer)]


def _matches(tables: dict[str, Table], name: str) -> Sequence[str]:
    return [full for full, table in tables.items() if name in (full, table.name)]


def check_range(first: date, last: date) -> None:
    """Raises click.UsageError unless first..last are partitions in their order."""
    if first > last:
        raise click.UsageError(f"--from {first} is after --to {last}.")
    if first < FIRST_DAY:
        raise click.UsageError(f"--from {first} is before the first partition {FIRST_DAY}.")
    if last > date.today():
        raise click.UsageError(f"--to {last} is in the future; partitions end today.")
