"""Whether a model may be trained: labels, parts in order of time, features that say something, checks that passed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from io import StringIO
from pathlib import Path

import dagster as dg
import pytest
from rich.console import Console

from nba_pipeline import catalog
from nba_pipeline.commands.ml_ready import document, exit_code, print_report
from nba_pipeline.orchestration.checks.verdicts import Verdict
from nba_pipeline.orchestration.whole_table_checks import WholeTableCheck
from nba_pipeline.readiness import ml_ready as judging
from nba_pipeline.readiness.feature_profile import DateCounts, feature_profiles, features
from nba_pipeline.readiness.ml_ready import MlReadiness, ml_ready, splits
from nba_pipeline.readiness.plan import days_between
from nba_pipeline.schema import Column, Condition, NullCeiling, Table
from nba_pipeline.schema.fields import GAME_DATE, PLAYER_LOOKUP, SEASON_YEAR
from nba_pipeline_tests.checks.store import PGS, SCHEDULE, TABLES, Store
from nba_pipeline_tests.readiness.history import materialised

FIRST, LAST = date(2021, 11, 1), date(2021, 11, 20)
DAYS = days_between(FIRST, LAST)
SEASON_START = date(2021, 10, 18)


def feature(name: str, nulls: NullCeiling | None = None, constant: str = "") -> Column:
    return Column(
        name, "FLOAT64", "A feature.", unit="points", source="test", nulls=nulls, may_be_constant=constant
    )  # fmt: skip


STORE = Table(
    layer="precompute",
    name="ml_feature_store",
    grain="one row per player of the date",
    columns=(
        GAME_DATE,
        PLAYER_LOOKUP,
        SEASON_YEAR,
        Column("games_played", "INT64", "Games so far.", unit="games", source="test", required=True),
        feature("form", NullCeiling(season=0.1, date=0.3, population=(Condition("games_played", ">", 0),))),
        feature("score"),
        feature("line", constant="no line without quotes"),
        Column("feature_quality_score", "FLOAT64", "Known share.", unit="fraction", source="test", required=True),
    ),
    primary_key=("game_date", "player_lookup"),
    partition_column="game_date",
)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "tables", lambda: TABLES)
    monkeypatch.setattr(judging, "LABELLED_ROWS", 3)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


def rows(day: date, number: int) -> list[dict[str, object]]:
    """Two players: one with a history, whose form and score differ from day to day, and one without."""
    shared = {"game_date": day, "season_year": 2021, "feature_quality_score": 0.5}
    veteran = {"player_lookup": "veteran", "games_played": 5, "form": 10.0 + number, "score": float(number)}
    return [{**shared, **veteran}, {**shared, "player_lookup": "rookie", "games_played": 0, "score": 1.0}]


@pytest.fixture
def store(tmp_path: Path, instance: dg.DagsterInstance) -> Store:
    """Twenty dates with two rows each; both players played, both have points."""
    made = Store(tmp_path / "warehouse.duckdb")
    made.insert(SCHEDULE, {"game_date": SEASON_START, "nba_game_id": "1", "season_year": 2021, "is_final": True})
    games = ({"game_date": day, "nba_game_id": str(day), "season_year": 2021, "is_final": True} for day in DAYS)
    made.insert(SCHEDULE, *games)
    made.insert(STORE, *(row for number, day in enumerate(DAYS) for row in rows(day, number)))
    players = ("veteran", "rookie")
    played = {"seconds_played": 600, "points": 8}
    made.insert(PGS, *({"game_date": day, "player_lookup": name, **played} for day in DAYS for name in players))
    materialised(instance, SCHEDULE, DAYS)
    for table in (STORE, PGS):
        materialised(instance, table, DAYS, rows=2)
    return made


def passing(table: Table) -> Mapping[str, WholeTableCheck]:
    return {"leakage": lambda warehouse, table: [Verdict(LAST)], "null_regression": lambda warehouse, table: []}


def ask(instance: dg.DagsterInstance, store: Store, checks: judging.Checks = passing, last: date = LAST) -> MlReadiness:
    return ml_ready(instance, store.warehouse, FIRST, last, store=STORE, labels=PGS, above=[STORE], checks=checks)


def test_a_complete_store_is_ready(instance: dg.DagsterInstance, store: Store) -> None:
    report = ask(instance, store)
    assert (report.problems, report.doubts) == ([], [])
    assert exit_code(report) == 0
    assert (report.rows, report.labelled) == (40, 40)
    assert [(split.part, split.first, split.last, split.dates, split.labelled) for split in report.splits] == [
        ("train", DAYS[0], DAYS[13], 14, 28),
        ("validation", DAYS[14], DAYS[16], 3, 6),
        ("test", DAYS[17], DAYS[19], 3, 6),
    ]


@pytest.mark.parametrize(("dates", "sizes"), [(850, (595, 127, 128)), (591, (413, 88, 90)), (20, (14, 3, 3))])
def test_dates_are_split_70_15_and_the_rest(dates: int, sizes: tuple[int, int, int]) -> None:
    days = days_between(FIRST, date(2025, 1, 1))[:dates]
    made = splits([DateCounts(day, 2, 1, 1) for day in days])
    assert tuple(split.dates for split in made) == sizes


def test_dates_without_labels_belong_to_no_part() -> None:
    made = splits([DateCounts(day, 2, 0, 1 if day < LAST else 0) for day in DAYS])
    assert sum(split.dates for split in made) == 19
    assert made[-1].last == DAYS[-2]


def test_features_are_the_float_columns_that_do_not_describe_the_row() -> None:
    assert [column.name for column in features(STORE)] == ["form", "score", "line"]


def test_shares_of_a_feature_are_those_of_the_rows_in_which_it_is_defined(store: Store) -> None:
    """The form is undefined for the player without games; his 20 NULL do not count, and 1 of 40 scores is 0."""
    whole = {p.feature: p for p in feature_profiles(store.warehouse, STORE, FIRST, LAST) if p.season is None}
    assert (whole["form"].population, whole["form"].nulls, whole["form"].null_share) == (20, 0, 0.0)
    assert (whole["score"].zeros, whole["score"].zero_share) == (1, 0.025)
    assert whole["form"].std == pytest.approx(5.916080)  # 0..19, sample
    assert whole["line"].constant


def test_a_constant_feature_is_named(instance: dg.DagsterInstance, store: Store) -> None:
    store.run(f"update {STORE.qualified_name} set score = 3")
    report = ask(instance, store)
    assert report.problems == ["score: constant feature, one value in every row"]
    assert exit_code(report) == 1


def test_a_feature_that_is_always_null_is_named(instance: dg.DagsterInstance, store: Store) -> None:
    store.run(f"update {STORE.qualified_name} set score = null")
    assert ask(instance, store).problems == ["score: constant feature, NULL in every row"]


def test_a_feature_constant_in_one_season_only_is_a_warning(instance: dg.DagsterInstance, store: Store) -> None:
    store.run(f"update {STORE.qualified_name} set season_year = 2022, score = 3 where game_date > date '{DAYS[9]}'")
    report = ask(instance, store)
    assert report.doubts == ["score: constant within season 2022 (one value)"]
    assert exit_code(report) == 2


def test_a_feature_above_its_ceiling_is_named(instance: dg.DagsterInstance, store: Store) -> None:
    store.run(f"update {STORE.qualified_name} set form = null where game_date <= date '{DAYS[2]}'")
    assert ask(instance, store).problems == ["form: 15.0% NULL in season 2021 (3 of 20), ceiling 10%"]


def test_a_part_of_a_season_is_held_to_the_ceiling_of_a_date(instance: dg.DagsterInstance, store: Store) -> None:
    """3 of 18 is above the 10 % of a season and below the 30 % of a date; the season goes on after the range."""
    store.run(f"update {STORE.qualified_name} set form = null where game_date <= date '{DAYS[2]}'")
    assert ask(instance, store, last=DAYS[17]).problems == []


def test_a_part_with_too_few_labels_is_named(
    instance: dg.DagsterInstance, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "LABELLED_ROWS", 10)
    assert ask(instance, store).problems == [
        "labels: validation has 6 labelled rows, 10 are needed",
        "labels: test has 6 labelled rows, 10 are needed",
    ]


def test_a_player_who_played_without_points_is_a_problem(instance: dg.DagsterInstance, store: Store) -> None:
    store.run(f"update {PGS.qualified_name} set points = null where game_date = date '{DAYS[4]}'")
    expected = f"labels: 2 row(s) of players who played have no points: {DAYS[4]}"
    assert ask(instance, store).problems == [expected]


def test_players_who_did_not_play_are_unlabelled_and_many_of_them_a_warning(
    instance: dg.DagsterInstance, store: Store
) -> None:
    store.run(f"update {PGS.qualified_name} set seconds_played = 0, points = 0 where player_lookup = 'rookie'")
    report = ask(instance, store)
    assert report.problems == []
    assert report.doubts == ["labels: 20 of 40 rows (50.0%) are labelled, at least 55% are usual"]
    assert exit_code(report) == 2


def test_a_missing_date_is_a_problem(instance: dg.DagsterInstance, store: Store) -> None:
    store.run(f"delete from {STORE.qualified_name} where game_date = date '{DAYS[7]}'")
    assert ask(instance, store).problems == [f"coverage: {STORE} 19/20, missing {DAYS[7]}"]


def test_leakage_must_have_passed_and_a_regression_is_a_warning(instance: dg.DagsterInstance, store: Store) -> None:
    def failing(table: Table) -> Mapping[str, WholeTableCheck]:
        return {
            "leakage": lambda warehouse, table: [Verdict(LAST, "error", "correlation 0.9")],
            "null_regression": lambda warehouse, table: [Verdict(LAST, "warn", "form 0.93")],
        }

    report = ask(instance, store, failing)
    assert report.problems == [f"leakage: {where}, 1 finding(s): {LAST}: correlation 0.9" for where in (STORE, PGS)]
    assert report.doubts == [f"null_regression: {STORE}, 1 finding(s): {LAST}: form 0.93"]
    absent = ask(instance, store, lambda table: {})
    assert absent.problems == ["leakage: no table declares the check, so it has not passed"]


def test_a_store_that_is_not_there_is_not_ready(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    report = ask(instance, Store(tmp_path / "empty.duckdb"))
    assert f"{STORE}: not stored; back-fill it first" in report.problems
    assert exit_code(report) == 1


def test_the_report_shows_parts_features_and_verdict(instance: dg.DagsterInstance, store: Store) -> None:
    report = ask(instance, store)
    shown = StringIO()
    print_report(Console(width=150, file=shown), report, STORE)
    text = shown.getvalue()
    assert "40 rows, 40 labelled (100.0%)" in text
    assert "constant: no line without quotes" in text
    assert text.splitlines()[-1] == "READY: 0 problem(s), 0 warning(s)"
    made = document(report)
    assert (made["verdict"], made["rows"], made["labelled"]) == ("READY", 40, 40)
