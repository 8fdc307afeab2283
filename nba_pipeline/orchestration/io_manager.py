"""The IO manager: validated rows in by MERGE, pruned frames out, one event per partition.

One write covers one window of partitions, given by Dagster and never derived from the data. No retry, no fallback:
a failed write fails the step. Does NOT belong here: how a statement looks, what a table holds.
"""

import time
from collections.abc import Iterator, Mapping
from datetime import date

import dagster as dg
import pandas as pd
from dagster._core.definitions.data_version import DATA_VERSION_TAG
from pydantic import PrivateAttr

from nba_pipeline import catalog
from nba_pipeline.expectations.expected_days import SCHEDULE_TABLE
from nba_pipeline.orchestration.checks.sql import in_window
from nba_pipeline.orchestration.gap_dates import with_gap_reasons
from nba_pipeline.orchestration.input_versions import INPUT_VERSION_TAG, input_versions
from nba_pipeline.orchestration.inputs import table_input
from nba_pipeline.orchestration.partition_events import PartitionEvent, materialization_events
from nba_pipeline.orchestration.partitions import partition_key
from nba_pipeline.orchestration.requests import WriteRequest
from nba_pipeline.orchestration.resources import WarehouseResource
from nba_pipeline.orchestration.step_reader import StepReader
from nba_pipeline.orchestration.write_metadata import partition_event_metadata, zero_row_fault
from nba_pipeline.schema import Table, TableRows
from nba_pipeline.schema.frames import empty_frame, frame_from_arrow
from nba_pipeline.warehouse import Batch, Scope, Warehouse, WriteOptions, WriteResult, conform
from nba_pipeline.warehouse.errors import ZeroRowsError
from nba_pipeline.warehouse.quarantine import quarantine_batch

ALLOW_SHRINK_TAG = "nba/allow_shrink"
REBUILD_TAG = "nba/rebuild"
NEVER_READ = "never_read"  # data version of a partition without any input so far


class MergeIOManager(dg.ConfigurableIOManager):
    """Stores the rows of an asset's partitions in its table's write mode, and reads the partitions of an edge."""

    warehouse: dg.ResourceDependency[WarehouseResource]
    _reader: StepReader = PrivateAttr(default_factory=StepReader)

    def handle_output(self, context: dg.OutputContext, obj: WriteRequest) -> Iterator[dg.DagsterEvent]:  # type: ignore[override]
        request, rows = obj, obj.take_rows()
        table, started = request.table, time.monotonic()
        self._reader.close()
        rows = with_gap_reasons(self.warehouse.open(), table, [day.date() for day in request.dates], rows)
        _refuse_unexplained_gaps(request, rows)
        scope = _scope(request, rows)
        batch = conform(table, rows.rows, scope)
        warehouse = self.warehouse.open()
        options = WriteOptions(
            run_id=context.run_id,
            allow_shrink=context.step_context.run_tags.get(ALLOW_SHRINK_TAG, ""),
            obsolete_games=_obsolete_games(warehouse, table, scope),
            rebuild=context.step_context.run_tags.get(REBUILD_TAG, "") == "true",
        )
        quarantined = _write_quarantine(warehouse, request, rows, batch, options)
        if _has_something_to_write(request, rows):
            result = warehouse.write(batch, options)
        else:
            warehouse.ensure(table)
            result = WriteResult({}, "none")
        versions = _data_versions(context, batch, rows)
        inputs = input_versions(context.step_context.instance, request.inputs, _partitions(request))
        events = [
            PartitionEvent(
                partition.isoformat() if partition else None,
                partition_event_metadata(request, rows, batch, result, partition, quarantined, options.allow_shrink),
                versions[partition],
                {INPUT_VERSION_TAG: inputs[partition]} if request.inputs else {},
            )
            for partition in _partitions(request)
        ]
        context.log.info(
            f"{table}: {batch.rows.num_rows} rows, computed in {request.seconds_compute:.2f} s, "
            f"written in {time.monotonic() - started:.2f} s"
        )
        key, step = context.asset_key, context.step_context
        code_version = step.job_def.asset_layer.get(key).code_version
        yield from materialization_events(step, key, code_version, events)

    def load_input(self, context: dg.InputContext) -> pd.DataFrame:
        step = context.step_context
        inputs = sum("edge" in definition.metadata for definition in step.op_def.input_defs)
        with self._reader.of(f"{step.run_id} {step.step.key}", inputs, self.warehouse.open()) as warehouse:
            return self._rows(context, warehouse)

    def _rows(self, context: dg.InputContext, warehouse: Warehouse) -> pd.DataFrame:
        spec = table_input(context.asset_key, context.definition_metadata)
        first, last = None, None
        if spec.table.partition_column and spec.edge != "full":
            keys = context.step_context.partition_key_range
            first, last = spec.bounds(date.fromisoformat(keys.start), date.fromisoformat(keys.end))
            if first > last:
                return empty_frame(spec.table, spec.columns)
        data = warehouse.read(spec.table, columns=spec.columns, first=first, last=last, ordered=spec.ordered)
        return frame_from_arrow(spec.table, data)


