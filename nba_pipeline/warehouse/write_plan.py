"""What a write is about to do, counted per partition, and the guards that look at it before anything changes.

The same on both engines. Does NOT belong here: an engine, statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from nba_pipeline.schema import Table
from nba_pipeline.warehouse.errors import DuplicateKeysStoredError, ShrinkError
from nba_pipeline.warehouse.protocol import Batch, PartitionCounts, WriteOptions

SHRINK_ROWS = 4  # a correction may always remove this many rows of a partition
SHRINK_SHARE = 0.10  # or this share of its stored rows
NAMED_PARTITIONS = 10  # partitions an error message lists

PerDay = Mapping[date | None, int]


@dataclass(frozen=True)
class Plan:
    """Counts per partition, taken before anything is changed."""

    days: tuple[date | None, ...]
    stored: PerDay
    staged: PerDay
    known: PerDay
    same: PerDay
    gone: PerDay
    gone_obsolete: PerDay
    stored_obsolete: PerDay

    def counts(self, day: date | None, mode: str) -> PartitionCounts:
        stored, staged = self.stored.get(day, 0), self.staged.get(day, 0)
        known, same = self.known.get(day, 0), self.same.get(day, 0)
        inserted, differing = staged - known, known - same
        if mode == "append":
            return PartitionCounts(stored + inserted, inserted, unchanged=same, conflicting=differing)
        deleted = stored + inserted - staged  # with a key stored once: the rows that are gone
        return PartitionCounts(staged, inserted, differing, deleted, same)


def mode_of_write(batch: Batch, options: WriteOptions) -> str:
    """The table's mode, or `replace` where the operator asked for a rebuild or a repair."""
    if options.repair_duplicates or (options.rebuild and batch.table.write_mode == "append"):
        return "replace"
    return batch.table.write_mode


def guard_shrinking(table: Table, plan: Plan, options: WriteOptions) -> None:
    """ShrinkError when more stored rows of a partition would go than a correction explains."""
    if options.allow_shrink:
        return
    faults = []
    for day in plan.days:
        removed = plan.gone.get(day, 0) - plan.gone_obsolete.get(day, 0)
        stored = plan.stored.get(day, 0) - plan.stored_obsolete.get(day, 0)
        limit = 0 if options.repair_duplicates else max(SHRINK_ROWS, SHRINK_SHARE * stored)
        if removed > limit:
            faults.append(f"{day or 'the table'}: {removed} of {stored} stored rows would go, {limit:g} may")
    if faults:
        more = f" and {len(faults) - NAMED_PARTITIONS} more partitions" if len(faults) > NAMED_PARTITIONS else ""
        raise ShrinkError(
            f"{table}: the write removes too much. {'; '.join(faults[:NAMED_PARTITIONS])}{more}. Nothing was written. "
            "Look for a truncated source; if the rows are rightly gone, run with the tag nba/allow_shrink=<reason>."
        )


def refuse_duplicates(table: Table, rows: Sequence[Sequence[object]]) -> None:
    """DuplicateKeysStoredError when there are rows: key values and number of copies of keys stored more than once."""
    if rows:
        raise DuplicateKeysStoredError(
            f"{table}: already stores more than one row for {repeated_keys(rows)}. Nothing was written. "
            f"Run `nba-pipeline duplicates --tables {table.name} --repair`, then launch again."
        )


def repeated_keys(rows: Iterable[Sequence[object]]) -> str:
    """Keys and their number of copies, for a message."""
    return "; ".join(f"({', '.join(str(value) for value in row[:-1])}) {row[-1]} times" for row in rows)
