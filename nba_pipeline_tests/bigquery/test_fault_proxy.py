"""The fault proxy, met by the real client with its retries off: what is harmed, what the server did, what is logged."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
import requests
from google.api_core.exceptions import BadRequest, Forbidden, GoogleAPICallError, ServiceUnavailable
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from nba_pipeline_tests.bigquery import faults
from nba_pipeline_tests.bigquery.fault_proxy import FaultProxy
from nba_pipeline_tests.bigquery.server import HOST, PROJECT
from nba_pipeline_tests.bigquery.wire import LOAD, LOOK_UP, MERGE, QUERY

pytestmark = pytest.mark.bigquery

FILL = "merge into {t} T using (select 1 as a) S on T.a = S.a when not matched then insert (a) values (S.a)"


@pytest.fixture
def client(fault_proxy: FaultProxy) -> Iterator[bigquery.Client]:
    options = {"api_endpoint": f"http://{HOST}:{fault_proxy.port}"}
    with bigquery.Client(PROJECT, AnonymousCredentials(), client_options=options, location="US") as client:
        yield client


@pytest.fixture
def table(client: bigquery.Client, dataset_prefix: str) -> str:
    client.create_dataset(f"{dataset_prefix}d")
    client.query(f"create table {dataset_prefix}d.t (a INT64)").result()
    return f"{dataset_prefix}d.t"


def start(client: bigquery.Client, statement: str, job_id: str) -> bigquery.QueryJob:
    return client.query(statement, job_id=job_id, job_retry=None, retry=None)


def job(table: str, number: int) -> str:
    """Id of a job of this test: the tests share a server, and a table name is one test's own."""
    return f"{table.replace('.', '_')}_{number}"


def rows(client: bigquery.Client, table: str) -> list[int]:
    return [row["a"] for row in client.query(f"select a from {table} order by a").result()]


def load(client: bigquery.Client, table: str, job_id: str, *, size: int | None = None) -> bigquery.LoadJob:
    content = json.dumps({"a": 2}).encode()
    config = bigquery.LoadJobConfig(source_format="NEWLINE_DELIMITED_JSON")
    return client.load_table_from_file(
        io.BytesIO(content), table, size=size and len(content), job_id=job_id, job_config=config, num_retries=0
    )


def test_every_kind_of_request_is_logged_with_its_job(
    client: bigquery.Client, table: str, fault_proxy: FaultProxy
) -> None:
    fault_proxy.heal()
    start(client, FILL.format(t=table), job(table, 1)).result()
    load(client, table, job(table, 3), size=1).result()
    load(client, table, job(table, 4)).result()
    assert rows(client, table) == [1, 2, 2]
    started = [(request.kind, request.job_id) for request in fault_proxy.jobs()]
    assert started[:3] == [(MERGE, job(table, 1)), (LOAD, job(table, 3)), (LOAD, job(table, 4))]
    assert [kind for kind, _ in started[3:]] == [QUERY]
    assert {request.destination for request in fault_proxy.jobs(LOAD)} == {table}
    assert fault_proxy.requests(LOOK_UP)


def test_failing_job_changes_nothing_and_the_same_statement_may_be_tried_again(
    client: bigquery.Client, table: str, fault_proxy: FaultProxy
) -> None:
    fault_proxy.inject(faults.CONFLICT, MERGE)
    with pytest.raises(BadRequest, match="Could not serialize access"):
        start(client, FILL.format(t=table), job(table, 1)).result(retry=None, job_retry=None)
    assert rows(client, table) == []
    start(client, FILL.format(t=table), job(table, 2)).result()
    assert rows(client, table) == [1]


def test_quota_error_is_told_to_who_looks_the_job_up(
    client: bigquery.Client, table: str, fault_proxy: FaultProxy
) -> None:
    fault_proxy.inject(faults.QUOTA, MERGE)
    with pytest.raises(Forbidden, match="Quota exceeded"):
        start(client, FILL.format(t=table), job(table, 1)).result(retry=None, job_retry=None)
    assert client.get_job(job(table, 1), location="US").error_result["reason"] == "quotaExceeded"


@pytest.mark.parametrize(("after", "applied"), [(False, []), (True, [1])])
def test_connection_drops_before_or_after_the_server_acts(
    client: bigquery.Client, table: str, fault_proxy: FaultProxy, after: bool, applied: list[int]
) -> None:
    fault_proxy.inject(faults.Dropped(after), MERGE)
    with pytest.raises(requests.exceptions.ConnectionError):
        start(client, FILL.format(t=table), job(table, 1))
    if after:
        client.get_job(job(table, 1), location="US").result()
    assert rows(client, table) == applied


def test_acknowledgement_of_a_load_is_lost_but_the_rows_are_there(
    client: bigquery.Client, table: str, fault_proxy: FaultProxy
) -> None:
    fault_proxy.inject(faults.LOST_ACKNOWLEDGEMENT, LOAD)
    with pytest.raises(requests.exceptions.ConnectionError):
        load(client, table, job(table, 3), size=1)
    client.get_job(job(table, 3), location="US").result()
    assert rows(client, table) == [2]


def test_refused_request_never_reaches_the_server(client: bigquery.Client, table: str, fault_proxy: FaultProxy) -> None:
    fault_proxy.inject(faults.UNAVAILABLE, MERGE)
    with pytest.raises(ServiceUnavailable):
        start(client, FILL.format(t=table), job(table, 1))
    with pytest.raises(GoogleAPICallError):
        client.get_job(job(table, 1), location="US", retry=None)


def test_broken_off_answer_cannot_be_read(client: bigquery.Client, table: str, fault_proxy: FaultProxy) -> None:
    fault_proxy.inject(faults.MALFORMED, MERGE)
    with pytest.raises(ValueError, match=r"Unterminated|Expecting|delimiter"):
        start(client, FILL.format(t=table), job(table, 1))
    client.get_job(job(table, 1), location="US").result()
    assert rows(client, table) == [1]


def test_rewritten_statement_loses_its_row_in_silence(
    client: bigquery.Client, table: str, fault_proxy: FaultProxy
) -> None:
    fault_proxy.inject(faults.Rewritten(lambda text: text.replace("not matched", "not matched and S.a > 1")), MERGE)
    start(client, FILL.format(t=table), job(table, 1)).result()
    assert rows(client, table) == []
