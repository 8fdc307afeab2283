"""A backfill loses no innocent date, names every other one, and resumes by being launched again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest
from dagster import reconstructable
from rich.console import Console

from nba_pipeline import catalog
from nba_pipeline.orchestration.checks import Verdict, evaluate
from nba_pipeline.orchestration.inputs import TableInput, same_day, season_to_date
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.readiness.backfill import Backfill, Ledger
from nba_pipeline.readiness.needs import Ledgers, Only, faults_above, needed_partitions
from nba_pipeline.readiness.plan import days_between
from nba_pipeline.readiness.progress import BackfillProgress
from nba_pipeline.readiness.state import partition_states
from nba_pipeline.warehouse import Warehouse, open_warehouse
from nba_pipeline_tests.orchestration.toy import SCORES, TOTALS, frame, rows_for, toy_assets
from nba_pipeline_tests.readiness.toy_job import FOLDER_VARIABLE, toy_job

FIRST, LAST = date(2021, 10, 19), date(2021, 11, 7)
DAYS = days_between(FIRST, LAST)
SCHEDULE = pd.DataFrame(
    {
        "game_date": pd.DatetimeIndex(pd.to_datetime(DAYS)).as_unit("us"),
        "season_year": 2021,
        "is_final": True,
        "is_postponed": False,
        "home_team_abbr": "BOS",
        "away_team_abbr": "NYK",
    }
)


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


@dataclass(frozen=True)
class Toy:
    """Back-fills the two toy tables with the given dates going wrong; totals read the same day, or all earlier ones."""

    folder: Path
    instance: dg.DagsterInstance
    warehouse: Warehouse

    @property
    def ledgers(self) -> Ledgers:
        return Ledgers(self.instance, self.warehouse, SCHEDULE)

    def edges(self, look_back: bool = False) -> dict[str, tuple[TableInput, ...]]:
        edge = season_to_date(SCORES, ("points",)) if look_back else same_day(SCORES, ("game_date", "points"))
        return {str(SCORES): (), str(TOTALS): (edge,)}

    def needed(self, only: Only = "missing") -> dict[str, set[date]]:
        versions = {str(asset.key.path[0] + "." + asset.key.path[1]): _version(asset) for asset in self.assets()}
        found = needed_partitions(self.ledgers, [SCORES, TOTALS], DAYS, only, versions, self.edges())
        return {str(table): days for table, days in found.items()}

    def assets(self) -> list[dg.AssetsDefinition]:
        return toy_assets(rows_for(frame()))

    def __call__(
        self,
        raising: tuple[str, ...] = (),
        refusing: tuple[str, ...] = (),
        *,
        look_back: bool = False,
        only: Only = "missing",
        first: date = FIRST,
    ) -> Ledger:
        (self.folder / "faults.json").write_text(json.dumps({"raise": raising, "refuse": refusing}))
        days = {name: {day for day in wanted if day >= first} for name, wanted in self.needed(only).items()}
        tables = [SCORES, TOTALS]
        needed = {table: days[str(table)] for table in tables}
        edges = self.edges(look_back)
        faults = faults_above(self.ledgers, tables, edges, first, LAST)
        plan = Backfill(self.instance, reconstructable(toy_job), tables, edges, {}, needed, first, LAST)
        totals = {str(table): len(needed[table]) for table in tables}
        with BackfillProgress(Console(quiet=True), totals, set(DAYS)) as progress:
            return plan.run(progress, faults)


def _version(asset: dg.AssetsDefinition) -> str:
    return str(next(iter(asset.code_versions_by_key.values())))


@pytest.fixture
def run(tmp_path: Path, instance: dg.DagsterInstance, warehouse: Warehouse) -> Toy:
    return Toy(tmp_path, instance, warehouse)


def done(instance: dg.DagsterInstance, warehouse: Warehouse, table: object) -> set[date]:
    states = partition_states(instance, warehouse, table, DAYS)  # type: ignore[arg-type]
    return {day for day, state in states.items() if state.status == "done"}


def test_exactly_the_dates_that_raise_are_failed_and_the_others_are_written(
    run: Toy, instance: dg.DagsterInstance, warehouse: Warehouse
) -> None:
    bad = {date(2021, 10, 21), date(2021, 10, 22), date(2021, 11, 3)}
    ledger = run(raising=tuple(str(day) for day in bad))
    assert set(ledger.failed[str(SCORES)]) == bad
    assert ledger.failed[str(SCORES)][date(2021, 11, 3)].endswith("unusable input on 2021-11-03")
    assert done(instance, warehouse, SCORES) == set(DAYS) - bad
    assert done(instance, warehouse, TOTALS) == set(DAYS) - bad
    assert set(ledger.blocked[str(TOTALS)]) == bad


def test_a_refused_date_holds_the_same_day_below_it_and_no_other(
    run: Toy, instance: dg.DagsterInstance, warehouse: Warehouse
) -> None:
    ledger = run(refusing=("2021-10-25",))
    assert list(ledger.failed[str(SCORES)]) == [date(2021, 10, 25)]
    assert "invariants: TS-01" in ledger.failed[str(SCORES)][date(2021, 10, 25)]
    assert set(ledger.blocked[str(TOTALS)]) == {date(2021, 10, 25)}
    assert done(instance, warehouse, TOTALS) == set(DAYS) - {date(2021, 10, 25)}


def test_a_refused_date_holds_every_later_date_of_a_look_back_table(run: Toy) -> None:
    ledger = run(refusing=("2021-11-04",), look_back=True)
    assert set(ledger.blocked[str(TOTALS)]) == {date(2021, 11, 4) + timedelta(days=n) for n in (1, 2, 3)}
    assert "raw.toy_scores 2021-11-04: [data_quality] invariants" in ledger.blocked[str(TOTALS)][LAST]


def test_whoever_reads_a_blocked_partition_is_told_where_the_fault_began() -> None:
    began = "raw.a 2021-10-21: no rows"
    ledger = Ledger(failed={"raw.a": {date(2021, 10, 21): "no rows"}}, blocked={"analytics.b": {LAST: began}})
    assert ledger.origins() == {"raw.a": {date(2021, 10, 21): began}, "analytics.b": {LAST: began}}


def test_the_next_launch_runs_exactly_what_was_left_and_the_one_after_nothing(
    run: Toy, instance: dg.DagsterInstance, warehouse: Warehouse
) -> None:
    run(raising=("2021-10-30",))
    again = run()
    assert again.written == {str(SCORES): {date(2021, 10, 30)}, str(TOTALS): {date(2021, 10, 30)}}
    assert done(instance, warehouse, TOTALS) == set(DAYS)
    assert run().written == {}


def test_rows_deleted_behind_dagster_are_found_and_written_again(
    run: Toy, instance: dg.DagsterInstance, warehouse: Warehouse, tmp_path: Path
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


def test_a_failed_run_of_a_date_that_was_done_before_is_found_again(run: Toy) -> None:
    run()
    run(raising=("2021-10-27",), only="all")
    assert run.needed() == {str(SCORES): {date(2021, 10, 27)}, str(TOTALS): set()}


def test_an_error_while_checks_are_evaluated_fails_the_date_and_holds_what_is_below(
    run: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> list[Verdict]:
        raise ValueError("the check itself is broken")

    monkeypatch.setattr(evaluate, "unique_key", broken)
    ledger = run()
    assert set(ledger.failed[str(SCORES)]) >= {FIRST}
    assert str(TOTALS) not in ledger.written


def test_a_date_whose_checks_never_finished_is_not_done(
    run: Toy, instance: dg.DagsterInstance, warehouse: Warehouse, tmp_path: Path
) -> None:
    run()
    event = dg.AssetMaterialization(["raw", "toy_scores"], partition="2021-10-28", metadata={"rows": 1})
    instance.report_runless_asset_event(event)
    state = partition_states(instance, warehouse, SCORES, DAYS)[date(2021, 10, 28)]
    assert (state.status, state.reason) == ("failed", "unique_key: not evaluated since the last write")


def test_a_corrected_input_makes_the_tables_below_stale_on_its_date_only(run: Toy) -> None:
    run()
    assert run.needed("stale") == {str(SCORES): set(), str(TOTALS): set()}
    (run.folder / "points.txt").write_text("2021-10-26")
    assert run.needed("stale")[str(TOTALS)] == set()
    correct = Backfill(
        run.instance, reconstructable(toy_job), [SCORES], run.edges(), {}, {SCORES: {date(2021, 10, 26)}}, FIRST, LAST
    )
    with BackfillProgress(Console(quiet=True), {}, set()) as progress:
        correct.run(progress, {})
    assert run.needed("stale") == {str(SCORES): set(), str(TOTALS): {date(2021, 10, 26)}}


def test_a_range_that_starts_in_the_middle_of_a_season_is_held_by_the_dates_before_it(run: Toy) -> None:
    ledger = run(first=date(2021, 11, 1), look_back=True)
    assert set(ledger.blocked[str(TOTALS)]) == set(days_between(date(2021, 11, 1), LAST))
    assert "raw.toy_scores 2021-10-19: never materialised" in ledger.blocked[str(TOTALS)][LAST]
