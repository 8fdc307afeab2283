"""What Dagster remembers, put there directly: materialisations with a recorded row count, evaluations of checks."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Mapping
from datetime import date

import dagster as dg
from dagster import EventLogEntry
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluation,
    AssetCheckEvaluationTargetMaterializationData,
)
from dagster._core.events import StepMaterializationData

from nba_pipeline.orchestration.checks.evaluate import NOT_BLOCKING, partition_checks
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.schema import Table

RUN = "a-run"  # evaluations outside a run are unique per check and partition; in one run a later one replaces it


def materialised(instance: dg.DagsterInstance, table: Table, days: Iterable[date | None], rows: int = 1) -> None:
    """Every day (None: the whole table) was written with so many rows, and its blocking checks passed."""
    for day in days:
        event = dg.AssetMaterialization(asset_key(table), partition=str(day) if day else None, metadata={"rows": rows})
        instance.report_runless_asset_event(event)
        if day is not None:
            for check in set(partition_checks(table)) - NOT_BLOCKING:
                evaluated(instance, table, check, day, "", passed=True)


def evaluated(
    instance: dg.DagsterInstance,
    table: Table,
    check: str,
    day: date | None,
    finding: str,
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR,
    *,
    passed: bool = False,
) -> None:
    """A check was evaluated for a day, or for the whole table."""
    evaluation = AssetCheckEvaluation(
        asset_key=asset_key(table),
        check_name=check,
        passed=passed,
        metadata={},
        severity=severity,
        description=finding,
        partition=str(day) if day else None,
        target_materialization_data=_target(instance, table, day),
    )
    event = dg.DagsterEvent(dg.DagsterEventType.ASSET_CHECK_EVALUATION.value, "", event_specific_data=evaluation)
    instance.report_dagster_event(event, RUN)


def _target(
    instance: dg.DagsterInstance, table: Table, day: date | None
) -> AssetCheckEvaluationTargetMaterializationData | None:
    """The newest materialisation of the day, which a check evaluated now is about."""
    kind = dg.DagsterEventType.ASSET_MATERIALIZATION
    stored = instance.event_log_storage.get_latest_storage_id_by_partition(asset_key(table), kind, {str(day)})
    if str(day) not in stored:
        return None
    return AssetCheckEvaluationTargetMaterializationData(storage_id=stored[str(day)], run_id="", timestamp=0.0)


def materialised_at_once(instance: dg.DagsterInstance, table: Table, rows: Mapping[date | None, int]) -> None:
    """As `materialised` with the rows of each day, stored in a few batches: for histories of thousands of days."""
    run_id, storage, key = str(uuid.uuid4()), instance.event_log_storage, asset_key(table)
    made = [
        StepMaterializationData(
            dg.AssetMaterialization(key, partition=str(day) if day else None, metadata={"rows": count})
        )
        for day, count in rows.items()
    ]
    kind = dg.DagsterEventType.ASSET_MATERIALIZATION
    storage.store_event_batch([_entry(run_id, kind, data) for data in made])
    keys = {str(day) for day in rows if day}
    stored = storage.get_latest_storage_id_by_partition(key, kind, keys) if keys else {}
    checks = sorted(set(partition_checks(table)) - NOT_BLOCKING)
    passed = [
        AssetCheckEvaluation(
            asset_key=key,
            check_name=check,
            passed=True,
            metadata={},
            partition=partition,
            target_materialization_data=AssetCheckEvaluationTargetMaterializationData(
                storage_id=storage_id, run_id=run_id, timestamp=0.0
            ),
        )
        for partition, storage_id in stored.items()
        for check in checks
    ]
    storage.store_event_batch([_entry(run_id, dg.DagsterEventType.ASSET_CHECK_EVALUATION, data) for data in passed])


def _entry(
    run_id: str, kind: dg.DagsterEventType, data: StepMaterializationData | AssetCheckEvaluation
) -> EventLogEntry:
    event = dg.DagsterEvent(kind.value, job_name="", event_specific_data=data)
    return EventLogEntry(
        error_info=None, user_message="", level="debug", run_id=run_id, timestamp=time.time(), dagster_event=event
    )
