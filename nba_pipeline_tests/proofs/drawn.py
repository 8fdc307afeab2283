"""Values for the columns that a test does not state, drawn from what each column declares.

Does NOT belong here: a table, a rule between columns but that makes stay below attempts.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nba_pipeline.schema import Column, Table
from nba_pipeline.schema.frames import frame_dtype

NULL_SHARE = 0.03  # of a value that may be unknown


def filled(table: Table, rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The rows with every declared column of the table: as given, else drawn from the column's declaration."""
    rows = rows.reset_index(drop=True)
    columns = {
        column.name: (rows[column.name] if column.name in rows.columns else _drawn(column, rows, rng)).astype(
            frame_dtype(column)
        )
        for column in table.columns
    }
    return pd.DataFrame(columns)


def _drawn(column: Column, rows: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    size = len(rows)
    low = column.minimum if column.minimum is not None else 0.0
    match column.type:
        case "INT64":
            values = pd.Series(rng.integers(*_whole_limits(column, low), size), dtype="Int64")
        case "FLOAT64":
            values = pd.Series(rng.uniform(low, column.maximum if column.maximum is not None else low + 1, size))
        case "BOOL":
            values = pd.Series(rng.random(size) < 0.5, dtype="boolean")
        case "STRING":
            values = pd.Series(rng.choice(column.allowed or ("x",), size))
        case _:
            return pd.Series([None] * size, dtype="object")
    return values if column.required else values.where(rng.random(size) > NULL_SHARE)


def _whole_limits(column: Column, low: float) -> tuple[int, int]:
    """Makes stay below attempts, so that shares are shares."""
    if "makes" in column.name:
        return 0, 4
    if "attempts" in column.name:
        return 5, 12
    return int(low), int(column.maximum) + 1 if column.maximum is not None else int(low) + 12
