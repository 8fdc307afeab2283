"""Means over a date, week, month, season or 30 game dates: how periods are cut, and the levels that tables declare."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from nba_pipeline.orchestration.checks import period_means
from nba_pipeline.orchestration.checks.game_rules import RATING_MEAN
from nba_pipeline.orchestration.checks.period_means import Period, PeriodMean, means_check
from nba_pipeline.orchestration.checks.upcoming_rules import PLAYER_MEANS, TEAM_MEANS
from nba_pipeline.orchestration.checks.verdicts import Verdict
from nba_pipeline.orchestration.checks.zone_levels import PLAYER_MEANS as ZONE_MEANS
from nba_pipeline.schema import Table
from nba_pipeline_tests.checks.store import PSZA, TOGS, UPGC, UTGC, Store

SUNDAY, MONDAY = date(2024, 1, 14), date(2024, 1, 15)


def mean(period: Period, **more: object) -> PeriodMean:
    """Win flags of a team, at most half of them."""
    return PeriodMean(
        "wins",
        "warn",
        period,
        lambda window: (
            "select game_date as partition_date, sum(case when win_flag then 1 else 0 end) as amount,\n"
            f"count(*) as weight from {window.own} where game_date {window.season} group by game_date"
        ),
        0,
        0.5,
        "share of wins",
        **more,  # type: ignore[arg-type]
    )


def wins(store: Store, *days: date, won: bool = True) -> None:
    store.insert(TOGS, *({"game_date": day, "team_abbr": "BOS", "win_flag": won} for day in days))


def failing(store: Store, table: Table, rules: Sequence[PeriodMean], days: Sequence[date]) -> list[Verdict]:
    verdicts = means_check(rules)(store.warehouse, table, list(days))
    assert [verdict.partition for verdict in verdicts] == list(days)
    return [verdict for verdict in verdicts if not verdict.passed]


@pytest.mark.parametrize(
    ("period", "newest"),
    [("date", [SUNDAY]), ("week", [SUNDAY]), ("month", []), ("season", [])],
)
def test_a_period_is_named_by_its_newest_date(store: Store, period: Period, newest: list[date]) -> None:
    """A win on Sunday, a defeat on Monday: the week of the win is over, the month is half won."""
    wins(store, SUNDAY)
    wins(store, MONDAY, won=False)
    found = failing(store, TOGS, [mean(period)], [SUNDAY, MONDAY])
    assert [verdict.partition for verdict in found] == newest
    if period == "week":
        assert found[0].observed == {"wins": 1.0}
        assert found[0].description == "wins: share of wins: 1.0000 (1 of 1 over the week), not 0 to 0.5"


def test_a_period_counts_dates_before_those_that_are_judged(store: Store) -> None:
    wins(store, date(2024, 1, 2), date(2024, 1, 3))
    wins(store, MONDAY, won=False)
    assert [v.observed for v in failing(store, TOGS, [mean("month")], [MONDAY])] == [{"wins": 0.666667}]


def test_small_periods_are_not_judged(store: Store) -> None:
    wins(store, SUNDAY)
    assert failing(store, TOGS, [mean("season", least=2), mean("season", least_dates=2)], [SUNDAY]) == []


def test_a_week_that_still_runs_is_not_judged(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    wins(store, SUNDAY)
    monkeypatch.setattr(period_means, "today", lambda: SUNDAY)
    assert failing(store, TOGS, [mean("week")], [SUNDAY]) == []
    monkeypatch.setattr(period_means, "today", lambda: MONDAY)
    assert len(failing(store, TOGS, [mean("week")], [SUNDAY])) == 1


def test_trailing_dates_do_not_reach_into_the_season_before(store: Store) -> None:
    days = [date(2023, 9, 15) + timedelta(days=n) for n in range(30)]
    wins(store, *days)
    assert failing(store, TOGS, [mean("newest game dates")], days) == []
    wins(store, date(2023, 8, 1))
    assert failing(store, TOGS, [mean("newest game dates")], days) == []


@pytest.mark.parametrize(("rating", "level"), [(103.0, 0), (102.9, 1), (118.1, 1)])
def test_the_mean_rating_of_a_week_of_40_team_games(store: Store, rating: float, level: int) -> None:
    teams = [{"game_date": SUNDAY, "team_abbr": f"T{n}", "offensive_rating": rating} for n in range(40)]
    store.insert(TOGS, *teams[:39])
    assert failing(store, TOGS, [RATING_MEAN], [SUNDAY]) == []
    store.insert(TOGS, teams[39])
    assert len(failing(store, TOGS, [RATING_MEAN], [SUNDAY])) == level


@pytest.mark.parametrize(("tired", "level"), [(12, 0), (11, 1), (25, 1)])
def test_back_to_backs_of_teams_in_a_month(store: Store, tired: int, level: int) -> None:
    regular = [
        {"game_date": SUNDAY, "team_abbr": f"T{n}", "season_phase": "regular", "team_back_to_back": n < tired}
        for n in range(100)
    ]
    playoffs = [{"game_date": SUNDAY, "team_abbr": f"P{n}", "season_phase": "playoffs"} for n in range(100)]
    store.insert(UTGC, *regular, *playoffs)
    assert len(failing(store, UTGC, TEAM_MEANS, [SUNDAY])) == level


@pytest.mark.parametrize(("share", "level"), [(10, 0), (6, 1), (15, 1)])
def test_back_to_backs_of_players_in_a_season(store: Store, share: int, level: int) -> None:
    days = [date(2023, 10, 24) + timedelta(days=n) for n in range(60)]
    rows = [
        {
            "game_date": day,
            "player_lookup": f"p{n}",
            "games_in_sample_season": 5,
            "back_to_back": 60 * n + m < 60 * share,
        }
        for n in range(100)
        for m, day in enumerate(days)
    ]
    store.insert(UPGC, *rows)
    assert failing(store, UPGC, PLAYER_MEANS, days[:59]) == []
    assert len(failing(store, UPGC, PLAYER_MEANS, days)) == level


@pytest.mark.parametrize(("paint", "shots", "level"), [(0.42, 50, 0), (0.33, 50, 1), (0.33, 49, 0)])
def test_mean_rates_of_players_with_enough_shots(store: Store, paint: float, shots: int, level: int) -> None:
    row = {"analysis_date": SUNDAY, "total_shots_last_10": shots, "paint_rate_last_10": paint}
    rates = {"three_pt_rate_last_10": 0.4, "assisted_rate_last_10": 0.6}
    store.insert(PSZA, *({**row, **rates, "player_lookup": f"p{n}"} for n in range(30)))
    assert len(failing(store, PSZA, ZONE_MEANS, [SUNDAY])) == level
