from __future__ import annotations

import math
import struct
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nba_pipeline.warehouse.row_hash import hex_digits, partition_versions, row_hashes

ALL = 2**64 - 1
SCHEMA = pa.schema(
    [
        ("text", pa.string()),
        ("whole", pa.int64()),
        ("real", pa.float64()),
        ("flag", pa.bool_()),
        ("day", pa.date32()),
        ("at", pa.timestamp("us", tz="UTC")),
    ]
)
VALUES = st.fixed_dictionaries(
    {
        "text": st.none() | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40),
        "whole": st.none() | st.integers(-(2**63), 2**63 - 1),
        "real": st.none() | st.floats(allow_nan=False),
        "flag": st.none() | st.booleans(),
        "day": st.none() | st.dates(),
        "at": st.none() | st.datetimes(timezones=st.just(UTC), min_value=datetime(1900, 1, 1)),
    }
)


def hashed(rows: list[dict[str, object]]) -> list[str]:
    return hex_digits(row_hashes(pa.Table.from_pylist(rows, schema=SCHEMA))).to_pylist()


def slow_absorb(state: int, word: int) -> int:
    state = ((state + 0x9E3779B97F4A7C15) & ALL) ^ word
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & ALL
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & ALL
    return state ^ (state >> 31)


def slow_word(value: object) -> int:
    """The module's definition, written value by value."""
    match value:
        case None:
            return 0xA54FF53A5F1D36F1
        case bool():
            return int(value)
        case int():
            return value & ALL
        case float():
            return 0x7FF8000000000000 if math.isnan(value) else struct.unpack("<Q", struct.pack("<d", value + 0.0))[0]
        case datetime():
            return ((value - datetime(1970, 1, 1, tzinfo=UTC)) // datetime.resolution) & ALL
        case date():
            return (value - date(1970, 1, 1)).days & ALL
    octets = str(value).encode()
    state = 0xBB67AE8584CAA73B ^ len(octets)
    for start in range(0, len(octets), 8):
        state = slow_absorb(state, int.from_bytes(octets[start : start + 8].ljust(8, b"\0"), "little"))
    return state


def slow_hash(row: dict[str, object]) -> str:
    state = 0x6A09E667F3BCC908
    for name in SCHEMA.names:
        state = slow_absorb(state, slow_word(row[name]))
    return f"{state:016x}"


def row(**values: object) -> dict[str, object]:
    return dict.fromkeys(SCHEMA.names) | values


GOLDEN = {
    "all_null": row(),
    "empty_text": row(text=""),
    "plain": row(
        text="jaysontatum", whole=30, real=0.285, flag=True, day=date(2024, 1, 15), at=datetime(2024, 1, 16, tzinfo=UTC)
    ),
    "accents": row(text="Luka Dončić", whole=-1, real=-1.5, flag=False),
}
GOLDEN_DIGITS = {
    "all_null": "5bf9eb450fe113f6",
    "empty_text": "715898513d4d607f",
    "plain": "9cd9f5f948d21283",
    "accents": "19031331160ea4b5",
}


@pytest.mark.parametrize("name", GOLDEN)
def test_hash_of_a_known_row_never_changes(name: str) -> None:
    assert hashed([GOLDEN[name]]) == [GOLDEN_DIGITS[name]]


@settings(max_examples=80, deadline=None)
@given(st.lists(VALUES, max_size=12))
def test_hash_follows_its_written_definition(rows: list[dict[str, object]]) -> None:
    assert hashed(rows) == [slow_hash(row) for row in rows]


@settings(max_examples=40, deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=12), st.integers(0, 1000))
def test_hash_does_not_depend_on_row_order(rows: list[dict[str, object]], seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(rows))
    assert hashed([rows[i] for i in order]) == [hashed(rows)[i] for i in order]


