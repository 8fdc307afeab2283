"""Row counts of the as-of tables: exactly the entities with an earlier game, on processable dates only."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from nba_pipeline.orchestration.checks.row_counts import row_count_vs_schedule
from nba_pipeline.orchestration.checks.verdicts import Verdict
from nba_pipeline.schema import Table
from nba_pipeline.schema.fields import GAME_DATE, PLAYER_LOOKUP, TEAM_ABBR
from nba_pipeline_tests.checks.store import PGS, PSZA, TDGS, TDZA, Store

START = date(2022, 10, 18)
LAST_BOOTSTRAP, FIRST_PROCESSABLE = date(2022, 10, 31), date(2022, 11, 1)


@pytest.fixture
def season(untouched: Store, tmp_path: Path) -> Store:
    return untouched.copied_to(tmp_path)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """BOS and NYK play on day 0, CHI and CLE on day 14; games on days 0, 13, 14 and 15."""
    store = Store(tmp_path_factory.mktemp("season") / "season.duckdb")
    defences: list[dict[str, object]] = []
    players: list[dict[str, object]] = []
    for day, away, home in (
        (START, "BOS", "NYK"),
        (LAST_BOOTSTRAP, "BOS", "NYK"),
        (FIRST_PROCESSABLE, "CHI", "CLE"),
        (date(2022, 11, 2), "BOS", "CHI"),
    ):
        game = store.game(day, away, home)
        for team in (away, home):
            side = {**game, "team_abbr": team}
            defences.append(side)
            players.append({**side, "player_lookup": f"{team.lower()}star", "seconds_played": 60})
            players.append({**side, "player_lookup": f"{team.lower()}bench", "seconds_played": 0})
    store.insert(TDGS, *defences)
    store.insert(PGS, *players)
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


# the universe of a date and the tables with its keys

UNIVERSE = Table(
    "analytics", "upcoming_player_game_context", "one row per player and date", (GAME_DATE, PLAYER_LOOKUP, TEAM_ABBR),
    ("game_date", "player_lookup"), "game_date", row_count="universe",
)  # fmt: skip
CACHE = Table(
    "precompute", "player_daily_cache", "one row per player of the universe",
    (replace(GAME_DATE, name="cache_date"), PLAYER_LOOKUP), ("cache_date", "player_lookup"), "cache_date",
    row_count="universe_keys",
)  # fmt: skip


def candidates(day: date, team: str, count: int) -> list[dict[str, object]]:
    return [{"game_date": day, "team_abbr": team, "player_lookup": f"{team.lower()}{n}"} for n in range(count)]


@pytest.mark.parametrize(("players", "severity"), [(7, "block"), (8, "pass"), (40, "pass"), (41, "block")])
def test_8_to_40_players_of_a_playing_team_with_an_earlier_game(season: Store, players: int, severity: str) -> None:
    season.insert(UNIVERSE, *candidates(LAST_BOOTSTRAP, "BOS", 12), *candidates(LAST_BOOTSTRAP, "NYK", players))
    assert on(season, UNIVERSE, LAST_BOOTSTRAP).severity == severity


def test_teams_without_an_earlier_game_have_no_players(season: Store) -> None:
    season.create(UNIVERSE)
    assert on(season, UNIVERSE, START).passed
    season.insert(UNIVERSE, *candidates(START, "BOS", 12))
    verdict = on(season, UNIVERSE, START)
    assert verdict.description == "1 team(s) with players but without a game or an earlier game"
    assert verdict.severity == "block"


def test_a_playing_team_without_players_blocks(season: Store) -> None:
    season.insert(UNIVERSE, *candidates(LAST_BOOTSTRAP, "BOS", 12))
    assert on(season, UNIVERSE, LAST_BOOTSTRAP).observed["outside"] == 1


@pytest.mark.parametrize(("foreseen", "severity"), [(19, "pass"), (18, "warn")])
def test_few_of_those_who_then_played_warn(season: Store, foreseen: int, severity: str) -> None:
    """20 play on the date: 95 % are 19."""
    day = date(2022, 11, 2)
    season.run(f"delete from {PGS.qualified_name} where game_date = date '{day}'")
    season.insert(UNIVERSE, *candidates(day, "BOS", 12), *candidates(day, "CHI", foreseen - 12))
    rows = [*candidates(day, "BOS", 12), *candidates(day, "CHI", 8)]
    season.insert(PGS, *({**row, "season_year": 2022, "seconds_played": 60} for row in rows))
    verdict = on(season, UNIVERSE, day)
    said = f"{foreseen} of 20 who then played were foreseen" in verdict.description
    assert said == (severity == "warn")


def test_before_the_game_nobody_has_played_and_nothing_is_missed(season: Store) -> None:
    day = date(2022, 11, 2)
    season.run(f"delete from {PGS.qualified_name} where game_date = date '{day}'")
    season.insert(UNIVERSE, *candidates(day, "BOS", 12), *candidates(day, "CHI", 12))
    assert on(season, UNIVERSE, day).passed


def test_tables_with_the_keys_of_the_universe_have_exactly_them_on_processable_dates(season: Store) -> None:
    season.insert(UNIVERSE, *candidates(LAST_BOOTSTRAP, "BOS", 2), *candidates(FIRST_PROCESSABLE, "CHI", 2))
    season.insert(CACHE, {"cache_date": FIRST_PROCESSABLE, "player_lookup": "chi0"})
    bootstrap, first = row_count_vs_schedule(season.warehouse, CACHE, [LAST_BOOTSTRAP, FIRST_PROCESSABLE])
    assert (bootstrap.severity, bootstrap.observed["expected"]) == ("pass", 0)
    assert (first.severity, first.description) == ("block", "1 of 2 rows, 1 missing: chi1")
    season.insert(CACHE, {"cache_date": FIRST_PROCESSABLE, "player_lookup": "chi1"})
    assert on(season, CACHE, FIRST_PROCESSABLE).passed
    season.insert(CACHE, {"cache_date": LAST_BOOTSTRAP, "player_lookup": "bos0"})
    assert on(season, CACHE, LAST_BOOTSTRAP).severity == "block"
