"""Frames of the zone analyses from tables written as text, and rows back for comparison."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from nba_pipeline.calendar import season_year_of
from nba_pipeline.schema import Table
from nba_pipeline.schema.frames import arrow_schema, typed_frame

TOLERANCE = 5e-7  # expected values are written with six decimals


def table_of(text: str) -> pd.DataFrame:
    """Rows of a text table: names in the first line, values separated by blanks, NULL for missing."""
    names, *lines = [line.split() for line in text.strip().splitlines()]
    assert all(len(line) == len(names) for line in lines), "a line has another number of values than the header"
    return pd.DataFrame(lines, columns=names).replace("NULL", None)


def typed(table: Table, text: str) -> pd.DataFrame:
    """Rows of a text table with the types of the warehouse table."""
    return typed_values(table, table_of(text))


def typed_values(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    numeric = [name for name in frame.columns if table.by_name[name].type in ("INT64", "FLOAT64")]
    return typed_frame(table, frame.assign(**{name: pd.to_numeric(frame[name]) for name in numeric}), frame.columns)


def schedule(*days: str) -> pd.DataFrame:
    """Counted games, one on each day."""
    game_date = pd.DatetimeIndex(days).as_unit("us")
    return pd.DataFrame({"game_date": game_date, "season_year": season_year_of(game_date)})


def midnights(*days: str) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(days).as_unit("us")


def assert_rows(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """The columns of `expected`, row by row; numbers within the last decimal written."""
    found = found[list(expected.columns)].reset_index(drop=True)
    assert len(found) == len(expected)
    for name in expected.columns:
        assert found[name].isna().tolist() == expected[name].isna().tolist(), name
        if pd.api.types.is_float_dtype(expected[name].dtype):
            assert np.allclose(found[name], expected[name], rtol=0, atol=TOLERANCE, equal_nan=True), name
        else:
            assert found[name].dropna().tolist() == expected[name].dropna().tolist(), name


def violations(table: Table, rows: pd.DataFrame) -> dict[str, int]:
    """Rows that break each row-level rule of the table, by rule id."""
    with duckdb.connect() as connection:
        connection.register(
            "made", pa.Table.from_pandas(rows, schema=arrow_schema(table.columns), preserve_index=False)
        )
        return {
            rule.id: connection.execute(f"select count(*) from made where not ({rule.holds})").fetchall()[0][0]
            for rule in table.invariants
        }
