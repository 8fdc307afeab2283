"""Levels of the feature tables over a season, and the alarm for features that know their own game."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from nba_pipeline.orchestration.checks import thresholds
from nba_pipeline.orchestration.checks.across_tables import RECONCILING
from nba_pipeline.orchestration.checks.verdicts import Verdict
from nba_pipeline.schema import Table
from nba_pipeline_tests.checks.store import GAMES, MLFS, PCF, PDC, PGS, TDGS, TDZA, TOGS, UPGC, Store

START = date(2022, 11, 1)
DAYS = [START + timedelta(days=n) for n in range(60)]
ROWS = 40  # players a date
Values = Callable[[int], dict[str, object]]


def season(store: Store, table: Table, values: Values) -> None:
    """60 dates with 40 players each; `values` of the n-th row of the season."""
    own_date = str(table.partition_column)
    rows = (
        {own_date: day, "season_year": 2022, "player_lookup": f"p{n}", "nba_game_id": str(n), **values(m * ROWS + n)}
        for m, day in enumerate(DAYS)
        for n in range(ROWS)
    )
    store.insert(table, *({name: value for name, value in row.items() if name in table.by_name} for row in rows))


def last_verdict(store: Store, table: Table, days: list[date] = DAYS) -> Verdict:
    store.create(GAMES, PGS, TOGS, TDGS, UPGC, PDC, PCF, MLFS)
    with store.warehouse.reading() as reader:
        return RECONCILING[str(table)](reader, table, days)[-1]


def spread(n: int, steps: int = 21) -> float:
    """-1 to 1 in even steps."""
    return (n % steps) / (steps - 1) * 2 - 1


def scores(n: int) -> dict[str, object]:
    """Every score centred, never exactly 0 and off the ends of its scale."""
    return {
        "team_abbr": "BOS", "opponent_team_abbr": "XXX", "league_pace_last_10": 99.0,
        "fatigue_score": 80 + 15 * spread(n), "shot_zone_mismatch_score": 4 * spread(n, 20),
        "pace_score": 2 * spread(n, 20), "usage_spike_score": 2 * spread(n, 20),
    }  # fmt: skip


def test_scores_that_vary_around_nothing_pass(store: Store) -> None:
    season(store, PCF, scores)
    assert last_verdict(store, PCF).passed


@pytest.mark.parametrize(
    ("changed", "rules"),
    [
        (lambda n: {"fatigue_score": 95 + spread(n)}, {"C-07_fatigue_score_deviation"}),
        (lambda n: {"pace_score": 0.1 * spread(n, 20)}, {"C-07_pace_score_deviation"}),
        (lambda n: {"usage_spike_score": 1 + spread(n, 20)}, {"C-07_usage_spike_score_mean"}),
        (lambda n: {"pace_score": 0.0 if n % 10 == 0 else 2 * spread(n, 20)}, {"C-07_pace_score_zero"}),
        (
            lambda n: {"shot_zone_mismatch_score": 10 * spread(n, 20)},
            {"C-07_shot_zone_mismatch_score_end"},
        ),
    ],
)
def test_scores_that_stand_still_or_lean_warn(store: Store, changed: Values, rules: set[str]) -> None:
    season(store, PCF, lambda n: {**scores(n), **changed(n)})
    found = last_verdict(store, PCF)
    assert (found.severity, set(found.observed)) == ("warn", rules)
    assert last_verdict(store, PCF, DAYS[:59]).passed


def features(n: int) -> dict[str, object]:
    """Varied features; every second row at home, every tenth a back-to-back."""
    names = [c.name for c in MLFS.columns if c.type == "FLOAT64"]
    return {name: 10 + spread(n) for name in names} | {
        "home_away": float(n % 2), "back_to_back": float(n % 10 == 0), "playoff_game": float(n % 7 == 0),
        "team_win_pct": 0.5 + 0.4 * spread(n), "rest_advantage": 0.0 if n % 2 else 1.0 * (n % 9),
        "recent_trend": round(2 * spread(n)), "feature_quality_score": 0.85, "games_played_season": n,
        "vegas_points_line": None, "has_vegas_line": 0.0, "team_abbr": f"T{n}", "opponent_team_abbr": "XXX",
    }  # fmt: skip


def judged_rules(
    store: Store, changed: Values = lambda n: {}, final: date = DAYS[-1], kind: str = "playoffs"
) -> dict[str, object]:
    """Season rules that the feature table breaks, with its season, its trends and its last game stored."""
    store.insert(GAMES, {"game_date": final, "game_id": "final", "season_year": 2022, "season_type": kind})
    season(store, MLFS, lambda n: {**features(n), **changed(n)})
    season(store, PDC, lambda n: {"points_trend_last_5": 6 * spread(n)})
    found = last_verdict(store, MLFS)
    return {
        name: value for name, value in found.observed.items() if name.startswith(("M-08", "M-09", "M-10", "unknown"))
    }


def test_features_that_vary_pass(store: Store) -> None:
    assert judged_rules(store) == {}


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        (lambda n: {"points_avg_season": float(n % 4)}, "M-08_values"),
        (lambda n: {"playoff_game": 0.0}, "M-08_values"),
        (lambda n: {"team_win_pct": 0.5 + 0.01 * spread(n)}, "M-08_team_win_pct_deviation"),
        (lambda n: {"recent_trend": float(n % 5 - 2)}, "M-08_trend"),
        (lambda n: {"home_away": float(n % 3 == 0)}, "M-08_home"),
        (lambda n: {"back_to_back": float(n % 5 == 0)}, "M-08_back_to_back"),
        (lambda n: {"feature_quality_score": 0.7}, "M-10_season"),
        (lambda n: {"vegas_points_line": 20.0 if n % 10 == 0 else None}, "unknown_lines"),
    ],
)
def test_features_of_a_season_without_their_usual_level_warn(store: Store, changed: Values, rule: str) -> None:
    assert set(judged_rules(store, changed)) == {rule}


def never_in_the_playoffs(n: int) -> dict[str, object]:
    return {"playoff_game": 0.0}


def test_values_are_asked_of_a_season_up_to_its_last_playoff_game(store: Store) -> None:
    assert judged_rules(store, never_in_the_playoffs, final=DAYS[-1] + timedelta(days=90)) == {}


def test_values_are_not_asked_of_a_season_whose_playoffs_are_not_stored(store: Store) -> None:
    assert judged_rules(store, never_in_the_playoffs, kind="regular") == {}


def form_and_points(store: Store, noise: float) -> Verdict:
    """Points are the form plus or minus the noise; means of ten are five points off."""
    form = [10 + 8 * spread(n, 41) for n in range(len(DAYS) * ROWS)]
    points = [form[n] + noise * (1 if (n // 41) % 2 else -1) for n in range(len(form))]
    season(store, MLFS, lambda n: {**features(n), "points_avg_last_5": form[n], "points_avg_last_10": points[n] - 5})
    season(store, PGS, lambda n: {"points": round(points[n]), "seconds_played": 1800, "team_abbr": "BOS"})
    return last_verdict(store, MLFS)


@pytest.fixture
def few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thresholds, "LEAK_ROWS", 1000)


@pytest.mark.usefixtures("few_rows")
@pytest.mark.parametrize(("noise", "noticed"), [(6.0, False), (2.0, True)])
def test_form_that_foretells_points_too_well_is_an_error(store: Store, noise: float, noticed: bool) -> None:
    found = form_and_points(store, noise)
    assert ("M-09_correlation" in found.observed) == noticed
    assert (found.severity == "error") == noticed


@pytest.mark.usefixtures("few_rows")
def test_a_mean_that_misses_too_little_is_an_error(store: Store) -> None:
    form_and_points(store, 6.0)
    store.run(f"update {MLFS.qualified_name} set points_avg_last_10 = points_avg_last_10 + 3")
    found = last_verdict(store, MLFS)
    assert found.severity == "error"
    assert 1.5 < float(found.observed["M-09_error"]) < 2.5


def teams(store: Store, deviation: float, sign: float, days: list[date]) -> None:
    """30 teams whose ratings and differences from the league deviate as told; `sign` ties paint to rating."""
    ratings = [110 + deviation * (n - 14.5) / 8.655 for n in range(30)]
    store.insert(
        TDZA,
        *(
            {
                "analysis_date": day, "season_year": 2022, "team_abbr": f"T{n}", "defensive_rating_last_15": rating,
                "paint_defense_vs_league_avg": sign * (rating - 110) / 100, "mid_range_defense_vs_league_avg": n / 1000,
                "three_pt_defense_vs_league_avg": n / 1000,
            }
            for day in days
            for n, rating in enumerate(ratings)
        ),
    )  # fmt: skip


@pytest.mark.parametrize(("deviation", "broken"), [(3.0, set()), (1.5, {"T-08"})])
def test_teams_that_are_all_alike_on_a_date_warn(store: Store, deviation: float, broken: set[str]) -> None:
    teams(store, deviation, 1.0, DAYS[:1])
    assert set(last_verdict(store, TDZA, DAYS[:1]).observed) == broken


@pytest.mark.parametrize(("sign", "broken"), [(1.0, set()), (-1.0, {"T-09"})])
def test_weak_paint_defences_are_weak_defences(store: Store, sign: float, broken: set[str]) -> None:
    teams(store, 3.0, sign, DAYS)
    assert set(last_verdict(store, TDZA).observed) == broken
