"""Failing and passing checks since the last look, read from Dagster's record of evaluations.

Does NOT belong here: evaluating a check, deciding what to tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import dagster as dg
from dagster import DagsterInstance
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluation
from dagster._core.storage.asset_check_execution_record import (
    AssetCheckExecutionRecordStatus,
    AssetCheckPartitionInfo,
)

from nba_pipeline.alerts.book import Book
from nba_pipeline.alerts.finding import CATEGORY_OF_CHECK, Finding, Key, Severity
from nba_pipeline.expectations.expected_days import SCHEDULE_TABLE
from nba_pipeline.orchestration.checks.evaluate import NOT_BLOCKING, partition_checks
from nba_pipeline.orchestration.checks.worst import COVERAGE
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.orchestration.whole_table_checks import whole_table_check_functions
from nba_pipeline.readiness.state import latest_evaluation
from nba_pipeline.schema import Table

DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
FINISHED = (AssetCheckExecutionRecordStatus.SUCCEEDED, AssetCheckExecutionRecordStatus.FAILED)
OBSERVED_CHARACTERS = 300
REPAIRS = {
    "duplicates": "nba-pipeline duplicates --tables {table} --repair",
    COVERAGE: "nba-pipeline backfill --from {first} --to {last} --only missing --yes",
}
VERIFY = "nba-pipeline verify --from {first} --to {last} --tables {table}"


def note_evaluations(book: Book, instance: DagsterInstance, tables: Sequence[Table]) -> None:
    """Bring the findings of the book up to the newest evaluation of every check of the tables."""
    newest = instance.event_log_storage.get_maximum_record_id() or 0
    if newest == book.evaluations:
        return
    for table in tables:
        for name in _check_names(table):
            key = dg.AssetCheckKey(asset_key(table), name)
            for info in instance.event_log_storage.get_asset_check_partition_info([key], book.evaluations or None):
                if info.latest_check_event_storage_id > book.evaluations and not _is_summary(table, name, info):
                    _note(book, instance, table, key, info)
    book.evaluations = newest


def _check_names(table: Table) -> list[str]:
    """Every check of the table; the one on the dates of all tables is a check of the schedule."""
    of_all_tables = [COVERAGE] if str(table) == SCHEDULE_TABLE else []
    return [*partition_checks(table), *whole_table_check_functions(table), *of_all_tables]


def _is_summary(table: Table, name: str, info: AssetCheckPartitionInfo) -> bool:
    """The overall result of a range run: its partitions have evaluations of their own."""
    return bool(table.partition_column) and info.partition_key is None and name in partition_checks(table)


def _note(
    book: Book, instance: DagsterInstance, table: Table, key: dg.AssetCheckKey, info: AssetCheckPartitionInfo
) -> None:
    if info.latest_execution_status not in FINISHED:
        return
    place = (str(table), key.name, info.partition_key or "")
    book.findings.pop(place, None)
    if info.latest_execution_status is AssetCheckExecutionRecordStatus.FAILED:
        evaluation = latest_evaluation(instance, key, info.partition_key)
        if evaluation and not evaluation.passed:
            book.put([_finding(table, evaluation, info)])


def _finding(table: Table, evaluation: AssetCheckEvaluation, info: AssetCheckPartitionInfo) -> Finding:
    name = evaluation.check_name
    key = Key(str(table), name, _severity(table, evaluation), CATEGORY_OF_CHECK.get(name, "data_quality"))
    worst = _worst_partitions(evaluation)
    observed = "; ".join([evaluation.description or "failed", *(f"{day}: {text}" for day, text in worst.items())])
    command = REPAIRS.get(name, VERIFY).replace("{table}", table.name)
    if not info.partition_key and "{first}" in command:
        command = command.format(first=min(worst), last=max(worst)) if worst else ""
    place = info.partition_key or ""
    return Finding(key, place, observed[:OBSERVED_CHARACTERS], info.latest_planned_run_id, command)


def _worst_partitions(evaluation: AssetCheckEvaluation) -> dict[str, str]:
    """Dates that a check on a whole table names, gravest first, with what was found there."""
    table = evaluation.metadata.get("worst_partitions")
    if not isinstance(table, dg.TableMetadataValue):
        return {}
    found = ((str(record.data["partition"]), str(record.data["finding"])) for record in table.records)
    return {day: text for day, text in found if DAY.match(day)}


def _severity(table: Table, evaluation: AssetCheckEvaluation) -> Severity:
    if evaluation.severity is dg.AssetCheckSeverity.WARN:
        return "warn"
    blocking = evaluation.check_name in partition_checks(table) and evaluation.check_name not in NOT_BLOCKING
    return "block" if blocking else "error"
