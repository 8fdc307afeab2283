"""Betting prices: American and decimal odds, rounded half away from zero.

Does NOT belong here: markets, bookmakers, lines.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

SMALLEST_AMERICAN = 100.0  # no bookmaker can post an American price between -100 and +100


@dataclass(frozen=True)
class Prices:
    """Both notations of a column of prices.

    unreadable: neither notation fits (1.0, 0, 50). A price that is not stated is missing, not unreadable.
    american is missing when the American price is not a whole number.
    """

    decimal: pd.Series
    american: pd.Series
    unreadable: np.ndarray


def decimal_from_american(american: pd.Series) -> pd.Series:
    """+230 -> 3.3, -115 -> 1.869565."""
    price = american.astype("float64")
    return (1 + price / 100).where(price > 0, 1 + 100 / price.abs())


def american_from_decimal(decimal: pd.Series) -> pd.Series:
    """3.3 -> +230, 1.87 -> -115, rounded half away from zero, as whole numbers in float64."""
    profit = decimal.astype("float64") - 1
    exact = (profit * 100).where(decimal >= 2, -100 / profit)
    return pd.Series(np.sign(exact) * np.floor(exact.abs() + 0.5), index=decimal.index)


def prices(printed: pd.Series) -> Prices:
    """Prices printed in either notation: |price| >= 100 is American, 1 < price < 100 decimal."""
    price = printed.astype("float64")
    is_american = price.abs() >= SMALLEST_AMERICAN
    is_decimal = (price > 1) & ~is_american
    decimal = decimal_from_american(price.where(is_american)).where(is_american, price.where(is_decimal))
    american = price.where(is_american, american_from_decimal(price.where(is_decimal)))
    unreadable = (price.notna() & ~is_american & ~is_decimal).to_numpy()
    return Prices(decimal, _whole_numbers(american), unreadable)


def american_prices(printed: pd.Series) -> Prices:
    """Prices that are American by definition; |price| < 100 (a mean of +105 and -110) is unreadable and missing."""
    price = printed.astype("float64")
    unreadable = (price.abs() < SMALLEST_AMERICAN).to_numpy()
    price = price.mask(unreadable)
    return Prices(decimal_from_american(price), _whole_numbers(price), unreadable)


def _whole_numbers(price: pd.Series) -> pd.Series:
    return price.where(price == np.floor(price)).astype("Int64")
