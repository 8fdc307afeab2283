"""Partitions whose last run failed, and runs that failed as a whole, read from Dagster.

A partition that a later run wrote is no failure any more, whatever the run before said: Dagster's status of the
partition decides. Does NOT belong here: why it failed (the run's own log), deciding what to tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from dagster import DagsterEventType, DagsterInstance, DagsterRunStatus
from dagster._core.storage.dagster_run import RunRecord, RunsFilter
from dagster._core.storage.partition_status_cache import AssetPartitionStatus
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
    PARTITION_NAME_TAG,
)
from dagster_shared.error import SerializableErrorInfo

from nba_pipeline.alerts.book import Book
from nba_pipeline.alerts.finding import CATEGORY_OF_ERROR, Finding, Key
from nba_pipeline.orchestration.partitions import DAILY
from nba_pipeline.orchestration.run_tags import TRIGGER_TAG
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.schema import Table

RUN_FAILURE = "run_failure"
FIRST_LOOK = timedelta(days=2)  # how far back the first tick looks for failed runs
QUIET = timedelta(seconds=120)  # between two runs of a backfill; it is over when none is newer
OVERLAP = timedelta(minutes=5)  # looked at again: a run may be written down a little after its instant
OBSERVED_CHARACTERS = 300
RERUN = "nba-pipeline backfill --from {first} --to {last} --tables {table} --yes"
RERUN_WHOLE = "nba-pipeline backfill --tables {table} --yes"
UNFINISHED = (
    DagsterRunStatus.QUEUED,
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
)


def is_backfilling(instance: DagsterInstance, now: datetime) -> bool:
    """Whether a run of a backfill is going on, or ended so short a time ago that the next may be about to start."""
    tags = {TRIGGER_TAG: "backfill"}
    if instance.get_run_records(RunsFilter(tags=tags, statuses=list(UNFINISHED)), limit=1):
        return True
    return bool(instance.get_run_records(RunsFilter(tags=tags, updated_after=now - QUIET), limit=1))


def note_run_failures(book: Book, instance: DagsterInstance, tables: Sequence[Table], now: datetime) -> None:
    """Bring the run failures of the book up to now."""
    by_name = {str(table): table for table in tables}
    _drop_recovered(book, instance, by_name)
    since = book.runs_until - OVERLAP if book.runs_until else now - FIRST_LOOK
    failed = RunsFilter(statuses=[DagsterRunStatus.FAILURE], updated_after=since)
    for record in reversed(instance.get_run_records(failed)):
        book.put(_findings(instance, by_name, record))
    book.runs_until = now


def _findings(instance: DagsterInstance, by_name: Mapping[str, Table], record: RunRecord) -> list[Finding]:
    """Of every table of the run: its partitions that stand as failed; without tables the run itself."""
    run = record.dagster_run
    errors = _step_errors(instance, run.run_id)
    selected = [".".join(key.path) for key in sorted(run.asset_selection or ())]
    names = selected or [step.replace("__", ".", 1) for step in errors]  # a run of the whole job selects nothing
    tables = [by_name[name] for name in names if name in by_name]
    found = []
    for table in tables:
        step = str(table).replace(".", "__", 1)
        if errors and step not in errors:
            continue  # it waited for one that failed: that one is the alert
        for partition in _failed_partitions(instance, table, _partitions(run.tags), record):
            found.append(_finding(str(table), partition, errors.get(step), run.run_id))
    if not tables:
        step, error = next(iter(errors.items()), ("", None))
        found.append(_finding(f"job {run.job_name}", step, error, run.run_id))
    return found


def _finding(table: str, partition: str, error: SerializableErrorInfo | None, run_id: str) -> Finding:
    category = CATEGORY_OF_ERROR.get(error.cls_name or "", "code") if error else "infrastructure"
    observed = " ".join(error.message.split()) if error else "the run ended without the error of a step"
    command = "" if table.startswith("job ") else (RERUN if partition else RERUN_WHOLE)
    key = Key(table, RUN_FAILURE, "error", category)
    name = table.partition(".")[2]
    return Finding(key, partition, observed[:OBSERVED_CHARACTERS], run_id, command.replace("{table}", name))


def _step_errors(instance: DagsterInstance, run_id: str) -> dict[str, SerializableErrorInfo]:
    """Step -> its innermost error."""
    errors = {}
    for record in instance.get_records_for_run(run_id, of_type=DagsterEventType.STEP_FAILURE).records:
        event = record.event_log_entry.dagster_event
        error = event.step_failure_data.error if event else None
        while error is not None and error.cause is not None:
            error = error.cause
        if event and event.step_key and error:
            errors[event.step_key] = error
    return errors


def _partitions(tags: Mapping[str, str]) -> list[str]:
    if PARTITION_NAME_TAG in tags:
        return [tags[PARTITION_NAME_TAG]]
    if ASSET_PARTITION_RANGE_START_TAG not in tags:
        return []
    first = date.fromisoformat(tags[ASSET_PARTITION_RANGE_START_TAG])
    last = date.fromisoformat(tags[ASSET_PARTITION_RANGE_END_TAG])
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


def _failed_partitions(
    instance: DagsterInstance, table: Table, partitions: Sequence[str], record: RunRecord
) -> list[str]:
    """Those of the partitions that stand as failed; a blank one for a table without."""
    if table.partition_column:
        statuses = instance.get_status_by_partition(asset_key(table), list(partitions), DAILY) or {}
        return [key for key in partitions if statuses.get(key) is AssetPartitionStatus.FAILED]
    return [] if _written_after(instance, table, record.update_timestamp) else [""]


def _written_after(instance: DagsterInstance, table: Table, moment: datetime) -> bool:
    event = instance.get_latest_materialization_event(asset_key(table))
    written = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return event is not None and event.timestamp > written.timestamp()


def _drop_recovered(book: Book, instance: DagsterInstance, by_name: Mapping[str, Table]) -> None:
    """Forget failures that a later run made good."""
    failures = [finding for finding in book.findings.values() if finding.key.subject == RUN_FAILURE]
    for name in {finding.key.table for finding in failures}:
        own = [finding for finding in failures if finding.key.table == name]
        table = by_name.get(name)
        if table is None:
            good = {f.place for f in own if _job_succeeded(instance, name.removeprefix("job "), f.run_id)}
        elif table.partition_column:
            keys = [finding.partition for finding in own]
            statuses = instance.get_status_by_partition(asset_key(table), keys, DAILY) or {}
            good = {f.place for f in own if statuses.get(f.partition) is not AssetPartitionStatus.FAILED}
        else:
            runs = {f.run_id: instance.get_run_record_by_id(f.run_id) for f in own}
            good = {
                f.place
                for f in own
                if (record := runs[f.run_id]) is None or _written_after(instance, table, record.update_timestamp)
            }
        for place in good:
            del book.findings[place]


def _job_succeeded(instance: DagsterInstance, job: str, failed_run: str) -> bool:
    """Whether the job succeeded in a run after the failed one."""
    record = instance.get_run_record_by_id(failed_run)
    if record is None:
        return True
    later = RunsFilter(job_name=job, statuses=[DagsterRunStatus.SUCCESS], created_after=record.create_timestamp)
    return bool(instance.get_run_records(later, limit=1))
