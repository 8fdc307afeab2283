"""Names and literals in the words of each engine, DuckDB's CREATE statements, all derived from a table's declaration.

Does NOT belong here: statements that change rows (merge_sql.py), running anything.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Literal

from nba_pipeline.schema import Table
from nba_pipeline.schema.column import Type

Dialect = Literal["duckdb", "bigquery"]

DUCKDB_TYPES: dict[Type, str] = {
    "STRING": "VARCHAR",
    "INT64": "BIGINT",
    "FLOAT64": "DOUBLE",
    "BOOL": "BOOLEAN",
    "DATE": "DATE",
    "TIMESTAMP": "TIMESTAMP WITH TIME ZONE",
}


def quoted(name: str, dialect: Dialect) -> str:
    """A column name that may also be a word of the language."""
    return f"`{name}`" if dialect == "bigquery" else f'"{name}"'


def date_literal(day: date) -> str:
    return f"date '{day.isoformat()}'"


def text_literal(text: str, dialect: Dialect) -> str:
    if dialect == "bigquery":
        return json.dumps(text, ensure_ascii=False)
    return "'" + text.replace("'", "''") + "'"


def create_schema(name: str) -> str:
    """The schema of DuckDB; BigQuery's datasets are made without a statement (bigquery_tables.py)."""
    return f"create schema if not exists {name}"


def create_table(table: Table, name: str) -> str:
    """The table with its required columns on DuckDB; BigQuery's are made without a statement."""
    columns = ",\n  ".join(
        f"{quoted(column.name, 'duckdb')} {DUCKDB_TYPES[column.type]}{' not null' if column.required else ''}"
        for column in table.stored_columns
    )
    return f"create table if not exists {name} (\n  {columns}\n)"


def table_description(table: Table) -> str:
    """Grain first, then what the table's own words add."""
    return f"{table.grain[0].upper()}{table.grain[1:]}. {table.description}".strip()
