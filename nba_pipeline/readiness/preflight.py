"""May this backfill start? Everything that would make it fail, or be wrong, that can be seen before it runs.

Nothing is written; a probe of the warehouse is rolled back. Does NOT belong here: printing, running, the trial itself.
"""

from __future__ import annotations

import importlib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd

from nba_pipeline.expectations.waivers import expired_waivers
from nba_pipeline.landing import Landing
from nba_pipeline.orchestration.checks.structure import schema_drift
from nba_pipeline.orchestration.run_tags import AUTOMATIC, DIRTY_TAG, SHA_TAG, TRIGGER_TAG, UNKNOWN, code_tags
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.readiness.doctor_duckdb import ROOM
from nba_pipeline.readiness.duplicates import duplicated, key_counts
from nba_pipeline.readiness.needs import Faults, Ledgers
from nba_pipeline.readiness.plan import ranges_text
from nba_pipeline.readiness.preflight_findings import Finding, finding
from nba_pipeline.readiness.preflight_plan import TablePlan
from nba_pipeline.readiness.preflight_trial import Bench, Trial, trial
from nba_pipeline.readiness.table_locks import busy_tables
from nba_pipeline.schema import Table
from nba_pipeline.settings import Settings
from nba_pipeline.warehouse import Warehouse, open_warehouse
from nba_pipeline.warehouse.duckdb import LOCK_WAIT_SECONDS
from nba_pipeline.warehouse.duckdb_file import opened
from nba_pipeline.warehouse.errors import PermanentError

LONG_PLAN_HOURS = 12
SNAPSHOT_HOURS = 24  # age of the newest schedule snapshot that is still good for a range with open games
LOAD_JOBS_PER_DAY = 1500  # BigQuery, per table
SCHEDULE_FEED = "nba_schedule"
WORKING = [
    dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]  # fmt: skip


class NotWritableError(PermanentError):
    """The warehouse cannot be written: where, why, what to do."""


@dataclass(frozen=True)
class Planned:
    """What is to run, and what is known of the partitions above it. played: the game dates of first..last."""

    settings: Settings
    ledgers: Ledgers
    tables: Sequence[Table]
    assets: Mapping[str, Any]
    needed: Mapping[Table, set[date]]
    faults: Faults
    plans: Sequence[TablePlan]
    played: set[date]
    first: date
    last: date

    @property
    def warehouse(self) -> Warehouse:
        return self.ledgers.warehouse


def findings(planned: Planned) -> tuple[list[Finding], Trial]:
    """Everything that stands against the plan, and what the trial computed."""
    tried = _trial(planned)
    return [
        *(finding("schema", text) for text in _drifts(planned)),
        *_code(planned.ledgers.instance),
        *_upstream(planned.faults),
        *_in_progress(planned),
        *_duplicates(planned),
        *(finding("trial", f"{table}  {fault}") for table, fault in tried.faults),
        *_room(planned.settings),
        *_load_jobs(planned.plans),
        *(finding("waivers", f"run out: {waiver}") for waiver in expired_waivers()),
        *_long(planned.plans),
        *_old_schedule(planned, datetime.now(UTC)),
    ], tried


def prove_writable(settings: Settings, wait_seconds: float | None = None) -> None:
    """Stage a row and take it back; a file that is not there yet needs a folder that can be written.

    Raises LockTimeoutError when the file stays locked, NotWritableError when it or its folder cannot be written.
    """
    if settings.engine != "duckdb":
        backend = importlib.import_module("nba_pipeline.readiness.doctor_bigquery")  # its libraries load slowly
        list(backend.probe(open_warehouse(settings.warehouse)))
        return
    path = settings.duckdb_path
    folder = _existing(path.parent)
    if not os.access(folder, os.W_OK):
        raise NotWritableError(f"{path}: {folder} cannot be written to. Give this account write permission on it.")
    if path.exists():
        wait = LOCK_WAIT_SECONDS if wait_seconds is None else wait_seconds
        with opened(path, read_only=False, wait_seconds=wait) as connection:
            connection.execute("begin transaction")
            connection.execute("create temp table staging_preflight as select 1 as answer")
            connection.execute("create schema if not exists nba_preflight")
            connection.execute("create table nba_preflight.probe as select * from staging_preflight")
            connection.execute("rollback")


def _existing(folder: Path) -> Path:
    return folder if folder.exists() else _existing(folder.parent)


def _drifts(planned: Planned) -> list[str]:
    stored = [table for table in planned.tables if planned.warehouse.stored_columns(table) is not None]
    return [drift for table in stored if (drift := schema_drift(planned.warehouse, table))]


def _code(instance: dg.DagsterInstance) -> Iterator[Finding]:
    """Uncommitted changes, and a commit other than that of the newest automatic run."""
    tags = code_tags()
    if tags[SHA_TAG] == UNKNOWN:
        yield Finding("code", "installed without its repository: which commit runs cannot be told", warning=True)
        return
    if tags[DIRTY_TAG] != "false":
        yield finding("code", f"files differ from commit {tags[SHA_TAG][:12]}: commit them, or put them back")
    automatic = instance.get_runs(dg.RunsFilter(tags={TRIGGER_TAG: list(AUTOMATIC)}), limit=1)
    deployed = automatic[0].tags.get(SHA_TAG, "") if automatic else ""
    if deployed not in ("", UNKNOWN, tags[SHA_TAG]):
        yield finding(
            "code", f"this is commit {tags[SHA_TAG][:12]}, automation runs {deployed[:12]}: deploy one of them"
        )


