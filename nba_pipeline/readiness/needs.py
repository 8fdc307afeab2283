"""Which partitions a backfill has to compute, and which ones above them are not there to be read.

Does NOT belong here: running anything.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import pandas as pd
from dagster import DagsterInstance

from nba_pipeline.expectations.expected_days import expected_days
from nba_pipeline.orchestration.input_versions import input_versions
from nba_pipeline.orchestration.inputs import TableInput
from nba_pipeline.readiness.plan import days_between
from nba_pipeline.readiness.state import PartitionState, partition_states, unpartitioned_done
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse

Only = Literal["missing", "stale", "all"]
Faults = dict[str, dict[date | None, str]]
PRESENT = ("done", "empty")


@dataclass(frozen=True)
class Ledgers:
    """Where the state of partitions is read: Dagster's history, the warehouse, the schedule as landed."""

    instance: DagsterInstance
    warehouse: Warehouse
    schedule: pd.DataFrame


def needed_partitions(
    ledgers: Ledgers,
    tables: Sequence[Table],
    days: Sequence[date],
    only: Only,
    code_versions: Mapping[str, str],
    edges: Mapping[str, Sequence[TableInput]],
) -> dict[Table, set[date]]:
    """Partitions of each partitioned table that `only` asks for.

    missing: never materialised, failed, drifted, or empty on a date that has to have rows. stale: also those
    computed by other code or from other input versions than today's, and those that read a partition which is
    itself going to run: it may come out changed. all: every day.
    """
    needed: dict[Table, set[date]] = {}
    for table in tables:
        if not table.partition_column:
            continue
        if only == "all":
            needed[table] = set(days)
            continue
        states = partition_states(ledgers.instance, ledgers.warehouse, table, days)
        expected = expected_days(table, ledgers.schedule, days) or set()
        needed[table] = {day for day, state in states.items() if _is_missing(state, day in expected)}
        if only == "stale":
            inputs = input_versions(ledgers.instance, edges[str(table)], list(days))
            current = code_versions[str(table)]
            needed[table] |= {
                day
                for day, state in states.items()
                if state.code_version != current or state.input_version not in ("", inputs[day])
            }
    return _with_their_readers(needed, days, edges) if only == "stale" else needed


def _with_their_readers(
    needed: Mapping[Table, set[date]], days: Sequence[date], edges: Mapping[str, Sequence[TableInput]]
) -> dict[Table, set[date]]:
    """The partitions and every one of these tables that reads one of them, over any number of tables in between."""
    grown = {table: set(wanted) for table, wanted in needed.items()}
    changed = True
    while changed:
        changed = False
        for table, wanted in grown.items():
            for edge in edges[str(table)]:
                readers = _readers(edge, sorted(grown.get(edge.table, ())), set(days) - wanted)
                wanted |= readers
                changed = changed or bool(readers)
    return grown


def _readers(edge: TableInput, read: Sequence[date], days: set[date]) -> set[date]:
    """The days whose window over the edge holds one of the upstream days `read` (ascending)."""
    if not read:
        return set()
    found = set()
    for day in days:
        low, high = edge.bounds(day, day)
        place = bisect_left(read, low)
        if place < len(read) and read[place] <= high:
            found.add(day)
    return found


def _is_missing(state: PartitionState, expected: bool) -> bool:
    return state.status not in PRESENT or (state.status == "empty" and expected)


def faults_above(
    ledgers: Ledgers, tables: Sequence[Table], edges: Mapping[str, Sequence[TableInput]], first: date, last: date
) -> Faults:
    """Partitions with games that the planned tables read, that no planned run will make, and that are not there.

    Tables outside the plan are judged over every date their readers need, planned ones over the dates before
    `first`: a range that starts in the middle of a season must not pass for the start of it.
    """
    planned = {str(table) for table in tables}
    faults: Faults = {}
    for upstream, (low, high) in _windows(tables, edges, first, last).items():
        if upstream.partition_column is None:
            continue
        until = first - timedelta(days=1) if str(upstream) in planned else high
        days = days_between(low, until)
        expected = (expected_days(upstream, ledgers.schedule, days) or set()) if days else set()
        states = partition_states(ledgers.instance, ledgers.warehouse, upstream, days) if expected else {}
        bad: dict[date | None, str] = {
            day: states[day].reason or states[day].status for day in expected if _is_missing(states[day], True)
        }
        if bad:
            faults[str(upstream)] = bad
    outside = {edge.table for read in edges.values() for edge in read if str(edge.table) not in planned}
    for table, done in unpartitioned_done(ledgers.instance, [t for t in outside if not t.partition_column]).items():
        if not done:
            faults[str(table)] = {None: "never materialised"}
    return faults


def _windows(
    tables: Sequence[Table], edges: Mapping[str, Sequence[TableInput]], first: date, last: date
) -> dict[Table, tuple[date, date]]:
    """Per upstream table the first and last partition that any planned table reads."""
    windows: dict[Table, tuple[date, date]] = {}
    for table in tables:
        if not table.partition_column:
            continue
        for edge in edges[str(table)]:
            low, high = edge.bounds(first, first)[0], edge.bounds(last, last)[1]
            known = windows.get(edge.table, (low, high))
            windows[edge.table] = (min(low, known[0]), max(high, known[1]))
    return windows
