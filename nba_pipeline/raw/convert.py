"""Conversion of a column as printed by a source into the type of the contract, with masks of what did not fit.

Columns that are typed already are cast in one step; others are converted once per distinct value.
Does NOT belong here: required columns, value sets, anything about one table.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from nba_pipeline.schema.column import Type
from nba_pipeline.schema.frames import STRING_DTYPE, TIMESTAMP_DTYPE

EASTERN = ZoneInfo("America/New_York")
NULL_TEXTS = ("", "nan", "None", "null", "-", "--")
DTYPES: dict[Type, object] = {
    "STRING": STRING_DTYPE,
    "INT64": "Int64",
    "FLOAT64": "float64",
    "BOOL": "boolean",
    "DATE": "datetime64[us]",
    "TIMESTAMP": TIMESTAMP_DTYPE,
}
LARGEST_INT64 = 2**63 - 1

_INTEGER = re.compile(r"^[+-]?\d+$")
_DECIMAL = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")
_DATE_FORMATS = ((re.compile(r"^\d{4}-\d{2}-\d{2}$"), "%Y-%m-%d"), (re.compile(r"^\d{8}$"), "%Y%m%d"),
                 (re.compile(r"^\d{1,2}/\d{1,2}/\d{4}$"), "%m/%d/%Y"))  # fmt: skip
_UNTIDY_BLANKS = r"^\s|\s$|[\t-\r]|  |[\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]"
_TRUE, _FALSE = (True, 1, "1", "true"), (False, 0, "0", "false")


class BadType(Exception):
    """The value is not of the kind the column needs."""


class BadValue(Exception):
    """The value is of the right kind, but not one the column can hold."""


@dataclass(frozen=True)
class Converted:
    """Converted values (missing where they do not fit), and masks of the values that did not."""

    values: pd.Series
    bad_type: np.ndarray
    bad_value: np.ndarray


def convert(values: pd.Series, kind: Type, *, zone: str = "") -> Converted:
    """`values` as `kind`. `zone` names the time zone of instants without one; blank refuses them."""
    direct = _typed(values, kind)
    if direct is not None:
        return Converted(direct, np.zeros(len(values), dtype=bool), np.zeros(len(values), dtype=bool))
    scalars: dict[Type, Callable[[object], object]] = {
        "STRING": clean_text,
        "INT64": _integer,
        "FLOAT64": _number,
        "BOOL": _truth,
        "DATE": _date,
        "TIMESTAMP": lambda value: instant(value, zone),
    }
    return convert_with(values, scalars[kind], DTYPES[kind])


def convert_with(values: pd.Series, function: Callable[[object], object], dtype: object) -> Converted:
    """`function` of every distinct value; BadType and BadValue fill the masks, None is missing."""
    nested = np.array([isinstance(value, (list, dict)) for value in values], dtype=bool)
    scalar = values.mask(nested) if nested.any() else values
    codes, uniques = pd.factorize(scalar)
    results: list[object] = []
    bad_type, bad_value = np.zeros(len(uniques) + 1, dtype=bool), np.zeros(len(uniques) + 1, dtype=bool)
    for position, value in enumerate(uniques):
        result = None
        try:
            result = function(value)
        except BadType:
            bad_type[position] = True
        except BadValue:
            bad_value[position] = True
        results.append(result)
    converted = pd.Series([*results, None], dtype="object").astype(dtype)  # type: ignore[call-overload]
    taken = converted.array.take(np.where(codes < 0, len(uniques), codes))
    return Converted(pd.Series(taken, index=values.index), bad_type[codes] | nested, bad_value[codes])


def clean_text(value: object) -> str | None:
    """Text in NFC, trimmed, inner blanks collapsed; the notations of nothing are None."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (str, int, float, np.integer)):
        raise BadType
    text = " ".join(unicodedata.normalize("NFC", str(value)).split())
    return None if text in NULL_TEXTS else text


def instant(value: object, zone: str = "") -> datetime | None:
    """An ISO 8601 instant in UTC; without an offset it is read in `zone`, or refused when none is named."""
    if isinstance(value, datetime):
        moment = value
    else:
        text = _text(value)
        if text is None:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise BadValue from error
    if moment.tzinfo is None:
        if not zone:
            raise BadValue
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return moment.astimezone(UTC)


def eastern_instant(value: object) -> datetime | None:
    """An NBA field of Eastern time whose trailing Z is false: drop it and read New York wall time.

    A numeric offset is taken as it is.
    """
    text = _text(value)
    return None if text is None else instant(text.removesuffix("Z"), "America/New_York")


