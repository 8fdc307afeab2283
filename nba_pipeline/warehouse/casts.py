"""One pandas column to Arrow in its declared type, without losing or inventing anything.

NaN, NaT, None and pd.NA become NULL. Refused: both infinities, text for a number, a fraction for INT64, a naive
instant for TIMESTAMP, a time of day for DATE, a number for BOOL, everything for which no rule is written here.
Does NOT belong here: keys, scope, value rules, a connection.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from nba_pipeline.schema import Column, Table
from nba_pipeline.schema.frames import ARROW_TYPES
from nba_pipeline.warehouse.errors import ContractError

NAMED_ROWS = 10  # rows an error message lists


def to_arrow(table: Table, column: Column, series: pd.Series, keys: pd.DataFrame | None = None) -> pa.Array:
    """The series in the column's Arrow type. Raises ContractError naming table, column and the value found.

    keys: the primary key of every row, to name the rows with an infinite value.
    """
    values = _inferred(table, column, series)
    target = ARROW_TYPES[column.type]
    if pa.types.is_null(values.type):
        return pa.nulls(len(values), target)
    accepted, advice = _ACCEPTED[column.type]
    if not accepted(values.type):
        found = _first(values)
        raise ContractError(f"{table}.{column.name}: {column.type} expected, found {values.type}, {found}. {advice}")
    if pa.types.is_floating(values.type):
        _refuse_infinities(table, column, values, keys)
    try:
        cast = values.cast(target)
    except pa.ArrowInvalid as error:
        raise ContractError(f"{table}.{column.name}: {column.type} expected: {error}. {advice}") from error
    if column.type == "DATE":
        _refuse_time_of_day(table, column, values, cast)
    return cast


def _inferred(table: Table, column: Column, series: pd.Series) -> pa.Array:
    """The series in the Arrow type its own values have."""
    try:
        if series.dtype == object and pd.api.types.infer_dtype(series, skipna=True) in _INSTANTS:
            series = pd.to_datetime(series)  # refuses a mix of naive and aware instants, keeps nanoseconds
        values = pa.array(series, from_pandas=True)
    except (pa.ArrowException, ValueError, TypeError, OverflowError) as error:
        raise ContractError(
            f"{table}.{column.name}: {column.type} expected, but the values are of no one type: {error}. "
            "Give every value the declared type in the transform."
        ) from error
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if isinstance(values, pa.ChunkedArray):  # text beyond 2 GB does not fit one array
        raise ContractError(f"{table}.{column.name}: more text than one write holds. Write fewer partitions at a time.")
    return values.dictionary_decode() if pa.types.is_dictionary(values.type) else values


def _refuse_infinities(table: Table, column: Column, values: pa.Array, keys: pd.DataFrame | None) -> None:
    rows = np.flatnonzero(pc.fill_null(pc.is_inf(values), False).to_numpy(zero_copy_only=False))
    if not len(rows):
        return
    where = f": {_keys_text(keys.iloc[rows])}" if keys is not None else ""
    raise ContractError(
        f"{table}.{column.name}: infinite in {len(rows)} of {len(values)} rows{where}. "
        "A division by zero reached the writer; decide in the transform what the value is then."
    )


def _keys_text(keys: pd.DataFrame) -> str:
    first = keys.head(NAMED_ROWS).astype("str").itertuples(index=False)
    more = f" and {len(keys) - NAMED_ROWS} more" if len(keys) > NAMED_ROWS else ""
    return "; ".join(f"({', '.join(key)})" for key in first) + more


def _refuse_time_of_day(table: Table, column: Column, values: pa.Array, days: pa.Array) -> None:
    if pa.types.is_date(values.type):
        return
    differs = pc.not_equal(days.cast(values.type), values)
    if pc.any(differs).as_py():
        found = values.filter(differs)[0].as_py()
        raise ContractError(
            f"{table}.{column.name}: a calendar day expected, found {found} with a time of day. "
            "Take the US Eastern date of the instant in the transform."
        )


def _first(values: pa.Array) -> str:
    valid = values.drop_null()
    return f"for example {valid[0].as_py()!r}" if len(valid) else "all NULL"


def _is_text(found: pa.DataType) -> bool:
    return bool(pa.types.is_string(found) or pa.types.is_large_string(found) or found == pa.string_view())


def _is_number(found: pa.DataType) -> bool:
    return bool(pa.types.is_integer(found) or pa.types.is_floating(found))


def _is_day(found: pa.DataType) -> bool:
    return bool(pa.types.is_date(found) or (pa.types.is_timestamp(found) and found.tz is None))


def _is_instant(found: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(found) and found.tz is not None)


_INSTANTS = ("date", "datetime", "datetime64")  # as pandas names what it finds in an object column
_ACCEPTED = {
    "STRING": (_is_text, "Write the text itself, not another type."),
    "INT64": (_is_number, "Only whole numbers fit; round or convert knowingly in the transform."),
    "FLOAT64": (_is_number, "Convert it in the transform, where a bad value can be judged."),
    "BOOL": (pa.types.is_boolean, "Use True, False or NULL, never 0 and 1 or text."),
    "DATE": (_is_day, "Use datetime64 at midnight without a time zone."),
    "TIMESTAMP": (
        _is_instant,
        "Localise the instant to UTC, in whole microseconds; a naive one is ambiguous.",
    ),
}
