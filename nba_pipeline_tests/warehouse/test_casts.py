from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from nba_pipeline.schema.column import Type
from nba_pipeline.schema.frames import STRING_DTYPE
from nba_pipeline.warehouse.casts import to_arrow
from nba_pipeline.warehouse.errors import ContractError
from nba_pipeline_tests.warehouse.example_tables import PLAYERS, column

UTC = dt.UTC
NOON = pd.Timestamp("2024-01-15 12:00", tz="UTC")
DAY = dt.date(2024, 1, 15)


def cast(kind: Type, values: pd.Series | list[object]) -> list[object]:
    series = values if isinstance(values, pd.Series) else pd.Series(values, dtype=object)
    return to_arrow(PLAYERS, column("points", kind), series).to_pylist()


ACCEPTED: list[tuple[Type, pd.Series | list[object], list[object]]] = [
    ("STRING", pd.Series(["a", None], dtype=STRING_DTYPE), ["a", None]),
    ("STRING", ["a", None, np.nan, pd.NA], ["a", None, None, None]),
    ("STRING", pd.Series(["b", None], dtype="category"), ["b", None]),
    ("INT64", pd.Series([1, None], dtype="Int64"), [1, None]),
    ("INT64", pd.Series([1.0, np.nan]), [1, None]),
    ("INT64", pd.Series([2**62], dtype="uint64"), [2**62]),
    ("INT64", pd.Series([1], dtype="int8"), [1]),
    ("INT64", [1, 2.0, None], [1, 2, None]),
    ("FLOAT64", pd.Series([0.5, np.nan]), [0.5, None]),
    ("FLOAT64", pd.Series([1, None], dtype="Int64"), [1.0, None]),
    ("FLOAT64", pd.Series([0.5], dtype="float32"), [0.5]),
    ("BOOL", pd.Series([True, None], dtype="boolean"), [True, None]),
    ("BOOL", [True, None, np.nan], [True, None, None]),
    ("DATE", pd.Series([pd.Timestamp(DAY), pd.NaT]), [DAY, None]),
    ("DATE", pd.Series([pd.Timestamp(DAY)]).astype("datetime64[us]"), [DAY]),
    ("DATE", [DAY, None], [DAY, None]),
    ("TIMESTAMP", pd.Series([NOON, pd.NaT]), [NOON.to_pydatetime(), None]),
    ("TIMESTAMP", [NOON.to_pydatetime(), None], [NOON.to_pydatetime(), None]),
    ("TIMESTAMP", pd.Series([NOON]).dt.tz_convert("America/New_York"), [NOON.to_pydatetime()]),
    *((kind, [None, None], [None, None]) for kind in ("STRING", "INT64", "FLOAT64", "BOOL", "DATE", "TIMESTAMP")),
]

REFUSED: list[tuple[Type, pd.Series | list[object], str]] = [
    ("INT64", pd.Series([1.0, 10.7]), "10.7"),
    ("INT64", pd.Series([1.0, np.inf]), "infinite in 1 of 2 rows"),
    ("FLOAT64", pd.Series([0.5, np.inf, np.nan, -np.inf]), "infinite in 2 of 4 rows"),
    ("FLOAT64", [0.5, float("-inf")], "infinite in 1 of 2 rows"),
    ("FLOAT64", pd.Series([np.inf], dtype="Float64"), "infinite in 1 of 1 rows"),
    ("INT64", pd.Series([2**64 - 1], dtype="uint64"), "18446744073709551615"),
    ("INT64", [2**70], "no one type"),
    ("INT64", ["7"], "found string, for example '7'"),
    ("INT64", [True, False], "found bool"),
    ("INT64", [1, "7"], "no one type"),
    ("INT64", [Decimal("7.5")], "found decimal"),
    ("FLOAT64", ["0.5"], "found string"),
    ("FLOAT64", pd.Series([2**53 + 1]), "9007199254740993"),
    ("FLOAT64", [True], "found bool"),
    ("STRING", [1, 2], "found int64"),
    ("STRING", [b"a"], "found binary"),
    ("STRING", [["a"]], "found list"),
    ("STRING", ["\ud800"], "no one type"),
    ("BOOL", [1, 0], "found int64"),
    ("BOOL", ["true"], "found string"),
    ("DATE", [dt.datetime(2024, 1, 15, 3)], "03:00:00 with a time of day"),
    ("DATE", [DAY, dt.datetime(2024, 1, 15, 3)], "03:00:00 with a time of day"),
    ("DATE", pd.Series([NOON]), "found timestamp"),
    ("DATE", ["2024-01-15"], "found string"),
    ("TIMESTAMP", pd.Series([pd.Timestamp("2024-01-15 12:00")]), "naive one is ambiguous"),
    ("TIMESTAMP", [NOON.to_pydatetime(), dt.datetime(2024, 1, 15)], "no one type"),
    ("TIMESTAMP", pd.Series([NOON + pd.Timedelta(nanoseconds=1)]), "lose data"),
    ("TIMESTAMP", [DAY], "naive one is ambiguous"),
    ("TIMESTAMP", ["2024-01-15T12:00Z"], "found string"),
]


@pytest.mark.parametrize(("kind", "values", "expected"), ACCEPTED)
def test_value_without_loss_is_stored_in_the_declared_type(
    kind: Type, values: pd.Series | list[object], expected: list[object]
) -> None:
    assert cast(kind, values) == expected


@pytest.mark.parametrize(("kind", "values", "found"), REFUSED)
def test_value_that_would_lose_or_invent_something_is_refused(
    kind: Type, values: pd.Series | list[object], found: str
) -> None:
    with pytest.raises(ContractError, match=r"^analytics.player_example.points: ") as caught:
        cast(kind, values)
    assert found in str(caught.value)
