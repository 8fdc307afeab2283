"""What a write costs BigQuery, counted from the proxy's log: jobs, labels, caps, and the ends of staging tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from nba_pipeline.schema.table import WriteMode
from nba_pipeline.warehouse import WriteOptions, open_warehouse
from nba_pipeline.warehouse.errors import ContractError, QuotaError, StatementError
from nba_pipeline_tests.bigquery import faults
from nba_pipeline_tests.bigquery.fault_proxy import FaultProxy
from nba_pipeline_tests.bigquery.lint import request_faults
from nba_pipeline_tests.bigquery.server import HOST, Server
from nba_pipeline_tests.bigquery.wire import LOAD, MERGE, QUERY, STREAMING
from nba_pipeline_tests.warehouse.example_tables import (
    PLAYERS,
    D,
    day_after,
    days,
    on,
    partition_of,
    players,
    put,
    small_table,
)

pytestmark = pytest.mark.bigquery

MAX_JOBS = 5
SEASON = (date(2021, 10, 19), date(2022, 6, 16))
GIBIBYTE = 1024**3


def test_season_is_one_load_and_one_merge(bigquery_address: str, fault_proxy: FaultProxy) -> None:
    warehouse = open_warehouse(bigquery_address)
    every = pd.date_range(*SEASON, freq="D").astype("datetime64[us]")
    rows = pd.concat([players(4).assign(game_date=day) for day in every], ignore_index=True)
    result = put(warehouse, PLAYERS, rows, on(*SEASON))
    assert len(result.partitions) == 241
    assert sum(count.rows for count in result.partitions.values()) == len(rows) == 4 * 241
    assert len(fault_proxy.jobs(LOAD)) == 1
    assert len(fault_proxy.jobs(MERGE)) == 1
    assert len(fault_proxy.jobs()) <= MAX_JOBS
    assert set(result.job_ids) == {job.job_id for job in fault_proxy.jobs()}


@pytest.mark.parametrize("mode", ["merge", "append", "replace"])
def test_no_write_takes_more_than_five_jobs_and_all_of_them_obey_the_rules(
    bigquery_address: str, fault_proxy: FaultProxy, mode: WriteMode
) -> None:
    warehouse, table = open_warehouse(bigquery_address), small_table("any", mode)
    for rows in (days((D, "a", 1), (D, "b", 1)), days((D, "a", 2), (D, "c", 1)), days((D, "a", 2), (D, "c", 1))):
        fault_proxy.heal()
        put(warehouse, table, rows, on(D), WriteOptions(run_id="run-7"))
        assert len(fault_proxy.jobs()) <= MAX_JOBS
        assert len(fault_proxy.jobs(LOAD)) == 1
        assert fault_proxy.requests(STREAMING) == []
        assert [fault for request in fault_proxy.requests() for fault in request_faults(request, partition_of)] == []
        for job in fault_proxy.jobs():
            assert dict(job.labels) == {"run": "run-7", "asset": "raw_any", "partitions": "2024-01-15_2024-01-15"}
        assert {job.bytes_cap for job in fault_proxy.jobs(QUERY, MERGE)} == {2 * GIBIBYTE}


def test_range_may_bill_more_than_one_day(bigquery_address: str, fault_proxy: FaultProxy) -> None:
    put(open_warehouse(bigquery_address), small_table("any"), days((D, "a", 1)), on(D, day_after(D)))
    assert {job.bytes_cap for job in fault_proxy.jobs(QUERY, MERGE)} == {20 * GIBIBYTE}


def test_rows_that_change_nothing_are_not_merged(bigquery_address: str, fault_proxy: FaultProxy) -> None:
    warehouse = open_warehouse(bigquery_address)
    put(warehouse, PLAYERS, players(9), on(D))
    fault_proxy.heal()
    put(warehouse, PLAYERS, players(9), on(D))
    assert fault_proxy.jobs(MERGE) == []


def test_batch_with_a_repeated_key_starts_no_job(bigquery_address: str, fault_proxy: FaultProxy) -> None:
    with pytest.raises(ContractError):
        put(open_warehouse(bigquery_address), PLAYERS, players(4).assign(player_lookup="jaysontatum"), on(D))
    assert fault_proxy.requests() == []


def test_refused_change_is_told_in_one_line_and_logged_whole(
    bigquery_address: str, fault_proxy: FaultProxy, caplog: pytest.LogCaptureFixture
) -> None:
    fault_proxy.inject(faults.QUOTA, MERGE)
    with pytest.raises(QuotaError) as raised:
        put(open_warehouse(bigquery_address), PLAYERS, players(4), on(D))
    (merge,) = fault_proxy.jobs(MERGE)
    message = str(raised.value)
    assert f"{PLAYERS}: BigQuery failed, job {merge.job_id}, 1 attempt(s): quotaExceeded: Quota exceeded" in message
    assert message.endswith(f"Statement: {merge.statement.splitlines()[0]} ... (whole in the log)")
    assert "\n" not in message
    assert [text for text in caplog.messages if merge.job_id in text and merge.statement in text] != []


def test_staging_table_left_by_a_failure_ends_by_itself(
    bigquery_server: Server, bigquery_address: str, fault_proxy: FaultProxy
) -> None:
    fault_proxy.inject(faults.QUOTA, MERGE)
    with pytest.raises(QuotaError):
        put(open_warehouse(bigquery_address), PLAYERS, players(4), on(D))
    (loaded,) = fault_proxy.jobs(LOAD)
    options = {"api_endpoint": f"http://{HOST}:{bigquery_server.rest_port}"}
    with bigquery.Client(bigquery_server.project, AnonymousCredentials(), client_options=options) as client:
        left = client.get_table(loaded.destination).expires - datetime.now(UTC)
    assert timedelta(hours=5) < left <= timedelta(hours=6)


def test_large_table_is_not_read_without_dates(bigquery_address: str, fault_proxy: FaultProxy) -> None:
    warehouse, name = open_warehouse(bigquery_address), PLAYERS.qualified_name
    put(warehouse, PLAYERS, players(3), on(D))
    counted = warehouse.query(f"select count(*) as n from {name} where game_date >= date '{D}'")
    assert counted.to_pylist() == [{"n": 3}]
    with pytest.raises(StatementError, match="without a filter over column"):
        warehouse.query(f"select count(*) as n from {name}")


def test_rows_of_more_than_four_mebibytes_are_read(bigquery_address: str) -> None:
    warehouse = open_warehouse(bigquery_address)
    put(warehouse, PLAYERS, players(80_000), on(D))
    rows = warehouse.read(PLAYERS, first=D, last=D)
    assert rows.num_rows == 80_000
    assert rows.nbytes > 4 * 1024**2
