"""Checks that hold nothing back but found a defect at their last evaluation.

Does NOT belong here: evaluating a check, blocking checks (state.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import dagster as dg
from dagster import DagsterInstance
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluation
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from nba_pipeline.orchestration.checks.evaluate import NOT_BLOCKING, partition_checks
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.orchestration.whole_table_checks import whole_table_check_functions
from nba_pipeline.readiness.state import latest_evaluation
from nba_pipeline.schema import Table


def open_errors(instance: DagsterInstance, table: Table, days: Sequence[date]) -> list[str]:
    """`check partition: finding` of every ERROR that is open on these days, and of those on the whole table."""
    return [*_of_partitions(instance, table, days), *_of_whole_table(instance, table)]


def _of_partitions(instance: DagsterInstance, table: Table, days: Sequence[date]) -> list[str]:
    wanted = {day.isoformat() for day in days} if table.partition_column else {None}
    found = []
    for name in sorted(NOT_BLOCKING & partition_checks(table).keys()):
        key = dg.AssetCheckKey(asset_key(table), name)
        infos = instance.event_log_storage.get_asset_check_partition_info([key])
        failed = {
            info.partition_key
            for info in infos
            if info.latest_execution_status is AssetCheckExecutionRecordStatus.FAILED and info.partition_key in wanted
        }
        for partition in sorted(failed, key=str):
            evaluation = latest_evaluation(instance, key, partition)
            if _is_error(evaluation):
                found.append(f"{name} {partition or ''}: {_finding(evaluation)}")
    return found


def _of_whole_table(instance: DagsterInstance, table: Table) -> list[str]:
    found = []
    for name in whole_table_check_functions(table):
        evaluation = latest_evaluation(instance, dg.AssetCheckKey(asset_key(table), name), None)
        if _is_error(evaluation):
            found.append(f"{name}: {_finding(evaluation)}")
    return found


def _is_error(evaluation: AssetCheckEvaluation | None) -> bool:
    return bool(evaluation and not evaluation.passed and evaluation.severity is dg.AssetCheckSeverity.ERROR)


def _finding(evaluation: AssetCheckEvaluation | None) -> str:
    return (evaluation.description if evaluation else None) or "failed"
