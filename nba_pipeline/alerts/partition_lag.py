"""Late tables: expected dates newer than the newest date a table has, against the hour they are due.

Judged on partitions and not on when something was last written: a backfill of an old season makes no table fresh.
Days without games and the off-season expect nothing, so nothing is late. Does NOT belong here: gaps further back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from dagster import DagsterInstance
from dagster._core.storage.partition_status_cache import AssetPartitionStatus

from nba_pipeline import catalog
from nba_pipeline.alerts.finding import Finding, Key, Severity
from nba_pipeline.expectations.expected_days import SCHEDULE_TABLE, expected_days, stored_games
from nba_pipeline.orchestration.deadlines import Deadline, deadline_of
from nba_pipeline.orchestration.horizon import NEW_YORK, window
from nba_pipeline.orchestration.partitions import DAILY
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.readiness.plan import days_between, ranges_text
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse

PARTITION_LAG = "partition_lag"
LAG_ERROR = 2  # expected dates: this many are an error at any hour
RERUN = "nba-pipeline backfill --from {first} --to {last} --tables {table} --yes"

Expected = dict[str, list[date]]


def lag_deadline(table: Table) -> Deadline | None:
    """When the newest date of a table is late; None where the schedule does not say which dates it has.

    Optional sources have the dates of their files, and the schedule is its own witness: how old it is tells more.
    """
    return None if table.optional or str(table) == SCHEDULE_TABLE else deadline_of(table)


class LateTables:
    """Looks for late tables. Keeps what the stored schedule expects until it is written again: reading it at every
    look would wait for the warehouse file while a run writes."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._due = [(table, due) for table in tables if (due := lag_deadline(table))]
        self._expected: tuple[tuple[date, float], Expected] | None = None

    def look(self, instance: DagsterInstance, warehouse: Warehouse, now: datetime) -> Iterable[Finding]:
        """A finding per late table, with the dates that are missing."""
        expected = self._expected_dates(instance, warehouse, now)
        for table, due in self._due:
            missing = _missing_at_the_end(instance, table, expected[str(table)])
            severity = _severity(missing, due, now)
            if severity:
                key = Key(str(table), PARTITION_LAG, severity, "upstream_late")
                command = RERUN.format(first=missing[0], last=missing[-1], table=table.name)
                text = f"{len(missing)} expected date(s) newer than the newest present one: {ranges_text(missing)}; "
                yield Finding(key, observed=f"{text}due {due.warn:%H:%M}, late {due.error:%H:%M} ET", command=command)

    def _expected_dates(self, instance: DagsterInstance, warehouse: Warehouse, now: datetime) -> Expected:
        first, today = window(now)
        event = instance.get_latest_materialization_event(asset_key(catalog.tables()[SCHEDULE_TABLE]))
        version = (today, event.timestamp if event else 0.0)
        if self._expected is None or self._expected[0] != version:
            # Played, as far as is known: an old schedule that says otherwise must not make its results punctual.
            games = stored_games(warehouse, first, today).assign(is_final=True)
            found = {}
            for table, due in self._due:
                days = days_between(first, today - timedelta(days=due.days_before))
                found[str(table)] = sorted(expected_days(table, games, days) or ())
            self._expected = (version, found)
        return self._expected[1]


def _missing_at_the_end(instance: DagsterInstance, table: Table, expected: Sequence[date]) -> list[date]:
    """Expected dates after the newest one that is materialised."""
    statuses = instance.get_status_by_partition(asset_key(table), [str(day) for day in expected], DAILY) or {}
    missing: list[date] = []
    for day in reversed(expected):
        if statuses.get(str(day)) is AssetPartitionStatus.MATERIALIZED:
            break
        missing.insert(0, day)
    return missing


def _severity(missing: Sequence[date], due: Deadline, now: datetime) -> Severity | None:
    if len(missing) >= LAG_ERROR:
        return "error"
    local = now.astimezone(NEW_YORK)
    if not missing:
        return None
    is_newest = missing[0] == local.date() - timedelta(days=due.days_before)
    if not is_newest or local.time() >= due.error:
        return "error"
    return "warn" if local.time() >= due.warn else None
