"""Which tables a command is about, by layer or by name. Does NOT belong here: a table name."""

from __future__ import annotations

from collections.abc import Sequence

import click

from nba_pipeline import catalog
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
