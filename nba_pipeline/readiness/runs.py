"""Launching one Dagster run in this process, on the instance that the pages show, and reading what it did.

Does NOT belong here: what to run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import dagster as dg
from dagster import DagsterEventType, DagsterInstance
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluation
from dagster._core.definitions.reconstruct import ReconstructableJob
from dagster._core.execution.api import execute_run_iterator
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
)
from dagster_shared.error import SerializableErrorInfo

from nba_pipeline.orchestration.checks.evaluate import NOT_BLOCKING
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.readiness.plan import PlannedRun
from nba_pipeline.schema import Table

TRIGGER_TAG = "nba/trigger"
HOPELESS = frozenset({"SchemaDriftError", "LockTimeoutError", "SettingsError", "StatementError", "SchemaError"})
QUIET = {"loggers": {"console": {"config": {"log_level": "ERROR"}}}}  # a line per event would drown the progress


@dataclass
class RunOutcome:
    """What one run did: per table the partitions that were written and the ones a blocking check refused.

    failures: table name -> error of its step; a table without entry and without partitions was not reached.
    hopeless: tables whose error would meet every date alike, so that trying fewer dates cannot help.
    """

    run_id: str
    success: bool = False
    written: dict[str, set[date]] = field(default_factory=lambda: defaultdict(set))
    refused: dict[str, dict[date, str]] = field(default_factory=lambda: defaultdict(dict))
    failures: dict[str, str] = field(default_factory=dict)
    hopeless: set[str] = field(default_factory=set)


def launch(
    job: ReconstructableJob,
    instance: DagsterInstance,
    planned: PlannedRun,
    *,
    tags: Mapping[str, str],
    on_event: Callable[[dg.DagsterEvent], None],
) -> RunOutcome:
    """Run the planned tables over their range; every failure is in the outcome, none is raised."""
    run_tags = {TRIGGER_TAG: "backfill", **tags}
    if planned.first and planned.last:
        run_tags[ASSET_PARTITION_RANGE_START_TAG] = planned.first.isoformat()
        run_tags[ASSET_PARTITION_RANGE_END_TAG] = planned.last.isoformat()
    selection = frozenset(asset_key(table) for table in planned.tables)
    subset = job.with_repository_load_data(None).get_subset(asset_selection=selection)
    run = instance.create_run_for_job(
        job_def=subset.get_definition(),
        run_config=QUIET,
        asset_selection=selection,
        tags=run_tags,
        job_code_origin=job.get_python_origin(),
    )
    outcome = RunOutcome(run.run_id)
    by_key = {asset_key(table): table for table in planned.tables}
    for event in execute_run_iterator(subset, run, instance):
        _record(outcome, by_key, event)
        on_event(event)
    return outcome


def launch_checks(
    job: ReconstructableJob, instance: DagsterInstance, tables: Sequence[Table], *, tags: Mapping[str, str]
) -> dict[str, list[AssetCheckEvaluation]]:
    """Evaluate the whole-table checks of the tables in one run; table name -> evaluations that did not pass.

    Raises RuntimeError when the run itself fails: a check that cannot be evaluated is no pass.
    """
    wanted = {asset_key(table): str(table) for table in tables}
    keys = frozenset(
        key for key in job.get_definition().asset_layer.asset_graph.asset_check_keys if key.asset_key in wanted
    )
    subset = job.get_subset(asset_selection=frozenset(), asset_check_selection=keys)
    run = instance.create_run_for_job(
        job_def=subset.get_definition(), run_config=QUIET, tags={TRIGGER_TAG: "backfill", **tags}
    )
    failed: dict[str, list[AssetCheckEvaluation]] = {}
    for event in execute_run_iterator(subset, run, instance):
        if event.event_type is DagsterEventType.STEP_FAILURE:
            raise RuntimeError(f"whole-table checks, run {run.run_id}: {event.step_key}: {_cause(event)}")
        if event.event_type is DagsterEventType.ASSET_CHECK_EVALUATION:
            evaluation = event.asset_check_evaluation_data
            if not evaluation.passed:
                failed.setdefault(wanted[evaluation.asset_key], []).append(evaluation)
    return failed


def _record(outcome: RunOutcome, by_key: Mapping[dg.AssetKey, Table], event: dg.DagsterEvent) -> None:
    if event.event_type is DagsterEventType.ASSET_MATERIALIZATION and event.partition and event.asset_key:
        outcome.written[str(by_key[event.asset_key])].add(date.fromisoformat(event.partition))
    elif event.event_type is DagsterEventType.ASSET_CHECK_EVALUATION:
        check = event.asset_check_evaluation_data
        refuses = not check.passed and check.severity is dg.AssetCheckSeverity.ERROR
        if refuses and check.partition and check.check_name not in NOT_BLOCKING:
            table = str(by_key[check.asset_key])
            outcome.refused[table][date.fromisoformat(check.partition)] = (
                f"{check.check_name}: {check.description or 'failed'}"
            )
    elif event.event_type is DagsterEventType.STEP_FAILURE:
        name = str(event.step_key).replace("__", ".", 1)
        outcome.failures[name] = _cause(event)
        error = _innermost_error(event)
        if error is not None and error.cls_name in HOPELESS:
            outcome.hopeless.add(name)
    elif event.event_type is DagsterEventType.RUN_SUCCESS:
        outcome.success = True


def _cause(event: dg.DagsterEvent) -> str:
    """The innermost error of a failed step, in one line."""
    error = _innermost_error(event)
    return " ".join(error.message.split()) if error else "failed without an error message"


def _innermost_error(event: dg.DagsterEvent) -> SerializableErrorInfo | None:
    error = event.step_failure_data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return error