def _partitions(request: WriteRequest) -> list[date | None]:
    return [day.date() for day in request.dates] if request.table.partition_column else [None]


def _scope(request: WriteRequest, rows: TableRows) -> Scope | None:
    if not request.table.partition_column:
        return None
    return Scope(request.dates[0].date(), request.dates[-1].date(), kept=rows.unread)


def _has_something_to_write(request: WriteRequest, rows: TableRows) -> bool:
    """False when no partition of the window could be read: the stored rows stay and no statement runs."""
    return not request.table.partition_column or len(rows.unread) < len(request.dates)


def _refuse_unexplained_gaps(request: WriteRequest, rows: TableRows) -> None:
    """Zero rows are a success only with a reason from the closed list (operations rule W9)."""
    fault = zero_row_fault(request, rows)
    if fault:
        raise ZeroRowsError(fault)


def _write_quarantine(
    warehouse: Warehouse, request: WriteRequest, rows: TableRows, batch: Batch, options: WriteOptions
) -> dict[date, int]:
    """Store what was refused, before the rows themselves; returns the number of records per partition."""
    records: list[Mapping[str, object]] = [
        *({str(name): value for name, value in record.items()} for record in rows.rejects.to_dict("records")),
        *batch.quarantine,
    ]
    if not records:
        return {}
    quarantine = quarantine_batch(records, str(request.table), options.run_id)
    warehouse.ensure(quarantine.table)
    warehouse.write(quarantine, WriteOptions(run_id=options.run_id))  # the log of refusals is never rebuilt or shrunk
    days = quarantine.rows.column("partition_date").to_pylist()
    return {day: days.count(day) for day in set(days)}


def _data_versions(context: dg.OutputContext, batch: Batch, rows: TableRows) -> dict[date | None, str]:
    """Content hash of every partition; one whose input could not be read keeps the version it had."""
    if not rows.unread:
        return dict(batch.versions)
    unread = [partition_key(day) for day in sorted(rows.unread)]
    stored = context.step_context.instance.event_log_storage.get_latest_tags_by_partition(
        context.asset_key, dg.DagsterEventType.ASSET_MATERIALIZATION, [DATA_VERSION_TAG], asset_partitions=unread
    )
    kept: dict[date | None, str] = {
        day: stored.get(partition_key(day), {}).get(DATA_VERSION_TAG, NEVER_READ) for day in rows.unread
    }
    return {**batch.versions, **kept}


def _obsolete_games(warehouse: Warehouse, table: Table, scope: Scope | None) -> frozenset[str]:
    """Stored games of the scope that the schedule no longer lists: their rows may go without counting as a loss."""
    listed = catalog.tables().get(SCHEDULE_TABLE)
    if scope is None or listed is None or table == listed or "game_id" not in table.by_name:
        return frozenset()
    with warehouse.reading() as reader:
        games, stored = (_game_ids(reader, source, scope) for source in (listed, table))
    return frozenset(stored - games) if games else frozenset()


def _game_ids(warehouse: Warehouse, table: Table, scope: Scope) -> set[str]:
    if warehouse.stored_columns(table) is None:
        return set()
    window = in_window(table, scope.first, scope.last)
    found = warehouse.query(f"select distinct game_id from {table.qualified_name} where {window}")
    return set(found.column("game_id").to_pylist())
