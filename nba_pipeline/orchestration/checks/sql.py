"""Small pieces of SQL that both dialects share, and the rows they return. Does NOT belong here: a check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from nba_pipeline.orchestration.checks.thresholds import NAMED_KEYS
from nba_pipeline.orchestration.checks.verdicts import Days
from nba_pipeline.schema import Condition, Table
from nba_pipeline.warehouse import Warehouse

Row = Mapping[str, object]


def literal(value: float | str | bool | date) -> str:
    """A constant as SQL text. Only values from declarations and partition keys come here, never user text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(value)


def condition_sql(condition: Condition) -> str:
    if condition.value is None:
        return f"{condition.column} {condition.operator}"
    return f"{condition.column} {condition.operator} {literal(condition.value)}"


def all_of(conditions: Iterable[Condition]) -> str:
    """Conjunction of the conditions; `true` when there are none."""
    return " and ".join(condition_sql(condition) for condition in conditions) or "true"


def count_if(predicate: str, name: str) -> str:
    return f"sum(case when {predicate} then 1 else 0 end) as {name}"


def bounds(days: Days) -> tuple[date | None, date | None]:
    """First and last partition to read; without partitions both are None."""
    return days[0], days[-1]


def in_window(table: Table, first: date | None, last: date | None, alias: str = "") -> str:
    """Predicate on the partition column with literals, so that both engines prune.

    Without dates it is every partition, in words that BigQuery accepts of a large table, which it never reads whole.
    """
    if table.partition_column is None:
        return "true"
    column = f"{alias}.{table.partition_column}" if alias else table.partition_column
    if first is None or last is None:
        return f"{column} >= {literal(date.min)}" if table.large else "true"
    return f"{column} between {literal(first)} and {literal(last)}"


def partition_date(table: Table) -> str:
    """The partition column, or a NULL date for a table without partitions."""
    return table.partition_column or "cast(null as date)"


def grouped(table: Table, measures: Sequence[str], first: date | None, last: date | None, where: str = "true") -> str:
    """One row per partition (`partition_date`) with the measures; one row for a table without partitions.

    The table has the alias `t`.
    """
    tail = f"group by {table.partition_column}" if table.partition_column else ""
    return (
        f"select {partition_date(table)} as partition_date, {', '.join(measures)}\nfrom {table.qualified_name} t\n"
        f"where {in_window(table, first, last, 't')} and {where}\n{tail}"
    )


def rows_by_partition(warehouse: Warehouse, sql: str) -> dict[date | None, Row]:
    """Result rows keyed by their partition_date."""
    return {row["partition_date"]: row for row in warehouse.query(sql).to_pylist()}


def whole(row: Row | None, name: str) -> int:
    """A count of a result row; 0 where there is no row or no value."""
    value = row.get(name) if row else None
    return 0 if value is None else int(str(value))


def offending_keys(
    warehouse: Warehouse, table: Table, predicate: str, first: date | None, last: date | None
) -> dict[date | None, str]:
    """The first keys per partition of the rows that satisfy the predicate (alias `t`), as text."""
    rows = (
        f"select {partition_date(table)} as partition_date, {', '.join(_row_key(table))}\n"
        f"from {table.qualified_name} t\n"
        f"where {in_window(table, first, last, 't')} and ({predicate})"
    )
    return first_keys(warehouse, table, rows)


def first_keys(warehouse: Warehouse, table: Table, rows: str) -> dict[date | None, str]:
    """The first keys per partition of a query that has partition_date and the key columns, as text."""
    names = _row_key(table)
    place = f"row_number() over (partition by partition_date order by {', '.join(names)}) as place"
    sql = f"select * from (select *, {place}\nfrom ({rows})) where place <= {NAMED_KEYS} order by partition_date, place"
    keys: dict[date | None, list[str]] = {}
    for row in warehouse.query(sql).to_pylist():
        keys.setdefault(row["partition_date"], []).append(" ".join(str(row[name]) for name in names))
    return {day: ", ".join(texts) for day, texts in keys.items()}


def _row_key(table: Table) -> tuple[str, ...]:
    """Key columns within a partition; the partition column where the key is nothing else."""
    return tuple(name for name in table.primary_key if name != table.partition_column) or table.primary_key
