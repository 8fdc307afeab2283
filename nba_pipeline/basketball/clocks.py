"""Playing time and game clocks: the grammars of the sources, in minutes and seconds.

Does NOT belong here: tip-off times, time zones.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import numpy as np
import pandas as pd

REGULATION_PERIODS = 4
REGULATION_PERIOD_SECONDS = 720
OVERTIME_PERIOD_SECONDS = 300
TEAM_MINUTES_REGULATION = 240
TEAM_MINUTES_OVERTIME = 25

_COLON = re.compile(r"^(\d+):(\d{2})$")
_ISO = re.compile(r"^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$")
_NUMBER = re.compile(r"^\d+(?:\.\d+)?$")
_HOURS = re.compile(r"^(\d+):([0-5]\d):([0-5]\d(?:\.\d+)?)$")
_NOTHING = frozenset({"", "-", "--", "null", "None", "nan"})


def _iso_seconds(text: str) -> float | None:
    found = _ISO.match(text)
    if not found or not any(found.groups()):
        return None
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    if seconds >= 60 and (found.group(1) or found.group(2)):
        return None
    return 3600 * hours + 60 * minutes + seconds


def parse_minutes(value: object) -> float | None:
    """Playing time in minutes of `"49:25"`, `"PT34M12.00S"`, `"09"` or a number; None for nothing.

    Raises ValueError for everything else, negative numbers included.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool):
        if math.isfinite(value) and value >= 0:
            return float(value)
        raise ValueError(f"{value!r} is no playing time.")
    text = str(value).strip()
    if text in _NOTHING:
        return None
    colon = _COLON.match(text)
    if colon and int(colon.group(2)) < 60:
        return int(colon.group(1)) + int(colon.group(2)) / 60
    seconds = _iso_seconds(text)
    if seconds is not None:
        return seconds / 60
    if _NUMBER.match(text):
        return float(text)
    raise ValueError(f"{value!r} is no playing time; expected MM:SS, an ISO duration or a number.")


def parse_clock(value: object) -> float:
    """Seconds left of `PT11M46.00S` or `0:11:44`; raises ValueError for everything else."""
    text = value.strip() if isinstance(value, str) else ""
    seconds = _iso_seconds(text)
    if seconds is not None:
        return seconds
    found = _HOURS.match(text)
    if not found:
        raise ValueError(f"{value!r} is no game clock; expected PTmmMss.ssS or H:MM:SS.")
    return 3600 * int(found.group(1)) + 60 * int(found.group(2)) + float(found.group(3))


def minutes(values: pd.Series) -> tuple[pd.Series, np.ndarray]:
    """Minutes of every value and a mask of the values that are no playing time."""
    if pd.api.types.is_numeric_dtype(values.dtype) and values.dtype != "bool":
        numbers = values.astype("float64")
        bad = ((numbers < 0) | np.isinf(numbers)).to_numpy()
        return numbers.mask(bad), bad
    return _parse_uniques(values, parse_minutes)


def clock_seconds(values: pd.Series) -> tuple[pd.Series, np.ndarray]:
    """Seconds left of every clock and a mask of the values that are no clock (missing ones are not bad)."""
    return _parse_uniques(values, parse_clock)


def period_length_seconds(period: pd.Series) -> pd.Series:
    """Length of the period: 720 s in regulation, 300 s in overtime."""
    lengths = np.where(period.to_numpy() <= REGULATION_PERIODS, REGULATION_PERIOD_SECONDS, OVERTIME_PERIOD_SECONDS)
    return pd.Series(lengths.astype("float64"), index=period.index)


def elapsed_seconds(period: pd.Series, seconds_left: pd.Series) -> pd.Series:
    """Seconds since the start of the game: period 5 with 4:10 left is 2,880 + 50."""
    number = period.to_numpy(dtype="float64", na_value=np.nan)
    overtimes = np.maximum(number - REGULATION_PERIODS - 1, 0)
    regulation = np.minimum(number - 1, REGULATION_PERIODS)
    before = REGULATION_PERIOD_SECONDS * regulation + OVERTIME_PERIOD_SECONDS * overtimes
    return before + period_length_seconds(period) - seconds_left


def _parse_uniques(values: pd.Series, parse: Callable[[object], float | None]) -> tuple[pd.Series, np.ndarray]:
    codes, uniques = pd.factorize(values)
    results, bad = np.full(len(uniques) + 1, np.nan), np.zeros(len(uniques) + 1, dtype=bool)
    for position, value in enumerate(uniques):
        try:
            result = parse(value)
        except ValueError:
            bad[position] = True
        else:
            results[position] = np.nan if result is None else result
    return pd.Series(results[codes], index=values.index), bad[codes]
