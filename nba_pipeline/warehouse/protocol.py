"""What a warehouse can do, the same on DuckDB and BigQuery.

Does NOT belong here: an engine, Dagster, pandas.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import pyarrow as pa

from nba_pipeline.schema import Table


@dataclass(frozen=True)
class Scope:
    """The partitions of one write: every day of [first, last] but the `kept` ones, whose rows stay as they are."""

    first: date
    last: date
    kept: frozenset[date] = frozenset()


@dataclass(frozen=True)
class WriteOptions:
    """Who writes, and what the operator allows on purpose."""

    run_id: str = "local"
    allow_shrink: str = ""
    """Reason for accepting a partition that loses more rows than the shrink guard allows; blank keeps the guard."""
    obsolete_games: frozenset[str] = frozenset()
    """game_ids the schedule no longer lists; their stored rows do not count towards the shrink guard."""
    rebuild: bool = False
    """Delete and insert the scope of an append table in one transaction (after a parser fix)."""
    repair_duplicates: bool = False
    """Replace a scope that stores keys more than once by one row per key; removes no key."""


@dataclass(frozen=True)
class Batch:
    """Validated rows of one write: business columns and `row_hash`, typed, sorted as given.

    scope is None for a table without partitions (the whole table). rejected and nulled are quarantine records
    made by the domain rules. versions holds the content hash of every partition in scope (key None when
    unpartitioned).
    """

    table: Table
    rows: pa.Table
    scope: Scope | None
    versions: Mapping[date | None, str]
    quarantine: Sequence[Mapping[str, object]] = ()
    rows_rejected: Mapping[date | None, int] = field(default_factory=dict)
    cells_nulled: Mapping[date | None, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PartitionCounts:
    """Rows of one partition after and by a write. `conflicting`: append rows whose key is stored with other content."""

    rows: int
    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    unchanged: int = 0
    conflicting: int = 0

    @property
    def changed(self) -> bool:
        return bool(self.inserted or self.updated or self.deleted)


@dataclass(frozen=True)
class WriteResult:
    """Outcome of one write, verified by reading back. Keyed by partition date (None when unpartitioned)."""

    partitions: Mapping[date | None, PartitionCounts]
    write_mode: str
    staging_table: str = ""
    job_ids: tuple[str, ...] = ()
    attempts: int = 1
    bytes_processed: int | None = None
    bytes_billed: int | None = None
    seconds_stage: float = 0.0
    seconds_merge: float = 0.0
    seconds_verify: float = 0.0


class Warehouse(Protocol):
    """A warehouse. Every method opens what it needs and leaves nothing open; `reading` spans several of them."""

    dialect: str

    def reading(self) -> AbstractContextManager[Warehouse]:
        """This warehouse for several reads in a row; nothing may be written inside the block."""

    def ensure(self, table: Table) -> None:
        """Create the table if it is absent; raise SchemaDriftError if the stored columns differ from the contract."""

    def read(
        self,
        table: Table,
        *,
        columns: Sequence[str] | None = None,
        first: date | None = None,
        last: date | None = None,
        ordered: bool = True,
    ) -> pa.Table:
        """Stored rows (all business columns unless told) of partitions first..last inclusive; no rows if absent.

        ordered: in the order of the primary key; False leaves the order open and saves the engine a sort.
        """

    def write(self, batch: Batch, options: WriteOptions) -> WriteResult:
        """Apply the batch in the table's write mode, atomically, and verify it; see the operations rules W1..W26."""

    def query(self, sql: str) -> pa.Table:
        """Rows of one read-only statement in the warehouse's dialect."""

    def stored_columns(self, table: Table) -> Mapping[str, str] | None:
        """Stored column name -> stored type in the names of `schema.Type`; None if the table does not exist."""

    def drift(self, table: Table) -> list[str]:
        """What differs between the stored and the declared table, one sentence each; nothing if it is not stored."""

    def add_missing_columns(self, table: Table) -> tuple[str, ...]:
        """Add the declared nullable columns the stored table lacks, and name them.

        SchemaDriftError, and nothing added, when the tables differ in anything else.
        """