def _upstream(faults: Faults) -> Iterator[Finding]:
    for name, days in faults.items():
        for text in dict.fromkeys(days.values()):
            where = ranges_text(day for day, why in days.items() if why == text and day)
            yield finding("upstream", f"{name}  {where or 'the whole table'}: {text}")


def _in_progress(planned: Planned) -> Iterator[Finding]:
    busy = busy_tables(planned.settings.dagster_home, planned.tables)
    for who in dict.fromkeys(busy.values()):
        names = ", ".join(name for name, holder in busy.items() if holder == who)
        yield finding("in_progress", f"{who} back-fills {names}: let that end")
    for run in overlapping_runs(planned.ledgers.instance, planned.tables):
        if not _left_behind(run, busy):
            yield finding("in_progress", f"run {run.run_id} ({run.status.value}) works on these tables: let it end")


def overlapping_runs(instance: dg.DagsterInstance, tables: Sequence[Table]) -> list[dg.DagsterRun]:
    """Runs in progress that write one of the tables: without a selection it is all of them; checks write nothing."""
    keys = {asset_key(table) for table in tables}
    return [
        run
        for run in instance.get_runs(dg.RunsFilter(statuses=WORKING))
        if (run.asset_selection & keys if run.asset_selection else not run.asset_check_selection)
        and (run.asset_selection or run.tags.get(TRIGGER_TAG) != "backfill")
    ]


def _left_behind(run: dg.DagsterRun, busy: Mapping[str, str]) -> bool:
    """Whether the run belongs to a backfill whose process ended: those hold their tables as long as they live."""
    return run.tags.get(TRIGGER_TAG) == "backfill" and not busy


def close_left_behind(instance: dg.DagsterInstance, tables: Sequence[Table]) -> list[str]:
    """End the runs of backfills that were killed; call it while holding the tables. Returns their ids."""
    ended = []
    for run in overlapping_runs(instance, tables):
        if _left_behind(run, {}):
            instance.report_run_failed(run, "The process of this backfill ended before the run did.")
            ended.append(run.run_id)
    return ended


def _duplicates(planned: Planned) -> Iterator[Finding]:
    for table in planned.tables:
        found = duplicated(key_counts(planned.warehouse, table, planned.first, planned.last))
        if found:
            surplus = sum(count.surplus for count in found.values())
            days = ranges_text(day for day in found if day) or "the whole table"
            repair = f"nba-pipeline duplicates --tables {table} --repair"
            yield finding("duplicates", f"{table}  {surplus} surplus row(s), {days}: look with {repair}")


def _trial(planned: Planned) -> Trial:
    bench = Bench(planned.warehouse, Landing(planned.settings.landing), planned.ledgers.schedule, planned.last)
    return trial(bench, planned.assets, planned.needed, planned.played)


def _room(settings: Settings) -> Iterator[Finding]:
    if settings.engine != "duckdb" or not settings.duckdb_path.exists():
        return
    size, free = settings.duckdb_path.stat().st_size, shutil.disk_usage(settings.duckdb_path.parent).free
    if free < ROOM * size:
        mib = f"{free / 1024**2:,.0f} MiB free beside a file of {size / 1024**2:,.0f} MiB"
        yield finding("disk", f"{mib}: free {ROOM} times the size of the file")


def _load_jobs(plans: Sequence[TablePlan]) -> Iterator[Finding]:
    for plan in plans:
        if plan.runs > LOAD_JOBS_PER_DAY:
            text = f"{plan.runs} writes, {LOAD_JOBS_PER_DAY} load jobs a day are allowed: use larger chunks"
            yield finding("load_jobs", f"{plan.table}  {text}")


def _long(plans: Sequence[TablePlan]) -> Iterator[Finding]:
    hours = sum(plan.seconds or 0 for plan in plans) / 3600
    if hours > LONG_PLAN_HOURS:
        yield finding("long", f"{hours:.1f} hours at the measured rate")


def _old_schedule(planned: Planned, now: datetime) -> Iterator[Finding]:
    """An old snapshot matters while games of the range are open: neither final nor postponed."""
    games = planned.ledgers.schedule
    within = games["game_date"].between(pd.Timestamp(planned.first), pd.Timestamp(planned.last))
    still_open = games[within & ~games["is_final"].astype("bool") & ~games["is_postponed"].astype("bool")]
    reaches_today = planned.last >= now.date() - timedelta(days=1)
    if still_open.empty and not reaches_today:
        return
    files, _ = Landing(planned.settings.landing).files((SCHEDULE_FEED,), planned.first, planned.last)
    newest = max((file.fetched_at for file in files), default=None)
    if newest is None or now - newest > timedelta(hours=SNAPSHOT_HOURS):
        age = "no snapshot has landed" if newest is None else f"the newest snapshot is of {newest:%Y-%m-%d %H:%M} UTC"
        yield finding("schedule", f"{age}, {len(still_open)} game(s) of the range are open: land a new one")
