"""The Columns tab of an asset: every column with type, unit, meaning, source and rules, before the first run."""

from __future__ import annotations

import dagster as dg

from nba_pipeline.schema import Column, Table


def column_schema(table: Table) -> dg.TableSchema:
    """Dagster's column schema of a table, system columns included."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=column.type,
                description=f"{column.description} Unit: {column.unit}. Source: {column.source}.",
                constraints=dg.TableColumnConstraints(
                    nullable=not column.required, unique=table.primary_key == (column.name,), other=_rules(column)
                ),
                tags={"key": ""} if column.name in table.primary_key else {},
            )
            for column in table.stored_columns
        ]
    )


def _rules(column: Column) -> list[str]:
    rules = []
    if column.allowed:
        rules.append("one of " + ", ".join(column.allowed))
    if column.minimum is not None:
        rules.append(f"at least {column.minimum:g}")
    if column.maximum is not None:
        rules.append(f"at most {column.maximum:g}")
    return rules
