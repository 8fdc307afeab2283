"""The ten analytics and precompute tables in the order they are built, and one measured step of a table.

A step is what a run does for one table without Dagster: read the declared inputs, call the transform, conform the
rows and merge them. Checks and events are not part of it (backfill_split.py measures those).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from graphlib import TopologicalSorter
from typing import Any

import pandas as pd

from nba_pipeline import catalog
from nba_pipeline.orchestration.inputs import TableInput, table_input
from nba_pipeline.orchestration.partitions import partition_dates
from nba_pipeline.schema import Table, TableRows
from nba_pipeline.schema.frames import empty_frame, frame_from_arrow
from nba_pipeline.warehouse import Scope, Warehouse, WriteOptions, conform

LAYERS = ("analytics", "precompute")
RUN_ID = "benchmark"


@dataclass(frozen=True)
class Step:
    """Seconds of one table over one range of partitions, and the rows written."""

    table: str
    rows: int
    read: float
    compute: float
    write: float
    cpu: float
    """Processor seconds of all threads: steadier than the clock where others use the machine too."""

    @property
    def seconds(self) -> float:
        return self.read + self.compute + self.write


def measured_tables() -> list[Table]:
    """Every table of the two layers, each after the tables it reads."""
    tables = {name: table for name, table in catalog.tables().items() if table.layer in LAYERS}
    reads = {name: [str(spec.table) for spec in table_inputs(table).values()] for name, table in tables.items()}
    order = TopologicalSorter({name: [up for up in reads[name] if up in tables] for name in tables}).static_order()
    return [tables[name] for name in order]


def table_inputs(table: Table) -> dict[str, TableInput]:
    """Parameter of the transform -> the rows it is given."""
    asset = catalog.table_modules()[str(table)].asset
    metadata = {definition.name: definition.metadata for definition in asset.node_def.input_defs}
    return {
        name: table_input(key, metadata[name])
        for name, key in asset.keys_by_input_name.items()
        if "edge" in metadata[name]
    }


def columns_read_from_outside() -> dict[str, tuple[Table, set[str]]]:
    """Raw and reference tables that the measured tables read, with the columns used."""
    own = {str(table) for table in measured_tables()}
    outside: dict[str, tuple[Table, set[str]]] = {}
    for table in measured_tables():
        for spec in table_inputs(table).values():
            if str(spec.table) not in own:
                partition = {spec.table.partition_column} if spec.table.partition_column else set()
                _, columns = outside.setdefault(str(spec.table), (spec.table, {*spec.table.primary_key, *partition}))
                columns.update(spec.columns)
    return outside


def run_step(table: Table, source: Warehouse, target: Warehouse, first: date, last: date) -> Step:
    """Build `table` for first..last from `source` and write it to `target`, the same warehouse as a rule."""
    module = catalog.table_modules()[str(table)]
    used, started = time.process_time(), time.perf_counter()
    with source.reading() as reader:
        frames = {name: _frame(reader, spec, first, last) for name, spec in table_inputs(table).items()}
    read = time.perf_counter()
    made = _computed(module.transform, frames, partition_dates(first, last))
    del frames
    computed = time.perf_counter()
    batch = conform(table, made.rows, Scope(first, last, kept=made.unread))
    del made
    target.write(batch, WriteOptions(run_id=RUN_ID))
    written = time.perf_counter()
    cpu = time.process_time() - used
    return Step(str(table), batch.rows.num_rows, read - started, computed - read, written - computed, cpu)


def run_tables(warehouse: Warehouse, first: date, last: date) -> list[Step]:
    return [run_step(table, warehouse, warehouse, first, last) for table in measured_tables()]


def _frame(warehouse: Warehouse, spec: TableInput, first: date, last: date) -> pd.DataFrame:
    bounds: tuple[date | None, date | None] = (None, None)
    if spec.table.partition_column and spec.edge != "full":
        low, high = spec.bounds(first, last)
        if low > high:
            return empty_frame(spec.table, spec.columns)
        bounds = low, high
    rows = warehouse.read(spec.table, columns=spec.columns, first=bounds[0], last=bounds[1], ordered=spec.ordered)
    return frame_from_arrow(spec.table, rows)


def _computed(transform: Any, frames: Mapping[str, pd.DataFrame], dates: pd.DatetimeIndex) -> TableRows:
    arguments: dict[str, Any] = dict(frames)
    if "dates" in transform.__code__.co_varnames[: transform.__code__.co_argcount]:
        arguments["dates"] = dates
    made = transform(**arguments)
    return made if isinstance(made, TableRows) else TableRows(made)
