"""Bytes that writes were billed for: a fixed limit, the days before, and what was read already is not read again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster import EventLogEntry
from dagster._core.events import StepMaterializationData

from nba_pipeline.alerts.day_costs import DayCosts
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.schema import Table
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse
from nba_pipeline_tests.checks.store import PGS, TOGS

GIB = 2**30
NOON = datetime(2024, 1, 16, 17, tzinfo=UTC)  # in New York


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with open_instance(tmp_path / "dagster_home") as opened:
        yield opened


class Costs:
    """Writes with what they were billed for, and looks at them."""

    def __init__(self, folder: Path, instance: dg.DagsterInstance) -> None:
        self.instance, self.warehouse = instance, DuckDBWarehouse(folder / "w.duckdb")
        self.costs = DayCosts([PGS, TOGS])

    def wrote(self, table: Table, gibibytes: float | None, at: datetime = NOON) -> None:
        metadata = {"rows": 1} if gibibytes is None else {"rows": 1, "bytes_billed": int(gibibytes * GIB)}
        written = StepMaterializationData(dg.AssetMaterialization(asset_key(table), metadata=metadata))
        kind = dg.DagsterEventType.ASSET_MATERIALIZATION
        event = dg.DagsterEvent(kind.value, job_name="", event_specific_data=written)
        self.instance.event_log_storage.store_event(
            EventLogEntry(
                error_info=None, user_message="", level="debug", run_id=f"run-{time.time_ns()}",
                timestamp=at.timestamp(), dagster_event=event,
            )
        )  # fmt: skip

    def usual_days(self, count: int, gibibytes: float) -> None:
        for ago in range(1, count + 1):
            self.wrote(PGS, gibibytes, NOON - timedelta(days=ago))

    def found(self, now: datetime = NOON) -> list[str]:
        findings = list(self.costs.look(self.instance, self.warehouse, now))
        assert all((f.key.table, f.key.severity, f.key.category) == ("warehouse", "error", "cost") for f in findings)
        assert all(f.partition == str(date(2024, 1, 16)) for f in findings)
        return [finding.observed for finding in findings]


@pytest.fixture
def costs(tmp_path: Path, instance: dg.DagsterInstance) -> Costs:
    return Costs(tmp_path, instance)


def test_a_day_above_fifty_gibibytes_is_told_with_the_tables_that_cost_most(costs: Costs) -> None:
    costs.wrote(PGS, 20)
    costs.wrote(TOGS, 30)
    assert costs.found() == []
    costs.wrote(PGS, 1)
    assert costs.found() == [
        "51.00 GiB billed for the writes of today, more than 50.00 GiB; most of it for "
        "analytics.team_offense_game_summary 30.00 GiB, analytics.player_game_summary 21.00 GiB"
    ]


def test_a_day_above_three_times_the_median_is_told(costs: Costs) -> None:
    costs.usual_days(7, 1.0)
    costs.wrote(TOGS, 3.0)
    assert costs.found() == []
    costs.wrote(TOGS, 0.5)
    assert costs.found()[0].startswith(
        "3.50 GiB billed for the writes of today, more than 3 times the median 1.00 GiB of 7 days with writes"
    )


def test_few_days_make_no_median(costs: Costs) -> None:
    costs.usual_days(6, 1.0)
    costs.wrote(TOGS, 30)
    assert costs.found() == []


def test_the_next_day_starts_at_midnight_in_new_york(costs: Costs) -> None:
    costs.wrote(PGS, 60, datetime(2024, 1, 17, 4, 59, tzinfo=UTC))
    assert len(costs.found(datetime(2024, 1, 17, 4, 59, 30, tzinfo=UTC))) == 1
    assert costs.found(datetime(2024, 1, 17, 5, 0, tzinfo=UTC)) == []


def test_days_older_than_the_window_are_forgotten(costs: Costs) -> None:
    for ago in range(25, 32):
        costs.wrote(PGS, 1.0, NOON - timedelta(days=ago))
    costs.wrote(TOGS, 30)
    assert costs.found() == []


def test_writes_without_bytes_cost_nothing(costs: Costs) -> None:
    costs.wrote(PGS, None)
    assert costs.found() == []


def test_a_look_reads_what_was_written_since_the_last_one(costs: Costs, monkeypatch: pytest.MonkeyPatch) -> None:
    costs.wrote(PGS, 20)
    costs.found()
    read: list[int] = []
    fetch = type(costs.instance).fetch_materializations

    def counted(self: dg.DagsterInstance, *args: object, **kwargs: object) -> dg.EventRecordsResult:
        page = fetch(self, *args, **kwargs)  # type: ignore[arg-type]
        read.append(len(page.records))
        return page

    monkeypatch.setattr(type(costs.instance), "fetch_materializations", counted)
    costs.wrote(TOGS, 40)
    assert len(costs.found()) == 1
    assert sum(read) == 1
