"""Stored tables brought up to their declaration, where that changes nothing that is stored.

Only nullable columns are added. A type, a required column, a column too many or other partitions are reported and
left alone. Does NOT belong here: creating tables, rows.
"""

from __future__ import annotations

from nba_pipeline.schema import Table
from nba_pipeline.warehouse.bigquery_jobs import CALL_SECONDS, NO_RETRY
from nba_pipeline.warehouse.bigquery_tables import Tables, drift, schema_field, stored_types
from nba_pipeline.warehouse.errors import SchemaDriftError


def drift_of(tables: Tables, table: Table) -> list[str]:
    """What differs between the stored and the declared table; nothing of a table that is not stored."""
    stored = tables.stored(table)
    return drift(table, stored) if stored is not None else []


def add_missing_columns(tables: Tables, table: Table) -> tuple[str, ...]:
    """Add the declared nullable columns the stored table lacks, at its end, and name them.

    SchemaDriftError, and nothing added, when the tables differ in anything else.
    """
    stored = tables.stored(table)
    if stored is None:
        return ()
    found = stored_types(stored)
    missing = [column for column in table.stored_columns if column.name not in found]
    addable = {f"{column.name} is declared but not stored" for column in missing if not column.required}
    other = [fault for fault in drift(table, stored) if fault not in addable]
    if other:
        raise SchemaDriftError(
            f"{table}: {tables.reference(table)} cannot be migrated by adding columns: {'; '.join(other)}. Nothing was "
            "added. Copy the table into one of the declared form, or drop it and back-fill."
        )
    if missing:
        stored.schema = [*stored.schema, *(schema_field(column) for column in missing)]
        tables.jobs.call(
            str(table),
            f"add columns {', '.join(column.name for column in missing)} to {tables.reference(table)}",
            lambda: tables.client.update_table(stored, ["schema"], retry=NO_RETRY, timeout=CALL_SECONDS),
        )
    return tuple(column.name for column in missing)
