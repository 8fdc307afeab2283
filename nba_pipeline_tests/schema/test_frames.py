"""Frames and Arrow tables say the same, NULLs included, whatever the type."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba_pipeline.schema import Column, Table
from nba_pipeline.schema.column import TYPES, Type
from nba_pipeline.schema.fields import GAME_DATE
from nba_pipeline.schema.frames import arrow_schema, empty_frame, frame_dtype, frame_from_arrow, typed_frame

VALUES: dict[Type, list[object]] = {
    "STRING": ["Jokić", None, ""],
    "INT64": [2**53 + 1, None, -(2**63)],  # beyond what a float holds
    "FLOAT64": [0.1, None, -0.0],
    "BOOL": [True, None, False],
    "DATE": [date(2021, 10, 19), None, date(2026, 1, 3)],
    "TIMESTAMP": [datetime(2021, 10, 19, 23, 30, 0, 1, tzinfo=UTC), None, datetime(2026, 1, 3, tzinfo=UTC)],
}
DTYPES = {
    "STRING": ("str", "str"),
    "INT64": ("Int64", "int64"),
    "FLOAT64": ("float64", "float64"),
    "BOOL": ("boolean", "bool"),
    "DATE": ("datetime64[us]", "datetime64[us]"),
    "TIMESTAMP": ("datetime64[us, UTC]", "datetime64[us, UTC]"),
}


def column(type_: Type, *, required: bool = False) -> Column:
    return Column(f"a_{type_.lower()}", type_, "A value.", unit="text", source="test", required=required)


def table(*, required: bool = False) -> Table:
    return Table(
        layer="raw",
        name="everything",
        grain="one row per date",
        columns=(GAME_DATE, *(column(type_, required=required) for type_ in TYPES)),
        primary_key=("game_date",),
        partition_column="game_date",
    )


EVERYTHING = table()
COMPLETE = table(required=True)


def stored(declared: Table, rows: slice = slice(None)) -> pa.Table:
    values = {"game_date": [date(2021, 10, 19), date(2021, 10, 20), date(2021, 10, 21)][rows]}
    values |= {f"a_{type_.lower()}": VALUES[type_][rows] for type_ in TYPES}
    return pa.table(values, schema=arrow_schema(declared.columns))


@pytest.mark.parametrize("type_", TYPES)
def test_dtype_of_each_type_with_and_without_nulls(type_: Type) -> None:
    expected = tuple(pd.api.types.pandas_dtype(name) for name in DTYPES[type_])
    if type_ == "STRING":
        expected = (pd.StringDtype("pyarrow", na_value=np.nan),) * 2
    assert (
        pd.api.types.pandas_dtype(frame_dtype(column(type_))),
        pd.api.types.pandas_dtype(frame_dtype(column(type_, required=True))),
    ) == expected


@pytest.mark.parametrize("type_", TYPES)
def test_every_type_comes_back_from_pandas_with_its_nulls(type_: Type) -> None:
    original = stored(EVERYTHING)
    frame = frame_from_arrow(EVERYTHING, original)
    name = f"a_{type_.lower()}"
    assert frame[name].isna().tolist() == [False, True, False]
    assert frame[name].dtype == frame_dtype(EVERYTHING.by_name[name])
    again = pa.Table.from_pandas(frame, schema=original.schema, preserve_index=False)
    assert again[name].to_pylist() == VALUES[type_]


@pytest.mark.parametrize("type_", TYPES)
def test_required_columns_come_back_without_a_null(type_: Type) -> None:
    original = stored(COMPLETE, slice(0, 3, 2))
    frame = frame_from_arrow(COMPLETE, original)
    name = f"a_{type_.lower()}"
    assert frame[name].dtype == frame_dtype(COMPLETE.by_name[name])
    again = pa.Table.from_pandas(frame, schema=original.schema, preserve_index=False)
    assert again[name].to_pylist() == VALUES[type_][::2]


@pytest.mark.parametrize("declared", [EVERYTHING, COMPLETE], ids=["nullable", "required"])
def test_no_rows_keep_their_dtypes(declared: Table) -> None:
    none = stored(declared, slice(0, 0))
    pd.testing.assert_frame_equal(frame_from_arrow(declared, none), empty_frame(declared))


def test_several_chunks_are_one_column() -> None:
    chunks = pa.concat_tables([stored(EVERYTHING), stored(EVERYTHING)])
    assert frame_from_arrow(EVERYTHING, chunks)["a_int64"].isna().tolist() == [False, True, False] * 2


def test_dates_are_midnights_of_the_same_day() -> None:
    frame = frame_from_arrow(EVERYTHING, stored(EVERYTHING))
    assert frame["a_date"].iloc[0] == pd.Timestamp("2021-10-19 00:00")


def test_typed_frame_puts_columns_in_contract_order_and_drops_others() -> None:
    loose = pd.DataFrame({"other": [1], "a_int64": [3.0], "game_date": pd.to_datetime(["2021-10-19"])})
    typed = typed_frame(EVERYTHING, loose, columns=("game_date", "a_int64"))
    assert typed.columns.tolist() == ["game_date", "a_int64"]
    assert typed.dtypes.astype(str).tolist() == ["datetime64[us]", "Int64"]


def test_typed_frame_names_a_missing_column() -> None:
    with pytest.raises(KeyError, match="a_string"):
        typed_frame(EVERYTHING, pd.DataFrame({"game_date": pd.to_datetime(["2021-10-19"])}))


def test_typed_frame_does_not_cut_fractions_off() -> None:
    with pytest.raises(TypeError, match="cannot safely cast"):
        typed_frame(EVERYTHING, pd.DataFrame({"a_int64": [2.5]}), columns=("a_int64",))


def test_system_columns_can_be_chosen() -> None:
    chosen = empty_frame(EVERYTHING, columns=("game_date", "row_hash", "processed_at"))
    assert chosen.dtypes.astype(str).tolist() == ["datetime64[us]", "str", "datetime64[us, UTC]"]


def test_required_fields_are_not_nullable_in_arrow() -> None:
    schema = arrow_schema(EVERYTHING.columns)
    assert {field.name for field in schema if not field.nullable} == {"game_date"}
    assert schema.field("a_timestamp").type == pa.timestamp("us", tz="UTC")


@given(
    integers=st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=20),
    texts=st.lists(st.none() | st.text(st.characters(exclude_categories=("Cs",)), max_size=8), min_size=1, max_size=20),
)
def test_any_integer_and_any_text_survive_the_round_trip(integers: list[int | None], texts: list[str | None]) -> None:
    for name, values in (("a_int64", integers), ("a_string", texts)):
        schema = arrow_schema([EVERYTHING.by_name[name]])
        frame = frame_from_arrow(EVERYTHING, pa.table({name: values}, schema=schema))
        assert pa.Table.from_pandas(frame, schema=schema, preserve_index=False)[name].to_pylist() == values
