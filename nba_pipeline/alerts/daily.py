"""The message of 11:00 US Eastern: is yesterday complete, where is the oldest gap, what is open.

Its absence is the outer alarm: nothing inside this program can tell that the program does not run.
Does NOT belong here: sending it, judging checks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from dagster import DagsterInstance
from dagster._core.storage.partition_status_cache import AssetPartitionStatus

from nba_pipeline.alerts.book import Book, Message
from nba_pipeline.alerts.finding import ANSWERED
from nba_pipeline.expectations.expected_days import expected_days, stored_games
from nba_pipeline.orchestration.horizon import NEW_YORK
from nba_pipeline.orchestration.partitions import DAILY, FIRST_DAY
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.readiness.coverage import Coverage, coverage
from nba_pipeline.readiness.plan import days_between
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse

DAILY_AT = time(11)
NAMED_TABLES = 8  # tables named as incomplete; the count is complete


def daily_is_due(book: Book, now: datetime) -> bool:
    """Whether it is past the hour on a day without its message."""
    local = now.astimezone(NEW_YORK)
    return local.time() >= DAILY_AT and book.daily_on != local.date().isoformat()


def daily_message(
    book: Book,
    instance: DagsterInstance,
    warehouse: Warehouse,
    tables: Sequence[Table],
    now: datetime,
    warnings: Sequence[str],
) -> Message:
    """The state of yesterday and of everything; `warnings` are the lines of the digest."""
    today = now.astimezone(NEW_YORK).date()
    yesterday = today - timedelta(days=1)
    with warehouse.reading() as reader:
        report = coverage(instance, reader, tables, yesterday, yesterday)
        gap = oldest_gap(instance, reader, tables, yesterday)
    book.daily_on = today.isoformat()
    heading = f"DAILY {today}: {yesterday} is {_state(report)}"
    lines = [heading, f"oldest gap: {gap}", f"open: {_open_counts(book)}"]
    if warnings:
        lines += ["since the last digest:", *warnings]
    return Message("\n".join(lines), (heading,))


def oldest_gap(instance: DagsterInstance, warehouse: Warehouse, tables: Sequence[Table], last: date) -> str:
    """The earliest expected date that a table was never written on or failed on, with the tables; or `none`.

    A season of which nothing is stored is no gap: nothing is expected of it.
    """
    days = days_between(FIRST_DAY, last)
    games = stored_games(warehouse, FIRST_DAY, last)
    gaps: dict[date, list[str]] = {}
    for table in tables:
        expected = sorted(expected_days(table, games, days) or ())
        statuses = instance.get_status_by_partition(asset_key(table), [str(d) for d in expected], DAILY) or {}
        open_days = (day for day in expected if statuses.get(str(day)) is not AssetPartitionStatus.MATERIALIZED)
        first = next(open_days, None)
        if first:
            gaps.setdefault(first, []).append(table.name)
    return f"{min(gaps)} ({_named(gaps[min(gaps)])})" if gaps else "none"


def _state(report: Coverage) -> str:
    if report.unknown:
        return "NOT COMPLETE: its schedule is not stored"
    incomplete = [table.table.rpartition(".")[2] for table in report.tables if not table.complete]
    if incomplete:
        return f"NOT COMPLETE: {len(incomplete)} of {len(report.tables)} tables: {_named(incomplete)}"
    dates = [table for table in report.tables if table.calendar]
    return "complete" if dates else "complete, a day without games"


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED_TABLES} more" if len(names) > NAMED_TABLES else ""
    return ", ".join(names[:NAMED_TABLES]) + more


def _open_counts(book: Book) -> str:
    counts = Counter(key.severity.upper() for key in book.alerts)
    return ", ".join(f"{counts[level.upper()]} {level.upper()}" for level in (*ANSWERED, "warn"))
