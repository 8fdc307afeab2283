"""The check `leakage`: rows that know their own game, or what was quoted and reported after it began."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from nba_pipeline import catalog
from nba_pipeline.orchestration.checks.thresholds import LEAK_CORRELATION, LEAK_ROWS, RECOMPUTED_DATES
from nba_pipeline.orchestration.checks.verdicts import Verdict, worst
from nba_pipeline.orchestration.leakage import leakage, sampled_days
from nba_pipeline.orchestration.partitions import partition_dates
from nba_pipeline.orchestration.recompute import instant_column, look_back_recipes
from nba_pipeline.orchestration.whole_table_checks import whole_table_check_functions
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse, open_warehouse
from nba_pipeline_tests.proofs.chain import Book, complete, run_chain, with_made
from nba_pipeline_tests.proofs.doubles import Double, doubled, dropping_rows, inclusive, late
from nba_pipeline_tests.proofs.league import Shape, made_up_league
from nba_pipeline_tests.proofs.market import market_of
from nba_pipeline_tests.proofs.stored import store, url_of

PDC, UTGC = "precompute.player_daily_cache", "analytics.upcoming_team_game_context"
UPGC, TDZA = "analytics.upcoming_player_game_context", "precompute.team_defense_zone_analysis"
LEAGUE = Shape(days=45, games_a_day=4, players=11, seasons=1, every_day=True)  # 31 dates, 75 played rows a date
MORE_THAN_A_DAY = pd.Timedelta(hours=26)  # the first report comes 25 hours before the tip-off
RECIPES = look_back_recipes()


@pytest.fixture(autouse=True)
def _toy_catalog() -> None:
    """The real catalog, not the toy tables of the other modules."""


def every_day_of(book: Book) -> pd.DatetimeIndex:
    days = book["reference.games"]["game_date"]
    return partition_dates(days.min().date(), days.max().date())


@pytest.fixture(scope="module")
def book() -> dict[str, pd.DataFrame]:
    """Every table of the league, also those made of the others."""
    base = complete(made_up_league(LEAGUE), RECIPES)
    return with_made(base, run_chain(base, RECIPES, every_day_of(base)))


@pytest.fixture(scope="module")
def every_day(book: dict[str, pd.DataFrame]) -> pd.DatetimeIndex:
    return every_day_of(book)


@pytest.fixture(scope="module")
def right(book: dict[str, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a warehouse in which every table is as it should be; nobody writes to it."""
    folder = tmp_path_factory.mktemp("right")
    store(folder, book)
    return folder


def wrong_rows(book: Book, days: pd.DatetimeIndex, name: str, double: Double) -> dict[str, pd.DataFrame]:
    """Rows of the table as its double makes them."""
    return with_made({}, run_chain(book, doubled(RECIPES, name, double), days))


def with_wrong(right: Path, folder: Path, rows: dict[str, pd.DataFrame]) -> Warehouse:
    """A copy of the right warehouse with other rows of some tables."""
    shutil.copytree(right, folder, dirs_exist_ok=True)
    return store(folder, rows)


def later_snapshots(book: Book, days: pd.DatetimeIndex) -> dict[str, pd.DataFrame]:
    """Further quotes and reports of the games of these days, all from after their tip-offs."""
    return {
        name: rows.assign(**_past_the_tip_off(catalog.tables()[name], rows))
        for name, rows in market_of(book, days, seed=9).items()
    }


def _past_the_tip_off(table: Table, rows: pd.DataFrame) -> dict[str, pd.Series]:
    instant = instant_column(table)
    return {instant: rows[instant] + MORE_THAN_A_DAY} if instant else {}


def found(warehouse: Warehouse, name: str) -> list[Verdict]:
    return leakage(warehouse, catalog.tables()[name])


def texts(verdicts: list[Verdict]) -> str:
    return "\n".join(verdict.description for verdict in verdicts if verdict.severity == "error")


def test_every_table_that_rests_on_earlier_dates_has_the_check() -> None:
    tables = catalog.tables()
    assert {name for name in tables if "leakage" in whole_table_check_functions(tables[name])} == set(RECIPES)


def test_recomputed_dates_are_the_newest_and_others_that_stay_the_same() -> None:
    table, days = catalog.tables()[PDC], [day.date() for day in pd.date_range("2021-11-02", "2022-06-16")]
    chosen = sampled_days(table, days)
    assert len(chosen) == RECOMPUTED_DATES
    assert chosen[-1] == days[-1]
    assert chosen == sampled_days(table, list(days))
    assert sampled_days(table, days[:2]) == days[:2]
    assert sampled_days(table, []) == []


