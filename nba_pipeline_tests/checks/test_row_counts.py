"""`row_count_vs_schedule`: every rule against a hand-made schedule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from nba_pipeline.orchestration.checks import row_counts as module
from nba_pipeline.orchestration.checks.evaluate import partition_checks
from nba_pipeline.orchestration.checks.row_counts import row_count_vs_schedule
from nba_pipeline.orchestration.checks.verdicts import Verdict
from nba_pipeline.schema import SchemaError, Table
from nba_pipeline.schema.fields import GAME_DATE
from nba_pipeline_tests.checks.store import (
    DAY,
    GAMES,
    NEXT_DAY,
    PGS,
    PLAY_BY_PLAY,
    PLAYER_BOX,
    SCHEDULE,
    TDGS,
    TEAM_BOX,
    TOGS,
    Store,
    sides,
)

Side = Mapping[str, object]
PAIRS = [("ATL", "BOS"), ("BKN", "CHA"), ("CHI", "CLE"), ("DAL", "DEN"), ("DET", "GSW"), ("HOU", "IND"),
         ("LAC", "LAL"), ("MEM", "MIA")]  # fmt: skip


def on(store: Store, table: Table, day: date = DAY) -> Verdict:
    return row_count_vs_schedule(store.warehouse, table, [day])[0]


def team_side(side: Side, table: Table) -> dict[str, object]:
    """The part of the side's identity that the table has."""
    return {name: value for name, value in side.items() if name in table.column_names}


def players(side: Side, table: Table, played: int, listed: int = 0) -> list[dict[str, object]]:
    """Rows of a team: so many who played, padded to `listed` rows with players who did not."""
    identity = team_side(side, table)
    return [
        {**identity, "player_lookup": f"{side['team_abbr']}{n}", "seconds_played": 600 if n < played else None}
        for n in range(max(played, listed))
    ]


# scheduled_games


def test_every_scheduled_game_in_games_passes_and_a_missing_one_blocks(store: Store) -> None:
    store.game(DAY, "BOS", "NYK")
    second = store.game(DAY, "CHI", "CLE")
    assert on(store, GAMES).observed == {"expected": 2, "found": 2, "missing": 0, "extra": 0, "unsettled": 0}
    assert on(store, GAMES).passed
    store.run(f"delete from {GAMES.qualified_name} where game_id = '{second['game_id']}'")
    verdict = on(store, GAMES)
    assert (verdict.severity, verdict.description) == ("block", "1 of 2 games")


def test_a_postponed_game_is_expected_in_the_schedule_alone(store: Store) -> None:
    store.game(DAY, "BOS", "NYK")
    store.game(DAY, "CHI", "CLE", is_final=False, is_postponed=True)
    assert on(store, SCHEDULE).passed
    assert on(store, GAMES).observed["expected"] == 1
    assert on(store, GAMES).passed


def test_a_game_that_is_no_longer_scheduled_blocks(store: Store) -> None:
    store.game(DAY, "BOS", "NYK")
    store.run(f"delete from {SCHEDULE.qualified_name}")
    verdict = on(store, GAMES)
    assert (verdict.severity, verdict.description) == ("block", "1 game(s) that are not scheduled")


@pytest.mark.parametrize(("now", "severity"), [(date(2024, 1, 16), "pass"), (date(2024, 1, 17), "block")])
def test_a_game_two_days_old_is_final_or_postponed(
    store: Store, monkeypatch: pytest.MonkeyPatch, now: date, severity: str
) -> None:
    store.game(DAY, "BOS", "NYK", is_final=False)
    monkeypatch.setattr(module, "today", lambda: now)
    verdict = on(store, SCHEDULE)
    assert verdict.severity == severity
    assert ("1 game(s) neither final nor postponed" in verdict.description) == (severity == "block")


def test_a_date_without_games_passes(store: Store) -> None:
    store.game(DAY, "BOS", "NYK")
    assert on(store, GAMES, NEXT_DAY).passed
    assert on(store, SCHEDULE, NEXT_DAY).passed


# raw player box: the schedule, an absent game warns


def test_raw_players_of_both_teams_pass(store: Store) -> None:
    for side in sides(store.game(DAY, "BOS", "NYK")):
        store.insert(PLAYER_BOX, *players(side, PLAYER_BOX, 8))
    assert on(store, PLAYER_BOX).passed


