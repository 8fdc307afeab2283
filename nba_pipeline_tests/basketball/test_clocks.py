"""Playing time and game clocks."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba_pipeline.basketball.clocks import clock_seconds, elapsed_seconds, minutes, parse_clock, parse_minutes


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("49:25", 49 + 25 / 60), ("7:28", 7 + 28 / 60), ("265:00", 265.0), ("PT34M12.00S", 34.2), ("PT30M", 30.0),
        ("PT240M00.00S", 240.0), ("PT1H02M03S", 62.05), ("38", 38.0), ("09", 9.0), ("00", 0.0), (35, 35.0),
        (35.5, 35.5), (None, None), ("", None), ("-", None), ("--", None), ("null", None), (float("nan"), None),
    ],
)  # fmt: skip
def test_playing_time_in_every_notation(printed: object, expected: float | None) -> None:
    assert parse_minutes(printed) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize("printed", ["12:75", "12:34:56", "abc", "-5", -5, "PT", "PT-3M", True, float("inf"), "1e3"])
def test_everything_else_is_no_playing_time(printed: object) -> None:
    with pytest.raises(ValueError, match="no playing time"):
        parse_minutes(printed)


@given(st.integers(0, 400), st.integers(0, 59))
def test_colon_and_iso_notation_agree(whole: int, seconds: int) -> None:
    assert parse_minutes(f"{whole}:{seconds:02d}") == pytest.approx(parse_minutes(f"PT{whole:02d}M{seconds:02d}.00S"))


@given(st.text(max_size=10))
def test_any_text_is_playing_time_nothing_or_an_error(text: str) -> None:
    try:
        value = parse_minutes(text)
    except ValueError:
        return
    assert value is None or value >= 0


def test_a_column_of_playing_times_marks_what_is_not_one() -> None:
    values, bad = minutes(pd.Series(["12:30", None, "12:75", 3], dtype="object"))
    assert values.tolist()[::3] == [12.5, 3.0]
    assert values.isna().tolist() == [False, True, True, False]
    assert bad.tolist() == [False, False, True, False]


def test_a_numeric_column_refuses_negative_minutes() -> None:
    values, bad = minutes(pd.Series([12, -1, None], dtype="Int64"))
    assert bad.tolist() == [False, True, False]
    assert values.isna().tolist() == [False, True, True]


@pytest.mark.parametrize(("printed", "seconds"), [("PT11M46.00S", 706.0), ("PT00M22.20S", 22.2), ("0:11:44", 704.0)])
def test_game_clocks(printed: str, seconds: float) -> None:
    assert parse_clock(printed) == pytest.approx(seconds)


def test_text_that_is_no_clock_is_marked_and_missing_is_not() -> None:
    values, bad = clock_seconds(pd.Series(["PT05M00.00S", "11:46 left", None], dtype="object"))
    assert bad.tolist() == [False, True, False]
    assert values.isna().tolist() == [False, True, True]


def test_elapsed_time_counts_regulation_and_overtime() -> None:
    period = pd.Series([1, 4, 5, 6])
    left = pd.Series([700.0, 0.0, 250.0, 300.0])
    assert elapsed_seconds(period, left).tolist() == [20.0, 2880.0, 2930.0, 3180.0]