def eastern_date(instants: pd.Series) -> pd.Series:
    """ET calendar date (midnight, without zone) of UTC instants."""
    return instants.dt.tz_convert("America/New_York").dt.tz_localize(None).dt.normalize().astype("datetime64[us]")


def _typed(values: pd.Series, kind: Type) -> pd.Series | None:
    """The column converted in one step when its dtype already guarantees that every value fits."""
    dtype = values.dtype
    if kind == "STRING" and isinstance(dtype, pd.StringDtype):
        return _clean_strings(values)
    if kind == "INT64" and pd.api.types.is_integer_dtype(dtype):
        return values.astype("Int64")
    if kind == "FLOAT64" and (pd.api.types.is_integer_dtype(dtype) or pd.api.types.is_float_dtype(dtype)):
        numbers = pd.Series(values.to_numpy(dtype="float64", na_value=np.nan), index=values.index)
        return numbers.where(np.isfinite(numbers))
    if kind == "BOOL" and pd.api.types.is_bool_dtype(dtype):
        return values.astype("boolean")
    if kind == "DATE" and pd.api.types.is_datetime64_dtype(dtype):
        return values.dt.normalize().astype("datetime64[us]")
    if kind == "TIMESTAMP" and isinstance(dtype, pd.DatetimeTZDtype):
        return values.dt.tz_convert("UTC").astype(TIMESTAMP_DTYPE)
    if not values.notna().any():
        return pd.Series([None], dtype="object").reindex(range(len(values))).set_axis(values.index).astype(DTYPES[kind])  # type: ignore[call-overload]
    return None


def _clean_strings(values: pd.Series) -> pd.Series:
    printed = pa.array(values, from_pandas=True)
    if isinstance(printed, pa.ChunkedArray):
        printed = printed.combine_chunks()
    encoded = printed.dictionary_encode()
    text = encoded.dictionary
    if not pc.all(pc.string_is_ascii(text), min_count=0).as_py():
        text = pc.utf8_normalize(text, form="NFC")
    if pc.any(pc.match_substring_regex(text, _UNTIDY_BLANKS)).as_py():
        text = pc.utf8_trim_whitespace(pc.replace_substring_regex(text, r"[\s\p{Z}]+", " "))
    text = pc.if_else(pc.is_in(text, value_set=pa.array(NULL_TEXTS, text.type)), pa.scalar(None, text.type), text)
    return pd.Series(text.take(encoded.indices).to_pandas().astype(STRING_DTYPE).array, index=values.index)


def _text(value: object) -> str | None:
    if not isinstance(value, str):
        raise BadType
    text = value.strip()
    return None if text in NULL_TEXTS else text


def _integer(value: object) -> int | None:
    number: Any = value
    if isinstance(value, str):
        text = _text(value)
        if text is None:
            return None
        if _INTEGER.match(text):
            number = int(text)
        elif _DECIMAL.match(text):
            number = float(text)
        else:
            raise BadType
    if isinstance(number, bool) or not isinstance(number, (int, float, np.integer, np.floating)):
        raise BadType
    if isinstance(number, (float, np.floating)) and (not math.isfinite(number) or number != math.floor(number)):
        raise BadValue
    whole = int(number)
    if abs(whole) > LARGEST_INT64:
        raise BadValue
    return whole


def _number(value: object) -> float | None:
    if isinstance(value, str):
        text = _text(value)
        if text is None or text.lower().lstrip("+-") in ("nan", "inf", "infinity"):
            return None
        if not _DECIMAL.match(text):
            raise BadType
        value = float(text)
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise BadType
    return float(value) if math.isfinite(value) else None


def _truth(value: object) -> bool | None:
    text = value.strip().lower() if isinstance(value, str) else value
    if isinstance(value, str) and value.strip() in NULL_TEXTS:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise BadType


def _date(value: object) -> datetime | None:
    if isinstance(value, (datetime, date)):
        return datetime(value.year, value.month, value.day)
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str):
        raise BadValue
    text = text.strip()
    if text in NULL_TEXTS:
        return None
    for pattern, form in _DATE_FORMATS:
        if pattern.match(text):
            return _strptime(text, form)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadValue from error
    return datetime(moment.year, moment.month, moment.day)


def _strptime(text: str, form: str) -> datetime:
    try:
        return datetime.strptime(text, form)
    except ValueError as error:
        raise BadValue from error
