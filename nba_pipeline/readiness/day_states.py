"""State of every table on every day of a range, as one frame: what a coverage calendar shows.

Does NOT belong here: drawing, the verdict of a gate (coverage.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
from dagster import DagsterInstance

from nba_pipeline.expectations.expected_days import expected_days, stored_games
from nba_pipeline.readiness.plan import days_between
from nba_pipeline.readiness.state import PartitionState, partition_states
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse

UNSOUND = ("failed", "drifted")


def day_states(
    instance: DagsterInstance, warehouse: Warehouse, tables: Sequence[Table], first: date, last: date
) -> pd.DataFrame:
    """table (name), day (midnight), state; one row per partitioned table and day, tables in the given order.

    States: present, missing (rows or a first run expected), blocked (failed or drifted), extra (rows on a day that
    has none to expect), off (rightly empty). Optional tables are present where they have rows.
    """
    days = days_between(first, last)
    games = stored_games(warehouse, first, last)
    parts = []
    for table in tables:
        if not table.partition_column:
            continue
        expected = expected_days(table, games, days)
        states = partition_states(instance, warehouse, table, days)
        found = [_day_state(states[day], None if expected is None else day in expected) for day in days]
        parts.append(pd.DataFrame({"table": table.name, "day": pd.DatetimeIndex(days), "state": found}))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["table", "day", "state"])


def _day_state(state: PartitionState, wanted: bool | None) -> str:
    if state.status in UNSOUND:
        return "blocked"
    if state.status == "missing":
        return "missing"
    if state.status == "done":
        return "extra" if wanted is False else "present"
    return "missing" if wanted else "off"
