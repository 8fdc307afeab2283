"""One table, as data: grain, columns, key, partition, write mode, rules.

Everything else about a table (DDL, Arrow schema, checks, Columns tab, data dictionary, frame dtypes) is
derived from this declaration. Does NOT belong here: a particular table, SQL statements, Dagster, pandas.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from nba_pipeline.schema.column import COLUMN_NAME, Column
from nba_pipeline.schema.errors import SchemaError

Layer = Literal["raw", "reference", "analytics", "precompute", "predictions"]
LAYERS: tuple[Layer, ...] = ("raw", "reference", "analytics", "precompute", "predictions")
WriteMode = Literal["merge", "append", "replace"]
WRITE_MODES: tuple[WriteMode, ...] = ("merge", "append", "replace")
Level = Literal["block", "error", "warn"]

SYSTEM_COLUMNS: tuple[Column, ...] = (
    Column(
        "row_hash",
        "STRING",
        "Hash of the business columns; equal hashes mean the row did not change.",
        unit="hex digits",
        source="writer",
        required=True,
    ),
    Column(
        "processed_at",
        "TIMESTAMP",
        "Instant at which the row last changed; an unchanged row keeps its value on a re-run.",
        unit="UTC instant",
        source="writer",
        required=True,
    ),
)


@dataclass(frozen=True)
class Invariant:
    """A rule every single row obeys, as a boolean expression over the table's own columns.

    The expression uses only what both engines share (comparisons, arithmetic, `and`, `or`, `not`, `is null`,
    `abs`, `coalesce`, `least`, `greatest`). A row for which it is NULL passes.
    """

    id: str
    holds: str
    level: Level
    description: str


@dataclass(frozen=True)
class Reference:
    """Every combination of `columns` exists as `target_columns` of the target table on the same partition."""

    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table.

    partition_column: None for the few tables without a partition.
    optional: its source may have nothing for a date with games.
    needs_earlier_game: its rows come from earlier games of the season, so its first dates may have none.
    """

    layer: Layer
    name: str
    grain: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    partition_column: str | None
    description: str = ""
    cluster_by: tuple[str, ...] = ()
    write_mode: WriteMode = "merge"
    optional: bool = False
    large: bool = False
    invariants: tuple[Invariant, ...] = ()
    references: tuple[Reference, ...] = ()
    row_count: str = ""
    needs_earlier_game: bool = False

    def __post_init__(self) -> None:
        if self.layer not in LAYERS:
            raise SchemaError(f"{self.layer}.{self.name}: unknown layer; use one of {LAYERS}.")
        if not COLUMN_NAME.match(self.name):
            raise SchemaError(f"{self.layer}.{self.name}: use a lower-case snake case table name.")
        if not self.grain.strip():
            raise SchemaError(f"{self}: grain is blank; say what one row is.")
        if self.write_mode not in WRITE_MODES:
            raise SchemaError(f"{self}: unknown write mode {self.write_mode!r}; use one of {WRITE_MODES}.")
        self._check_columns()
        self._check_key()

    def _check_columns(self) -> None:
        names = [column.name for column in self.columns]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise SchemaError(f"{self}: column(s) {repeated} declared twice.")
        system = {column.name for column in SYSTEM_COLUMNS} & set(names)
        if system:
            raise SchemaError(f"{self}: {sorted(system)} are added by the writer; remove them from the declaration.")
        for column in self.columns:
            conditions = (
                *(column.nulls.population if column.nulls else ()),
                *column.range_when,
                *(column.domain.when if column.domain else ()),
            )
            unknown = [condition.column for condition in conditions if condition.column not in names]
            if unknown:
                raise SchemaError(f"{self}.{column.name}: condition names unknown column(s) {unknown}.")

    def _check_key(self) -> None:
        if not self.primary_key:
            raise SchemaError(f"{self}: primary key is empty.")
        by_name = {column.name: column for column in self.columns}
        for name in (*self.primary_key, *self.cluster_by, *((self.partition_column,) if self.partition_column else ())):
            if name not in by_name:
                raise SchemaError(f"{self}: key, partition or cluster column {name!r} is not declared.")
        optional = [name for name in self.primary_key if not by_name[name].required]
        if optional:
            raise SchemaError(f"{self}: key column(s) {optional} must be required=True.")
        if self.partition_column:
            if self.partition_column not in self.primary_key:
                raise SchemaError(f"{self}: the key must include the partition column {self.partition_column!r}.")
            if by_name[self.partition_column].type != "DATE":
                raise SchemaError(f"{self}: partition column {self.partition_column!r} must be a DATE.")
        for reference in self.references:
            unknown = [name for name in reference.columns if name not in by_name]
            if unknown:
                raise SchemaError(f"{self}: reference names unknown column(s) {unknown}.")

    def __str__(self) -> str:
        return f"{self.layer}.{self.name}"

    @property
    def dataset(self) -> str:
        """BigQuery dataset, DuckDB schema."""
        return f"nba_{self.layer}"

    @property
    def qualified_name(self) -> str:
        return f"{self.dataset}.{self.name}"

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """Business columns in contract order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def stored_columns(self) -> tuple[Column, ...]:
        """Business columns followed by the system columns, as stored."""
        return (*self.columns, *SYSTEM_COLUMNS)
