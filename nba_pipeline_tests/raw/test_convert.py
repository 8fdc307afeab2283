"""Conversions of columns as printed."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from nba_pipeline.raw.convert import clean_text, convert, eastern_date, eastern_instant
from nba_pipeline.schema.frames import STRING_DTYPE


def printed(*values: object) -> pd.Series:
    return pd.Series(list(values), dtype="object")


def plain(values: pd.Series) -> list[object]:
    return [None if pd.isna(value) else value for value in values]


def test_integers_in_every_notation() -> None:
    found = convert(printed(7, 1610612749.0, " 12", "+5", "-6.0", None, "", "nan"), "INT64")
    assert plain(found.values) == [7, 1610612749, 12, 5, -6, None, None, None]
    assert not found.bad_type.any()
    assert not found.bad_value.any()


def test_a_fraction_is_a_bad_value_and_text_a_bad_type_for_an_integer() -> None:
    found = convert(printed(12.5, "12.5", "twelve", [1], {"a": 1}), "INT64")
    assert found.bad_value.tolist() == [True, True, False, False, False]
    assert found.bad_type.tolist() == [False, False, True, True, True]
    assert found.values.isna().all()


def test_an_integer_beyond_64_bits_is_a_bad_value() -> None:
    assert convert(printed(2**63, "9" * 30), "INT64").bad_value.all()


def test_floats_take_numbers_and_turn_not_a_number_into_missing() -> None:
    found = convert(printed(1, 2.5, "3.25", "nan", float("inf"), "-Infinity", "x"), "FLOAT64")
    assert plain(found.values) == [1.0, 2.5, 3.25, None, None, None, None]
    assert found.bad_type.tolist() == [False] * 6 + [True]


def test_truth_values() -> None:
    found = convert(printed(True, 0, "1", "false", None, "yes", 2), "BOOL")
    assert plain(found.values) == [True, False, True, False, None, None, None]
    assert found.bad_type.tolist() == [False] * 5 + [True, True]


@pytest.mark.parametrize("dtype", ["object", STRING_DTYPE])
def test_text_is_trimmed_collapsed_and_composed(dtype: object) -> None:
    values = pd.Series(["  a  b ", "Jokic\u0301", "", "nan", "None", "null", "-", "--", None, "a\u00a0b"], dtype=dtype)
    found = convert(values, "STRING")
    assert plain(found.values) == ["a b", "Joki\u0107"] + [None] * 7 + ["a b"]
    assert not found.bad_type.any()


def test_numbers_become_text_without_a_fraction_and_lists_do_not() -> None:
    found = convert(printed(7, 23.0, ["x"]), "STRING")
    assert plain(found.values) == ["7", "23", None]
    assert found.bad_type.tolist() == [False, False, True]


def test_dates_in_every_notation() -> None:
    found = convert(printed("2025-01-15", "20250115", "01/15/2025", "2025-01-15T19:00:00Z", "15.1.2025", None), "DATE")
    assert found.values[:4].dt.strftime("%Y-%m-%d").tolist() == ["2025-01-15"] * 4
    assert found.bad_value.tolist() == [False] * 4 + [True, False]


def test_a_day_that_does_not_exist_is_a_bad_value() -> None:
    assert convert(printed("2025-02-30"), "DATE").bad_value.tolist() == [True]


def test_instants_keep_their_offset_and_need_a_zone_without_one() -> None:
    values = printed("2025-01-16T00:16:25.0Z", "2026-02-11T19:00:00-05:00", "2025-01-16T00:00:00")
    found = convert(values, "TIMESTAMP")
    assert found.values[0] == pd.Timestamp("2025-01-16T00:16:25Z")
    assert found.values[1] == pd.Timestamp("2026-02-12T00:00:00Z")
    assert found.bad_value.tolist() == [False, False, True]
    assert convert(values, "TIMESTAMP", zone="UTC").values[2] == pd.Timestamp("2025-01-16T00:00:00Z")


def test_a_false_z_is_eastern_wall_time() -> None:
    assert eastern_instant("2025-01-15T19:00:00Z") == datetime(2025, 1, 16, 0, 0, tzinfo=UTC)
    assert eastern_instant("2026-02-11T19:00:00-05:00") == datetime(2026, 2, 12, 0, 0, tzinfo=UTC)


def test_daylight_saving_follows_the_zone_database() -> None:
    assert eastern_instant("2022-11-05T20:00:00Z") == datetime(2022, 11, 6, 0, 0, tzinfo=UTC)
    assert eastern_instant("2022-11-06T20:00:00Z") == datetime(2022, 11, 7, 1, 0, tzinfo=UTC)
    assert eastern_instant("2023-03-12T20:00:00Z") == datetime(2023, 3, 13, 0, 0, tzinfo=UTC)


def test_ten_past_midnight_utc_belongs_to_the_evening_before() -> None:
    instants = convert(printed("2025-01-16T00:10:00Z", "2025-01-16T05:00:00Z", None), "TIMESTAMP").values
    assert eastern_date(instants).dt.strftime("%Y-%m-%d").tolist()[:2] == ["2025-01-15", "2025-01-16"]


def test_typed_columns_are_cast_without_looking_at_values() -> None:
    assert convert(pd.Series([1, None], dtype="Int64"), "FLOAT64").values.tolist()[0] == 1.0
    assert convert(pd.Series([1, 2]), "INT64").values.dtype == "Int64"
    assert convert(pd.Series([True, None], dtype="boolean"), "BOOL").values.isna().tolist() == [False, True]


def test_a_whole_numbered_float_column_is_an_integer_column() -> None:
    found = convert(pd.Series([1.0, np.nan, 2.5]), "INT64")
    assert plain(found.values) == [1, None, None]
    assert found.bad_value.tolist() == [False, False, True]


def test_one_text() -> None:
    assert clean_text(" a\tb ") == "a b"
