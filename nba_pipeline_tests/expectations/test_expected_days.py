"""On which dates a table has rows, from the schedule alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from nba_pipeline import catalog
from nba_pipeline.expectations import accepted_gaps
from nba_pipeline.expectations.expected_days import COLUMNS, expected_days, stored_games
from nba_pipeline.readiness.plan import days_between
from nba_pipeline.schema import Table
from nba_pipeline_tests.checks.store import GAMES, PGS, PLAY_BY_PLAY, PLAYER_BOX, SCHEDULE, TABLES, TDZA, TOGS, Store

START = date(2022, 10, 18)
ALL_STAR_BREAK = (date(2023, 2, 17), date(2023, 2, 22))


def schedule(*games: tuple[str, bool, bool]) -> pd.DataFrame:
    """Games as (date, final, postponed)."""
    frame = pd.DataFrame(games, columns=["game_date", "is_final", "is_postponed"])
    days = pd.to_datetime(frame["game_date"]).dt.as_unit("us")
    ids = [f"{number:010}" for number in range(1, len(frame) + 1)]
    return frame.assign(game_date=days, season_year=days.dt.year - (days.dt.month < 10), nba_game_id=ids)[list(COLUMNS)]


SEASON = schedule(
    ("2022-10-18", True, False),
    ("2022-10-31", True, False),
    ("2022-11-01", True, False),
    ("2023-02-16", True, False),
    ("2023-02-23", True, False),
)


def test_game_dates_are_expected_and_days_without_games_are_not() -> None:
    days = days_between(date(2023, 2, 15), date(2023, 2, 24))
    assert expected_days(TOGS, SEASON, days) == {date(2023, 2, 16), date(2023, 2, 23)}


def test_as_of_tables_start_on_day_14() -> None:
    """Day 13 is 2022-10-31."""
    days = days_between(START, date(2022, 11, 3))
    assert expected_days(TDZA, SEASON, days) == {date(2022, 11, 1)}
    assert expected_days(TOGS, SEASON, days) == {START, date(2022, 10, 31), date(2022, 11, 1)}


def test_a_day_14_without_games_is_not_processable() -> None:
    season = schedule(("2023-10-24", True, False), ("2023-11-06", True, False), ("2023-11-08", True, False))
    days = days_between(date(2023, 11, 6), date(2023, 11, 8))
    assert expected_days(TDZA, season, days) == {date(2023, 11, 8)}


@pytest.fixture(autouse=True)
def _tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "tables", lambda: TABLES)


@pytest.mark.parametrize("table", [PLAYER_BOX, PGS, TOGS])
def test_games_not_played_yet_are_not_expected_in_results(table: Table) -> None:
    games = schedule(("2022-10-18", True, False), ("2022-10-19", False, False))
    assert expected_days(table, games, days_between(START, START + timedelta(days=2))) == {START}
    assert expected_days(GAMES, games, [START, START + timedelta(days=1)]) == {START, START + timedelta(days=1)}


def test_a_date_with_postponed_games_only_is_expected_in_the_schedule_alone() -> None:
    games = schedule(("2022-10-18", True, False), ("2022-10-19", False, True))
    days = days_between(START, START + timedelta(days=2))
    assert expected_days(GAMES, games, days) == {START}
    assert expected_days(TOGS, games, days) == {START}
    assert expected_days(SCHEDULE, games, days) == {START, START + timedelta(days=1)}


def test_the_player_universe_is_expected_where_a_team_has_played_before() -> None:
    """The second game date pairs two other teams; on the third one of the teams has played."""
    games = schedule(("2022-10-18", True, False), ("2022-10-19", True, False), ("2022-10-20", False, False))
    games = games.assign(home_team_abbr=["NYK", "CLE", "CLE"], away_team_abbr=["BOS", "CHI", "DAL"])
    universe = replace(TOGS, name="upcoming_player_game_context", row_count="universe")
    assert expected_days(universe, games, days_between(START, date(2022, 10, 21))) == {date(2022, 10, 20)}


def test_optional_tables_and_tables_without_partitions_have_no_expected_dates() -> None:
    seed = Table("reference", "seed", "one row", (GAMES.by_name["game_id"],), ("game_id",), None)
    assert expected_days(PLAY_BY_PLAY, SEASON, [START]) is None
    assert expected_days(seed, SEASON, [START]) is None


def test_the_stored_schedule_is_read_from_the_start_of_the_season(tmp_path: Path) -> None:
    store = Store(tmp_path / "warehouse.duckdb")
    store.game(date(2022, 6, 16), "BOS", "GSW")
    store.game(START, "BOS", "PHI")
    store.game(date(2023, 1, 5), "BOS", "DAL")
    store.game(date(2023, 1, 7), "BOS", "SAS")
    games = stored_games(store.warehouse, date(2023, 1, 2), date(2023, 1, 6))
    assert [stamp.date() for stamp in games["game_date"]] == [START, date(2023, 1, 5)]


def test_an_absent_schedule_expects_nothing(tmp_path: Path) -> None:
    games = stored_games(Store(tmp_path / "warehouse.duckdb").warehouse, START, START)
    assert expected_days(TOGS, games, [START]) == set()


def test_a_date_whose_only_game_is_an_accepted_gap_of_a_table_is_not_expected_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "accepted_gaps.yaml"
    file.write_text(
        f'accepted_gaps: [{{nba_game_id: "0000000004", tables: ["{PGS}"], reason: no box score in any source}}]'
    )
    monkeypatch.setattr(accepted_gaps, "FILE", file)
    days = days_between(date(2023, 2, 15), date(2023, 2, 24))
    assert expected_days(PGS, SEASON, days) == {date(2023, 2, 23)}
    assert expected_days(TOGS, SEASON, days) == {date(2023, 2, 16), date(2023, 2, 23)}
