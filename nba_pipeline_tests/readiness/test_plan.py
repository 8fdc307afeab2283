"""What a backfill runs: phases in order, chunks at season borders, runs of exactly the needed partitions."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba_pipeline.orchestration.inputs import full, same_day, whole
from nba_pipeline.readiness.plan import LONGEST_CHUNK_DAYS, chunks, days_between, phases, planned_runs, ranges_text
from nba_pipeline.schema import Column, Table
from nba_pipeline.schema.fields import GAME_DATE

FIRST = date(2021, 10, 19)


def table(name: str) -> Table:
    columns = (GAME_DATE, Column("points", "INT64", "Points.", unit="points", source="test"))
    return Table("raw", name, "one row per date", columns, ("game_date",), "game_date")


A, B, C = table("a"), table("b"), table("c")


def day(offset: int) -> date:
    return FIRST + timedelta(days=offset)


def test_seeds_come_before_what_reads_them_and_the_registry_after_every_raw_partition() -> None:
    points = A.columns[1:]
    seed = Table("reference", "cities", "one row", (replace(points[0], required=True),), ("points",), None)
    registry = replace(seed, name="registry")
    games = replace(A, layer="reference", name="games")
    summary = replace(A, layer="analytics", name="summary")
    edges = {
        str(registry): (full(A, ("points",)),),
        str(games): (same_day(A, ("points",)), whole(seed, ("points",))),
        str(summary): (whole(registry, ("points",)),),
        str(A): (),
    }
    assert phases([summary, registry, games, A, seed], {**edges, str(seed): ()}) == [
        ("seeds", (seed,)),
        ("raw", (games, A)),
        ("reference", (registry,)),
        ("analytics", (summary,)),
    ]


def test_phases_without_tables_are_left_out() -> None:
    assert phases([A, B], {}) == [("raw", (A, B))]


def test_chunks_end_where_a_season_ends() -> None:
    assert chunks(date(2022, 5, 1), date(2023, 10, 2)) == [
        (date(2022, 5, 1), date(2022, 9, 30)),
        (date(2022, 10, 1), date(2023, 9, 30)),
        (date(2023, 10, 1), date(2023, 10, 2)),
    ]


def test_chunks_of_days_cover_the_range_and_the_last_is_shorter() -> None:
    assert chunks(day(0), day(9), 4) == [(day(0), day(3)), (day(4), day(7)), (day(8), day(9))]
    assert chunks(day(3), day(3), 4) == [(day(3), day(3))]


@pytest.mark.parametrize("size", [0, -1, LONGEST_CHUNK_DAYS + 1])
def test_a_chunk_is_1_to_400_days(size: int) -> None:
    with pytest.raises(ValueError, match="use 1 to 400"):
        chunks(day(0), day(9), size)


@given(start=st.integers(0, 1500), length=st.integers(0, 900), size=st.none() | st.integers(1, LONGEST_CHUNK_DAYS))
def test_chunks_cover_every_day_once_in_order(start: int, length: int, size: int | None) -> None:
    pieces = chunks(day(start), day(start + length), size)
    covered = [covered_day for first, last in pieces for covered_day in days_between(first, last)]
    assert covered == days_between(day(start), day(start + length))
    assert all((last - first).days + 1 <= LONGEST_CHUNK_DAYS for first, last in pieces)


def test_neighbouring_days_that_need_the_same_tables_share_a_run() -> None:
    needed = {A: {day(0), day(1), day(2), day(5)}, B: {day(1), day(2)}}
    assert [(run.tables, run.first, run.last) for run in planned_runs(needed, days_between(day(0), day(6)))] == [
        ((A,), day(0), day(0)),
        ((A, B), day(1), day(2)),
        ((A,), day(5), day(5)),
    ]


def test_nothing_needed_is_no_run() -> None:
    assert planned_runs({A: set()}, days_between(day(0), day(6))) == []


def test_days_needed_outside_the_chunk_are_not_run() -> None:
    runs = planned_runs({A: {day(0), day(7)}}, days_between(day(5), day(9)))
    assert [run.days for run in runs] == [(day(7),)]


@given(needed=st.dictionaries(st.sampled_from([A, B, C]), st.sets(st.integers(0, 40).map(day))))
def test_runs_cover_exactly_the_needed_partitions_once(needed: dict[Table, set[date]]) -> None:
    runs = planned_runs(needed, days_between(day(0), day(40)))
    covered = Counter((table, covered_day) for run in runs for table in run.tables for covered_day in run.days)
    assert covered == Counter((table, wanted) for table, days in needed.items() for wanted in days)
    assert [run.first for run in runs] == sorted(run.first for run in runs if run.first)


@given(needed=st.dictionaries(st.sampled_from([A, B]), st.sets(st.integers(0, 30).map(day))))
def test_no_two_neighbouring_runs_could_be_one(needed: dict[Table, set[date]]) -> None:
    runs = planned_runs(needed, days_between(day(0), day(30)))
    for before, after in pairwise(runs):
        assert before.tables != after.tables or before.days[-1] != after.days[0] - timedelta(days=1)


def test_dates_are_printed_completely_as_ranges() -> None:
    days = [date(2022, 1, 7), date(2022, 1, 3), date(2022, 1, 5), date(2022, 1, 6), date(2022, 1, 5)]
    assert ranges_text(days) == "2022-01-03, 2022-01-05..2022-01-07"
    assert ranges_text([]) == ""
    assert ranges_text([date(2022, 12, 31), date(2023, 1, 1)]) == "2022-12-31..2023-01-01"


@given(days=st.sets(st.integers(0, 60).map(day)))
def test_printed_ranges_name_every_day_and_no_other(days: set[date]) -> None:
    named: list[date] = []
    for part in filter(None, ranges_text(days).split(", ")):
        first, _, last = part.partition("..")
        named += days_between(date.fromisoformat(first), date.fromisoformat(last or first))
    assert named == sorted(days)
