"""`unique_key`: key unique and never NULL, stored columns equal to the contract."""

from __future__ import annotations

from datetime import date

from nba_pipeline.orchestration.checks.sql import Row, bounds, count_if, first_keys, grouped, rows_by_partition, whole
from nba_pipeline.orchestration.checks.verdicts import Days, Problem, Verdict, judged
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse


def unique_key(warehouse: Warehouse, table: Table, days: Days) -> list[Verdict]:
    """Key unique and non-NULL, stored columns equal to the contract."""
    if not days:
        return []
    drift = schema_drift(warehouse, table)
    stored = warehouse.stored_columns(table) or {}
    if not set(table.primary_key) <= set(stored):
        return [_key_verdict(day, None, drift, "") for day in days]
    copies = _copies_sql(table, days)
    sql = (
        f"select partition_date, sum(copies) as row_count, sum(copies) - count(*) as surplus,\n"
        f"{count_if('copies > 1', 'repeated')}, sum(case when {_null_key(table)} then copies else 0 end) as null_keys\n"
        f"from ({copies}) group by partition_date"
    )
    found = rows_by_partition(warehouse, sql)
    repeated = any(whole(row, "surplus") for row in found.values())
    named = first_keys(warehouse, table, f"select * from ({copies}) where copies > 1") if repeated else {}
    return [_key_verdict(day, found.get(day), drift, named.get(day, "")) for day in days]


def _copies_sql(table: Table, days: Days) -> str:
    """One row per partition and key with the number of its copies."""
    keys = ", ".join(table.primary_key)
    by_key = grouped(table, [*table.primary_key, "count(*) as copies"], *bounds(days))
    return f"{by_key}{', ' if table.partition_column else 'group by '}{keys}"


def _null_key(table: Table) -> str:
    return " or ".join(f"{name} is null" for name in table.primary_key)


def _key_verdict(day: date | None, row: Row | None, drift: str, named: str) -> Verdict:
    surplus, repeated, nulls = (whole(row, name) for name in ("surplus", "repeated", "null_keys"))
    problems: list[Problem] = []
    if drift:
        problems.append(("block", drift))
    if surplus:
        problems.append(("block", f"{repeated} key(s) stored more than once, {surplus} surplus row(s): {named}"))
    if nulls:
        problems.append(("block", f"{nulls} row(s) with a NULL key"))
    return judged(day, problems, {"rows": whole(row, "row_count"), "surplus_rows": surplus, "null_keys": nulls})


def schema_drift(warehouse: Warehouse, table: Table) -> str:
    """How the stored columns differ from the contract; blank when they agree."""
    stored = warehouse.stored_columns(table)
    if stored is None:
        return f"{table} does not exist in the warehouse"
    declared = {column.name: str(column.type) for column in table.stored_columns}
    differing = [
        f"{name} is stored as {stored.get(name, 'nothing')}, declared as {declared.get(name, 'nothing')}"
        for name in sorted({*stored, *declared})
        if stored.get(name) != declared.get(name)
    ]
    return f"{table}: the stored columns are not those of the contract: {', '.join(differing)}" if differing else ""
