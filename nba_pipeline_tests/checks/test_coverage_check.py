"""Coverage as a check: dates of all tables against the schedule, dates that are not due yet, the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg
import pytest

from nba_pipeline.definitions import build_definitions
from nba_pipeline.orchestration.checks.worst import COVERAGE
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.orchestration.resources import WarehouseResource
from nba_pipeline.orchestration.run_requests import CHECKS_JOB, WAREHOUSE_JOB
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.readiness.coverage_check import coverage_check, coverage_verdicts, due_states
from nba_pipeline.schema import Table
from nba_pipeline.settings import load_settings
from nba_pipeline_tests.checks.store import DAY, GAMES, NEXT_DAY, PGS, SCHEDULE, TOGS, UTGC, Store
from nba_pipeline_tests.readiness.history import evaluated, materialised

ALL = [SCHEDULE, GAMES, TOGS, PGS, UTGC]
LATER = datetime(2024, 2, 1, 20, tzinfo=UTC)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with open_instance(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def built(store: Store, instance: dg.DagsterInstance) -> Store:
    """Two dates with a game, all there but the second of the player table; the upcoming table was never written."""
    for day in (DAY, NEXT_DAY):
        identity = store.game(day, "BOS", "NYK")
        store.insert(TOGS, {**identity, "team_abbr": "BOS"})
    store.insert(PGS, {"game_date": DAY})
    for table in (SCHEDULE, GAMES, TOGS):
        materialised(instance, table, [DAY, NEXT_DAY])
    materialised(instance, PGS, [DAY])
    return store


def found(store: Store, instance: dg.DagsterInstance, now: datetime = LATER) -> dict[date | None, tuple[str, str]]:
    verdicts = coverage_verdicts(due_states(instance, store.warehouse, ALL, now))
    return {verdict.partition: (verdict.severity, verdict.description) for verdict in verdicts}


def test_a_date_that_a_table_lacks_is_an_error_that_names_the_table(built: Store, instance: dg.DagsterInstance) -> None:
    assert found(built, instance) == {DAY: ("pass", ""), NEXT_DAY: ("error", "missing in 1: player_game_summary")}


def test_a_date_that_is_not_due_yet_is_not_asked_for(built: Store, instance: dg.DagsterInstance) -> None:
    early, late = (datetime(2024, 1, 17, hour, tzinfo=UTC) for hour in (15, 16))  # 10:00 and 11:00 in New York
    assert set(found(built, instance, early)) == {DAY}
    assert found(built, instance, late)[NEXT_DAY][0] == "error"


def test_rows_lost_behind_the_record_are_missing(built: Store, instance: dg.DagsterInstance) -> None:
    built.run(f"delete from {TOGS.qualified_name} where game_date = date '{DAY}'")
    assert found(built, instance)[DAY] == ("error", "missing in 1: team_offense_game_summary")


def test_a_date_that_a_blocking_check_refused_is_blocked(built: Store, instance: dg.DagsterInstance) -> None:
    evaluated(instance, TOGS, "unique_key", DAY, "a key twice")
    assert found(built, instance)[DAY] == ("error", "blocked in 1: team_offense_game_summary")


def test_rows_on_a_date_without_games_are_a_warning(built: Store, instance: dg.DagsterInstance) -> None:
    extra = date(2024, 1, 20)
    built.insert(TOGS, {"game_date": extra})
    materialised(instance, TOGS, [extra])
    assert found(built, instance)[extra] == ("warn", "extra in 1: team_offense_game_summary")


def test_the_page_has_the_calendar_the_worst_dates_and_the_tables_that_are_not_built(
    built: Store, instance: dg.DagsterInstance
) -> None:
    evaluation = evaluate(built, instance, ALL)
    assert (evaluation.passed, evaluation.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert evaluation.metadata["not_built_yet"].value == "upcoming_team_game_context"
    assert str(evaluation.metadata["calendar"].value).startswith("![coverage by table and date](data:image/png;base64,")
    (record,) = evaluation.metadata["worst_partitions"].records  # type: ignore[union-attr]
    assert record.data["repair"] == "nba-pipeline backfill --from 2024-01-16 --to 2024-01-16 --only missing --yes"


def test_before_the_first_write_there_is_nothing_to_judge_and_nothing_to_draw(
    store: Store, instance: dg.DagsterInstance
) -> None:
    store.create(SCHEDULE)
    evaluation = evaluate(store, instance, [SCHEDULE, PGS])
    assert evaluation.passed
    assert "calendar" not in evaluation.metadata
    assert evaluation.metadata["not_built_yet"].value == "nbac_schedule, player_game_summary"


def evaluate(store: Store, instance: dg.DagsterInstance, tables: list[Table]) -> dg.AssetCheckEvaluation:
    """The evaluation of the check in a run of its own, as the daily checks run it."""
    job = dg.Definitions(
        assets=[dg.AssetSpec(asset_key(table)) for table in tables],
        asset_checks=[coverage_check(SCHEDULE, tables, lambda: LATER)],
        resources={"warehouse": WarehouseResource(url=f"duckdb:///{store.path}")},
        executor=dg.in_process_executor,
    ).resolve_implicit_global_asset_job_def()
    (evaluation,) = job.execute_in_process(instance=instance).get_asset_check_evaluations()
    return evaluation


def test_it_runs_with_the_checks_of_the_day_and_not_with_the_writes_of_tables(tmp_path: Path) -> None:
    defs = build_definitions(load_settings(str(tmp_path), f"duckdb:///{tmp_path}/w.duckdb", str(tmp_path / "home")))
    steps = {job: {node.name for node in defs.resolve_job_def(job).nodes} for job in (WAREHOUSE_JOB, CHECKS_JOB)}
    assert {job: COVERAGE in names for job, names in steps.items()} == {WAREHOUSE_JOB: False, CHECKS_JOB: True}