@pytest.mark.parametrize("name", RECIPES)
def test_rows_made_of_the_past_pass(right: Path, name: str) -> None:
    verdicts = found(open_warehouse(url_of(right)), name)
    assert worst(verdicts) == "pass", texts(verdicts)
    recomputed = [verdict for verdict in verdicts if "rows_recomputed" in verdict.observed]
    assert len(recomputed) == RECOMPUTED_DATES
    assert all(verdict.observed["rows_recomputed"] for verdict in recomputed)


def test_recent_form_of_the_right_rows_foretells_as_well_as_the_past_can(right: Path) -> None:
    judged = [v for v in found(open_warehouse(url_of(right)), PDC) if "correlation_points_avg_last_5" in v.observed]
    assert len(judged) == 1
    assert judged[0].observed["played"] >= LEAK_ROWS
    assert 0.6 < judged[0].observed["correlation_points_avg_last_5"] < LEAK_CORRELATION


def test_windows_that_hold_the_day_itself_are_an_error_of_recomputation_and_of_correlation(
    book: dict[str, pd.DataFrame], every_day: pd.DatetimeIndex, right: Path, tmp_path: Path
) -> None:
    """Acceptance case 32. The last date of a range has no day itself to see: what a range reads ends before it."""
    warehouse = with_wrong(right, tmp_path, wrong_rows(book, every_day, PDC, inclusive))
    errors = [verdict for verdict in found(warehouse, PDC) if verdict.severity == "error"]
    recomputed = [verdict for verdict in errors if "rows_recomputed" in verdict.observed]
    correlated = [verdict for verdict in errors if "correlation_points_avg_last_5" in verdict.observed]
    assert len(recomputed) == RECOMPUTED_DATES - 1
    assert "points_avg_last_5" in recomputed[0].description
    assert recomputed[0].observed["rows_different"] >= 60  # of 88: all who played
    assert len(correlated) == 1
    assert correlated[0].observed["played"] >= LEAK_ROWS
    assert correlated[0].observed["correlation_points_avg_last_5"] >= LEAK_CORRELATION


@pytest.mark.parametrize(("name", "column"), [(UTGC, "game_spread_at"), (UPGC, "points_line_at")])
def test_quotes_and_reports_from_after_the_tip_off_are_an_error(
    book: dict[str, pd.DataFrame], every_day: pd.DatetimeIndex, right: Path, tmp_path: Path, name: str, column: str
) -> None:
    newest = every_day[-2:]
    later = later_snapshots(book, newest)
    known = {each: pd.concat([book[each], rows], ignore_index=True) for each, rows in later.items()}
    warehouse = with_wrong(right, tmp_path, {**later, **wrong_rows({**book, **known}, newest, name, late)})
    message = texts(found(warehouse, name))
    assert "recomputed from earlier games" in message
    assert "inputs from after the tip-off" in message
    assert f"{column} in " in message
    assert "injury_report_at in " in message


def test_later_snapshots_in_the_store_are_no_error_of_rows_that_ignore_them(
    book: dict[str, pd.DataFrame], every_day: pd.DatetimeIndex, right: Path, tmp_path: Path
) -> None:
    warehouse = with_wrong(right, tmp_path, later_snapshots(book, every_day[-2:]))
    assert worst(found(warehouse, UTGC)) == "pass"


def test_a_lost_row_is_an_error(
    book: dict[str, pd.DataFrame], every_day: pd.DatetimeIndex, right: Path, tmp_path: Path
) -> None:
    warehouse = with_wrong(right, tmp_path, wrong_rows(book, every_day, TDZA, dropping_rows))
    assert "1 rows are too many" in texts(found(warehouse, TDZA))


def test_too_few_dates_for_a_correlation_are_said_to_be_too_few(right: Path, tmp_path: Path) -> None:
    warehouse = with_wrong(right, tmp_path, {})
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute(f"delete from {catalog.tables()[PDC].qualified_name} where cache_date > date '2021-11-04'")
    verdicts = found(warehouse, PDC)
    assert worst(verdicts) == "pass"
    assert [v.description for v in verdicts if v.description] == ["not evaluated: no 30 dates with 2000 played rows"]
