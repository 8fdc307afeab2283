"""What Dagster and the warehouse say of every partition of a table: the only ledger of what is done.

Does NOT belong here: deciding what to run, files or tables of our own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import dagster as dg
from dagster import AssetRecordsFilter, DagsterInstance
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluation
from dagster._core.definitions.data_version import CODE_VERSION_TAG
from dagster._core.storage.asset_check_execution_record import (
    AssetCheckExecutionRecordStatus,
    AssetCheckPartitionInfo,
)
from dagster._core.storage.event_log.base import PartitionKeyFilter

from nba_pipeline.expectations.waivers import waiver_of
from nba_pipeline.orchestration.checks.evaluate import NOT_BLOCKING, partition_checks
from nba_pipeline.orchestration.checks.waiving import WAIVED
from nba_pipeline.orchestration.input_versions import INPUT_VERSION_TAG
from nba_pipeline.orchestration.partitions import DAILY
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse

Status = Literal["done", "empty", "failed", "drifted", "missing"]
PAGE = 1000  # materialisation records fetched at once


@dataclass(frozen=True)
class PartitionState:
    """One partition. `rows` is what the last materialisation recorded; `reason` says why it failed or is empty."""

    status: Status
    rows: int | None = None
    reason: str = ""
    code_version: str = ""
    materialised_at: float = 0.0
    warnings: str = ""
    run_id: str = ""
    input_version: str = ""


MISSING = PartitionState("missing", reason="never materialised")


def partition_states(
    instance: DagsterInstance, warehouse: Warehouse, table: Table, days: Sequence[date]
) -> dict[date, PartitionState]:
    """State of every given partition of a partitioned table."""
    latest = _latest_materializations(instance, table, days)
    statuses = _dagster_statuses(instance, table, days)
    blocking = blocking_problems(instance, table, days)
    stored = stored_row_counts(warehouse, table, days)
    return {
        day: _state(latest.get(day), statuses.get(day.isoformat()), blocking.get(day, ""), stored.get(day, 0))
        for day in days
    }


def _state(event: PartitionState | None, dagster_status: str | None, blocking: str, stored: int) -> PartitionState:
    if event is None:
        return PartitionState("failed", reason="its last run failed") if dagster_status == "FAILED" else MISSING
    if blocking:
        return replace(event, status="failed", reason=blocking)
    if dagster_status == "FAILED":
        return replace(event, status="failed", reason="its last run failed; the rows of an earlier one are stored")
    if event.rows is not None and event.rows != stored:
        return replace(event, status="drifted", reason=f"{event.rows} row(s) recorded, {stored} stored")
    return event


def _latest_materializations(
    instance: DagsterInstance, table: Table, days: Sequence[date]
) -> dict[date, PartitionState]:
    wanted = {day.isoformat() for day in days}
    found: dict[date, PartitionState] = {}
    cursor: str | None = None
    while True:
        records_filter = AssetRecordsFilter(asset_key=asset_key(table), asset_partitions=sorted(wanted))
        page = instance.fetch_materializations(records_filter, limit=PAGE, cursor=cursor)
        for record in page.records:
            partition = record.partition_key
            if partition and date.fromisoformat(partition) not in found:
                found[date.fromisoformat(partition)] = _from_record(record)
        if not page.has_more:
            return found
        cursor = page.cursor


def _from_record(record: dg.EventLogRecord) -> PartitionState:
    materialization = record.asset_materialization
    if materialization is None:
        return MISSING
    metadata, tags = materialization.metadata, materialization.tags or {}
    recorded = metadata["rows"].value if "rows" in metadata else None
    rows = int(str(recorded)) if recorded is not None else None
    reason = str(metadata["skip_reason"].value) if "skip_reason" in metadata else ""
    warnings = str(metadata["warnings"].value) if "warnings" in metadata else ""
    status: Status = "empty" if not rows else "done"
    return PartitionState(
        status,
        rows,
        reason,
        tags.get(CODE_VERSION_TAG, ""),
        record.timestamp,
        warnings,
        record.run_id,
        tags.get(INPUT_VERSION_TAG, ""),
    )


def _dagster_statuses(instance: DagsterInstance, table: Table, days: Sequence[date]) -> dict[str, str]:
    keys = [day.isoformat() for day in days]
    statuses = instance.get_status_by_partition(asset_key(table), keys, DAILY) or {}
    return {key: status.value if status else "" for key, status in statuses.items()}


def blocking_problems(instance: DagsterInstance, table: Table, days: Sequence[date]) -> dict[date, str]:
    """Partitions whose blocking checks did not all pass on what was last written, with the check and why.

    A check that never finished for the latest materialisation is a problem: a run can be killed between the two.
    """
    problems: dict[date, str] = {}
    for name in partition_checks(table):
        if name in NOT_BLOCKING:
            continue
        key = dg.AssetCheckKey(asset_key(table), name)
        infos = instance.event_log_storage.get_asset_check_partition_info([key])
        by_day = {date.fromisoformat(info.partition_key): info for info in infos if info.partition_key}
        for day in days:
            problem = _problem(instance, key, by_day.get(day))
            if problem and day not in problems:
                problems[day] = f"{name}: {problem}"
    return problems


def _problem(instance: DagsterInstance, key: dg.AssetCheckKey, info: AssetCheckPartitionInfo | None) -> str:
    if info is None or info.latest_execution_status is AssetCheckExecutionRecordStatus.PLANNED:
        return "not evaluated since the last write"
    if info.latest_target_materialization_storage_id != info.latest_materialization_storage_id:
        return "not evaluated since the last write"
    if info.latest_execution_status is AssetCheckExecutionRecordStatus.FAILED:
        evaluation = latest_evaluation(instance, key, info.partition_key)
        if evaluation and evaluation.severity is dg.AssetCheckSeverity.ERROR:
            return evaluation.description or "failed"
        if evaluation and WAIVED in evaluation.metadata and not _still_waived(evaluation):
            return f"its waiver has run out or was taken out: {evaluation.description}"
    return ""


def _still_waived(evaluation: AssetCheckEvaluation) -> bool:
    day = date.fromisoformat(evaluation.partition) if evaluation.partition else None
    return waiver_of(".".join(evaluation.asset_key.path), evaluation.check_name, day) is not None


def latest_evaluation(
    instance: DagsterInstance, key: dg.AssetCheckKey, partition: str | None
) -> AssetCheckEvaluation | None:
    """The newest finished evaluation of a check for a partition."""
    history = instance.event_log_storage.get_asset_check_execution_history(
        key, limit=5, partition_filter=PartitionKeyFilter(key=partition)
    )
    for record in history:
        if record.event and record.status is not AssetCheckExecutionRecordStatus.PLANNED:
            return record.event.get_dagster_event().asset_check_evaluation_data
    return None


def stored_row_counts(warehouse: Warehouse, table: Table, days: Sequence[date]) -> dict[date, int]:
    """Rows stored per partition of the window; a partition without rows is absent."""
    if warehouse.stored_columns(table) is None:
        return {}
    partition = table.partition_column
    sql = (
        f"select {partition} as day, count(*) as row_count from {table.qualified_name}\n"
        f"where {partition} between date '{days[0]}' and date '{days[-1]}' group by {partition}"
    )
    return {row["day"]: row["row_count"] for row in warehouse.query(sql).to_pylist()}


def unpartitioned_done(instance: DagsterInstance, tables: Iterable[Table]) -> Mapping[Table, bool]:
    """Whether each table without partitions was ever materialised."""
    return {table: instance.get_latest_materialization_event(asset_key(table)) is not None for table in tables}
