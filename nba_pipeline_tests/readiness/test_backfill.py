"""A backfill loses no innocent date, names every other one, and resumes by being launched again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster import reconstructable
from rich.console import Console

from nba_pipeline import catalog
from nba_pipeline.orchestration.inputs import season_to_date
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.readiness.backfill import Backfill, Ledger, needed_partitions
from nba_pipeline.readiness.plan import days_between
from nba_pipeline.readiness.progress import BackfillProgress
from nba_pipeline.readiness.state import partition_states
from nba_pipeline.warehouse import Warehouse, open_warehouse
from nba_pipeline_tests.orchestration.toy import SCORES, TOTALS
from nba_pipeline_tests.readiness.toy_job import FOLDER_VARIABLE, toy_job

FIRST, LAST = date(2021, 10, 19), date(2021, 11, 7)
DAYS = days_between(FIRST, LAST)
Run = Callable[..., Ledger]


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(catalog, "tables", lambda: {str(SCORES): SCORES, str(TOTALS): TOTALS})
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "1000")
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with open_instance(tmp_path / "dagster_home") as opened:
        yield opened


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return open_warehouse(f"duckdb:///{tmp_path}/warehouse.duckdb")


@pytest.fixture
def run(tmp_path: Path, instance: dg.DagsterInstance, warehouse: Warehouse) -> Run:
    """Back-fill what is missing, with the given dates going wrong; totals read the same day, or all earlier ones."""

    def backfill(raising: tuple[str, ...] = (), refusing: tuple[str, ...] = (), look_back: bool = False) -> Ledger:
        (tmp_path / "faults.json").write_text(json.dumps({"raise": raising, "refuse": refusing}))
        tables = [SCORES, TOTALS]
        needed = needed_partitions(instance, warehouse, tables, DAYS, "missing", {str(t): "" for t in tables})
        edge = season_to_date(SCORES, ("points",)) if look_back else _same_day()
        edges = {str(SCORES): (), str(TOTALS): (edge,)}
        plan = Backfill(instance, reconstructable(toy_job), tables, edges, {}, needed, FIRST, LAST)
        totals = {str(table): len(needed[table]) for table in tables}
        with BackfillProgress(Console(quiet=True), totals, set(DAYS)) as progress:
            return plan.run(progress, {})

    return backfill


def _same_day() -> object:
    from nba_pipeline.orchestration.inputs import same_day

    return same_day(SCORES, ("points",))


def done(instance: dg.DagsterInstance, warehouse: Warehouse, table: object) -> set[date]:
    states = partition_states(instance, warehouse, table, DAYS)  # type: ignore[arg-type]
    return {day for day, state in states.items() if state.status == "done"}


def test_exactly_the_dates_that_raise_are_failed_and_the_others_are_written(
    run: Run, instance: dg.DagsterInstance, warehouse: Warehouse
) -> None:
    bad = {date(2021, 10, 21), date(2021, 10, 22), date(2021, 11, 3)}
    ledger = run(raising=tuple(str(day) for day in bad))
    assert set(ledger.failed[str(SCORES)]) == bad
    assert ledger.failed[str(SCORES)][date(2021, 11, 3)].endswith("unusable input on 2021-11-03")
    assert done(instance, warehouse, SCORES) == set(DAYS) - bad
    assert done(instance, warehouse, TOTALS) == set(DAYS) - bad
    assert set(ledger.blocked[str(TOTALS)]) == bad


def test_a_refused_date_holds_the_same_day_below_it_and_no_other(
    run: Run, instance: dg.DagsterInstance, warehouse: Warehouse
) -> None:
    ledger = run(refusing=("2021-10-25",))
    assert list(ledger.failed[str(SCORES)]) == [date(2021, 10, 25)]
    assert ledger.failed[str(SCORES)][date(2021, 10, 25)].startswith("invariants: TS-01")
    assert set(ledger.blocked[str(TOTALS)]) == {date(2021, 10, 25)}
    assert done(instance, warehouse, TOTALS) == set(DAYS) - {date(2021, 10, 25)}


def test_a_refused_date_holds_every_later_date_of_a_look_back_table(run: Run) -> None:
    ledger = run(refusing=("2021-11-04",), look_back=True)
    assert set(ledger.blocked[str(TOTALS)]) == {date(2021, 11, 4) + timedelta(days=n) for n in (1, 2, 3)}
    assert "raw.toy_scores 2021-11-04: invariants" in ledger.blocked[str(TOTALS)][LAST]


def test_the_next_launch_runs_exactly_what_was_left_and_the_one_after_nothing(
    run: Run, instance: dg.DagsterInstance, warehouse: Warehouse
) -> None:
    run(raising=("2021-10-30",))
    again = run()
    assert again.written == {str(SCORES): {date(2021, 10, 30)}, str(TOTALS): {date(2021, 10, 30)}}
    assert done(instance, warehouse, TOTALS) == set(DAYS)
    assert run().written == {}


def test_rows_deleted_behind_dagster_are_found_and_written_again(
    run: Run, instance: dg.DagsterInstance, warehouse: Warehouse, tmp_path: Path
) -> None:
    import duckdb

    run()
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("delete from nba_analytics.toy_totals where game_date = date '2021-10-27'")
    states = partition_states(instance, warehouse, TOTALS, DAYS)
    assert {day: s.reason for day, s in states.items() if s.status == "drifted"} == {
        date(2021, 10, 27): "1 row(s) recorded, 0 stored"
    }
    assert run().written == {str(TOTALS): {date(2021, 10, 27)}}
