"""Partition-aware checks inside an asset's step: one evaluation per partition, then a summary.

In a range run a single result leaves every partition "skipped" and holds automation for ever, so each partition
gets an evaluation of its own that points at its materialisation. Does NOT belong here: what a check looks at.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import date

import dagster as dg
import pandas as pd
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluation,
    AssetCheckEvaluationTargetMaterializationData,
)
from dagster._core.events import DagsterEventBatchMetadata, DagsterEventType
from dagster._core.execution.context.system import StepExecutionContext

from nba_pipeline.orchestration.checks.across_tables import BLOCKING
from nba_pipeline.orchestration.checks.invariants import has_invariants, invariants
from nba_pipeline.orchestration.checks.null_rates import null_rates, watched_columns
from nba_pipeline.orchestration.checks.row_counts import RULES, row_count_vs_schedule
from nba_pipeline.orchestration.checks.structure import unique_key
from nba_pipeline.orchestration.checks.verdicts import (
    Check,
    Days,
    Verdict,
    count_by_severity,
    failing_when_unevaluable,
    merged,
    worst,
)
from nba_pipeline.orchestration.checks.waiving import with_waivers
from nba_pipeline.orchestration.checks.worst import worst_table
from nba_pipeline.orchestration.partitions import DAILY
from nba_pipeline.schema import SchemaError, Table
from nba_pipeline.warehouse import Warehouse

DESCRIPTIONS = {
    "unique_key": "Key unique and never NULL; stored columns equal the contract.",
    "row_count_vs_schedule": "Rows against the games, teams or players that the schedule or the parent names.",
    "invariants": "Blocking rules on rows, references, hard NULL ceilings, blocking reconciliation.",
    "null_rates": "Share of NULL per watched column, where the column is defined.",
}
NOT_BLOCKING = frozenset({"null_rates"})


def partition_checks(table: Table) -> dict[str, Check]:
    """The partition-aware checks that apply to a table, in the order they are evaluated.

    A check whose query the warehouse refuses fails. Raises SchemaError for an unknown row-count rule.
    """
    checks: dict[str, Check] = {"unique_key": unique_key}
    if table.row_count:
        if table.row_count not in RULES:
            raise SchemaError(f"{table}: unknown row-count rule {table.row_count!r}; use one of {sorted(RULES)}.")
        checks["row_count_vs_schedule"] = row_count_vs_schedule
    if has_invariants(table) or str(table) in BLOCKING:
        checks["invariants"] = _invariants
    if watched_columns(table):
        checks["null_rates"] = null_rates
    return {
        name: failing_when_unevaluable(check, "error" if name in NOT_BLOCKING else "block")
        for name, check in checks.items()
    }


def _invariants(warehouse: Warehouse, table: Table, days: Days) -> list[Verdict]:
    """Row rules, and the blocking rules across tables that ride with this table."""
    own = invariants(warehouse, table, days)
    across = BLOCKING.get(str(table))
    if across is None:
        return own
    return [merged(first, second) for first, second in zip(own, across(warehouse, table, days), strict=True)]


def check_specs(table: Table, key: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(
            name,
            asset=key,
            description=DESCRIPTIONS[name],
            blocking=name not in NOT_BLOCKING,
            partitions_def=DAILY if table.partition_column else None,
        )
        for name in partition_checks(table)
    ]


def evaluate_checks(
    context: dg.AssetExecutionContext, table: Table, dates: pd.DatetimeIndex
) -> Iterator[dg.AssetCheckResult | dg.DagsterEvent]:
    """Evaluate every check of the table on the partitions just written."""
    warehouse: Warehouse = context.resources.warehouse.open()
    days: list[date | None] = [day.date() for day in dates] if table.partition_column else [None]
    step = context.op_execution_context._step_execution_context
    # Dagster itself attributes a result to its partition only in a run of one partition key, not of a range of one
    per_partition = table.partition_column is not None and not context.has_partition_key
    targets = _targets(step, context.asset_key, days) if per_partition else {}
    with warehouse.reading() as reader:
        outcomes = {
            name: with_waivers(table, name, check(reader, table, days))
            for name, check in partition_checks(table).items()
        }
    for name, verdicts in outcomes.items():
        if per_partition:
            yield from _report_partitions(step, context.asset_key, name, verdicts, targets)
        yield _summary(table, name, verdicts)


def _summary(table: Table, name: str, verdicts: Sequence[Verdict]) -> dg.AssetCheckResult:
    severity = worst(verdicts)
    failing = [verdict for verdict in verdicts if not verdict.passed]
    if len(verdicts) == 1:
        only = verdicts[0]
        return dg.AssetCheckResult(
            check_name=name,
            passed=only.passed,
            severity=_dagster_severity(only),
            description=only.description or None,
            metadata=dict(only.observed),
        )
    counts = count_by_severity(verdicts)
    named = "; ".join(f"{verdict.partition}: {verdict.description}" for verdict in failing[:10])
    return dg.AssetCheckResult(
        check_name=name,
        passed=severity == "pass",
        severity=dg.AssetCheckSeverity.ERROR if severity in ("error", "block") else dg.AssetCheckSeverity.WARN,
        description=f"{len(failing)} of {len(verdicts)} partitions: {named}" if failing else None,
        metadata={
            "partitions": len(verdicts),
            **{f"partitions_{level}": count for level, count in counts.items()},
            "worst_partitions": worst_table(table, name, verdicts),
        },
    )


def _dagster_severity(verdict: Verdict) -> dg.AssetCheckSeverity:
    return dg.AssetCheckSeverity.WARN if verdict.severity == "warn" else dg.AssetCheckSeverity.ERROR


def _targets(
    step: StepExecutionContext, key: dg.AssetKey, days: Sequence[date | None]
) -> dict[str, AssetCheckEvaluationTargetMaterializationData]:
    """The materialisation just reported of every partition, in one query."""
    keys = {day.isoformat() for day in days if day}
    stored = step.instance.event_log_storage.get_latest_storage_id_by_partition(
        key, DagsterEventType.ASSET_MATERIALIZATION, keys
    )
    now = pd.Timestamp.now("UTC").timestamp()
    return {
        partition: AssetCheckEvaluationTargetMaterializationData(
            storage_id=storage_id, run_id=step.run_id, timestamp=now
        )
        for partition, storage_id in stored.items()
    }


def _report_partitions(
    step: StepExecutionContext,
    key: dg.AssetKey,
    name: str,
    verdicts: Sequence[Verdict],
    targets: dict[str, AssetCheckEvaluationTargetMaterializationData],
) -> Iterator[dg.DagsterEvent]:
    """One evaluation per partition, stored as one batch; the failing ones are yielded too, for whoever follows the run.

    They go to the instance and not through the run: each event that a step yields passes a logger and a dozen
    generators, and carries its step four times. Dagster reports planned events in the same way.
    """
    batch_id = f"{step.run_id}.{step.step.key}.{name}"
    for number, verdict in enumerate(verdicts, start=1):
        partition = verdict.partition.isoformat() if verdict.partition else None
        evaluation = AssetCheckEvaluation(
            asset_key=key,
            check_name=name,
            passed=verdict.passed,
            metadata=dict(verdict.observed),
            target_materialization_data=targets.get(partition or ""),
            severity=_dagster_severity(verdict),
            description=verdict.description or None,
            blocking=name not in NOT_BLOCKING,
            partition=partition,
        )
        event = dg.DagsterEvent(
            DagsterEventType.ASSET_CHECK_EVALUATION.value,
            step.job_name,
            step_key=step.step.key,
            node_handle=step.node_handle,
            event_specific_data=evaluation,
            message=f"{name} of {key.to_user_string()} on {partition}: {verdict.severity}",
        )
        batch = DagsterEventBatchMetadata(batch_id, is_end=number == len(verdicts))
        step.instance.report_dagster_event(event, step.run_id, logging.DEBUG, batch_metadata=batch)
        if not verdict.passed:
            yield event
