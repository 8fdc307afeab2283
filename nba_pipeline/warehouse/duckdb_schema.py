"""What a DuckDB file stores of a table, how that differs from the declaration, and the columns a migration adds.

Does NOT belong here: rows, opening the file.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from nba_pipeline.schema import Table
from nba_pipeline.warehouse.ddl import DUCKDB_TYPES, create_schema, create_table, quoted
from nba_pipeline.warehouse.duckdb_write import run
from nba_pipeline.warehouse.errors import SchemaDriftError

Connection = duckdb.DuckDBPyConnection
ColumnTypes = Mapping[str, tuple[str, bool]]
"""Column -> type in the names of `schema.Type` (the engine's own where there is none), whether it is required."""

_TYPE_NAMES: dict[str, str] = {stored: name for name, stored in DUCKDB_TYPES.items()}


def stored_types(connection: Connection, table: Table) -> dict[str, tuple[str, bool]]:
    """The stored columns in their order; empty if there is no table."""
    rows = connection.execute(
        "select column_name, data_type, is_nullable from duckdb_columns() "
        "where database_name = current_database() and schema_name = ? and table_name = ? order by column_index",
        [table.dataset, table.name],
    ).fetchall()
    return {name: (_TYPE_NAMES.get(kind, kind), not nullable) for name, kind, nullable in rows}


def ensure(connection: Connection, table: Table) -> None:
    """Create the table if it is absent; raise SchemaDriftError if the stored columns are not the declared ones."""
    stored = stored_types(connection, table)
    if not stored:
        run(connection, create_schema(table.dataset))
        run(connection, create_table(table, table.qualified_name))
        return
    faults = drift(table, stored)
    if faults:
        raise SchemaDriftError(
            f"{table}: the stored table is not the declared one: {'; '.join(faults)}. Nothing was written. "
            "`nba-pipeline migrate` adds new nullable columns; anything else needs a new table and a back-fill."
        )


def drift(table: Table, stored: ColumnTypes) -> list[str]:
    """What differs between the stored and the declared columns, one sentence each. The order of columns is free."""
    declared = {column.name: (str(column.type), column.required) for column in table.stored_columns}
    faults = [f"{name} is declared but not stored" for name in declared if name not in stored]
    faults += [f"{name} is stored but not declared" for name in stored if name not in declared]
    for name, due in declared.items():
        if name in stored and stored[name] != due:
            was, now = (f"{kind}{' required' if required else ''}" for kind, required in (stored[name], due))
            faults.append(f"{name} is stored as {was}, declared as {now}")
    return faults


def add_missing_columns(connection: Connection, table: Table) -> tuple[str, ...]:
    """Add the declared nullable columns the stored table lacks, at its end, and name them.

    SchemaDriftError, and nothing added, when the tables differ in anything else.
    """
    stored = stored_types(connection, table)
    if not stored:
        return ()
    missing = [column for column in table.stored_columns if column.name not in stored and not column.required]
    addable = {f"{column.name} is declared but not stored" for column in missing}
    other = [fault for fault in drift(table, stored) if fault not in addable]
    if other:
        raise SchemaDriftError(
            f"{table}: {table.qualified_name} cannot be migrated by adding columns: {'; '.join(other)}. Nothing was "
            "added. Copy the table into one of the declared form, or drop it and back-fill."
        )
    run(connection, "begin transaction")
    for column in missing:
        kind = DUCKDB_TYPES[column.type]
        run(connection, f"alter table {table.qualified_name} add column {quoted(column.name, 'duckdb')} {kind}")
    run(connection, "commit")
    return tuple(column.name for column in missing)
