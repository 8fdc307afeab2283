"""A transform's frame into a batch that may be written, or an error before any connection is opened.

Checks, in this order: columns, types, required values, key, scope, value rules. Nothing is repaired here: rows are
never de-duplicated, never moved into the scope, never rounded. Does NOT belong here: an engine, Dagster.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from nba_pipeline.schema import Table
from nba_pipeline.schema.frames import arrow_schema
from nba_pipeline.warehouse.casts import to_arrow
from nba_pipeline.warehouse.domains import judge
from nba_pipeline.warehouse.errors import ContractError
from nba_pipeline.warehouse.protocol import Batch, Scope
from nba_pipeline.warehouse.row_hash import EPOCH, hex_digits, partition_versions, row_hashes

NAMED_ROWS = 10  # rows an error message lists


def conform(table: Table, rows: pd.DataFrame, scope: Scope | None) -> Batch:
    """The rows as a validated batch for `scope` (None exactly for a table without partitions).

    Raises ContractError when the rows do not fit the table or the scope, TooManyRejectsError when too many of them
    fail the value rules.
    """
    _check_scope_kind(table, scope)
    _check_columns(table, rows)
    data = pa.Table.from_arrays(
        [to_arrow(table, column, rows[column.name], rows[list(table.primary_key)]) for column in table.columns],
        schema=arrow_schema(table.columns),
    )
    _check_required(table, data)
    _check_unique(table, data)
    if scope is not None:
        _check_inside(table, data, scope)
    judged = judge(table, data)
    hashes = row_hashes(judged.rows)
    return Batch(
        table=table,
        rows=judged.rows.append_column(pa.field("row_hash", pa.string(), nullable=False), hex_digits(hashes)),
        scope=scope,
        versions=partition_versions(hashes, _days(table, judged.rows), scope_days(scope)),
        quarantine=judged.quarantine,
        rows_rejected=judged.rejected,
        cells_nulled=judged.nulled,
    )


def scope_days(scope: Scope | None) -> tuple[date | None, ...]:
    """The partitions a write answers for: every day of the scope that is not kept, or the one partition None."""
    if scope is None:
        return (None,)
    span = (scope.last - scope.first).days + 1
    days = (scope.first + timedelta(days=offset) for offset in range(span))
    return tuple(day for day in days if day not in scope.kept)


def _check_scope_kind(table: Table, scope: Scope | None) -> None:
    if (scope is None) != (table.partition_column is None):
        has, given = ("no partitions", "a scope") if scope is not None else ("daily partitions", "no scope")
        raise ContractError(f"{table}: the table has {has} but {given} was given. Pass the partitions of the run.")
    if scope is not None and scope.first > scope.last:
        raise ContractError(f"{table}: the scope starts on {scope.first} after it ends on {scope.last}.")


def _check_columns(table: Table, rows: pd.DataFrame) -> None:
    found = [str(name) for name in rows.columns]
    faults = {
        "missing": [name for name in table.column_names if name not in found],
        "not in the contract": [name for name in found if name not in table.by_name],
        "present twice": sorted({name for name in found if found.count(name) > 1}),
    }
    told = "; ".join(f"column(s) {', '.join(names)} {fault}" for fault, names in faults.items() if names)
    if told:
        raise ContractError(f"{table}: {told}. Return exactly the {len(table.columns)} declared columns, in any order.")


def _check_required(table: Table, data: pa.Table) -> None:
    for column in table.columns:
        values = data.column(column.name)
        if column.required and values.null_count:
            rows = np.flatnonzero(values.is_null().to_numpy())
            kind = "key column" if column.name in table.primary_key else "required column"
            raise ContractError(
                f"{table}.{column.name}: {kind} is NULL in {len(rows)} of {data.num_rows} rows: "
                f"{_named(table, data, rows)}. Resolve the value in the transform, or refuse the record there."
            )


def _check_unique(table: Table, data: pa.Table) -> None:
    key = data.select(table.primary_key)
    hashes = row_hashes(key)
    ordered = np.sort(hashes)
    repeated = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(repeated):
        return
    rows = np.flatnonzero(np.isin(hashes, repeated))
    suspects = key.take(pa.array(rows)).to_pandas()  # equal hashes: now compare the keys themselves
    twice = rows[suspects.duplicated(keep="first").to_numpy()]
    if len(twice):
        raise ContractError(
            f"{table}: {len(twice)} row(s) repeat the key ({', '.join(table.primary_key)}) of another row: "
            f"{_named(table, data, twice)}. Decide in the transform which row counts; the writer never chooses."
        )


def _check_inside(table: Table, data: pa.Table, scope: Scope) -> None:
    days = _days(table, data)
    assert days is not None
    outside = (days < (scope.first - EPOCH).days) | (days > (scope.last - EPOCH).days)
    kept = np.isin(days, [(day - EPOCH).days for day in scope.kept])
    for wrong, where in (
        (outside, f"outside the partitions being written, {scope.first} to {scope.last}"),
        (kept & ~outside, "on a partition whose stored rows are kept by this write"),
    ):
        rows = np.flatnonzero(wrong)
        if len(rows):
            raise ContractError(
                f"{table}.{table.partition_column}: {len(rows)} row(s) lie {where}: {_named(table, data, rows)}. "
                "Return only rows of the requested dates."
            )


def _days(table: Table, data: pa.Table) -> npt.NDArray[np.int32] | None:
    """Days since 1970 of the partition column, one per row."""
    if table.partition_column is None:
        return None
    return np.asarray(data.column(table.partition_column).cast(pa.int32()).to_numpy(), dtype=np.int32)


def _named(table: Table, data: pa.Table, rows: npt.NDArray[np.int64]) -> str:
    """The keys of the first rows, for a message."""
    keys = data.select(table.primary_key).take(pa.array(rows[:NAMED_ROWS])).to_pylist()
    more = f" and {len(rows) - NAMED_ROWS} more" if len(rows) > NAMED_ROWS else ""
    return "; ".join(_key_text(key.values()) for key in keys) + more


def _key_text(values: Iterable[object]) -> str:
    return "(" + ", ".join("NULL" if value is None else str(value) for value in values) + ")"