def test_raw_players_are_counted_against_the_raw_schedule(store: Store) -> None:
    for side in sides(store.game(DAY, "BOS", "NYK")):
        store.insert(PLAYER_BOX, *players(side, PLAYER_BOX, 8))
    store.run(f"delete from {GAMES.qualified_name}")
    assert on(store, PLAYER_BOX).observed["expected"] == 2


def test_a_final_game_without_raw_players_warns(store: Store) -> None:
    for side in sides(store.game(DAY, "BOS", "NYK")):
        store.insert(PLAYER_BOX, *players(side, PLAYER_BOX, 8))
    store.game(DAY, "CHI", "CLE")
    verdict = on(store, PLAYER_BOX)
    assert (verdict.severity, verdict.description) == ("warn", "1 game(s) without rows: 2 of 4 teams")


def test_a_raw_game_with_one_team_blocks(store: Store) -> None:
    away, _ = sides(store.game(DAY, "BOS", "NYK"))
    store.insert(PLAYER_BOX, *players(away, PLAYER_BOX, 8))
    verdict = on(store, PLAYER_BOX)
    assert (verdict.severity, verdict.description) == ("block", "1 game(s) with one team only")


@pytest.mark.parametrize(("played", "severity"), [(4, "block"), (5, "pass"), (15, "pass"), (16, "block")])
def test_5_to_15_players_of_a_team_play(store: Store, played: int, severity: str) -> None:
    away, home = sides(store.game(DAY, "BOS", "NYK"))
    store.insert(PLAYER_BOX, *players(away, PLAYER_BOX, 8), *players(home, PLAYER_BOX, played, listed=20))
    assert on(store, PLAYER_BOX).severity == severity


def test_a_game_that_is_not_final_is_not_expected(store: Store) -> None:
    store.game(DAY, "BOS", "NYK", is_final=False)
    store.create(PLAYER_BOX, TEAM_BOX, PLAY_BY_PLAY)
    assert {on(store, table).severity for table in (PLAYER_BOX, TEAM_BOX, PLAY_BY_PLAY)} == {"pass"}


# raw team box


def raw_team(side: Side, day: date = DAY) -> dict[str, object]:
    return {**team_side(side, TEAM_BOX), "game_date": day}


def test_two_raw_team_rows_pass_an_absent_game_warns_and_one_row_blocks(store: Store) -> None:
    away, home = sides(store.game(DAY, "BOS", "NYK"))
    store.create(TEAM_BOX)
    assert (on(store, TEAM_BOX).severity, on(store, TEAM_BOX).observed["absent"]) == ("warn", 1)
    store.insert(TEAM_BOX, raw_team(away))
    assert on(store, TEAM_BOX).severity == "block"
    store.insert(TEAM_BOX, raw_team(home))
    assert on(store, TEAM_BOX).passed


def test_more_than_two_raw_rows_of_a_game_block(store: Store) -> None:
    away, home = sides(store.game(DAY, "BOS", "NYK"))
    store.insert(TEAM_BOX, raw_team(away), raw_team(home), raw_team(home))
    assert on(store, TEAM_BOX).severity == "block"


def test_two_rows_of_the_same_team_are_not_two_teams(store: Store) -> None:
    away, _ = sides(store.game(DAY, "BOS", "NYK"))
    store.insert(TEAM_BOX, raw_team(away), raw_team(away))
    assert on(store, TEAM_BOX).severity == "block"


# play-by-play


def events(identity: Side, count: int, away: int, home: int) -> list[dict[str, object]]:
    """So many events of a game whose last one states the score."""
    event = {**team_side(identity, PLAY_BY_PLAY), "score_away": 0, "score_home": 0}
    rows = [{**event, "action_number": number} for number in range(count)]
    return [*rows[:-1], {**rows[-1], "score_away": away, "score_home": home}]


@pytest.mark.parametrize(
    ("count", "home", "problem"),
    [
        (400, 110, ""),
        (800, 110, ""),
        (399, 110, "1 game(s) with fewer than 400 or more than 800 events"),
        (801, 110, "1 game(s) with fewer than 400 or more than 800 events"),
        (450, 108, "1 game(s) whose last score is not the final score"),
    ],
)
def test_events_and_last_score_only_ever_warn(store: Store, count: int, home: int, problem: str) -> None:
    identity = store.game(DAY, "BOS", "NYK", 100, 110)
    store.insert(PLAY_BY_PLAY, *events(identity, count, 100, home))
    verdict = on(store, PLAY_BY_PLAY)
    assert (verdict.severity, verdict.description) == ("warn" if problem else "pass", problem)