@settings(max_examples=40, deadline=None)
@given(st.lists(VALUES, min_size=2, max_size=12), st.integers(1, 11))
def test_hash_does_not_depend_on_chunks_or_slices(rows: list[dict[str, object]], cut: int) -> None:
    whole = pa.Table.from_pylist(rows, schema=SCHEMA)
    cut = min(cut, len(rows))
    chunked = pa.concat_tables([whole.slice(0, cut), whole.slice(cut)])
    assert row_hashes(chunked).tolist() == row_hashes(whole).tolist()
    assert row_hashes(whole.slice(cut)).tolist() == row_hashes(whole).tolist()[cut:]


def test_null_and_empty_text_differ_in_every_position() -> None:
    texts = pa.schema([("a", pa.string()), ("b", pa.string())])
    rows = [(None, None), (None, ""), ("", None), ("", ""), ("\0", ""), ("a", "b"), ("ab", ""), ("", "ab"), ("b", "a")]
    table = pa.Table.from_pylist([dict(zip("ab", values, strict=True)) for values in rows], schema=texts)
    assert len(set(row_hashes(table).tolist())) == len(rows)


def test_null_and_zero_and_false_differ() -> None:
    assert len(set(hashed([row(), row(whole=0), row(real=1.0), row(flag=True), row(whole=1)]))) == 5


def test_minus_zero_is_zero_and_every_nan_is_one_nan() -> None:
    bits = np.array([0, 1 << 63, 0x7FF8000000000000, 0x7FF8000000000001, 0xFFF8000000000000], dtype=np.uint64)
    values = pa.array(bits.view(np.float64), from_pandas=False)
    zero, minus_zero, *nans = row_hashes(pa.table({"real": values})).tolist()
    assert zero == minus_zero
    assert len(set(nans)) == 1
    assert zero != nans[0]


def test_single_changed_cell_changes_only_its_row() -> None:
    before = hashed([row(whole=1), row(whole=2), row(whole=3)])
    after = hashed([row(whole=1), row(whole=20), row(whole=3)])
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False, True]


def test_hashes_of_a_million_similar_rows_do_not_collide() -> None:
    number = np.arange(1_000_000)
    table = pa.table({"a": pa.array(number // 1000), "b": pa.array(number % 1000)})
    assert len(np.unique(row_hashes(table))) == 1_000_000


def test_hex_digits_are_sixteen_lower_case_digits() -> None:
    assert hex_digits(np.array([0, 255, ALL], dtype=np.uint64)).to_pylist() == ["0" * 16, "00000000000000ff", "f" * 16]
    assert hex_digits(np.array([], dtype=np.uint64)).to_pylist() == []


def test_unknown_type_is_refused() -> None:
    with pytest.raises(TypeError, match="int32"):
        row_hashes(pa.table({"a": pa.array([1], pa.int32())}))


def test_partition_version_ignores_row_order_and_sees_every_row() -> None:
    hashes = np.array([11, 22, 33, 44], dtype=np.uint64)
    days = np.array([0, 1, 0, 1], dtype=np.int32)
    first, second = date(1970, 1, 1), date(1970, 1, 2)
    order = [3, 2, 1, 0]
    versions = partition_versions(hashes, days, [first, second])
    assert versions == partition_versions(hashes[order], days[order], [first, second])
    changed = partition_versions(np.array([11, 22, 34, 44], dtype=np.uint64), days, [first, second])
    assert changed[first] != versions[first]
    assert changed[second] == versions[second]


def test_partition_without_rows_has_a_version_and_days_outside_the_scope_have_none() -> None:
    hashes, days = np.array([11], dtype=np.uint64), np.array([0], dtype=np.int32)
    versions = partition_versions(hashes, days, [date(1970, 1, 5)])
    assert versions == {date(1970, 1, 5): "0-" + "0" * 32}


def test_table_without_partitions_has_one_version() -> None:
    versions = partition_versions(np.array([1, 2], dtype=np.uint64), None, [None])
    assert versions == partition_versions(np.array([2, 1], dtype=np.uint64), None, [None])
    assert versions[None] is not None
    assert versions[None].startswith("2-")
