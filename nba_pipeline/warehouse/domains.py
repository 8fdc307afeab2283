"""Value rules of the writer: `allowed` and `reject_row` take a row out, `null_cell` empties a cell; all of it recorded.

A single bad record must not hold a whole day, and a systematic fault must not pass as many bad records. The limits
hold for every partition by itself, so that a range of years accepts no day that would be refused alone: max(3 rows,
2 %) taken out, and 2 % of the cells of one column emptied. In a partition of fewer than 50 rows a single cell is more
than 2 %; one emptied cell never fails a write. Does NOT belong here: checks that only report (minimum, maximum), a
connection.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from nba_pipeline.schema import Column, Condition, Table
from nba_pipeline.warehouse.errors import TooManyRejectsError

TOLERATED_ROWS = 3  # of a partition
TOLERATED_CELLS = 1  # of a column in a partition
TOLERATED_SHARE = 0.02  # of the rows of a partition
NAMED_PARTITIONS = 10  # in a message
ROW_TEXT_CHARACTERS = 4_000  # enough to find the record again

Mask = npt.NDArray[np.bool_]

_COMPARE: dict[str, Callable[..., pa.Array]] = {
    "=": pc.equal,
    "<>": pc.not_equal,
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
}


@dataclass(frozen=True)
class Judged:
    """The rows that may be written, and one record per row taken out or cell emptied."""

    rows: pa.Table
    quarantine: tuple[Mapping[str, object], ...]
    rejected: Mapping[date | None, int]
    nulled: Mapping[date | None, int]


@dataclass(frozen=True)
class _Violation:
    column: Column
    action: str
    rule: str
    expected: str
    rows: Mask


@dataclass(frozen=True)
class _Partitions:
    """Partition of every row, as a position in `names`."""

    names: tuple[str, ...]
    of_row: npt.NDArray[np.intp]

    def counted(self, rows: Mask | None = None) -> npt.NDArray[np.intp]:
        """Rows of each partition, of all or of those chosen."""
        return np.bincount(self.of_row if rows is None else self.of_row[rows], minlength=len(self.names))


def judge(table: Table, rows: pa.Table) -> Judged:
    """Apply the value rules of every column. Raises TooManyRejectsError where a partition is beyond the limits."""
    violations = [v for column in table.columns for v in _violations(table, column, rows) if v.rows.any()]
    if not violations:
        return Judged(rows, (), {}, {})
    rejected = np.zeros(rows.num_rows, dtype=bool)
    found: list[tuple[_Violation, Mask]] = []
    for violation in (v for v in violations if v.action == "reject_row"):
        found.append((violation, violation.rows & ~rejected))  # a row is recorded once, under its first rule
        rejected |= violation.rows
    partitions = _partitions(table, rows)
    _refuse_many(table, partitions, rejected, [v for v, _ in found], tolerated=TOLERATED_ROWS)
    kept = rows
    for violation in (v for v in violations if v.action == "null_cell"):
        hit = violation.rows & ~rejected
        _refuse_many(table, partitions, hit, [violation], tolerated=TOLERATED_CELLS)
        found.append((violation, hit))
        kept = _emptied(kept, violation.column.name, hit)
    records = [(v.action, _record(table, rows, v, int(row))) for v, hit in found for row in np.flatnonzero(hit)]
    return Judged(
        rows=kept.filter(pa.array(~rejected)) if rejected.any() else kept,
        quarantine=tuple(record for _, record in records),
        rejected=_per_day([record for action, record in records if action == "reject_row"]),
        nulled=_per_day([record for action, record in records if action == "null_cell"]),
    )


def _violations(table: Table, column: Column, rows: pa.Table) -> list[_Violation]:
    values = rows.column(column.name)
    found = []
    if column.allowed:
        legal = pc.is_in(values.cast(pa.string()), value_set=pa.array(column.allowed, pa.string()))
        wrong = _mask(pc.and_(pc.invert(legal), pc.is_valid(values)))
        found.append(_Violation(column, "reject_row", "bad_value", f"one of {', '.join(column.allowed)}", wrong))
    if column.domain:
        limits = column.domain
        outside = _mask(pc.or_(pc.less(values, limits.minimum), pc.greater(values, limits.maximum)))
        for condition in limits.when:
            outside &= _satisfied(table, condition, rows)
        expected = f"{limits.minimum} to {limits.maximum}" + "".join(
            f", {c.column} {c.operator} {c.value}" for c in limits.when
        )
        found.append(_Violation(column, limits.action, "out_of_range", expected, outside))
    return found


def _satisfied(table: Table, condition: Condition, rows: pa.Table) -> Mask:
    values = rows.column(condition.column)
    if condition.operator == "is null":
        return _mask(pc.is_null(values))
    if condition.operator == "is not null":
        return _mask(pc.is_valid(values))
    value = pa.scalar(condition.value)
    if table.by_name[condition.column].type in ("DATE", "TIMESTAMP"):
        value = value.cast(values.type)
    return _mask(_COMPARE[condition.operator](values, value))


def _mask(values: pa.ChunkedArray) -> Mask:
    """The booleans with NULL as False."""
    return np.asarray(pc.fill_null(values, False).to_numpy(), dtype=bool)


def _emptied(rows: pa.Table, name: str, hit: Mask) -> pa.Table:
    position = rows.schema.get_field_index(name)
    values = rows.column(position)
    emptied = pc.if_else(pa.array(hit), pa.scalar(None, values.type), values)
    return rows.set_column(position, rows.schema.field(position), emptied)


def _partitions(table: Table, rows: pa.Table) -> _Partitions:
    if table.partition_column is None:
        return _Partitions(("the table",), np.zeros(rows.num_rows, dtype=np.intp))
    days = rows.column(table.partition_column).combine_chunks().dictionary_encode()
    names = tuple(str(day) for day in days.dictionary.to_pylist())
    return _Partitions(names, days.indices.to_numpy().astype(np.intp))


def _refuse_many(
    table: Table, partitions: _Partitions, hit: Mask, violations: list[_Violation], *, tolerated: int
) -> None:
    """Raise TooManyRejectsError naming the partitions in which more rows are hit than tolerated, and the rules."""
    rows, hits = partitions.counted(), partitions.counted(hit)
    limits = np.maximum(tolerated, TOLERATED_SHARE * rows)
    beyond = np.flatnonzero(hits > limits)
    if not len(beyond):
        return
    told = "; ".join(
        f"{partitions.names[one]}: {hits[one]} of {rows[one]} rows, {limits[one]:g} may"
        for one in beyond[:NAMED_PARTITIONS]
    )
    more = f" and {len(beyond) - NAMED_PARTITIONS} more partitions" if len(beyond) > NAMED_PARTITIONS else ""
    rules = "; ".join(f"{table}.{v.column.name} must be {v.expected}: {int(v.rows.sum())} rows" for v in violations)
    raise TooManyRejectsError(
        f"{table}: too many rows fail the value rules. {told}{more}. {rules}. Nothing was written; correct the source "
        "or the transform that makes these values."
    )


def _record(table: Table, rows: pa.Table, violation: _Violation, row: int) -> Mapping[str, object]:
    values = rows.slice(row, 1).to_pylist()[0]
    return {
        "partition_date": values[table.partition_column] if table.partition_column else None,
        "action": violation.action,
        "rule": violation.rule,
        "source_file": None,
        "position": None,
        "column_name": violation.column.name,
        "original_value": str(values[violation.column.name]),
        "detail": f"expected {violation.expected}",
        "row_text": json.dumps(values, default=str, ensure_ascii=False)[:ROW_TEXT_CHARACTERS],
    }


def _per_day(records: list[Mapping[str, object]]) -> Mapping[date | None, int]:
    counts: dict[date | None, int] = {}
    for record in records:
        day = record["partition_date"]
        assert day is None or isinstance(day, date)
        counts[day] = counts.get(day, 0) + 1
    return counts
