"""What the whole-table checks said at their last evaluation, and when: for a report that does not evaluate them itself.

They look at the whole history of a table, or recompute dates of it, so a report reads their outcome; one that was
never evaluated, or before the newest write, is named as that. Does NOT belong here: evaluating.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import dagster as dg
from dagster import DagsterInstance
from dagster._core.storage.asset_check_execution_record import (
    AssetCheckExecutionRecord,
    AssetCheckExecutionRecordStatus,
)

from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.orchestration.whole_table_checks import whole_table_check_functions
from nba_pipeline.schema import Table

READ_NOT_EVALUATED = ("null_regression", "leakage", "constant_columns")
FINISHED = (AssetCheckExecutionRecordStatus.SUCCEEDED, AssetCheckExecutionRecordStatus.FAILED)


@dataclass(frozen=True)
class Evaluated:
    """A check at its last evaluation. severity: pass, warn or error; warn also when it says nothing of today's rows."""

    check: str
    severity: str
    when: str
    examples: tuple[str, ...]


def last_evaluations(instance: DagsterInstance, table: Table) -> list[Evaluated]:
    """The last outcome of every such check of the table."""
    names = [name for name in READ_NOT_EVALUATED if name in whole_table_check_functions(table)]
    event = instance.get_latest_materialization_event(asset_key(table)) if names else None
    return [_evaluated(instance, table, name, event.timestamp if event else 0.0) for name in names]


def _evaluated(instance: DagsterInstance, table: Table, name: str, written: float) -> Evaluated:
    history = instance.event_log_storage.get_asset_check_execution_history(
        dg.AssetCheckKey(asset_key(table), name), limit=5
    )
    newest = next((record for record in history if record.status in FINISHED and record.event), None)
    if newest is None or newest.event is None:
        return Evaluated(name, "warn", "never", ("not evaluated yet: every backfill ends with it",))
    when = f"{datetime.fromtimestamp(newest.event.timestamp, UTC):%Y-%m-%d %H:%M} UTC"
    severity, examples = _outcome(newest)
    if newest.event.timestamp < written:
        examples = (f"last evaluated {when}, before the newest write: {severity}", *examples)
        severity = "warn" if severity == "pass" else severity
    return Evaluated(name, severity, when, examples)


def _outcome(record: AssetCheckExecutionRecord) -> tuple[str, tuple[str, ...]]:
    event = record.event.get_dagster_event() if record.event else None
    if event is None:
        return "error", ("its evaluation cannot be read",)
    evaluation = event.asset_check_evaluation_data
    if evaluation.passed:
        return "pass", ()
    severity = "warn" if evaluation.severity is dg.AssetCheckSeverity.WARN else "error"
    return severity, _worst(evaluation.metadata) or (evaluation.description or "failed",)


def _worst(metadata: Mapping[str, object]) -> tuple[str, ...]:
    worst = metadata.get("worst_partitions")
    records: Sequence[dg.TableRecord] = worst.records if isinstance(worst, dg.TableMetadataValue) else ()
    return tuple(f"{record.data['partition']}: {record.data['finding']}" for record in records)
