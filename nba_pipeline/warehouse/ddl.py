"""Names, literals and CREATE statements in the words of each engine, all derived from a table's declaration.

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
MAX_CLUSTER_COLUMNS = 4  # BigQuery


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
    """The dataset of BigQuery, the schema of DuckDB; `name` as it is written in a statement."""
    return f"create schema if not exists {name}"


def create_table(table: Table, name: str, dialect: Dialect) -> str:
    """The table with its required columns; on BigQuery also partitions, clustering, descriptions, no expiry."""
    columns = ",\n  ".join(_column_lines(table, dialect))
    statement = f"create table if not exists {name} (\n  {columns}\n)"
    if dialect == "duckdb":
        return statement
    if table.partition_column:
        statement += f"\npartition by {quoted(table.partition_column, dialect)}"
    if table.cluster_by:
        cluster = ", ".join(quoted(column, dialect) for column in table.cluster_by[:MAX_CLUSTER_COLUMNS])
        statement += f"\ncluster by {cluster}"
    options = [f"description = {text_literal(_table_description(table), dialect)}"]
    if table.large and table.partition_column:
        options.append("require_partition_filter = true")
    return f"{statement}\noptions ({', '.join(options)})"


def _column_lines(table: Table, dialect: Dialect) -> list[str]:
    lines = []
    for column in table.stored_columns:
        kind = DUCKDB_TYPES[column.type] if dialect == "duckdb" else column.type
        line = f"{quoted(column.name, dialect)} {kind}{' not null' if column.required else ''}"
        if dialect == "bigquery":
            description = f"{column.description} Unit: {column.unit}."
            line += f" options (description = {text_literal(description, dialect)})"
        lines.append(line)
    return lines


def _table_description(table: Table) -> str:
    return f"{table.grain[0].upper()}{table.grain[1:]}. {table.description}".strip()
