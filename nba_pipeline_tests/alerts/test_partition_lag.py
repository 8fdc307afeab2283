"""Late tables: judged on the dates they have, at the hours they are due, and never on days without games."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg
import pytest

from nba_pipeline.alerts.partition_lag import LateTables, lag_deadline
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.raw import nbac_shot_chart
from nba_pipeline_tests.checks.store import DAY, GAMES, NEXT_DAY, PGS, PLAYER_BOX, SCHEDULE, UTGC, Store
from nba_pipeline_tests.readiness.history import materialised

BEFORE = date(2024, 1, 14)


def eastern(day: date, hour: int, minute: int = 0) -> datetime:
    """An instant of a winter day in New York."""
    return datetime(day.year, day.month, day.day, hour + 5, minute, tzinfo=UTC)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with open_instance(tmp_path / "dagster_home") as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """One game on each of three days."""
    store = Store(tmp_path / "warehouse.duckdb")
    for day in (BEFORE, DAY, NEXT_DAY):
        store.game(day, "BOS", "NYK")
    return store


def levels(store: Store, instance: dg.DagsterInstance, now: datetime) -> dict[str, str]:
    found = LateTables([PGS, UTGC]).look(instance, store.warehouse, now)
    return {finding.key.table.partition(".")[2]: finding.key.severity for finding in found}


def test_results_of_yesterday_warn_at_half_past_ten_and_are_an_error_at_eleven(
    store: Store, instance: dg.DagsterInstance
) -> None:
    materialised(instance, PGS, [BEFORE])
    materialised(instance, UTGC, [BEFORE, DAY, NEXT_DAY])
    assert levels(store, instance, eastern(NEXT_DAY, 10, 29)) == {}
    assert levels(store, instance, eastern(NEXT_DAY, 10, 30)) == {"player_game_summary": "warn"}
    assert levels(store, instance, eastern(NEXT_DAY, 11)) == {"player_game_summary": "error"}


def test_a_table_two_dates_behind_is_an_error_at_any_hour(store: Store, instance: dg.DagsterInstance) -> None:
    materialised(instance, PGS, [BEFORE, DAY])
    materialised(instance, UTGC, [BEFORE])
    late = list(LateTables([PGS, UTGC]).look(instance, store.warehouse, eastern(NEXT_DAY, 4)))
    assert [finding.key.table for finding in late] == ["analytics.upcoming_team_game_context"]
    assert "2 expected date(s) newer than the newest present one: 2024-01-15..2024-01-16" in late[0].observed
    assert late[0].command == (
        "nba-pipeline backfill --from 2024-01-15 --to 2024-01-16 --tables upcoming_team_game_context --yes"
    )


def test_features_of_today_are_due_an_hour_later_than_results(store: Store, instance: dg.DagsterInstance) -> None:
    materialised(instance, PGS, [BEFORE, DAY])
    materialised(instance, UTGC, [BEFORE, DAY])
    assert levels(store, instance, eastern(NEXT_DAY, 11, 29)) == {}
    assert levels(store, instance, eastern(NEXT_DAY, 11, 30)) == {"upcoming_team_game_context": "warn"}
    assert levels(store, instance, eastern(NEXT_DAY, 12)) == {"upcoming_team_game_context": "error"}


def test_an_old_schedule_does_not_make_results_punctual(store: Store, instance: dg.DagsterInstance) -> None:
    store.run(f"update {SCHEDULE.qualified_name} set is_final = false where game_date = date '{DAY}'")
    materialised(instance, PGS, [BEFORE])
    materialised(instance, UTGC, [BEFORE, DAY, NEXT_DAY])
    assert levels(store, instance, eastern(NEXT_DAY, 11)) == {"player_game_summary": "error"}


def test_a_week_without_games_has_nothing_late(store: Store, instance: dg.DagsterInstance) -> None:
    materialised(instance, PGS, [BEFORE, DAY, NEXT_DAY])
    materialised(instance, UTGC, [BEFORE, DAY, NEXT_DAY])
    assert levels(store, instance, eastern(date(2024, 1, 23), 15)) == {}
    assert levels(store, instance, eastern(date(2024, 7, 15), 15)) == {}


def test_a_backfill_of_an_old_date_makes_no_table_fresh(store: Store, instance: dg.DagsterInstance) -> None:
    materialised(instance, UTGC, [BEFORE, DAY, NEXT_DAY])
    materialised(instance, PGS, [date(2021, 10, 19)])
    assert levels(store, instance, eastern(NEXT_DAY, 3)) == {"player_game_summary": "error"}


def test_a_new_schedule_is_read_again(store: Store, instance: dg.DagsterInstance) -> None:
    materialised(instance, UTGC, [BEFORE, DAY])
    late, noon = LateTables([UTGC]), eastern(NEXT_DAY, 12)
    assert len(list(late.look(instance, store.warehouse, noon))) == 1
    store.run(f"update {SCHEDULE.qualified_name} set is_postponed = true where game_date = date '{NEXT_DAY}'")
    assert len(list(late.look(instance, store.warehouse, noon))) == 1
    materialised(instance, SCHEDULE, [NEXT_DAY])
    assert list(late.look(instance, store.warehouse, noon)) == []


def test_optional_feeds_and_the_schedule_itself_have_no_due_date() -> None:
    assert lag_deadline(nbac_shot_chart.TABLE) is None
    assert lag_deadline(SCHEDULE) is None
    assert lag_deadline(GAMES) == lag_deadline(PLAYER_BOX) == lag_deadline(PGS) != lag_deadline(UTGC)
