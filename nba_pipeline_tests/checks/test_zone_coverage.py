"""Ceilings of the zone defence hold while nine in ten games so far have zones; players never get fewer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from nba_pipeline.orchestration.checks.across_tables import RECONCILING
from nba_pipeline.orchestration.checks.invariants import invariants
from nba_pipeline.orchestration.checks.null_rates import null_rates, season_null_rates
from nba_pipeline.orchestration.checks.zone_coverage import thin_zone_days
from nba_pipeline_tests.checks.store import PSZA, TDGS, TDZA, Store

START = date(2022, 11, 1)
DAY = START + timedelta(days=20)


def earlier_games(store: Store, zoned: int) -> None:
    """Twenty games before DAY, the first ones with zones; one on DAY with and one a season earlier without."""
    days = [START + timedelta(days=n) for n in range(20)]
    rows = [{"game_date": day, "shot_zone_source": "x" if n < zoned else None} for n, day in enumerate(days)]
    others = [{"game_date": DAY, "shot_zone_source": "x"}, {"game_date": date(2022, 4, 1)}]
    store.insert(TDGS, *({**row, "team_abbr": "BOS"} for row in (*rows, *others)))
    zone = {"league_paint_pct_allowed": 0.5, "league_mid_range_pct_allowed": 0.5}
    store.insert(TDZA, {"analysis_date": DAY, "season_year": 2022, "team_abbr": "BOS", **zone})


@pytest.mark.parametrize(("zoned", "level", "blocked"), [(18, "warn", "block"), (17, "pass", "pass")])
def test_ceilings_wait_for_nine_in_ten_games(store: Store, zoned: int, level: str, blocked: str) -> None:
    """The team has no zones, and one league value is missing."""
    earlier_games(store, zoned)
    rates = null_rates(store.warehouse, TDZA, [DAY])[0]
    assert rates.severity == level
    problems = invariants(store.warehouse, TDZA, [DAY])[0].description
    assert ("league_three_pt_pct_allowed" in problems) == (blocked == "block")
    said = "zone ceilings not judged: 85.0% of the season's games so far have zones"
    assert (rates.description == said) == (zoned == 17)
    seasons = season_null_rates(store.warehouse, TDZA, [DAY])[0]
    assert seasons.passed == (zoned == 17)


def test_rates_are_reported_all_the_same(store: Store) -> None:
    earlier_games(store, 17)
    observed = null_rates(store.warehouse, TDZA, [DAY])[0].observed
    assert (observed["paint_pct_allowed_last_15"], observed["zone_coverage"]) == (1.0, 0.85)


def test_only_zone_defence_waits(store: Store) -> None:
    assert thin_zone_days(store.warehouse, PSZA, [DAY]) == {}


@pytest.mark.parametrize(("second", "noticed"), [(3, False), (4, False), (2, True)])
def test_the_number_of_players_never_falls_within_a_season(store: Store, second: int, noticed: bool) -> None:
    for day, count in ((START, 3), (DAY, second), (START + timedelta(days=400), 1)):
        rows = [{"analysis_date": day, "season_year": day.year, "player_lookup": f"p{n}"} for n in range(count)]
        store.insert(PSZA, *rows)
    last = START + timedelta(days=400)
    days = [START + timedelta(days=n) for n in range((last - START).days + 1)]
    found = [v for v in RECONCILING[str(PSZA)](store.warehouse, PSZA, days) if not v.passed]
    assert [(v.partition, v.observed) for v in found] == ([(DAY, {"S-07": 1})] if noticed else [])
    if noticed:
        assert found[0].description.endswith("2 after 3")
