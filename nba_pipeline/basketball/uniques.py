"""Apply a scalar function to a column once per distinct value.

Does NOT belong here: the functions themselves.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd


def map_uniques(values: pd.Series, function: Callable[[object], object], dtype: object) -> pd.Series:
    """`function` of every non-missing value, missing where the value is missing or the result is None."""
    codes, uniques = pd.factorize(values)
    results = pd.array([function(value) for value in uniques] + [None], dtype=dtype)  # type: ignore[call-overload]
    return pd.Series(results.take(np.where(codes < 0, len(uniques), codes)), index=values.index, name=values.name)
