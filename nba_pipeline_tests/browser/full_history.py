"""A run history of full size: every table on every date of five seasons, written and checked once.

The first and the last date of every table are stored by Dagster, event by event; SQLite copies the first to the dates
between in one statement per table of the event log, since storing a third of a million events one by one would take
longer than all tests. Does NOT belong here: opening pages, ticking automation.
"""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
from dagster import DagsterEventType, EventLogEntry
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluation,
    AssetCheckEvaluationTargetMaterializationData,
)
from dagster._core.definitions.data_version import DATA_VERSION_IS_USER_PROVIDED_TAG, DATA_VERSION_TAG
from dagster._core.events import AssetMaterializationPlannedData, StepMaterializationData

from nba_pipeline.orchestration.checks.evaluate import NOT_BLOCKING, partition_checks
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.orchestration.partitions import FIRST_DAY
from nba_pipeline.orchestration.run_requests import WAREHOUSE_JOB
from nba_pipeline.orchestration.run_tags import run_tags
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.orchestration.whole_table_checks import whole_table_check_functions
from nba_pipeline.schema import Table

LAST_DAY = date(2026, 1, 5)
COUNTS = ("dagster/partition_row_count", "rows", "rows_inserted", "rows_updated", "rows_deleted", "rows_unchanged",
          "rows_rejected", "cells_nulled")  # fmt: skip
OUTCOME = {name: dg.MetadataValue.int(0) for name in ("null_keys", "surplus_rows", "rows")}

# `days` numbers the dates after the first from 1. The events of the first date have the ids 1 .. stride in an empty
# index, their copies for date n the same ids plus n times the stride, and so have the ids by which they name others.
COPY_EVENTS = """
insert into event_logs (id, run_id, event, dagster_event_type, timestamp, step_key, asset_key, partition)
select e.id + d.n * :stride, e.run_id,
       replace(replace(e.event, :first, d.day), '"storage_id": ' || coalesce(c.materialization_event_storage_id, 0),
               '"storage_id": ' || (coalesce(c.materialization_event_storage_id, 0) + d.n * :stride)),
       e.dagster_event_type, e.timestamp, e.step_key, e.asset_key, case when e.partition = :first then d.day end
from days d cross join event_logs e left join asset_check_executions c on c.evaluation_event_storage_id = e.id
where e.id <= :stride
order by 1
"""
COPY_TAGS = """
insert into asset_event_tags (event_id, asset_key, key, value, event_timestamp)
select t.event_id + d.n * :stride, t.asset_key, t.key, t.value, t.event_timestamp
from days d cross join asset_event_tags t
where t.event_id <= :stride
order by 1
"""
COPY_CHECKS = """
insert into asset_check_executions (asset_key, check_name, partition, run_id, execution_status, evaluation_event,
       evaluation_event_timestamp, evaluation_event_storage_id, materialization_event_storage_id)
select c.asset_key, c.check_name, d.day, c.run_id, c.execution_status, copied.event, c.evaluation_event_timestamp,
       copied.id, c.materialization_event_storage_id + d.n * :stride
from days d cross join asset_check_executions c
join event_logs copied on copied.id = c.evaluation_event_storage_id + d.n * :stride
where c.partition = :first
order by copied.id
"""


def write_full_history(home: Path, tables: Sequence[Table], last: date = LAST_DAY) -> int:
    """Fill a new instance below `home`: all `tables` from the first partition to `last`; returns the dates."""
    dated = [table for table in tables if table.partition_column]
    days = [(FIRST_DAY + timedelta(days=n)).isoformat() for n in range((last - FIRST_DAY).days + 1)]
    with open_instance(home) as instance:
        _store(instance, dated, days[0])
        stride = instance.event_log_storage.get_maximum_record_id()
        if stride is None:
            raise RuntimeError(f"{home}: no event of {days[0]} was stored")
    with closing(sqlite3.connect(home / "history" / "runs" / "index.db")) as index, index:
        index.execute("create temp table days (n integer primary key, day text)")
        index.executemany("insert into days values (?, ?)", list(enumerate(days))[1:-1])
        for statement in (COPY_EVENTS, COPY_TAGS, COPY_CHECKS):
            index.execute(statement, {"first": days[0], "stride": stride})
    with open_instance(home) as instance:
        _store(instance, dated, days[-1])
        _store(instance, [table for table in tables if not table.partition_column], None)
    return len(days)


