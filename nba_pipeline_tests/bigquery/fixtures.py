"""Fixtures of everything that talks to the BigQuery protocol server; the top conftest offers them to all tests."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator

import pytest

from nba_pipeline_tests.bigquery.fault_proxy import FaultProxy, running_proxy
from nba_pipeline_tests.bigquery.server import Server, running_server
from nba_pipeline_tests.bigquery.server_environment import ServerUnavailableError


@pytest.fixture(scope="session")
def bigquery_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests of a process. Where it cannot be built its tests are skipped, in CI they fail."""
    running = running_server(tmp_path_factory.mktemp("bigquery"))
    try:
        server = running.__enter__()
    except ServerUnavailableError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    try:
        yield server
    finally:
        running.__exit__(None, None, None)


@pytest.fixture
def fault_proxy(bigquery_server: Server) -> Iterator[FaultProxy]:
    """A proxy of this test's own in front of the server: no faults due, an empty log."""
    with running_proxy(bigquery_server.rest_port) as proxy:
        yield proxy


@pytest.fixture
def dataset_prefix() -> str:
    """Prefix of the datasets of one test: the tests share a server and must not meet."""
    return f"t{secrets.token_hex(5)}_"


@pytest.fixture
def bigquery_address(bigquery_server: Server, fault_proxy: FaultProxy, dataset_prefix: str) -> str:
    """Warehouse address of empty datasets of this test's own, by way of its proxy."""
    return bigquery_server.address(dataset_prefix, rest_port=fault_proxy.port)
