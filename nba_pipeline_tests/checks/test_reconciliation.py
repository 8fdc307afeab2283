"""Reconciliation of NYK 125 at PHI 119 (2025-01-15, one overtime): what agrees, and what is noticed otherwise."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from nba_pipeline.orchestration.checks.evaluate import partition_checks
from nba_pipeline.orchestration.checks.reconciliation import Finding, findings, verdicts
from nba_pipeline.orchestration.checks.verdicts import Verdict
from nba_pipeline.orchestration.whole_table_checks import evaluated, reconcile
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse
from nba_pipeline_tests.checks.store import PGS, TOGS, Store, sides
from nba_pipeline_tests.checks.summaries import DAY, change, store_game

NEXT_DAY = date(2025, 1, 16)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Store:
    made = Store(tmp_path_factory.mktemp("game") / "game.duckdb")
    store_game(made)
    return made


@pytest.fixture
def game(untouched: Store, tmp_path: Path) -> Store:
    return untouched.copied_to(tmp_path)


def found(store: Store) -> dict[str, list[Finding]]:
    """Findings of the date by rule."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings(store.warehouse, [DAY]):
        by_rule.setdefault(finding.rule, []).append(finding)
    return by_rule


def levels(store: Store) -> dict[str, set[str]]:
    """Rule -> severities of its findings."""
    return {rule: {finding.severity for finding in of_rule} for rule, of_rule in found(store).items()}


def test_the_real_game_agrees_with_itself(game: Store) -> None:
    assert findings(game.warehouse, [DAY]) == []
    assert verdicts([], [DAY])[0].passed


# R1, R2


def test_a_14_point_player_lost_on_the_way_blocks(game: Store) -> None:
    game.run(f"delete from {PGS.qualified_name} where player_lookup = 'ericgordon'")
    r1 = found(game)["R1"]
    assert [(f.team_abbr, f.severity, f.text) for f in r1] == [("PHI", "block", "team minus player points 14")]
    verdict = verdicts(findings(game.warehouse, [DAY]), [DAY], only_blocking=True)[0]
    assert verdict.severity == "block"
    assert "R1 20250115_NYK_PHI PHI: team minus player points 14" in verdict.description


@pytest.mark.parametrize(("points", "level"), [(1, "warn"), (2, "warn"), (3, "block"), (-1, "warn"), (-3, "block")])
def test_a_correction_of_up_to_two_points_warns(game: Store, points: int, level: str) -> None:
    change(game, "PGS", f"points = points + {points}", "player_lookup = 'adembona'")
    assert levels(game) == {"R1": {level}}


def test_a_team_without_player_rows_blocks(game: Store) -> None:
    game.run(f"delete from {PGS.qualified_name} where team_abbr = 'PHI'")
    assert found(game)["R1"][0].text == "the team has no player rows"


def test_team_points_that_are_not_the_score_block(game: Store) -> None:
    change(game, "GAMES", "home_points = 120")
    assert levels(game) == {"R2": {"block"}}
    assert found(game)["R2"][0].text == "team points minus schedule score -1"


def test_a_team_game_without_a_score_blocks(game: Store) -> None:
    change(game, "GAMES", "home_points = null, away_points = null")
    assert levels(game) == {"R2": {"block"}}


# R3, R4, R5


@pytest.mark.parametrize(("extra", "level"), [(1, "warn"), (5, "warn"), (6, "error"), (-6, "error")])
def test_box_sums_that_differ_warn_and_beyond_five_are_an_error(game: Store, extra: int, level: str) -> None:
    change(game, "TOGS", f"steals = steals + {extra}", "team_abbr = 'NYK'")
    assert levels(game) == {"R3": {level}}
    assert found(game)["R3"][0].text == f"team minus player sums: steals {extra}"


def test_a_statistic_no_player_has_is_an_error(game: Store) -> None:
    change(game, "PGS", "steals = null", "team_abbr = 'NYK'")
    assert [(f.severity, f.text) for f in found(game)["R3"]] == [("error", "no player has steals")]


