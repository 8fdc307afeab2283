"""The alert sensor: looks at what Dagster recorded, tells people what changed, and fails its tick when it cannot.

A tick looks, decides, delivers, and only then keeps its cursor: a message whose delivery fails is tried again, so it
may arrive twice and never gets lost. While a backfill runs, checks and runs are not looked at; the first tick after
it tells everything it changed in one message. Does NOT belong here: what is due, how it is worded, how it is sent.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from nba_pipeline.alerts.book import Book, Message, dump, load
from nba_pipeline.alerts.daily import daily_is_due, daily_message
from nba_pipeline.alerts.delivery import deliver, read_webhook
from nba_pipeline.alerts.evaluations import note_evaluations
from nba_pipeline.alerts.finding import Finding
from nba_pipeline.alerts.run_failures import is_backfilling, note_run_failures
from nba_pipeline.alerts.ticks import TICK_FAILURE, failed_ticks
from nba_pipeline.alerts.transitions import as_one, due_messages, rationed, warnings_since
from nba_pipeline.alerts.wording import Links
from nba_pipeline.orchestration.resources import WarehouseResource
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse

ALERT_SENSOR = "alerts"
INTERVAL_SECONDS = 60

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Source:
    """Something else that can be wrong, such as a late table or a silent sensor.

    `look` returns all that is wrong now under the named subjects; what it no longer returns has recovered.
    """

    subjects: frozenset[str]
    look: Callable[[dg.DagsterInstance, Warehouse, datetime], Iterable[Finding]]


def utc_now() -> datetime:
    return datetime.now(UTC)


def alert_sensor(
    home: Path,
    tables: Sequence[Table],
    *,
    running: bool,
    sources: Sequence[Source] = (),
    clock: Clock = utc_now,
) -> dg.SensorDefinition:
    """The sensor over all tables. home: the instance folder, which holds alerts.yaml. running: on by itself."""
    status = dg.DefaultSensorStatus.RUNNING if running else dg.DefaultSensorStatus.STOPPED

    @dg.sensor(
        name=ALERT_SENSOR,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=status,
        description="Tells a webhook what broke, what recovered, and every day at 11:00 whether yesterday is complete.",
    )
    def _alerts(context: dg.SensorEvaluationContext, warehouse: WarehouseResource) -> dg.SkipReason:
        webhook = read_webhook(home)
        book, now = load(context.cursor), clock()
        look(book, context.instance, warehouse.open(), tables, sources, now, Links(webhook.pages))
        sent = len(book.outbox)
        left, fault = deliver(book.outbox, webhook.send)
        book.outbox = left
        context.update_cursor(dump(book))
        if fault:
            context.log.error(f"{len(left)} of {sent} alerts are kept for the next tick: {fault}")
        return dg.SkipReason(f"{sent - len(left)} sent, {len(left)} kept, {len(book.alerts)} open")

    return _alerts


def look(
    book: Book,
    instance: dg.DagsterInstance,
    warehouse: Warehouse,
    tables: Sequence[Table],
    sources: Sequence[Source],
    now: datetime,
    links: Links,
) -> None:
    """One look: the outbox of the book then holds what is due."""
    held = is_backfilling(instance, now)
    ended = book.held and not held
    due: list[Message] = []
    if not held:
        note_evaluations(book, instance, tables)
        note_run_failures(book, instance, tables, now)
        due = due_messages(book, now, links)
    if ended:
        due = [as_one(due)]
    book.held = held
    _replace(book, frozenset({TICK_FAILURE}), failed_ticks(instance, without={ALERT_SENSOR}))
    for source in sources:
        _replace(book, source.subjects, source.look(instance, warehouse, now))
    due += due_messages(book, now, links)
    if daily_is_due(book, now) and not held:
        partitioned = [table for table in tables if table.partition_column]
        warnings = warnings_since(book, now, links)
        due.append(daily_message(book, instance, warehouse, partitioned, now, warnings))
    rationed(book, due, now)


def _replace(book: Book, subjects: frozenset[str], findings: Iterable[Finding]) -> None:
    """All that is wrong under the subjects; what is not among it has recovered."""
    for place in [place for place, finding in book.findings.items() if finding.key.subject in subjects]:
        del book.findings[place]
    book.put(list(findings))
