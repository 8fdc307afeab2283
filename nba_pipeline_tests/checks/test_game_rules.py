"""Rules over the games of a season: identity, completeness, last periods, games without play-by-play."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from nba_pipeline.orchestration.checks import game_rules, thresholds
from nba_pipeline.orchestration.checks.across_tables import BLOCKING, RECONCILING
from nba_pipeline.orchestration.checks.period_means import means_check
from nba_pipeline.orchestration.checks.table_rules import rules_check
from nba_pipeline_tests.checks.store import DAY, GAMES, NEXT_DAY, PLAY_BY_PLAY, TDGS, TOGS, Store, sides

START = date(2021, 10, 19)
EVENTS = "nbac_play_by_play"


def game(day: date, away: str, home: str, number: int, kind: str = "regular", season: int = 2023) -> dict[str, object]:
    return {
        "game_date": day, "game_id": f"{day:%Y%m%d}_{away}_{home}", "nba_game_id": str(number), "season_year": season,
        "season_type": kind, "away_team_abbr": away, "home_team_abbr": home, "is_final": True,
    }  # fmt: skip


def rules_of(store: Store, day: date) -> dict[str, object]:
    verdict = BLOCKING["reference.games"](store.warehouse, GAMES, [day])[0]
    assert verdict.severity in ("pass", "block")
    return dict(verdict.observed)


def test_an_id_on_two_dates_blocks_both_of_them_even_when_one_is_judged(store: Store) -> None:
    store.insert(GAMES, game(DAY, "BOS", "NYK", 1), game(NEXT_DAY, "MIA", "CHI", 1), game(NEXT_DAY, "LAL", "DEN", 2))
    assert rules_of(store, DAY) == {"RF-01a": 1}
    assert rules_of(store, NEXT_DAY) == {"RF-01a": 1}


def test_a_team_that_plays_twice_a_date_blocks(store: Store) -> None:
    store.insert(GAMES, game(DAY, "BOS", "NYK", 1), game(DAY, "MIA", "BOS", 2), game(NEXT_DAY, "BOS", "NYK", 3))
    assert rules_of(store, DAY) == {"RF-01b": 1}
    assert rules_of(store, NEXT_DAY) == {}


@pytest.fixture
def short_season(monkeypatch: pytest.MonkeyPatch) -> None:
    """A finished season has 2 regular games, 2 of each team."""
    monkeypatch.setattr(thresholds, "REGULAR_GAMES", 2)
    monkeypatch.setattr(thresholds, "REGULAR_GAMES_OF_TEAM", 2)


FINAL = START + timedelta(days=200)
WHOLE = (
    game(START, "BOS", "NYK", 1, season=2021),
    game(START + timedelta(days=1), "NYK", "BOS", 2, season=2021),
    game(FINAL, "NYK", "BOS", 3, "playoffs", 2021),
)


@pytest.mark.usefixtures("short_season")
def test_a_finished_season_of_the_right_length_passes(store: Store) -> None:
    store.insert(GAMES, *WHOLE)
    assert rules_of(store, FINAL) == {}


@pytest.mark.usefixtures("short_season")
def test_a_finished_season_that_lacks_a_game_blocks_its_last_date(store: Store) -> None:
    """The season and both teams are one game short."""
    store.insert(GAMES, WHOLE[0], WHOLE[2])
    assert rules_of(store, FINAL) == {"RF-01c": 3}
    assert rules_of(store, START) == {}


@pytest.mark.usefixtures("short_season")
@pytest.mark.parametrize("stored", [WHOLE[:1], WHOLE[2:]])
def test_a_part_of_a_season_is_not_counted(store: Store, stored: tuple[dict[str, object], ...]) -> None:
    store.insert(GAMES, *stored)
    assert rules_of(store, stored[-1]["game_date"]) == {}  # type: ignore[arg-type]


@pytest.mark.usefixtures("short_season")
def test_a_season_that_is_not_over_is_not_counted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.insert(GAMES, WHOLE[0], WHOLE[2])
    monkeypatch.setattr(game_rules, "today", lambda: date(2022, 9, 30))
    assert rules_of(store, FINAL) == {}


@pytest.mark.parametrize(("last_period", "source", "noticed"), [(5, EVENTS, 0), (4, EVENTS, 2), (4, None, 0)])
def test_overtimes_are_those_of_the_last_event(
    store: Store, last_period: int, source: str | None, noticed: int
) -> None:
    identity = store.game(DAY, "BOS", "NYK")
    rows = [{**side, "overtime_periods": 1, "shot_zone_source": source} for side in sides(identity)]
    store.insert(TOGS, *({k: v for k, v in row.items() if k in TOGS.by_name} for row in rows))
    events = [{"period": period, "action_number": period} for period in range(1, last_period + 1)]
    store.insert(
        PLAY_BY_PLAY, *({**event, "game_date": DAY, "nba_game_id": identity["nba_game_id"]} for event in events)
    )
    verdict = rules_check([game_rules.LAST_PERIOD])(store.warehouse, TOGS, [DAY])[0]
    assert (verdict.severity, verdict.observed) == (("block", {"TO-06b": noticed}) if noticed else ("pass", {}))


def season_of_defences(store: Store, unzoned: int) -> None:
    """One game on each of 31 dates; the last ones have no play-by-play."""
    days = [START + timedelta(days=n) for n in range(31)]
    zoned = len(days) - unzoned
    store.insert(
        TDGS,
        *(
            {
                "game_date": day,
                "team_abbr": "BOS",
                "nba_game_id": str(n),
                "shot_zone_source": EVENTS if n < zoned else None,
            }
            for n, day in enumerate(days)
        ),
    )


@pytest.mark.parametrize(("unzoned", "level"), [(3, "pass"), (4, "error")])
def test_more_than_a_tenth_of_the_games_of_30_dates_without_events_is_an_error(
    store: Store, unzoned: int, level: str
) -> None:
    season_of_defences(store, unzoned)
    days = [START + timedelta(days=n) for n in range(31)]
    verdicts = means_check(game_rules.EVENT_MEANS)(store.warehouse, TDGS, days)
    assert [verdict.severity for verdict in verdicts] == ["pass"] * 30 + [level]


def test_a_game_without_events_warns_once_it_is_two_days_old(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    season_of_defences(store, 1)
    last = START + timedelta(days=30)
    for age, level in ((1, "pass"), (2, "warn")):
        monkeypatch.setattr(game_rules, "today", lambda age=age: last + timedelta(days=age))
        assert RECONCILING[str(TDGS)](store.warehouse, TDGS, [last])[0].severity == level
