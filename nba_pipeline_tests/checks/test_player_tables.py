"""Rules between the tables about the players of a date: what agrees passes, and every difference is noticed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from nba_pipeline.orchestration.checks.across_tables import BLOCKING, RECONCILING, TABLE_RULES
from nba_pipeline.orchestration.checks.evaluate import partition_checks
from nba_pipeline.orchestration.checks.verdicts import Verdict
from nba_pipeline.schema import Table
from nba_pipeline_tests.checks.player_tables import insert, store_player_tables, team_context
from nba_pipeline_tests.checks.store import (
    DAY,
    GAMES,
    JUDGED_TABLES,
    MLFS,
    PCF,
    PDC,
    PGS,
    PSZA,
    TDZA,
    UPGC,
    UTGC,
    Store,
    sides,
)

JUDGED = (UTGC, UPGC, PDC, PCF, MLFS)
LEVELS = {rule.id: rule.level for rules in TABLE_RULES.values() for rule in rules}


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Store:
    made = Store(tmp_path_factory.mktemp("players") / "players.duckdb")
    store_player_tables(made)
    return made


@pytest.fixture
def players(untouched: Store, tmp_path: Path) -> Store:
    return untouched.copied_to(tmp_path)


def verdicts(store: Store, table: Table) -> list[Verdict]:
    checks = [checks[str(table)] for checks in (BLOCKING, RECONCILING) if str(table) in checks]
    with store.warehouse.reading() as reader:
        return [check(reader, table, [DAY])[0] for check in checks]


def broken(store: Store) -> dict[str, set[str]]:
    """Table name -> ids of the rules it breaks."""
    found = {table.name: {name for verdict in verdicts(store, table) for name in verdict.observed} for table in JUDGED}
    return {name: rules for name, rules in found.items() if rules}


def test_tables_that_agree_pass(untouched: Store) -> None:
    assert broken(untouched) == {}


NYK = "team_abbr = 'NYK'"
CHANGES = [
    # what is changed, in which rows, the rule that says so
    (UTGC, "game_spread = 3.0", NYK, UTGC, "UT-01"),
    (UTGC, "game_spread = null", NYK, UTGC, "UT-01"),
    (UTGC, "game_total = 222.0", NYK, UTGC, "UT-01"),
    (UTGC, "opponent_days_rest = 5", NYK, UTGC, "UT-01"),
    (UTGC, "home_game = false", NYK, UTGC, "UT-01"),
    (UPGC, "game_total = 222.0", NYK, UPGC, "UP-04"),
    (UPGC, "opponent_pace_last_10 = 90", NYK, UPGC, "UP-04"),
    (UPGC, "pace_differential = null", NYK, UPGC, "UP-04"),
    (UTGC, "defensive_rating_last_10 = 100", NYK, UPGC, "UP-04"),
    (PDC, "points_avg_last_5 = points_avg_last_5 + 1e-12", NYK, MLFS, "R11_cache"),
    (MLFS, "pct_free_throw = null", NYK, MLFS, "R11_cache"),
    (PCF, "pace_score = 3", NYK, MLFS, "R11_factors"),
    (MLFS, "pct_three = 0.9", NYK, MLFS, "R11_zones"),
    (TDZA, "opponent_pace = 90", NYK, MLFS, "R11_defence"),
    (UPGC, "current_points_line = null", NYK, MLFS, "M-03"),
    (UPGC, "back_to_back = true", NYK, MLFS, "M-03_flags"),
    (UPGC, "team_days_rest = 9", NYK, MLFS, "M-03_flags"),
    (MLFS, "rest_advantage = 2", NYK, MLFS, "M-05b"),
    (MLFS, "home_away = 0", NYK, MLFS, "M-05b"),
    (MLFS, "games_played_season = 19", NYK, MLFS, "X-06"),
    (PDC, "assisted_rate_last_10 = 0.6", NYK, PDC, "D-07"),
    (PDC, "minutes_in_last_14_days = 171", NYK, PDC, "workload"),
    (PDC, "games_played_season = 0", NYK, PDC, "X-04"),
    (PSZA, "player_lookup = 'other'", NYK, PDC, "X-04"),
    (PDC, "games_in_sample_10 = 9", NYK, PDC, "X-06_zones"),
    (PDC, "games_played_season = 21", NYK, PDC, "X-07_cache"),
    (UPGC, "points_avg_season = null", NYK, PDC, "X-07_cache"),
    (UPGC, "points_avg_season = points_avg_season + 1e-8", NYK, PDC, "X-07_cache"),
    (PCF, "game_id = 'other'", NYK, PCF, "C-03"),
    (PCF, "home_game = false", NYK, PCF, "C-03"),
    (TDZA, "team_abbr = 'CHI'", NYK, PCF, "X-03"),
    (PCF, "league_pace_last_10 = 99", NYK, PCF, "C-06_league"),
    (PCF, "opponent_pace_last_10 = 90", NYK, PCF, "C-06_mirror"),
    (PCF, "usage_rate_season = 0.9", NYK, PCF, "X-05"),
    (UPGC, "pace_differential = 5", NYK, PCF, "X-07_factors"),
    (MLFS, "feature_quality_score = 0.3", "true", MLFS, "M-10_date"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "values", "where", "judged", "rule"), CHANGES)
def test_a_difference_is_noticed(
    players: Store, changed: Table, values: str, where: str, judged: Table, rule: str
) -> None:
    players.run(f"update {changed.qualified_name} set {values} where {where}")
    found = [verdict for verdict in verdicts(players, judged) if rule in verdict.observed]
    assert [verdict.severity for verdict in found] == [LEVELS.get(rule, "warn")]


def test_offenders_are_counted_and_named(players: Store) -> None:
    players.run(f"update {PDC.qualified_name} set points_avg_season = 1")
    verdict = BLOCKING[str(MLFS)](players.warehouse, MLFS, [DAY])[0]
    assert verdict.observed == {"R11_cache": 2}
    assert verdict.description == (
        "R11_cache: 2 offence(s): Features are those of nba_precompute.player_daily_cache. brunson, tatum"
    )


def test_a_feature_that_differs_holds_its_date_back(players: Store) -> None:
    players.run(f"update {MLFS.qualified_name} set team_pace = 90 where {NYK}")
    day_before = DAY - timedelta(days=1)
    held = partition_checks(MLFS)["invariants"](players.warehouse, MLFS, [day_before, DAY])
    assert [verdict.severity for verdict in held] == ["pass", "block"]


def test_rest_is_cut_at_two_days(players: Store) -> None:
    """9 days against 2 are an advantage of 2, against -2 of the other."""
    for table in (UTGC, UPGC):
        players.run(f"update {table.qualified_name} set team_days_rest = 9 where {NYK}")
        players.run(f"update {table.qualified_name} set opponent_days_rest = 9 where not ({NYK})")
    players.run(f"update {MLFS.qualified_name} set rest_advantage = case when {NYK} then 2 else -2 end")
    assert broken(players) == {}


def test_teammates_share_the_values_of_their_team(players: Store) -> None:
    mate = {"cache_date": DAY, "player_lookup": "hart", "team_abbr": "NYK", "team_pace_last_10": 98.0}
    players.insert(PDC, mate)
    assert "D-04b" in broken(players)["player_daily_cache"]


@pytest.mark.parametrize(("played", "noticed"), [(19, False), (20, False), (21, True)])
def test_games_played_never_fall_within_a_season(players: Store, played: int, noticed: bool) -> None:
    earlier = {"season_year": 2023, "player_lookup": "brunson", "games_played_season": played}
    players.insert(PDC, {**earlier, "cache_date": DAY - timedelta(days=2)})
    assert ("D-06" in broken(players).get("player_daily_cache", ())) == noticed


def test_dates_of_one_table_only_block(players: Store) -> None:
    players.run(f"delete from {TDZA.qualified_name}")
    assert "X-01" in broken(players)["ml_feature_store"]
    players.run(f"delete from {MLFS.qualified_name}")
    assert "ml_feature_store" not in broken(players)


def test_an_incomplete_game_is_named_on_the_first_date_that_rests_on_it(players: Store) -> None:
    players.game(DAY - timedelta(days=3), "MIA", "CHI")
    verdict = RECONCILING[str(PDC)](players.warehouse, PDC, [DAY])[0]
    assert (verdict.severity, verdict.observed) == ("warn", {"X-08": 1})
    assert verdict.description.endswith("20240112_MIA_CHI")


@pytest.mark.parametrize(
    ("rest", "team_of_last_game", "noticed"),
    [(1, "BOS", True), (1, "MIA", False), (2, "BOS", False), (9, "BOS", False)],
)
def test_a_player_rests_at_least_as_long_as_the_team_he_stayed_with(
    players: Store, rest: int, team_of_last_game: str, noticed: bool
) -> None:
    """BOS has rested two days."""
    last = DAY - timedelta(days=rest + 1)
    where = "team_abbr = 'BOS'"
    players.run(f"update {UPGC.qualified_name} set days_rest = {rest}, last_game_date = date '{last}' where {where}")
    players.insert(PGS, {"game_date": last, "player_lookup": "tatum", "team_abbr": team_of_last_game})
    assert ("UP-02" in broken(players).get("upcoming_player_game_context", ())) == noticed


@pytest.mark.parametrize(
    ("miles", "leg", "stored", "noticed"),
    [
        (500.0, 500.0, 1, False),
        (501.0, 500.0, 1, True),
        (None, None, 1, False),
        (0.0, None, 1, True),
        (9.0, 5.0, 2, False),
    ],
)
def test_miles_are_the_sum_of_the_legs_that_are_stored(
    players: Store, miles: float | None, leg: float | None, stored: int, noticed: bool
) -> None:
    """The game of 14 days ago counts, that of 15 days ago does not; with a leg not stored nothing is judged."""
    value = "null" if miles is None else str(miles)
    players.run(
        f"update {UTGC.qualified_name} set miles_traveled_last_14_days = {value}, games_in_last_14_days = {stored} "
        f"where {NYK}"
    )
    side = sides({"game_date": DAY, "game_id": "20240101_MIA_NYK", "nba_game_id": "1", "season_year": 2023})[1]
    for days_ago, travel in ((14, leg), (15, 800.0)):
        day = DAY - timedelta(days=days_ago)
        row = {**team_context({**side, "opponent_team_abbr": "BOS"}), "game_date": day, "travel_miles": travel}
        insert(players, UTGC, row)
    assert ("UT-05" in broken(players).get("upcoming_team_game_context", ())) == noticed


@pytest.mark.parametrize(("line", "noticed"), [("21.5", False), ("22.0", True), ("null", True)])
def test_the_line_of_a_summary_is_the_one_before_the_game(players: Store, line: str, noticed: bool) -> None:
    row = {"game_date": DAY, "player_lookup": "brunson", "shot_zone_source": "nbac_play_by_play"}
    players.insert(PGS, row)
    players.run(f"update {PGS.qualified_name} set points_line = {line}")
    verdict = RECONCILING[str(PGS)](players.warehouse, PGS, [DAY])[0]
    assert ("UP-05" in verdict.observed) == noticed
    assert verdict.severity == ("warn" if noticed else "pass")


def test_a_universe_without_its_team_rows_blocks(players: Store) -> None:
    players.run(f"delete from {UTGC.qualified_name}")
    assert "UP-04" in broken(players)["upcoming_player_game_context"]


def test_rules_ride_with_tables_that_exist() -> None:
    assert set(TABLE_RULES) <= set(JUDGED_TABLES)
    assert str(GAMES) in BLOCKING
