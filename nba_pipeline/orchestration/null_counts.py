"""NULLs per watched column and stored partition, counted as `null_rates` counts them: the history of a picture.

Does NOT belong here: judging them, drawing them.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from nba_pipeline.orchestration.checks.null_rates import null_measures, population_and_nulls, watched_columns
from nba_pipeline.orchestration.checks.sql import grouped, rows_by_partition
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse


def null_counts(
    warehouse: Warehouse, table: Table, first: date | None = None, last: date | None = None
) -> pd.DataFrame:
    """column, day (midnight), population, nulls; ascending days, no row for a partition that is not stored."""
    columns = watched_columns(table)
    found = rows_by_partition(warehouse, grouped(table, null_measures(columns), first, last))
    stored = [(day, found[day]) for day in sorted(day for day in found if day is not None)]
    counted = [(column.name, day, *population_and_nulls(row, column)) for column in columns for day, row in stored]
    frame = pd.DataFrame(counted, columns=["column", "day", "population", "nulls"])
    return frame.assign(day=pd.to_datetime(frame["day"]))
