"""Outcomes of checks in Dagster's tables, many at once, the same on SQLite and PostgreSQL.

Does NOT belong here: the events themselves, what a check says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as db
from dagster import EventLogEntry
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluation,
    AssetCheckEvaluationPlanned,
)
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable
from sqlalchemy.engine import Connection

PLANNED_KEY = ("asset_key", "check_name", "run_id", "partition")  # of a planned check of one partition


def insert_planned(connection: Connection, events: Sequence[EventLogEntry], ids: Sequence[int]) -> None:
    """A planned row for every partition of every check.

    Dagster's storage copies the event into each of them, encoded once per partition: a third of a back-fill's events
    by volume, all replaced when the check is evaluated. A planned row without its event is one that Dagster reads.
    """
    rows = []
    for event, event_id in zip(events, ids, strict=True):
        planned = event.get_dagster_event().event_specific_data
        if not isinstance(planned, AssetCheckEvaluationPlanned):
            raise TypeError(f"event of run {event.run_id}: a planned asset check was expected, got {planned!r}")
        subset = planned.partitions_subset
        common = {
            "asset_key": planned.asset_key.to_string(),
            "check_name": planned.check_name,
            "run_id": event.run_id,
            "execution_status": AssetCheckExecutionRecordStatus.PLANNED.value,
            "evaluation_event_timestamp": _instant(event),
            "evaluation_event_storage_id": event_id,
        }
        rows += [{**common, "partition": key} for key in (subset.get_partition_keys() if subset else [None])]
    connection.execute(AssetCheckExecutionsTable.insert(), rows)


def replace_planned(
    connection: Connection, events: Sequence[EventLogEntry], encoded: Sequence[str], ids: Sequence[int]
) -> None:
    """Replace the planned rows of these partitions by their outcome; encoded and ids are those of the stored events."""
    table = AssetCheckExecutionsTable
    rows = [_execution_row(*stored) for stored in zip(events, encoded, ids, strict=True)]
    planned = table.delete()
    for column in PLANNED_KEY:
        planned = planned.where(table.c[column] == db.bindparam(f"planned_{column}"))
    connection.execute(planned, [{f"planned_{column}": row[column] for column in PLANNED_KEY} for row in rows])
    connection.execute(table.insert(), rows)


def _execution_row(event: EventLogEntry, encoded: str, event_id: int) -> Mapping[str, Any]:
    evaluation = event.get_dagster_event().event_specific_data
    if not isinstance(evaluation, AssetCheckEvaluation):
        raise TypeError(f"event of run {event.run_id}: an asset check evaluation was expected, got {evaluation!r}")
    status = AssetCheckExecutionRecordStatus
    target = evaluation.target_materialization_data
    return {
        "asset_key": evaluation.asset_key.to_string(),
        "check_name": evaluation.check_name,
        "run_id": event.run_id,
        "partition": evaluation.partition,
        "execution_status": (status.SUCCEEDED if evaluation.passed else status.FAILED).value,
        "evaluation_event": encoded,
        "evaluation_event_timestamp": _instant(event),
        "evaluation_event_storage_id": event_id,
        "materialization_event_storage_id": target.storage_id if target else None,
    }


def _instant(event: EventLogEntry) -> datetime:
    return datetime.fromtimestamp(event.timestamp, UTC).replace(tzinfo=None)
