"""What an asset body hands to the IO manager. Does NOT belong here: writing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import pandas as pd

from nba_pipeline.orchestration.inputs import TableInput
from nba_pipeline.schema import Table, TableRows


@dataclass
class WriteRequest:
    """Rows to store for exactly `dates` (none: the whole table).

    source_max_at: per partition date, the newest instant of its landed files and observations; metadata.
    The IO manager empties `rows` once they are stored, so that a long run holds one table in memory at a time.
    """

    table: Table
    rows: TableRows | None
    dates: pd.DatetimeIndex
    seconds_compute: float
    inputs: tuple[TableInput, ...] = ()
    source_max_at: Mapping[date, datetime] = field(default_factory=dict)

    def take_rows(self) -> TableRows:
        if self.rows is None:
            raise RuntimeError(f"{self.table}: the rows of this write were taken already; run the step again.")
        rows, self.rows = self.rows, None
        return rows
