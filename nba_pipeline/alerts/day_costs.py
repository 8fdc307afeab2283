"""Bytes of the day: what the writes of today were billed for, against a fixed limit and against the days before.

Counted are the bytes that each write recorded in its metadata, which an engine without bills leaves out. Queries of
checks and commands record none. Does NOT belong here: the cap of one statement (the warehouse has it), used-up quota
(a failed run).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from statistics import median

import dagster as dg
from dagster import AssetRecordsFilter, DagsterInstance, EventLogRecord

from nba_pipeline.alerts.finding import Finding, Key
from nba_pipeline.orchestration.checks import thresholds as limit
from nba_pipeline.orchestration.horizon import NEW_YORK
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse

BYTES_OF_DAY = "bytes_of_day"
WAREHOUSE = "warehouse"  # what the alert is about: no single table
BILLED = "bytes_billed"
PAGE = 1000  # records fetched at once
NAMED_TABLES = 3  # tables that cost most, spelt out


class DayCosts:
    """Adds up what writes cost. Keeps the sums, so that a look reads only what was written since the last one."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = tuple(tables)
        self._days: dict[date, Counter[str]] = defaultdict(Counter)
        self._read_up_to: dict[str, int] = {}

    def look(self, instance: DagsterInstance, warehouse: Warehouse, now: datetime) -> Iterable[Finding]:
        """A finding for today while its bytes are above a limit."""
        today = now.astimezone(NEW_YORK).date()
        first = today - timedelta(days=limit.BYTES_MEDIAN_DAYS)
        for table in self._tables:
            self._read(instance, table, datetime.combine(first, datetime.min.time(), NEW_YORK))
        for day in [day for day in self._days if day < first]:
            del self._days[day]
        broken = _broken_limits(self._days, today)
        if not broken:
            return []
        most = ", ".join(f"{name} {_gib(count)}" for name, count in self._days[today].most_common(NAMED_TABLES))
        observed = f"{_gib(self._days[today].total())} billed for the writes of today, {broken}; most of it for {most}"
        return [Finding(Key(WAREHOUSE, BYTES_OF_DAY, "error", "cost"), str(today), observed)]

    def _read(self, instance: DagsterInstance, table: Table, since: datetime) -> None:
        name, cursor = str(table), None
        newer = AssetRecordsFilter(
            asset_key(table),
            after_storage_id=self._read_up_to.get(name),
            after_timestamp=since.timestamp(),
        )
        while True:
            page = instance.fetch_materializations(newer, limit=PAGE, cursor=cursor, ascending=True)
            for record in page.records:
                self._read_up_to[name] = record.storage_id
                billed = _billed(record)
                if billed:
                    self._days[_day(record)][name] += billed
            if not page.has_more:
                return
            cursor = page.cursor


def _broken_limits(days: dict[date, Counter[str]], today: date) -> str:
    """Which limits the bytes of today break; blank when they break none."""
    spent = days[today].total() if today in days else 0
    earlier = [counts.total() for day, counts in days.items() if day < today]
    broken = [f"more than {_gib(limit.BYTES_OF_DAY)}"] if spent > limit.BYTES_OF_DAY else []
    if len(earlier) >= limit.BYTES_LEAST_DAYS and spent > limit.BYTES_TIMES_MEDIAN * median(earlier):
        usual = f"the median {_gib(median(earlier))} of {len(earlier)} days with writes"
        broken.append(f"more than {limit.BYTES_TIMES_MEDIAN} times {usual} among the last {limit.BYTES_MEDIAN_DAYS}")
    return " and ".join(broken)


def _billed(record: EventLogRecord) -> int:
    written: dg.AssetMaterialization | None = record.asset_materialization
    counted = written.metadata.get(BILLED) if written else None
    return int(str(counted.value)) if counted else 0


def _day(record: EventLogRecord) -> date:
    return datetime.fromtimestamp(record.timestamp, UTC).astimezone(NEW_YORK).date()


def _gib(count: float) -> str:
    return f"{count / 2**30:.2f} GiB"
