"""What a backfill runs, in which order: phases of tables, chunks of dates, runs of exact targets.

Layers run one after the other over the whole range, so that nothing starts before what it reads is complete.
Does NOT belong here: launching, reading state.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from nba_pipeline.calendar import season_ranges
from nba_pipeline.orchestration.inputs import TableInput
from nba_pipeline.schema import Table
from nba_pipeline.schema.table import LAYERS

LONGEST_CHUNK_DAYS = 400  # partitions one job may touch, with room below BigQuery's 4,000


@dataclass(frozen=True)
class PlannedRun:
    """One Dagster run: the tables and the range of partitions they all need (None: tables without partitions)."""

    tables: tuple[Table, ...]
    first: date | None
    last: date | None

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(days_between(self.first, self.last)) if self.first and self.last else ()


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def phases(tables: Iterable[Table], edges: Mapping[str, Sequence[TableInput]]) -> list[tuple[str, tuple[Table, ...]]]:
    """Named groups of tables in the order they run.

    Seeds (tables without partitions that read nothing) come first. The other tables without partitions come after
    every raw partition and before everything that resolves players with them: a registry built season by season
    would give the first season other keys than a second run.
    """
    groups: dict[str, list[Table]] = {name: [] for name in ("seeds", *LAYERS)}
    for table in tables:
        if table.layer == "reference" and table.partition_column:
            groups["raw"].append(table)
        elif not table.partition_column and not edges[str(table)]:
            groups["seeds"].append(table)
        else:
            groups[table.layer].append(table)
    return [(name, tuple(group)) for name, group in groups.items() if group]


def chunks(first: date, last: date, size: int | None = None) -> list[tuple[date, date]]:
    """Cut [first, last] at season borders (1 October, before any season starts), or every `size` days."""
    if size is not None and not 1 <= size <= LONGEST_CHUNK_DAYS:
        raise ValueError(f"chunk of {size} days: use 1 to {LONGEST_CHUNK_DAYS}.")
    if size is None:
        return season_ranges(first, last)
    starts = range(0, (last - first).days + 1, size)
    return [(first + timedelta(days=n), min(first + timedelta(days=n + size - 1), last)) for n in starts]


def planned_runs(needed: Mapping[Table, Collection[date]], days: Sequence[date]) -> list[PlannedRun]:
    """Runs of exactly the needed partitions, earliest first: neighbouring days that need the same tables share one."""
    runs: list[PlannedRun] = []
    previous: tuple[tuple[Table, ...], date] | None = None
    for day in days:
        tables = tuple(table for table, wanted in needed.items() if day in wanted)
        if not tables:
            previous = None
            continue
        if previous == (tables, day - timedelta(days=1)):
            runs[-1] = PlannedRun(tables, runs[-1].first, day)
        else:
            runs.append(PlannedRun(tables, day, day))
        previous = (tables, day)
    return runs


def ranges_text(days: Iterable[date]) -> str:
    """Dates as ranges, complete: `2022-01-03, 2022-01-05..2022-01-07`."""
    parts: list[str] = []
    ordered = sorted(set(days))
    start = 0
    for index, day in enumerate(ordered):
        if index + 1 == len(ordered) or ordered[index + 1] != day + timedelta(days=1):
            first = ordered[start]
            parts.append(str(first) if first == day else f"{first}..{day}")
            start = index + 1
    return ", ".join(parts)
