"""`null_rates` and the ceilings of whole seasons."""

from __future__ import annotations

from datetime import date

import pytest

from nba_pipeline.orchestration.checks import null_rates as module
from nba_pipeline.orchestration.checks.null_rates import null_rates, season_null_rates
from nba_pipeline.schema import Column, NullCeiling, Table
from nba_pipeline.schema.fields import GAME_DATE, PLAYER_LOOKUP
from nba_pipeline_tests.checks.store import DAY, NEXT_DAY, PGS, PSZA, Store

SEASON_START = date(2023, 10, 24)


def played(number: int, usage: float | None, day: date = DAY) -> dict[str, object]:
    return {
        "game_date": day,
        "player_lookup": f"p{number:03}",
        "is_active": True,
        "usage_rate": usage,
        "nba_player_id": 1,
    }


def absent(number: int, day: date = DAY) -> dict[str, object]:
    return {"game_date": day, "player_lookup": f"q{number:03}", "is_dnp": True, "nba_player_id": 1}


@pytest.fixture(autouse=True)
def _season(store: Store) -> None:
    store.game(SEASON_START, "BOS", "NYK")


def usage_of(store: Store, missing: int, day: date = DAY) -> tuple[str, str, object]:
    store.insert(PGS, *(played(n, None if n < missing else 0.2, day) for n in range(212)), absent(0, day))
    verdict = null_rates(store.warehouse, PGS, [day])[0]
    said = [text for text in verdict.description.split("; ") if text.startswith("usage_rate")]
    level = "pass" if not said else "error" if "ceiling 5.0%" in said[0] else "warn"
    return level, said[0] if said else "", verdict.observed["usage_rate"]


def test_usage_known_for_all_212_players_passes(store: Store) -> None:
    assert usage_of(store, 0) == ("pass", "", 0.0)


def test_usage_unknown_for_3_of_212_players_warns(store: Store) -> None:
    text = "usage_rate: 3 of 212 NULL (1.4%), ceiling 1.0%: p000, p001, p002"
    assert usage_of(store, 3) == ("warn", text, 0.014151)


def test_usage_unknown_for_30_of_212_players_is_an_error(store: Store) -> None:
    text = "usage_rate: 30 of 212 NULL (14.2%), ceiling 5.0%: p000, p001, p002, p003, p004"
    assert usage_of(store, 30) == ("error", text, 0.141509)


def test_before_day_14_only_hard_ceilings_and_never_are_judged(store: Store) -> None:
    assert usage_of(store, 3, date(2023, 11, 6))[0] == "pass"
    assert usage_of(store, 3, date(2023, 11, 7))[0] == "warn"
    assert usage_of(store, 30, date(2023, 11, 5))[0] == "error"


def test_rows_outside_the_population_never_count(store: Store) -> None:
    store.insert(PGS, absent(1), absent(2), played(1, 0.2, NEXT_DAY))
    nobody, somebody = null_rates(store.warehouse, PGS, [DAY, NEXT_DAY])
    assert "usage_rate" not in nobody.observed
    assert "ts_pct" not in somebody.observed, "no shot, no percentage"
    assert somebody.observed["usage_rate"] == 0.0


def test_a_date_without_rows_passes(store: Store) -> None:
    store.create(PGS)
    assert null_rates(store.warehouse, PGS, [DAY])[0].passed


def zones(player: int, day: date, rate: float | None) -> dict[str, object]:
    return {"analysis_date": day, "player_lookup": f"p{player}", "nba_player_id": 1, "paint_rate_last_10": rate}


def test_the_ceiling_of_a_season_is_judged_over_all_its_rows(store: Store) -> None:
    """4 of 100 unknown on two dates of the season and none in the other season: 4 % against 3 %."""
    first_half = (zones(n, DAY, None if n < 4 else 0.4) for n in range(50))
    second_half = (zones(n, NEXT_DAY, 0.4) for n in range(50))
    next_season = (zones(n, date(2024, 12, 1), 0.4) for n in range(50))
    store.insert(PSZA, *first_half, *second_half, *next_season)
    one_date = season_null_rates(store.warehouse, PSZA, [NEXT_DAY])
    assert [(v.partition, v.severity, v.observed["paint_rate_last_10"]) for v in one_date] == [
        (date(2023, 10, 1), "warn", 0.04)
    ]
    assert "paint_rate_last_10: 4 of 100 NULL (4.00%), ceiling of a season 3.00%" in one_date[0].description
    both = season_null_rates(store.warehouse, PSZA, [NEXT_DAY, date(2024, 12, 1)])
    assert [verdict.observed["paint_rate_last_10"] for verdict in both] == [0.04, 0.0]


def test_a_season_that_is_not_over_is_not_judged(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.insert(PSZA, zones(1, DAY, None))
    monkeypatch.setattr(module, "today", lambda: date(2024, 9, 30))
    assert season_null_rates(store.warehouse, PSZA, [DAY]) == []
    monkeypatch.setattr(module, "today", lambda: date(2024, 10, 1))
    assert [verdict.severity for verdict in season_null_rates(store.warehouse, PSZA, [DAY])] == ["warn"]


def test_a_table_without_partitions_or_ceilings_has_no_season_verdict(store: Store) -> None:
    bare = Table("reference", "bare", "one row", (GAME_DATE, PLAYER_LOOKUP), ("player_lookup",), None)
    assert season_null_rates(store.warehouse, bare, [None]) == []


def test_a_raw_table_is_judged_from_the_first_day(store: Store) -> None:
    height = Column("height", "INT64", "Height.", unit="inches", source="test", nulls=NullCeiling(date=0.5))
    listed = Table(
        "raw", "listed", "one row per player", (GAME_DATE, PLAYER_LOOKUP, height), ("game_date", "player_lookup"),
        "game_date",
    )  # fmt: skip
    store.insert(listed, {"game_date": SEASON_START, "player_lookup": "a"})
    assert null_rates(store.warehouse, listed, [SEASON_START])[0].severity == "warn"