def _store(instance: dg.DagsterInstance, tables: Sequence[Table], day: str | None) -> None:
    """One finished run of the tables on a date, or of whole tables."""
    run_id, storage = str(uuid.uuid4()), instance.event_log_storage
    keys = frozenset(asset_key(table) for table in tables)
    instance.add_run(
        dg.DagsterRun(
            WAREHOUSE_JOB, run_id, status=dg.DagsterRunStatus.SUCCESS, tags=run_tags("backfill"), asset_selection=keys
        )
    )
    planned, made = DagsterEventType.ASSET_MATERIALIZATION_PLANNED, DagsterEventType.ASSET_MATERIALIZATION
    plans = [AssetMaterializationPlannedData(asset_key(table), partition=day) for table in tables]
    storage.store_event_batch([_entry(run_id, planned, plan) for plan in plans])
    storage.store_event_batch([_entry(run_id, made, StepMaterializationData(_written(table, day))) for table in tables])
    stored = {table: _storage_id(instance, table, day) for table in tables}
    checked = DagsterEventType.ASSET_CHECK_EVALUATION
    outcomes = [outcome for table in tables for outcome in _outcomes(table, day, run_id, stored[table])]
    storage.store_event_batch([_entry(run_id, checked, outcome) for outcome in outcomes])


def _written(table: Table, day: str | None) -> dg.AssetMaterialization:
    tags = {DATA_VERSION_TAG: "240-2af017f34c9403da8b77df7b1b6b7f9c", DATA_VERSION_IS_USER_PROVIDED_TAG: "true"}
    metadata: Mapping[str, dg.MetadataValue] = {name: dg.MetadataValue.int(240) for name in COUNTS}
    return dg.AssetMaterialization(asset_key(table), partition=day, metadata=metadata, tags=tags)


def _storage_id(instance: dg.DagsterInstance, table: Table, day: str | None) -> int:
    kind, key = DagsterEventType.ASSET_MATERIALIZATION, asset_key(table)
    if day:
        return instance.event_log_storage.get_latest_storage_id_by_partition(key, kind, {day})[day]
    newest = instance.get_latest_materialization_event(key)
    if newest is None:
        raise RuntimeError(f"{table}: its materialisation was not stored")
    return instance.fetch_materializations(key, limit=1).records[0].storage_id


def _outcomes(table: Table, day: str | None, run_id: str, target: int) -> Iterator[AssetCheckEvaluation]:
    """Every check of the table passed; those of the whole table are evaluated once, with the last date."""
    names = list(partition_checks(table))
    whole = [] if day == FIRST_DAY.isoformat() else list(whole_table_check_functions(table))
    for name in [*names, *whole]:
        yield AssetCheckEvaluation(
            asset_key=asset_key(table),
            check_name=name,
            passed=True,
            metadata=OUTCOME,
            blocking=name in names and name not in NOT_BLOCKING,
            partition=day if name in names else None,
            target_materialization_data=AssetCheckEvaluationTargetMaterializationData(
                storage_id=target, run_id=run_id, timestamp=time.time()
            ),
        )


def _entry(run_id: str, kind: DagsterEventType, data: object) -> EventLogEntry:
    event = dg.DagsterEvent(kind.value, job_name=WAREHOUSE_JOB, event_specific_data=data)  # type: ignore[arg-type]
    return EventLogEntry(
        error_info=None, user_message="", level="debug", run_id=run_id, timestamp=time.time(), job_name=WAREHOUSE_JOB,
        dagster_event=event,
    )  # fmt: skip
