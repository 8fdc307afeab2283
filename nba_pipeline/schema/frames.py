"""How a table looks as a pandas frame and as an Arrow schema; nothing is inferred from data.

STRING is pandas `str` backed by Arrow with NaN for missing, INT64 is int64 or (nullable) Int64, FLOAT64 is
float64 with NaN for NULL, BOOL is bool or (nullable) boolean, DATE is datetime64[us] at midnight,
TIMESTAMP is datetime64[us, UTC]. Does NOT belong here: validation, a particular table.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow as pa

from nba_pipeline.schema.column import Column, Type
from nba_pipeline.schema.table import Table

STRING_DTYPE = pd.StringDtype("pyarrow", na_value=np.nan)
TIMESTAMP_DTYPE = pd.DatetimeTZDtype("us", "UTC")  # type: ignore[arg-type]  # the stubs know nanoseconds only

ARROW_TYPES: dict[Type, pa.DataType] = {
    "STRING": pa.string(),
    "INT64": pa.int64(),
    "FLOAT64": pa.float64(),
    "BOOL": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us", tz="UTC"),
}

_REQUIRED_DTYPES: dict[Type, object] = {
    "STRING": STRING_DTYPE,
    "INT64": "int64",
    "FLOAT64": "float64",
    "BOOL": "bool",
    "DATE": "datetime64[us]",
    "TIMESTAMP": TIMESTAMP_DTYPE,
}
_NULLABLE_DTYPES: dict[Type, object] = {**_REQUIRED_DTYPES, "INT64": "Int64", "BOOL": "boolean"}


def frame_dtype(column: Column) -> object:
    """pandas dtype of the column."""
    return (_REQUIRED_DTYPES if column.required else _NULLABLE_DTYPES)[column.type]


def arrow_schema(columns: Iterable[Column]) -> pa.Schema:
    """Arrow schema of the columns, required ones not nullable."""
    return pa.schema([pa.field(c.name, ARROW_TYPES[c.type], nullable=not c.required) for c in columns])


def _selected(table: Table, columns: Iterable[str] | None) -> list[Column]:
    available = {column.name: column for column in table.stored_columns}
    return [available[name] for name in (table.column_names if columns is None else columns)]


def empty_frame(table: Table, columns: Iterable[str] | None = None) -> pd.DataFrame:
    """A frame without rows, with the dtypes of the table (all business columns unless told)."""
    return pd.DataFrame({c.name: pd.Series(dtype=frame_dtype(c)) for c in _selected(table, columns)})  # type: ignore[call-overload]


def typed_frame(table: Table, frame: pd.DataFrame, columns: Iterable[str] | None = None) -> pd.DataFrame:
    """The frame's columns cast to the table's dtypes, in contract order; a missing column is a KeyError."""
    chosen = _selected(table, columns)
    return pd.DataFrame({c.name: frame[c.name].astype(frame_dtype(c)) for c in chosen}, index=frame.index, copy=False)  # type: ignore[call-overload]


def frame_from_arrow(table: Table, data: pa.Table) -> pd.DataFrame:
    """Stored rows as a pandas frame with the dtypes of the table."""
    series = {}
    available = {column.name: column for column in table.stored_columns}
    for name in data.column_names:
        column, values = available[name], data.column(name)
        if column.type == "DATE":
            values = values.cast(pa.timestamp("us"))
        series[name] = _to_series(column, values)
    return pd.DataFrame(series, copy=False)  # every series owns its values


def _to_series(column: Column, values: pa.ChunkedArray) -> pd.Series:
    dtype = frame_dtype(column)
    if dtype == "Int64":
        series: pd.Series = values.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    elif dtype == "boolean":
        series = values.to_pandas(types_mapper={pa.bool_(): pd.BooleanDtype()}.get)
    elif column.type == "STRING":
        series = values.to_pandas(types_mapper={pa.string(): STRING_DTYPE}.get)
    else:
        series = values.to_pandas().astype(dtype)
    return series
