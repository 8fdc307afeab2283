"""Trailing zone defence: sample sizes, and differences from the league that cancel out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from nba_pipeline.orchestration.checks.defence_zones import league_values, sample_sizes
from nba_pipeline.orchestration.checks.evaluate import partition_checks
from nba_pipeline.orchestration.whole_table_checks import reconcile, whole_table_check_functions
from nba_pipeline_tests.checks.store import TDGS, TDZA, Store
from nba_pipeline_tests.checks.summaries import change

DAY = date(2024, 1, 15)
OTHER_SEASON = date(2023, 1, 15)


def defence(team: str, sample: int, **zones: object) -> dict[str, object]:
    return {"analysis_date": DAY, "season_year": 2023, "team_abbr": team, "games_in_sample": sample, **zones}


def games(store: Store, team: str, count: int) -> None:
    """So many games of the team before DAY, one on it and one a season earlier."""
    days = [DAY - timedelta(days=n) for n in range(count + 1)]
    rows = [{"game_date": day, "season_year": 2023, "team_abbr": team} for day in days]
    store.insert(TDGS, *rows, {"game_date": OTHER_SEASON, "season_year": 2022, "team_abbr": team})


@pytest.mark.parametrize(("played", "sample", "right"), [(3, 3, True), (3, 4, False), (16, 15, True), (16, 16, False)])
def test_a_sample_is_the_earlier_games_up_to_15(store: Store, played: int, sample: int, right: bool) -> None:
    games(store, "BOS", played)
    store.insert(TDZA, defence("BOS", sample))
    verdict = sample_sizes(store.warehouse, TDZA, [DAY])[0]
    assert verdict.passed == right
    if not right:
        assert verdict.severity == "block"
        assert verdict.description.endswith("are not its earlier games: BOS")
        assert partition_checks(TDZA)["invariants"](store.warehouse, TDZA, [DAY])[0].observed["T-03"] == 1


def zones(own: float, attempts: float, games_with_events: int) -> dict[str, object]:
    """A paint defence against a league that makes half of its shots; the other zones differ by nothing."""
    return {
        "zone_games_in_sample": games_with_events, "paint_attempts_allowed_per_game": attempts,
        "paint_defense_vs_league_avg": own - 0.5, "league_paint_pct_allowed": 0.5,
    }  # fmt: skip


@pytest.fixture
def league(store: Store) -> Store:
    """200 attempts at 0.55 and 100 at 0.40: 10 makes more and 10 fewer than the league."""
    store.insert(TDZA, defence("BOS", 10, **zones(0.55, 20.0, 10)), defence("NYK", 5, **zones(0.40, 20.0, 5)))
    return store


def test_differences_from_a_pooled_league_value_cancel_out(league: Store) -> None:
    assert league_values(league.warehouse, TDZA, [DAY])[0].passed


def test_a_league_value_that_is_a_mean_of_teams_is_an_error(league: Store) -> None:
    """The mean of 0.55 and 0.40 is 0.475: the differences are 15 and -7.5 makes."""
    mean = "paint_defense_vs_league_avg = paint_defense_vs_league_avg + 0.025, league_paint_pct_allowed = 0.475"
    change(league, "TDZA", mean)
    verdict = league_values(league.warehouse, TDZA, [DAY])[0]
    assert verdict.severity == "error"
    assert verdict.description == "T-06: differences of paint from the league sum up to 7.500000, not 0"


def test_two_league_values_on_a_date_are_an_error(league: Store) -> None:
    change(league, "TDZA", "league_paint_pct_allowed = 0.51", "team_abbr = 'BOS'")
    verdict = reconcile(league.warehouse, TDZA)[0]
    assert (verdict.severity, verdict.description) == ("error", "T-05: more than one league value of paint on the date")


def test_dates_without_rows_pass_and_the_check_belongs_to_the_table(store: Store) -> None:
    store.create(TDZA)
    assert league_values(store.warehouse, TDZA, [DAY])[0].passed
    assert "reconciliation" in whole_table_check_functions(TDZA)
