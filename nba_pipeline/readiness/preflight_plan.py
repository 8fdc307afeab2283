"""What a backfill would run, and how long that takes at the rate of earlier runs. Does NOT belong here: findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from dagster import DagsterEventType, DagsterInstance
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from nba_pipeline.orchestration.inputs import TableInput
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.readiness.plan import chunks, days_between, phases, planned_runs
from nba_pipeline.schema import Table

ENDS = (DagsterEventType.STEP_SUCCESS, DagsterEventType.STEP_FAILURE)
JOBS_PER_WRITE = 5  # warehouse jobs of one write at most: scope, load, MERGE, read-back, spare


@dataclass(frozen=True)
class TablePlan:
    """One table of the plan. partitions None: the whole table. seconds None: no earlier run to measure by."""

    phase: str
    table: str
    partitions: int | None
    game_dates: int
    chunks: int
    runs: int
    seconds: float | None

    @property
    def jobs(self) -> int:
        return self.runs * JOBS_PER_WRITE


def table_plans(
    instance: DagsterInstance,
    tables: Sequence[Table],
    needed: Mapping[Table, AbstractSet[date]],
    played: AbstractSet[date],
    edges: Mapping[str, Sequence[TableInput]],
    window: tuple[date, date],
    chunk_days: int | None,
) -> list[TablePlan]:
    """Per table, in the order of the phases. played: the game dates of the window."""
    pieces = [days_between(first, last) for first, last in chunks(*window, chunk_days)]
    plans = []
    for phase, members in phases(tables, edges):
        for table in members:
            pace = seconds_per_partition(instance, table)
            if table.partition_column is None:
                plans.append(TablePlan(phase, str(table), None, 0, 1, 1, pace))
                continue
            wanted = needed.get(table, set())
            runs = [len(planned_runs({table: wanted}, days)) for days in pieces]
            seconds = None if pace is None else pace * len(wanted)
            touched = sum(count > 0 for count in runs)
            plans.append(TablePlan(phase, str(table), len(wanted), len(wanted & played), touched, sum(runs), seconds))
    return plans


def seconds_per_partition(instance: DagsterInstance, table: Table) -> float | None:
    """Seconds a partition took in the newest run of the table, checks and events included; of the whole table
    without partitions; None without such a run."""
    event = instance.get_latest_materialization_event(asset_key(table))
    run = instance.get_run_by_id(event.run_id) if event else None
    if event is None or run is None or not event.dagster_event or not event.dagster_event.step_key:
        return None
    seconds = _step_seconds(instance, run.run_id, event.dagster_event.step_key)
    if seconds is None:
        return None
    first, last = (run.tags.get(tag) for tag in (ASSET_PARTITION_RANGE_START_TAG, ASSET_PARTITION_RANGE_END_TAG))
    days = len(days_between(date.fromisoformat(first), date.fromisoformat(last))) if first and last else 1
    return seconds / days


def _step_seconds(instance: DagsterInstance, run_id: str, step_key: str) -> float | None:
    """From the two ends of the step: Dagster's statistics of a step read each of its materialisations."""
    entries = instance.all_logs(run_id, of_type={DagsterEventType.STEP_START, *ENDS})
    at = {entry.dagster_event_type: entry.timestamp for entry in entries if entry.step_key == step_key}
    ended = [at[end] for end in ENDS if end in at]
    return ended[0] - at[DagsterEventType.STEP_START] if ended and DagsterEventType.STEP_START in at else None
