"""The report after a backfill: what every table holds, what is missing, what is wrong, what was refused.

Read from Dagster and the warehouse alone, with the checks of every other run. Does NOT belong here: printing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from dagster import DagsterInstance

from nba_pipeline.expectations.expected_days import expected_days, stored_games
from nba_pipeline.orchestration.checks.across_tables import RECONCILING
from nba_pipeline.orchestration.checks.evaluate import partition_checks
from nba_pipeline.orchestration.checks.null_rates import season_null_rates
from nba_pipeline.orchestration.checks.structure import schema_drift
from nba_pipeline.orchestration.checks.verdicts import Check, Days, Verdict, failing_when_unevaluable
from nba_pipeline.orchestration.checks.waiving import with_waivers
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.orchestration.whole_table_checks import value_ranges
from nba_pipeline.readiness.categories import category_of_check, category_of_last_failure
from nba_pipeline.readiness.evaluated import last_evaluations
from nba_pipeline.readiness.plan import days_between
from nba_pipeline.readiness.preflight_plan import seconds_per_partition
from nba_pipeline.readiness.quarantine import QuarantineGroup, current_quarantine
from nba_pipeline.readiness.state import PartitionState, partition_states
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse

Level = Literal["ok", "warn", "error"]


@dataclass(frozen=True)
class CheckFinding:
    """A check with partitions that did not pass, gravest first."""

    check: str
    severity: str
    partitions: int
    examples: tuple[str, ...]


@dataclass
class TableReport:
    """One table over the range. `extra`: dates with rows that are not expected.

    failures: category -> failed dates. evaluated: check whose last outcome was read -> when that was. bytes_processed
    and partitions_per_minute are those of the newest write, where the engine counts bytes.
    """

    table: str
    rows: int = 0
    present: int = 0
    expected: int | None = None
    missing: list[date] = field(default_factory=list)
    failed: dict[date, str] = field(default_factory=dict)
    drifted: dict[date, str] = field(default_factory=dict)
    extra: list[date] = field(default_factory=list)
    duplicate_rows: int = 0
    findings: list[CheckFinding] = field(default_factory=list)
    quarantine: list[QuarantineGroup] = field(default_factory=list)
    warnings: dict[date, str] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    evaluated: dict[str, str] = field(default_factory=dict)
    bytes_processed: int | None = None
    partitions_per_minute: float | None = None

    @property
    def level(self) -> Level:
        if self.missing or self.failed or self.drifted or self.extra or self.duplicate_rows:
            return "error"
        if any(finding.severity in ("block", "error") for finding in self.findings):
            return "error"
        return "warn" if self.findings or self.quarantine or self.warnings else "ok"


def verify(
    instance: DagsterInstance, warehouse: Warehouse, tables: Sequence[Table], first: date, last: date
) -> list[TableReport]:
    """Report of every table for the partitions first..last."""
    days = days_between(first, last)
    games = stored_games(warehouse, first, last)
    states = {str(t): partition_states(instance, warehouse, t, days) for t in tables if t.partition_column}
    runs = {str(t): _newest_run(instance, t) for t in tables if not t.partition_column}

    def newest_run(table: str, day: date) -> str | None:
        if table in runs:
            return runs[table]
        return states[table][day].run_id if table in states and day in states[table] else None

    refused = current_quarantine(warehouse, first, last, newest_run, unpartitioned=runs)
    reports = []
    for table in tables:
        report = TableReport(str(table), quarantine=refused.get(str(table), []))
        stored = _content(report, warehouse, table, days if table.partition_column else [None])
        if table.partition_column:
            _partitions(report, states[str(table)], expected_days(table, games, days), stored)
        report.failures = _failures(report, instance, table)
        _history(report, instance, table)
        reports.append(report)
    return reports


def _failures(report: TableReport, instance: DagsterInstance, table: Table) -> dict[str, int]:
    """Failed dates per category: those a check refused, and those whose run ended with an error."""
    checks = [why.partition(":")[0] for why in report.failed.values()]
    counted = Counter(category_of_check(name) for name in checks if name in partition_checks(table))
    others = len(checks) - counted.total()
    if others:
        counted[category_of_last_failure(instance, table)] += others
    return dict(counted)


def _history(report: TableReport, instance: DagsterInstance, table: Table) -> None:
    """What Dagster remembers of the table: checks of the whole table, bytes and pace of its newest write."""
    for check in last_evaluations(instance, table):
        report.evaluated[check.check] = check.when
        if check.severity != "pass":
            report.findings.append(CheckFinding(check.check, check.severity, len(check.examples), check.examples))
    event = instance.get_latest_materialization_event(asset_key(table))
    metadata = event.asset_materialization.metadata if event and event.asset_materialization else {}
    counted = metadata.get("bytes_processed")
    report.bytes_processed = int(str(counted.value)) if counted else None
    seconds = seconds_per_partition(instance, table)
    report.partitions_per_minute = 60 / seconds if seconds else None


def _newest_run(instance: DagsterInstance, table: Table) -> str | None:
    event = instance.get_latest_materialization_event(asset_key(table))
    return event.run_id if event else None


def _partitions(
    report: TableReport,
    states: Mapping[date, PartitionState],
    expected: set[date] | None,
    stored: Mapping[date | None, int],
) -> None:
    """Dates of each kind; `stored` rows decide what is extra, recorded or not."""
    report.expected = None if expected is None else len(expected)
    for day, state in states.items():
        report.present += state.status == "done" and (expected is None or day in expected)
        if state.status == "missing" or (expected is not None and day in expected and state.status == "empty"):
            report.missing.append(day)
        elif state.status == "failed":
            report.failed[day] = state.reason
        elif state.status == "drifted":
            report.drifted[day] = state.reason
        if expected is not None and day not in expected and stored.get(day):
            report.extra.append(day)
        if state.warnings:
            report.warnings[day] = state.warnings


def _content(report: TableReport, warehouse: Warehouse, table: Table, days: Days) -> dict[date | None, int]:
    """Rows, duplicates and the findings of every check over the range; returns the rows of every partition."""
    if warehouse.stored_columns(table) is None:
        if not table.optional:
            report.findings.append(CheckFinding("unique_key", "error", 1, (schema_drift(warehouse, table),)))
        return {}
    checks = partition_checks(table)
    keys = checks.pop("unique_key")(warehouse, table, days)
    stored = {verdict.partition: int(verdict.observed.get("rows", 0)) for verdict in keys}
    report.rows = sum(stored.values())
    report.duplicate_rows = sum(int(verdict.observed.get("surplus_rows", 0)) for verdict in keys)
    _add(report, table, "unique_key", keys)
    for name, check in {**checks, **_WHOLE_RANGE}.items():
        _add(report, table, name, check(warehouse, table, days))
    if str(table) in RECONCILING:
        reconciled = failing_when_unevaluable(RECONCILING[str(table)], "error")
        _add(report, table, "reconciliation", reconciled(warehouse, table, days))
    return stored


def _ranges(warehouse: Warehouse, table: Table, days: Days) -> list[Verdict]:
    return value_ranges(warehouse, table, days[0], days[-1])


_WHOLE_RANGE: Mapping[str, Check] = {
    "value_ranges": failing_when_unevaluable(_ranges, "error"),
    "null_rates_of_seasons": failing_when_unevaluable(season_null_rates, "error"),
}


def _add(report: TableReport, table: Table, name: str, verdicts: Sequence[Verdict]) -> None:
    judged = with_waivers(table, name, verdicts)
    for severity in ("block", "error", "warn"):
        found = [verdict for verdict in judged if verdict.severity == severity]
        if found:
            examples = tuple(f"{verdict.partition}: {verdict.description}" for verdict in found)
            report.findings.append(CheckFinding(name, severity, len(found), examples))