def test_player_turnovers_that_differ_warn(game: Store) -> None:
    change(game, "TOGS", "player_turnovers = player_turnovers + 1, turnovers = turnovers + 1", "team_abbr = 'NYK'")
    assert levels(game) == {"R4": {"warn"}}


@pytest.mark.parametrize(("of_team", "level"), [(6, None), (7, "warn"), (-1, "warn")])
def test_team_turnovers_are_0_to_6(game: Store, of_team: int, level: str | None) -> None:
    change(game, "TOGS", f"turnovers = turnovers + {of_team}", "team_abbr = 'NYK'")
    assert levels(game) == ({"R4": {level}} if level else {})


@pytest.mark.parametrize(("off", "level"), [(0.4, None), (0.6, "warn"), (5.0, "warn"), (5.1, "error")])
def test_minutes_of_a_source_with_seconds_may_be_half_a_minute_off(game: Store, off: float, level: str | None) -> None:
    change(game, "PGS", f"minutes_played = minutes_played + {off}", "player_lookup = 'joshhart'")
    assert levels(game) == ({"R5": {level}} if level else {})


@pytest.mark.parametrize(("off", "level"), [(4, None), (5, "warn"), (6, "error")])
def test_minutes_of_a_whole_minute_source_may_be_four_off(game: Store, off: int, level: str | None) -> None:
    whole = "seconds_played = 60 * (seconds_played // 60)"
    change(game, "PGS", f"{whole}, minutes_played = 0")
    change(game, "PGS", f"minutes_played = {265 - off}", "player_lookup in ('joshhart', 'adembona')")
    assert levels(game) == ({"R5": {level}} if level else {})


# R7


