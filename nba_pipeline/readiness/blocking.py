"""Which partitions may not run because of what lies above them.

Does NOT belong here: running anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from nba_pipeline.orchestration.inputs import TableInput
from nba_pipeline.schema import Table

Faults = Mapping[str, Mapping[date | None, str]]
"""Table name -> partition (None: the whole table) -> why it cannot be read."""


def blocked_days(table: Table, edges: Iterable[TableInput], faults: Faults, days: Iterable[date]) -> dict[date, str]:
    """Days of a table with a faulty partition in one of its windows, and the first such partition by name.

    In a look-back table one faulty date holds every later date whose window contains it.
    """
    blocked: dict[date, str] = {}
    relevant = [(edge, faults[str(edge.table)]) for edge in edges if faults.get(str(edge.table))]
    for day in days:
        for edge, faulty in relevant:
            first, last = edge.bounds(day, day)
            hit = sorted(f for f in faulty if f is not None and first <= f <= last)
            if None in faulty or hit:
                culprit = None if None in faulty else hit[0]
                where = f" {culprit}" if culprit else ""
                blocked[day] = f"{edge.table}{where}: {faulty[culprit]}"
                break
    return blocked
