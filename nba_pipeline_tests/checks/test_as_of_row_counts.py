"""Row counts of the as-of tables: exactly the entities with an earlier game, on processable dates only."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from nba_pipeline.orchestration.checks.row_counts import row_count_vs_schedule
from nba_pipeline.orchestration.checks.verdicts import Verdict
from nba_pipeline.schema import Table
from nba_pipeline_tests.checks.store import PGS, PSZA, TDGS, TDZA, Store

START = date(2022, 10, 18)
LAST_BOOTSTRAP, FIRST_PROCESSABLE = date(2022, 10, 31), date(2022, 11, 1)


@pytest.fixture
def season(store: Store) -> Store:
    """BOS and NYK play on day 0, CHI and CLE on day 14; games on days 0, 13, 14 and 15."""
    for day, away, home in (
        (START, "BOS", "NYK"),
        (LAST_BOOTSTRAP, "BOS", "NYK"),
        (FIRST_PROCESSABLE, "CHI", "CLE"),
        (date(2022, 11, 2), "BOS", "CHI"),
    ):
        game = store.game(day, away, home)
        for team in (away, home):
            store.insert(TDGS, {**game, "team_abbr": team})
            player = {**game, "team_abbr": team, "player_lookup": f"{team.lower()}star", "seconds_played": 60}
            bench = {**game, "team_abbr": team, "player_lookup": f"{team.lower()}bench", "seconds_played": 0}
            store.insert(PGS, player, bench)
    return store.create(TDZA, PSZA)


def row(table: Table, day: date, entity: str) -> dict[str, object]:
    key = "team_abbr" if table is TDZA else "player_lookup"
    return {"analysis_date": day, key: entity if table is TDZA else f"{entity.lower()}star"}


def on(store: Store, table: Table, day: date) -> Verdict:
    return row_count_vs_schedule(store.warehouse, table, [day])[0]


@pytest.mark.parametrize("table", [TDZA, PSZA])
def test_nobody_is_expected_in_the_first_14_days_and_a_row_blocks(season: Store, table: Table) -> None:
    assert on(season, table, LAST_BOOTSTRAP).observed == {"expected": 0, "found": 0, "missing": 0, "extra": 0}
    season.insert(table, row(table, LAST_BOOTSTRAP, "BOS"))
    verdict = on(season, table, LAST_BOOTSTRAP)
    assert verdict.severity == "block"
    assert verdict.description.startswith("1 row(s) that are not expected: ")


@pytest.mark.parametrize("table", [TDZA, PSZA])
def test_on_day_14_exactly_those_with_an_earlier_game_are_expected(season: Store, table: Table) -> None:
    """CHI and CLE play their first game on the date itself: not earlier."""
    season.insert(table, row(table, FIRST_PROCESSABLE, "BOS"))
    verdict = on(season, table, FIRST_PROCESSABLE)
    missing = "NYK" if table is TDZA else "nykstar"
    assert (verdict.severity, verdict.description) == ("block", f"1 of 2 rows, 1 missing: {missing}")
    season.insert(table, row(table, FIRST_PROCESSABLE, "NYK"))
    assert on(season, table, FIRST_PROCESSABLE).passed


@pytest.mark.parametrize("table", [TDZA, PSZA])
def test_as_many_rows_of_other_entities_do_not_pass(season: Store, table: Table) -> None:
    season.insert(table, row(table, FIRST_PROCESSABLE, "BOS"), row(table, FIRST_PROCESSABLE, "CLE"))
    verdict = on(season, table, FIRST_PROCESSABLE)
    assert verdict.severity == "block"
    assert (verdict.observed["missing"], verdict.observed["extra"]) == (1, 1)


def test_teams_that_do_not_play_that_day_are_expected_too(season: Store) -> None:
    assert on(season, TDZA, date(2022, 11, 2)).observed["expected"] == 4


def test_players_who_never_played_are_not_expected(season: Store) -> None:
    season.insert(PSZA, {"analysis_date": FIRST_PROCESSABLE, "player_lookup": "bosbench"})
    assert on(season, PSZA, FIRST_PROCESSABLE).observed["extra"] == 1


def test_a_day_without_games_has_no_rows(season: Store) -> None:
    assert on(season, TDZA, date(2022, 11, 3)).observed["expected"] == 0
    season.insert(TDZA, row(TDZA, date(2022, 11, 3), "BOS"))
    assert on(season, TDZA, date(2022, 11, 3)).severity == "block"


def test_games_of_another_season_are_not_earlier_games(season: Store) -> None:
    start = date(2023, 10, 24)
    season.game(start, "BOS", "NYK")
    season.game(start + timedelta(days=14), "BOS", "NYK")
    assert on(season, TDZA, start + timedelta(days=14)).observed["expected"] == 0


def test_a_whole_season_is_judged_date_by_date(season: Store) -> None:
    season.insert(TDZA, *(row(TDZA, FIRST_PROCESSABLE, team) for team in ("BOS", "NYK")))
    days = [START + timedelta(days=n) for n in range(16)]
    verdicts = row_count_vs_schedule(season.warehouse, TDZA, days)
    assert [v.severity for v in verdicts] == ["pass"] * 15 + ["block"]