def final_of_2025(store: Store) -> None:
    """IND at OKC on 2025-06-22 with its zones spread over ten players each: 22, 20, 28 and 31, 16, 40 attempts."""
    zones = {"NYK": (22, 20, 28), "PHI": (31, 16, 40)}
    for team, (paint, mid, three) in zones.items():
        store.run(f"delete from {PGS.qualified_name} where team_abbr = '{team}'")
        side = next(s for s in sides({"game_date": DAY, "game_id": "20250115_NYK_PHI"}) if s["team_abbr"] == team)
        for n in range(10):
            shots = [total // 10 + (n < total % 10) for total in (paint, mid, three)]
            store.insert(PGS, {
                **side, "player_lookup": f"{team}{n}", "seconds_played": 1590, "shot_zone_source": "nbac_play_by_play",
                "paint_attempts": shots[0], "mid_range_attempts": shots[1], "three_attempts_pbp": shots[2],
                "fg_attempts": sum(shots),
            })  # fmt: skip
        change(
            store, "TOGS", f"paint_attempts = {paint}, mid_range_attempts = {mid}, three_attempts_pbp = {three}, "
            f"fg_attempts = {paint + mid + three}", f"team_abbr = '{team}'",
        )  # fmt: skip


def test_zones_of_the_2025_final_add_up(game: Store) -> None:
    final_of_2025(game)
    assert "R7" not in found(game)


def test_three_shots_too_many_in_the_zones_of_a_team_warn(game: Store) -> None:
    final_of_2025(game)
    change(game, "PGS", "paint_attempts = paint_attempts + 1", "player_lookup in ('PHI1', 'PHI2', 'PHI3')")
    change(game, "TOGS", "paint_attempts = paint_attempts + 3", "team_abbr = 'PHI'")
    assert [(f.severity, f.team_abbr, f.text) for f in found(game)["R7"]] == [
        ("warn", "", "zones of 3 of 20 played rows miss FGA"),
        ("warn", "PHI", "zone attempts minus field goal attempts 3"),
    ]


@pytest.mark.parametrize(("players", "level"), [(2, None), (3, "warn"), (4, "warn"), (5, "error")])
def test_rows_whose_zones_miss_are_judged_over_the_date(game: Store, players: int, level: str | None) -> None:
    """20 played rows: more than 2 warn, more than a fifth are an error."""
    final_of_2025(game)
    names = ", ".join(f"'PHI{n}'" for n in range(players))
    change(game, "PGS", "fg_attempts = fg_attempts + 1", f"player_lookup in ({names})")
    of_rows = [finding.severity for finding in found(game).get("R7", []) if not finding.team_abbr]
    assert of_rows == ([level] if level else [])


def test_a_game_without_play_by_play_has_no_zones_to_judge(game: Store) -> None:
    nothing = ", ".join(
        f"{zone} = null" for zone in ("paint_makes", "paint_attempts", "mid_range_makes", "mid_range_attempts",
                                      "three_makes_pbp", "three_attempts_pbp", "shot_zone_source")
    )  # fmt: skip
    change(game, "PGS", f"{nothing}, assisted_fg_makes = null")
    change(game, "TOGS", nothing)
    assert findings(game.warehouse, [DAY]) == []


def test_zones_of_a_team_that_are_not_the_sum_of_its_players_block(game: Store) -> None:
    change(game, "TOGS", "paint_makes = paint_makes + 1", "team_abbr = 'NYK'")
    assert [(f.severity, f.text) for f in found(game)["TO-07"]] == [
        ("block", "not the sum of the players: paint_makes")
    ]


# R8


def test_usage_computed_with_48_instead_of_53_minutes_is_an_error(game: Store) -> None:
    change(game, "PGS", "usage_rate = usage_rate * 48 / 53")
    assert levels(game) == {"R8": {"error"}}
    assert found(game)["R8"][0].text == "minute-weighted mean usage 0.1811"


@pytest.mark.parametrize(("factor", "level"), [(1.01, None), (1.03, "warn"), (0.97, "warn"), (1.07, "error")])
def test_mean_usage_is_a_fifth(game: Store, factor: float, level: str | None) -> None:
    """1 % off is 0.002, 3 % are 0.006, 7 % are 0.014."""
    change(game, "PGS", f"usage_rate = usage_rate * {factor}", "team_abbr = 'PHI'")
    assert levels(game) == ({"R8": {level}} if level else {})


def test_players_without_usage_do_not_pull_the_mean(game: Store) -> None:
    change(game, "PGS", "usage_rate = 0.2")
    change(game, "PGS", "usage_rate = null", "player_lookup = 'tyresemaxey'")
    assert "R8" not in levels(game)


# both teams of a game


def test_a_team_without_opponent_row_blocks(game: Store) -> None:
    game.run(f"delete from {TOGS.qualified_name} where team_abbr = 'PHI'")
    assert [(f.severity, f.text) for f in found(game)["TO-01"]] == [("block", "the opponent has no row")]


@pytest.mark.parametrize("wrong", ["margin_of_victory = 5", "win_flag = false", "home_game = true"])
def test_two_rows_of_a_game_that_do_not_mirror_each_other_block(game: Store, wrong: str) -> None:
    change(game, "TOGS", wrong, "team_abbr = 'NYK'")
    assert levels(game)["TO-01"] == {"block"}


@pytest.mark.parametrize("wrong", ["pace = 87.7", "overtime_periods = 0", "turnovers_source = 'team_total'"])
def test_facts_of_the_game_are_equal_for_both_teams(game: Store, wrong: str) -> None:
    change(game, "TOGS", wrong, "team_abbr = 'NYK'")
    assert levels(game) == {"TO-06": {"block"}}


@pytest.mark.parametrize(("apart", "level"), [(12.0, None), (12.5, "warn"), (20.5, "error")])
def test_possessions_of_the_two_teams_lie_together(game: Store, apart: float, level: str | None) -> None:
    change(game, "TOGS", "possessions = 90", "team_abbr = 'NYK'")
    change(game, "TOGS", f"possessions = {90 + apart}", "team_abbr = 'PHI'")
    assert levels(game) == ({"TO-08": {level}} if level else {})


# players of a team


def test_five_players_start_where_it_is_known(game: Store) -> None:
    change(game, "PGS", "starter_flag = false", "player_lookup = 'joshhart'")
    assert [f.text for f in found(game)["PG-14"]] == ["4 starters"]
    change(game, "PGS", "starter_flag = null", "player_lookup = 'oganunoby'")
    assert "PG-14" not in found(game)


def test_plus_minus_adds_up_to_five_margins_where_all_state_it(game: Store) -> None:
    change(game, "PGS", "plus_minus = 0")
    change(game, "PGS", "plus_minus = 30", "player_lookup = 'joshhart'")
    change(game, "PGS", "plus_minus = -28", "player_lookup = 'tyresemaxey'")
    assert [(f.team_abbr, f.text) for f in found(game)["PG-15"]] == [
        ("PHI", "sum of plus_minus is off five times the margin by 2")
    ]
    change(game, "PGS", "plus_minus = null", "player_lookup = 'paulgeorge'")
    assert "PG-15" not in found(game)


def test_assisted_baskets_follow_the_assists(game: Store) -> None:
    change(game, "PGS", "assisted_fg_makes = assisted_fg_makes + 2", "player_lookup = 'joshhart'")
    assert levels(game) == {"PG-13": {"warn"}}


# how findings become verdicts


def test_only_blocking_findings_reach_the_blocking_check(game: Store) -> None:
    change(game, "PGS", "usage_rate = usage_rate * 48 / 53")
    blocking = verdicts(findings(game.warehouse, [DAY]), [DAY, NEXT_DAY], only_blocking=True)
    assert [verdict.severity for verdict in blocking] == ["pass", "pass"]
    whole = verdicts(findings(game.warehouse, [DAY]), [DAY, NEXT_DAY])
    assert [(verdict.severity, dict(verdict.observed)) for verdict in whole] == [("error", {"R8": 2}), ("pass", {})]


def test_the_gravest_five_findings_are_named_and_all_are_counted() -> None:
    warnings = [Finding("R3", DAY, f"game{n}", "NYK", "warn", "off") for n in range(6)]
    verdict = verdicts([*warnings, Finding("R8", DAY, "game", "PHI", "error", "usage")], [DAY])[0]
    assert verdict.description.startswith("R8 game PHI: usage; R3 game0 NYK: off")
    assert verdict.description.count(";") == 4
    assert verdict.observed == {"R3": 6, "R8": 1}


def test_blocking_findings_are_part_of_the_invariants_of_the_offence_table(game: Store) -> None:
    invariants = partition_checks(TOGS)["invariants"]
    assert invariants(game.warehouse, TOGS, [DAY])[0].severity == "pass"
    change(game, "GAMES", "home_points = 130")
    verdict = invariants(game.warehouse, TOGS, [DAY])[0]
    assert (verdict.severity, verdict.observed) == ("block", {"R2": 1})


def test_the_whole_table_check_covers_every_stored_date(game: Store) -> None:
    game.insert(TOGS, {"game_date": NEXT_DAY, "team_abbr": "BOS"})
    assert [(v.partition, v.severity) for v in reconcile(game.warehouse, TOGS)] == [(DAY, "pass"), (NEXT_DAY, "block")]


def test_a_reconciliation_without_its_tables_warns_and_names_what_to_build(store: Store) -> None:
    store.insert(TOGS, {"game_date": DAY, "team_abbr": "BOS"})
    (verdict,) = evaluated("reconciliation", reconcile, store.warehouse, TOGS)
    assert verdict.severity == "warn"
    assert verdict.description.startswith("reconciliation cannot judge yet: it compares with ")
    assert "analytics.player_game_summary" in str(verdict.observed["waits_for"])


def test_a_statement_that_is_wrong_itself_is_an_error(store: Store) -> None:
    store.insert(TOGS, {"game_date": DAY, "team_abbr": "BOS"})

    def misspelt(warehouse: Warehouse, table: Table) -> list[Verdict]:
        warehouse.query(f"select no_such_column from {table.qualified_name} where game_date = date '{DAY}'")
        return []

    (verdict,) = evaluated("reconciliation", misspelt, store.warehouse, TOGS)
    assert verdict.severity == "error"
    assert verdict.description.startswith("reconciliation could not be evaluated: ")
