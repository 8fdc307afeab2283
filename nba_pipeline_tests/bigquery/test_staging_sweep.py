"""The sensor `staging_sweep` on the server: what failed writes left goes after six hours, all else stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import dagster as dg
import pytest

from nba_pipeline.orchestration.resources import WarehouseResource
from nba_pipeline.orchestration.staging_sweep import staging_sweep
from nba_pipeline.warehouse import WriteOptions, open_warehouse
from nba_pipeline.warehouse.bigquery import BigQueryWarehouse
from nba_pipeline.warehouse.bigquery_staging import STAGING_HOURS, StagingTable, run_part
from nba_pipeline.warehouse.errors import QuotaError
from nba_pipeline_tests.bigquery import faults
from nba_pipeline_tests.bigquery.fault_proxy import FaultProxy
from nba_pipeline_tests.bigquery.wire import MERGE
from nba_pipeline_tests.warehouse.example_tables import D, days, on, put, small_table, stored

pytestmark = pytest.mark.bigquery

TABLE = small_table("any")
RUNS = ("11111111-aaaa", "22222222-bbbb", "33333333-cccc")
LIMIT = timedelta(hours=STAGING_HOURS)


@dataclass
class LeftOver:
    """Staging tables of three failed writes, the oldest first, and a history of runs."""

    warehouse: BigQueryWarehouse
    address: str
    instance: dg.DagsterInstance
    tables: list[StagingTable]

    def evaluate(self, now: datetime) -> str:
        """What one evaluation of the sensor says."""
        sensor = staging_sweep(dg.DefaultSensorStatus.STOPPED, lambda: now)
        resources = {"warehouse": WarehouseResource(url=self.address)}
        with dg.build_sensor_context(self.instance, resources=resources) as context:
            return str(sensor.evaluate_tick(context).skip_message)

    def runs(self) -> list[str]:
        """Whose staging tables there are."""
        return [table.run for table in self.warehouse.staging_tables()]


@pytest.fixture
def left(bigquery_address: str, fault_proxy: FaultProxy) -> Iterator[LeftOver]:
    warehouse = open_warehouse(bigquery_address)
    assert isinstance(warehouse, BigQueryWarehouse)
    put(warehouse, TABLE, days((D, "a", 1)), on(D))
    fault_proxy.inject(faults.QUOTA, MERGE, times=len(RUNS))
    for run in RUNS:
        with pytest.raises(QuotaError):
            put(warehouse, TABLE, days((D, "a", 2)), on(D), WriteOptions(run_id=run))
    with dg.DagsterInstance.ephemeral() as instance:
        yield LeftOver(warehouse, bigquery_address, instance, warehouse.staging_tables())


def test_tables_older_than_the_limit_go_and_younger_ones_stay(left: LeftOver) -> None:
    oldest, _, youngest = left.tables
    assert [table.run for table in left.tables] == [run_part(run) for run in RUNS]
    assert left.evaluate(oldest.created + LIMIT) == "0 left-over staging table(s) removed"
    assert left.evaluate(youngest.created + LIMIT) == "2 left-over staging table(s) removed"
    assert left.runs() == [youngest.run]
    assert left.evaluate(youngest.created + LIMIT) == "0 left-over staging table(s) removed"
    assert left.evaluate(youngest.created + LIMIT + timedelta(seconds=1)) == "1 left-over staging table(s) removed"
    assert left.runs() == []
    assert stored(left.warehouse, TABLE) == [(D, "a", 1)]


def test_table_of_a_run_in_progress_stays_until_the_run_is_over(left: LeftOver) -> None:
    run = dg.DagsterRun("warehouse", run_id=RUNS[1], status=dg.DagsterRunStatus.STARTED)
    left.instance.add_run(run)
    later = left.tables[-1].created + 2 * LIMIT
    assert left.evaluate(later) == "2 left-over staging table(s) removed"
    assert left.runs() == [run_part(RUNS[1])]
    left.instance.report_run_canceled(run)
    assert left.evaluate(later) == "1 left-over staging table(s) removed"
    assert left.runs() == []
