"""Counts and sentences per partition date, as the metadata of a write wants them.

Does NOT belong here: deciding what is counted.
"""

from __future__ import annotations

from datetime import date

import pandas as pd


def count_by_date(days: pd.Series) -> dict[date, int]:
    """Number of occurrences of every day."""
    numbers = days.value_counts(sort=False).sort_index()
    return dict(zip(pd.DatetimeIndex(numbers.index).date, numbers.tolist(), strict=True))


def named_by_date(days: pd.Series, sentences: pd.Series) -> dict[date, tuple[str, ...]]:
    """Sentences of every day, in their order."""
    named: dict[date, tuple[str, ...]] = {}
    for day, sentence in zip(pd.DatetimeIndex(days).date, sentences, strict=True):
        named[day] = (*named.get(day, ()), sentence)
    return named
