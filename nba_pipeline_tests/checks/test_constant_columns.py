"""Columns that say nothing over the newest 30 game dates are found, those that may be constant are left alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from nba_pipeline.orchestration.checks.worst import worst_table
from nba_pipeline.orchestration.constant_columns import constant_columns
from nba_pipeline.orchestration.whole_table_checks import evaluated
from nba_pipeline.schema import Column, Table
from nba_pipeline.schema.fields import GAME_DATE, TEAM_ABBR
from nba_pipeline_tests.checks.store import GAMES, Store

START = date(2024, 3, 1)


def column(name: str, type_: str = "FLOAT64", constant: str = "") -> Column:
    return Column(name, type_, "A value.", unit="points", source="test", may_be_constant=constant)  # type: ignore[arg-type]


TABLE = Table(
    layer="precompute",
    name="watched",
    grain="one row per team and date",
    columns=(
        GAME_DATE,
        TEAM_ABBR,
        column("rating"),
        column("pace_score"),
        column("is_tired", "BOOL"),
        column("status", "STRING"),
        column("line", constant="no line without quotes"),
    ),
    primary_key=("game_date", "team_abbr"),
    partition_column="game_date",
)
Fill = Callable[..., None]


@pytest.fixture
def fill(store: Store) -> Fill:
    """One game and two rows on each of so many days; columns differ between the rows unless told otherwise."""

    def filled(dates: int = 30, playoffs: int = 0, **values: object) -> None:
        days = [START + timedelta(days=number) for number in range(dates)]
        kinds = ["regular"] * (dates - playoffs) + ["playoffs"] * playoffs
        games = (
            {"game_date": day, "game_id": str(day), "season_type": kind} for day, kind in zip(days, kinds, strict=True)
        )
        store.insert(GAMES, *games)
        varied = (
            {"team_abbr": team, "rating": value, "pace_score": value, "is_tired": value == 1, "status": team}
            for team, value in (("BOS", 1), ("NYK", 2))
        )
        store.insert(TABLE, *({"game_date": day, **row, **values} for row in list(varied) for day in days))

    return filled


def found(store: Store, *bounds: date) -> list[tuple[str, str]]:
    return [(v.severity, v.description) for v in constant_columns(store.warehouse, TABLE, *bounds)]


def test_columns_that_vary_pass(store: Store, fill: Fill) -> None:
    fill()
    assert found(store) == [("pass", "")]


def test_a_column_that_is_always_null_is_an_error(store: Store, fill: Fill) -> None:
    fill(rating=None)
    assert found(store) == [("error", "rating: always NULL in 60 rows from 2024-03-01 to 2024-03-30")]


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [("rating", 0.0, "0.0"), ("is_tired", False, "False"), ("status", "x", "x")],
)
def test_a_column_with_one_value_is_a_warning(store: Store, fill: Fill, name: str, value: object, shown: str) -> None:
    fill(**{name: value})
    assert found(store) == [("warn", f"{name}: always {shown} in 60 rows from 2024-03-01 to 2024-03-30")]


def test_a_score_that_is_often_exactly_zero_is_a_warning(store: Store, fill: Fill) -> None:
    fill()
    for threshold, verdict in ((12, "pass"), (13, "warn")):
        store.run(f"update {TABLE.qualified_name} set pace_score = 1")
        last = START + timedelta(days=threshold - 1)
        zeros = f"game_date <= date '{last}' and team_abbr = 'BOS'"
        store.run(f"update {TABLE.qualified_name} set pace_score = 0 where {zeros}")
        assert found(store)[0][0] == verdict
    assert found(store)[0][1].startswith("pace_score: exactly 0 in 21.7%")


def test_a_column_that_may_be_constant_is_not_judged(store: Store, fill: Fill) -> None:
    fill(line=0.5)
    assert found(store) == [("pass", "")]


def test_in_the_playoffs_the_window_slides_back_to_20_regular_dates(store: Store, fill: Fill) -> None:
    fill(dates=45, playoffs=14)
    store.run(f"update {TABLE.qualified_name} set rating = 1 where game_date >= date '{START + timedelta(days=11)}'")
    assert found(store) == [("warn", "rating: always 1.0 in 60 rows from 2024-03-12 to 2024-04-10")]


def test_only_the_newest_window_inside_the_range_counts(store: Store, fill: Fill) -> None:
    fill(dates=40)
    store.run(f"update {TABLE.qualified_name} set rating = 1 where game_date <= date '{START + timedelta(days=29)}'")
    assert found(store) == [("pass", "")]
    assert found(store, START, START + timedelta(days=29))[0][0] == "warn"


def test_too_few_game_dates_are_not_judged_and_said_so(store: Store, fill: Fill) -> None:
    fill(dates=29, rating=None)
    severity, text = found(store)[0]
    assert (severity, text.partition(":")[0]) == ("pass", "not evaluated")


def test_a_table_without_partitions_is_not_judged(store: Store) -> None:
    seed = Table("reference", "seed", "one row per team", (TEAM_ABBR,), ("team_abbr",), None)
    assert constant_columns(store.warehouse, seed) == []


def test_raw_tables_alone_cannot_be_judged_yet_and_the_check_says_what_to_build(store: Store) -> None:
    store.insert(TABLE, *({"game_date": START + timedelta(days=n), "team_abbr": "BOS"} for n in range(3)))
    (verdict,) = evaluated("constant_columns", constant_columns, store.warehouse, TABLE)
    assert (verdict.severity, verdict.description) == (
        "warn",
        "constant_columns cannot judge yet: it compares with reference.games, not built so far. Build it, then "
        "evaluate again.",
    )
    (record,) = worst_table(TABLE, "constant_columns", [verdict]).records
    assert record.data["repair"] == (
        "nba-pipeline backfill --tables reference.games --from 2024-03-01 --to 2024-03-03 --yes"
    )
