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
from dagster._core.execution.api import create_execution_plan, execute_run_iterator
from dagster._core.snap import snapshot_from_execution_plan
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
)
from dagster_shared.error import SerializableErrorInfo

from nba_pipeline.orchestration.checks.evaluate import NOT_BLOCKING, partition_checks
from nba_pipeline.orchestration.checks.worst import COVERAGE
from nba_pipeline.orchestration.run_tags import run_tags
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.readiness.categories import category_of_check, category_of_error
from nba_pipeline.readiness.plan import PlannedRun
from nba_pipeline.schema import Table

HOPELESS = frozenset({"SchemaDriftError", "LockTimeoutError", "SettingsError", "StatementError", "SchemaError"})
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}  # stack traces would drown the account


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
    own_tags = {**run_tags("backfill"), **tags}
    if planned.first and planned.last:
        own_tags[ASSET_PARTITION_RANGE_START_TAG] = planned.first.isoformat()
        own_tags[ASSET_PARTITION_RANGE_END_TAG] = planned.last.isoformat()
    by_key = {asset_key(table): table for table in planned.tables}
    checks = frozenset(dg.AssetCheckKey(key, name) for key, table in by_key.items() for name in partition_checks(table))
    run = _create_run(job, instance, frozenset(by_key), checks, own_tags)
    outcome = RunOutcome(run.run_id)
    for event in execute_run_iterator(job, run, instance):
        _record(outcome, by_key, event)
        on_event(event)
    return outcome


def launch_checks(
    job: ReconstructableJob, instance: DagsterInstance, tables: Sequence[Table], *, tags: Mapping[str, str]
) -> dict[str, list[AssetCheckEvaluation]]:
    """Evaluate the whole-table checks of the tables in one run; table name -> evaluations that did not pass.

    Not `coverage`, which is about all tables: the account of the command tells what its own range lacks.
    Raises RuntimeError when the run itself fails: a check that cannot be evaluated is no pass.
    """
    wanted = {asset_key(table): str(table) for table in tables}
    keys = frozenset(
        key
        for key in job.get_definition().asset_layer.asset_graph.asset_check_keys
        if key.asset_key in wanted and key.name != COVERAGE
    )
    run = _create_run(job, instance, frozenset(), keys, {**run_tags("backfill"), **tags})
    failed: dict[str, list[AssetCheckEvaluation]] = {}
    for event in execute_run_iterator(job, run, instance):
        if event.event_type is DagsterEventType.STEP_FAILURE:
            raise RuntimeError(f"whole-table checks, run {run.run_id}: {event.step_key}: {_cause(event)}")
        if event.event_type is DagsterEventType.ASSET_CHECK_EVALUATION:
            evaluation = event.asset_check_evaluation_data
            if not evaluation.passed:
                failed.setdefault(wanted[evaluation.asset_key], []).append(evaluation)
    return failed


def _create_run(
    job: ReconstructableJob,
    instance: DagsterInstance,
    assets: frozenset[dg.AssetKey],
    checks: frozenset[dg.AssetCheckKey],
    tags: Mapping[str, str],
) -> dg.DagsterRun:
    """A run of exactly these assets and checks.

    `create_run_for_job` takes no checks, and a run of assets without them runs every check of the assets: the
    whole-table checks would be planned for each partition and evaluated once a season instead of once.
    """
    subset = job.get_subset(asset_selection=assets, asset_check_selection=checks).get_definition()
    plan = create_execution_plan(subset, run_config=QUIET, tags=tags, instance_ref=instance.get_ref())
    return instance.create_run(
        job_name=subset.name,
        run_id=None,
        run_config=QUIET,
        status=None,
        tags=tags,
        root_run_id=None,
        parent_run_id=None,
        step_keys_to_execute=plan.step_keys_to_execute,
        execution_plan_snapshot=snapshot_from_execution_plan(plan, subset.get_job_snapshot_id()),
        job_snapshot=subset.get_job_snapshot(),
        parent_job_snapshot=subset.get_parent_job_snapshot(),
        asset_selection=assets,
        asset_check_selection=checks,
        resolved_op_selection=None,
        op_selection=None,
        remote_job_origin=None,
        job_code_origin=job.get_python_origin(),
        asset_graph=subset.asset_layer.asset_graph,
    )


def _record(outcome: RunOutcome, by_key: Mapping[dg.AssetKey, Table], event: dg.DagsterEvent) -> None:
    if event.event_type is DagsterEventType.ASSET_MATERIALIZATION and event.partition and event.asset_key:
        outcome.written[str(by_key[event.asset_key])].add(date.fromisoformat(event.partition))
    elif event.event_type is DagsterEventType.ASSET_CHECK_EVALUATION:
        check = event.asset_check_evaluation_data
        refuses = not check.passed and check.severity is dg.AssetCheckSeverity.ERROR
        if refuses and check.partition and check.check_name not in NOT_BLOCKING:
            table = str(by_key[check.asset_key])
            outcome.refused[table][date.fromisoformat(check.partition)] = (
                f"[{category_of_check(check.check_name)}] {check.check_name}: {check.description or 'failed'}"
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
    """The category and the innermost error of a failed step, in one line."""
    error = _innermost_error(event)
    if error is None:
        return "failed without an error message"
    return f"[{category_of_error(error.cls_name or '')}] {' '.join(error.message.split())}"


def _innermost_error(event: dg.DagsterEvent) -> SerializableErrorInfo | None:
    error = event.step_failure_data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return error