def test_a_final_game_without_play_by_play_warns(store: Store) -> None:
    store.game(DAY, "BOS", "NYK")
    store.create(PLAY_BY_PLAY)
    assert on(store, PLAY_BY_PLAY).description == "1 final game(s) without play-by-play"


# analytics: reference.games, an absent game blocks


@pytest.mark.parametrize(("listed", "severity"), [(7, "warn"), (8, "pass"), (26, "pass"), (27, "warn")])
def test_8_to_26_rows_of_a_team_are_usual(store: Store, listed: int, severity: str) -> None:
    away, home = sides(store.game(DAY, "BOS", "NYK"))
    store.insert(PGS, *players(away, PGS, 6, listed=17), *players(home, PGS, 6, listed=listed))
    assert on(store, PGS).severity == severity


def test_a_team_without_summaries_and_a_game_without_any_block(store: Store) -> None:
    away, _ = sides(store.game(DAY, "BOS", "NYK"))
    store.game(NEXT_DAY, "BOS", "NYK")
    store.insert(PGS, *players(away, PGS, 9))
    first, second = row_count_vs_schedule(store.warehouse, PGS, [DAY, NEXT_DAY])
    assert (first.severity, first.description) == ("block", "1 game(s) with one team only")
    assert (second.severity, second.description) == ("block", "1 game(s) without rows: 0 of 2 teams")


@pytest.mark.parametrize("table", [TOGS, TDGS])
def test_16_team_rows_of_8_games_pass_and_2_of_16_block(store: Store, table: Table) -> None:
    games = [store.game(DAY, *pair) for pair in PAIRS]
    store.insert(table, *sides(games[0]))
    verdict = on(store, table)
    assert verdict.severity == "block"
    assert "2 of 16" in verdict.description
    store.insert(table, *(side for game in games[1:] for side in sides(game)))
    assert on(store, table).passed
    assert on(store, table).observed["found"] == 16


def test_one_row_of_a_game_blocks(store: Store) -> None:
    away, _ = sides(store.game(DAY, "BOS", "NYK"))
    store.insert(TOGS, away)
    verdict = on(store, TOGS)
    assert verdict.severity == "block"
    assert verdict.description == "1 game(s) without exactly two rows: 1 of 2 team rows"


@pytest.mark.parametrize("table", [PGS, TOGS, TDGS])
def test_rows_of_a_game_that_is_not_final_or_does_not_exist_block(store: Store, table: Table) -> None:
    unplayed = sides(store.game(DAY, "BOS", "NYK", is_final=False))[0]
    store.insert(table, *players(unplayed, table, 6) if table is PGS else [unplayed])
    verdict = on(store, table)
    assert (verdict.severity, verdict.observed["extra"]) == ("block", 1)
    assert verdict.description == "1 team(s) with rows but without a game that counts"


def test_a_bad_date_does_not_hold_its_neighbours(store: Store) -> None:
    store.insert(TOGS, *sides(store.game(DAY, "BOS", "NYK")))
    store.game(NEXT_DAY, "BOS", "NYK")
    store.insert(TOGS, *sides(store.game(date(2024, 1, 17), "BOS", "NYK")))
    days = [DAY, NEXT_DAY, date(2024, 1, 17)]
    assert [v.severity for v in row_count_vs_schedule(store.warehouse, TOGS, days)] == ["pass", "block", "pass"]


def test_an_unknown_rule_is_refused_when_the_table_is_declared() -> None:
    table = Table("raw", "odd", "one row per date", (GAME_DATE,), ("game_date",), "game_date", row_count="three")
    with pytest.raises(SchemaError, match=r"raw.odd: unknown row-count rule 'three'"):
        partition_checks(table)


def test_two_rows_per_scheduled_game_are_expected_before_it_is_played(store: Store) -> None:
    context = replace(TOGS, name="upcoming_team_game_context", row_count="two_per_scheduled_game")
    away, home = sides(store.game(DAY, "BOS", "NYK", is_final=False))
    store.insert(context, away)
    assert on(store, context).severity == "block"
    store.insert(context, home)
    assert on(store, context).passed
    store.insert(context, {**home, "team_abbr": "CHI"})
    assert on(store, context).severity == "block"
