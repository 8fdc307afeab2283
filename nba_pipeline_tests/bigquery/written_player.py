"""One day of players in BigQuery as the fault tests find it, what they write over it, and what must then be stored."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pandas as pd

from nba_pipeline.warehouse import WriteResult, open_warehouse
from nba_pipeline.warehouse.bigquery import BigQueryWarehouse
from nba_pipeline_tests.bigquery.fault_proxy import FaultProxy
from nba_pipeline_tests.warehouse.example_tables import PLAYERS, D, on, players, put

LONGEST_PAUSE_SECONDS = 0.02  # instead of up to a minute between two attempts
AFTER_STAGING_ENDED = timedelta(hours=7)
EVERY_COLUMN = [column.name for column in PLAYERS.stored_columns]


def old_rows() -> pd.DataFrame:
    return players(60)


def new_rows() -> pd.DataFrame:
    """One row changed, one gone, one new."""
    rows = players(61).drop(index=0).reset_index(drop=True)
    rows.loc[5, "points"] = 99
    return rows


CHANGES = (1, 1, 1, 58)  # inserted, updated, deleted, unchanged by the new rows over the old ones


@dataclass
class Day:
    """The day behind a proxy, and the pauses the writer would have made."""

    address: str
    warehouse: BigQueryWarehouse
    proxy: FaultProxy
    pauses: list[float]

    def write(self, rows: pd.DataFrame) -> WriteResult:
        return put(self.warehouse, PLAYERS, rows, on(D))

    def begin(self) -> None:
        """The old rows are stored, nothing is staged, no fault is due, the log is empty."""
        self.proxy.heal()
        self.swept()
        self.write(old_rows())
        self.proxy.heal()
        self.pauses.clear()

    def content(self) -> list[dict[str, object]]:
        """Every stored row with its system columns, in key order."""
        return self.warehouse.read(PLAYERS, columns=EVERY_COLUMN, first=D, last=D).to_pylist()

    def holds(self, rows: pd.DataFrame) -> bool:
        found = self.warehouse.read(PLAYERS, columns=["player_lookup", "points"], first=D, last=D).to_pydict()
        return found == {"player_lookup": list(rows["player_lookup"]), "points": list(rows["points"])}

    def staging_tables(self) -> int:
        return len(self.warehouse.staging_tables())

    def swept(self) -> int:
        """Staging tables left by a sweep seven hours from now, when no run is in progress."""
        self.warehouse.sweep(frozenset(), datetime.now(UTC) + AFTER_STAGING_ENDED)
        return self.staging_tables()


def day_behind(address: str, proxy: FaultProxy) -> Day:
    """The day at this address; nothing is stored yet."""
    warehouse = open_warehouse(address)
    assert isinstance(warehouse, BigQueryWarehouse)
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        time.sleep(min(seconds, LONGEST_PAUSE_SECONDS))

    warehouse.jobs = replace(warehouse.jobs, sleep=pause)  # type: ignore[misc]
    return Day(address, warehouse, proxy, pauses)
