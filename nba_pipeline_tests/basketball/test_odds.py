"""Prices in American and decimal notation."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba_pipeline.basketball.odds import american_from_decimal, american_prices, decimal_from_american, prices


@pytest.mark.parametrize(
    ("decimal", "american"), [(1.91, -110), (1.87, -115), (2.0, 100), (3.3, 230), (1.32, -312), (1.5, -200)]
)
def test_decimal_prices_become_american(decimal: float, american: int) -> None:
    assert prices(pd.Series([decimal])).american.tolist() == [american]


def test_american_prices_become_decimal() -> None:
    assert decimal_from_american(pd.Series([-115, 230])).tolist() == pytest.approx([1.869565, 3.3], abs=1e-6)


def test_each_notation_is_recognised_by_its_size() -> None:
    found = prices(pd.Series([-110.0, 1.91, 1.0, 0.0, None]))
    assert found.american.tolist()[:2] == [-110, -110]
    assert found.unreadable.tolist() == [False, False, True, True, False]


def test_a_mean_of_american_prices_near_zero_is_no_price() -> None:
    found = american_prices(pd.Series([5.0, -110.5, 120.0]))
    assert found.unreadable.tolist() == [True, False, False]
    assert found.decimal.isna().tolist() == [True, False, False]
    assert found.american.isna().tolist() == [True, True, False]


@given(st.integers(-2000, 2000).filter(lambda price: abs(price) > 100))
def test_a_whole_american_price_survives_the_round_trip(price: int) -> None:
    assert american_from_decimal(decimal_from_american(pd.Series([price]))).tolist() == [price]
