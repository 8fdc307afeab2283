"""Keys a table stores more than once: where they are, which copy of each stays, and the repair with its proof.

A repair replaces exactly the partitions that have duplicates, in one transaction that loses no key; the copies taken
out are in quarantine (rule `duplicate`) before that. It belongs to no schedule: an operator starts it and afterwards
back-fills the partitions, because the copy that stayed need not be what the inputs of today make. It is no Dagster
job: Dagster's record of a partition stays the one of its last materialisation. Does NOT belong here: printing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nba_pipeline.orchestration.checks.sql import in_window, literal, partition_date
from nba_pipeline.schema import Table
from nba_pipeline.schema.frames import arrow_schema, frame_from_arrow
from nba_pipeline.warehouse import Scope, Warehouse, WriteOptions, conform
from nba_pipeline.warehouse.domains import ROW_TEXT_CHARACTERS
from nba_pipeline.warehouse.errors import ReadBackError
from nba_pipeline.warehouse.quarantine import quarantine_batch
from nba_pipeline.warehouse.row_hash import EPOCH, partition_versions, row_hashes

RULE = "duplicate"
COPY = "copy_number"  # 1: the copy of its key that stays
CHOICE = "the copy that stayed has the fewest NULL columns, then the latest processed_at, then the greatest row_hash"


@dataclass(frozen=True)
class KeyCount:
    """Rows, distinct keys, and keys stored more than once (groups) of one partition."""

    rows: int
    keys: int
    groups: int

    @property
    def surplus(self) -> int:
        return self.rows - self.keys


KeyCounts = Mapping[date | None, KeyCount]


@dataclass(frozen=True)
class Repaired:
    """What a repair did: rows of the partitions before, keys they hold before and after, rows taken out."""

    partitions: tuple[date | None, ...]
    rows: int
    keys: int
    removed: int


def key_counts(warehouse: Warehouse, table: Table, first: date, last: date) -> KeyCounts:
    """Counts of every stored partition of first..last; nothing of a table that is not stored."""
    if warehouse.stored_columns(table) is None:
        return {}
    keys = ", ".join(f"t.{name}" for name in table.primary_key)
    day = partition_date(table)
    sql = f"""
select partition_date, sum(copies) as rows_stored, count(*) as keys_stored,
  sum(case when copies > 1 then 1 else 0 end) as key_groups
from (
  select {day} as partition_date, count(*) as copies from {table.qualified_name} t
  where {in_window(table, first, last, "t")} group by {keys}
) k
group by partition_date"""
    return {
        row["partition_date"]: KeyCount(int(row["rows_stored"]), int(row["keys_stored"]), int(row["key_groups"]))
        for row in warehouse.query(sql).to_pylist()
    }


def duplicated(counts: KeyCounts) -> dict[date | None, KeyCount]:
    """The partitions with a key that is stored more than once, in order."""
    found = [(day, count) for day, count in counts.items() if count.groups]
    return dict(sorted(found, key=lambda one: one[0] or EPOCH))


def repair(warehouse: Warehouse, table: Table, first: date, last: date, run_id: str) -> Repaired | None:
    """Leave one row per key in every partition of first..last; None if that was so.

    Raises ShrinkError when the rewrite would lose a key, ReadBackError when what is stored afterwards is not proven.
    """
    before = key_counts(warehouse, table, first, last)
    partitions = tuple(duplicated(before))
    if not partitions:
        return None
    copies = _ranked(warehouse, table, partitions)
    stays = pc.equal(copies.column(COPY), 1)
    kept, removed = copies.filter(stays), copies.filter(pc.invert(stays))
    key_set = _key_versions(table, copies.filter(stays), partitions)
    quarantine = quarantine_batch(_records(table, removed), str(table), run_id)
    warehouse.ensure(quarantine.table)
    warehouse.write(quarantine, WriteOptions(run_id=run_id))
    batch = conform(table, frame_from_arrow(table, kept.select(table.column_names)), _scope(partitions))
    warehouse.write(batch, WriteOptions(run_id=run_id, repair_duplicates=True))
    _prove(warehouse, table, before, key_counts(warehouse, table, first, last), key_set)
    counted = [before[day] for day in partitions]
    return Repaired(partitions, sum(c.rows for c in counted), sum(c.keys for c in counted), removed.num_rows)


def _ranked(warehouse: Warehouse, table: Table, partitions: Sequence[date | None]) -> pa.Table:
    """Every stored row of the partitions with its place among the copies of its key."""
    names = ", ".join(f"t.{column.name}" for column in table.stored_columns)
    keys = ", ".join(f"t.{name}" for name in table.primary_key)
    optional = [column.name for column in table.columns if not column.required]
    nulls = " + ".join(f"(case when t.{name} is null then 1 else 0 end)" for name in optional) or "0"
    sql = f"""
select {names}, row_number() over (partition by {keys} order by {nulls}, t.processed_at desc, t.row_hash desc) as {COPY}
from {table.qualified_name} t where {_among(table, partitions)} order by {keys}"""
    schema = arrow_schema(table.stored_columns).append(pa.field(COPY, pa.int64()))
    return warehouse.query(sql).cast(schema)


def _among(table: Table, partitions: Sequence[date | None]) -> str:
    days = ", ".join(literal(day) for day in partitions if day)
    return f"t.{table.partition_column} in ({days})" if days else "true"


def _scope(partitions: Sequence[date | None]) -> Scope | None:
    """Exactly these partitions; None for a table without partitions."""
    days = [day for day in partitions if day]
    if not days:
        return None
    between = (days[0] + timedelta(days=offset) for offset in range((days[-1] - days[0]).days))
    return Scope(days[0], days[-1], kept=frozenset(between) - frozenset(days))


def _records(table: Table, removed: pa.Table) -> Iterable[Mapping[str, object]]:
    """One quarantine record per copy taken out."""
    for row in removed.drop_columns([COPY]).to_pylist():
        yield {
            "partition_date": row[table.partition_column] if table.partition_column else None,
            "action": RULE,
            "rule": RULE,
            "source_file": None,
            "position": None,
            "column_name": None,
            "original_value": ", ".join(str(row[name]) for name in table.primary_key),
            "detail": CHOICE,
            "row_text": json.dumps(row, default=str, ensure_ascii=False)[:ROW_TEXT_CHARACTERS],
        }


def _key_versions(table: Table, rows: pa.Table, partitions: Sequence[date | None]) -> Mapping[date | None, str]:
    """A hash of the keys of every partition, whatever their order; `rows` hold each key once."""
    days = None
    if table.partition_column:
        days = np.asarray(rows.column(table.partition_column).cast(pa.int32()).to_numpy(), dtype=np.int32)
    return partition_versions(row_hashes(rows.select(table.primary_key)), days, partitions)


def _prove(
    warehouse: Warehouse, table: Table, before: KeyCounts, after: KeyCounts, key_set: Mapping[date | None, str]
) -> None:
    """Every key once, the same keys, and no other partition changed. "No duplicates" alone would prove nothing."""
    due = {day: KeyCount(count.keys, count.keys, 0) for day, count in before.items()}
    wrong = sorted(str(day or "the table") for day in {*due, *after} if due.get(day) != after.get(day))
    partitions = tuple(key_set)
    found = _key_versions(table, _ranked(warehouse, table, partitions), partitions)
    wrong += sorted(str(day or "the table") for day in partitions if found[day] != key_set[day])
    if wrong:
        raise ReadBackError(
            f"{table}: after the repair {', '.join(dict.fromkeys(wrong))} does not hold the keys of before, each once. "
            "Was the table written meanwhile? The removed copies are in quarantine; back-fill the partitions."
        )
