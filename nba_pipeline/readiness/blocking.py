"""Which partitions may not run because of what lies above them.

Does NOT belong here: running anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from nba_pipeline.orchestration.inputs import TableInput
from nba_pipeline.schema import Table

Origins = Mapping[str, Mapping[date | None, str]]
"""Table name -> partition that cannot be read (None: the whole table) -> the fault it goes back to, as `origin`."""


def origin(table: str, day: date | None, why: str) -> str:
    """A fault as everything below it is told: where it lies, and why."""
    return f"{table} {day}: {why}" if day else f"{table}: {why}"


def blocked_days(table: Table, edges: Iterable[TableInput], origins: Origins, days: Iterable[date]) -> dict[date, str]:
    """Days of a table with a faulty partition in one of its windows, and the fault that the first one goes back to.

    In a look-back table one faulty date holds every later date whose window contains it.
    """
    blocked: dict[date, str] = {}
    relevant = [(edge, origins[str(edge.table)]) for edge in edges if origins.get(str(edge.table))]
    for day in days:
        for edge, faulty in relevant:
            first, last = edge.bounds(day, day)
            hit = sorted(f for f in faulty if f is not None and first <= f <= last)
            if None in faulty or hit:
                blocked[day] = faulty[None if None in faulty else hit[0]]
                break
    return blocked
