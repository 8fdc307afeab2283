"""Is the layer above complete? The gate before a phase: what its tables read, date by date, against the schedule.

A date is present when its partition is materialised, the stored row count is the recorded one and its blocking checks
passed. Read from Dagster and the warehouse alone. Does NOT belong here: printing, checks of content.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import dagster as dg
import pandas as pd
from dagster import DagsterInstance

from nba_pipeline import catalog
from nba_pipeline.calendar import earliest_season_day, season_starts
from nba_pipeline.expectations.accepted_gaps import AcceptedGap, accepted_gaps
from nba_pipeline.expectations.expected_days import SCHEDULE_TABLE, expected_days, stored_games
from nba_pipeline.expectations.waivers import Waiver, active_waivers
from nba_pipeline.orchestration.checks.evaluate import NOT_BLOCKING, partition_checks
from nba_pipeline.orchestration.inputs import TableInput
from nba_pipeline.orchestration.partitions import FIRST_DAY
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.readiness.corrections import pending_corrections
from nba_pipeline.readiness.open_errors import open_errors
from nba_pipeline.readiness.plan import days_between
from nba_pipeline.readiness.state import PartitionState, latest_evaluation, partition_states
from nba_pipeline.schema import Table
from nba_pipeline.schema.table import Layer
from nba_pipeline.warehouse import Warehouse

LAYERS_ABOVE: Mapping[Layer, tuple[Layer, ...]] = {
    "raw": ("raw",),
    "reference": ("raw",),
    "analytics": ("raw", "reference"),
    "precompute": ("analytics",),
    "predictions": ("precompute",),
}
"""The layers that are complete before one starts. Above raw stands the landing zone, so raw answers for itself."""


@dataclass
class TableCoverage:
    """One table over the range. A table without partitions counts as one date, which has no name.

    expected: None for an optional table, which has rows where a file landed. calendar: the expected dates, ascending.
    missing: expected dates that are not present. unsound: other dates that failed, drifted or were never materialised;
    what reads them is blocked as well. reasons: why a date is missing or unsound.
    """

    table: str
    present: int = 0
    expected: int | None = None
    missing: list[date | None] = field(default_factory=list)
    unsound: list[date] = field(default_factory=list)
    reasons: dict[date | None, str] = field(default_factory=dict)
    open_errors: list[str] = field(default_factory=list)
    needed_by: tuple[str, ...] = ()
    calendar: tuple[date, ...] = ()

    @property
    def complete(self) -> bool:
        return not self.missing and not self.unsound


@dataclass
class Coverage:
    """The tables asked for over first..last. `unknown`: days whose schedule is not stored, so nothing is expected.

    gaps: games that are expected of no table named with them. waivers: those that count today in the range.
    corrections: corrected date -> tables that were computed before it and that automation leaves alone.
    """

    first: date
    last: date
    tables: list[TableCoverage]
    unknown: list[date]
    gaps: tuple[AcceptedGap, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    corrections: dict[date, list[str]] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        return not self.unknown and all(table.complete for table in self.tables)


def gate_tables(tables: Iterable[Table], layer: Layer) -> list[Table]:
    """The tables that must be complete before the layer starts."""
    return [table for table in tables if table.layer in LAYERS_ABOVE[layer]]


def readers(edges: Mapping[str, Sequence[TableInput]]) -> dict[str, tuple[str, ...]]:
    """Table -> names of the tables that read it, from the edges of those."""
    found: dict[str, list[str]] = {}
    for reader, read in edges.items():
        for name in sorted({str(edge.table) for edge in read}):
            found.setdefault(name, []).append(reader.rpartition(".")[2])
    return {name: tuple(by) for name, by in found.items()}


def season_start(warehouse: Warehouse, day: date) -> date:
    """First game date of the season of a day, as the stored schedule tells it; the day itself before that."""
    starts = season_starts(stored_games(warehouse, day, day))["first_game_date"]
    earlier = starts[starts >= pd.Timestamp(earliest_season_day(day))]
    return max(FIRST_DAY, min([day, *(stamp.date() for stamp in earlier)]))


def coverage(
    instance: DagsterInstance,
    warehouse: Warehouse,
    tables: Sequence[Table],
    first: date,
    last: date,
    *,
    needed_by: Mapping[str, tuple[str, ...]] | None = None,
    edges: Mapping[str, Sequence[TableInput]] | None = None,
) -> Coverage:
    """What the tables hold of first..last, against what the stored schedule says they should.

    needed_by: table -> the tables that wait for it, to be named where it is incomplete. edges: table -> what it
    reads, to look for corrections that it has not seen.
    """
    days = days_between(first, last)
    games = stored_games(warehouse, first, last)
    asked = {str(table) for table in tables}
    waivers = tuple(w for w in active_waivers() if w.table in asked and first <= (w.partition or first) <= last)
    report = Coverage(first, last, [], _unknown_days(instance, warehouse, days), accepted_gaps(), waivers)
    seen: dict[str, Mapping[date, PartitionState]] = {}
    for table in tables:
        entry = TableCoverage(str(table), needed_by=(needed_by or {}).get(str(table), ()))
        if table.partition_column:
            states = partition_states(instance, warehouse, table, days)
            _count_dates(entry, states, expected_days(table, games, days))
            seen[str(table)] = states
        else:
            _count_whole(entry, instance, warehouse, table)
        entry.open_errors = open_errors(instance, table, days)
        report.tables.append(entry)
    read = {table: (edges or {}).get(str(table), ()) for table in tables if table.partition_column}
    report.corrections = pending_corrections(instance, read, seen, date.today())
    return report


def _unknown_days(instance: DagsterInstance, warehouse: Warehouse, days: Sequence[date]) -> list[date]:
    """Days of which the schedule, the witness of every other table, was not read."""
    schedule = catalog.tables()[SCHEDULE_TABLE]
    states = partition_states(instance, warehouse, schedule, days)
    return [day for day, state in states.items() if state.status not in ("done", "empty")]


def _count_dates(
    entry: TableCoverage, states: Mapping[date, PartitionState], expected: Collection[date] | None
) -> None:
    entry.calendar = tuple(sorted(expected or ()))
    entry.expected = None if expected is None else len(expected)
    for day, state in states.items():
        wanted = expected is not None and day in expected
        if state.status == "done":
            entry.present += wanted or expected is None
            continue
        if wanted:
            entry.missing.append(day)
        elif state.status != "empty":
            entry.unsound.append(day)
        if wanted or state.status != "empty":
            entry.reasons[day] = _reason(state)


def _reason(state: PartitionState) -> str:
    if state.status == "empty":
        return f"materialised without rows ({state.reason})" if state.reason else "materialised without rows"
    return f"{state.status}: {state.reason}" if state.status in ("failed", "drifted") else state.reason


def _count_whole(entry: TableCoverage, instance: DagsterInstance, warehouse: Warehouse, table: Table) -> None:
    entry.expected = 1
    reason = _fault_of_whole(instance, warehouse, table)
    if reason:
        entry.missing.append(None)
        entry.reasons[None] = reason
    else:
        entry.present = 1


def _fault_of_whole(instance: DagsterInstance, warehouse: Warehouse, table: Table) -> str:
    """Why a table without partitions is not present; blank when it is."""
    event = instance.get_latest_materialization_event(asset_key(table))
    if event is None or event.asset_materialization is None:
        return "never materialised"
    for name in partition_checks(table):
        evaluation = latest_evaluation(instance, dg.AssetCheckKey(asset_key(table), name), None)
        fails = evaluation and not evaluation.passed and evaluation.severity is dg.AssetCheckSeverity.ERROR
        if evaluation and fails and name not in NOT_BLOCKING:
            return f"failed: {name}: {evaluation.description or 'failed'}"
    recorded = event.asset_materialization.metadata.get("rows")
    stored = _stored_rows(warehouse, table)
    if recorded is not None and recorded.value != stored:
        return f"drifted: {recorded.value} row(s) recorded, {stored} stored"
    is_rightly_empty = "skip_reason" in event.asset_materialization.metadata
    return "" if stored or is_rightly_empty else "materialised without rows"


def _stored_rows(warehouse: Warehouse, table: Table) -> int:
    if warehouse.stored_columns(table) is None:
        return 0
    return int(warehouse.query(f"select count(*) as n from {table.qualified_name}").column("n")[0].as_py())
