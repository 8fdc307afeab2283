"""Fixtures of the warehouse tests. A test that asks for `warehouse` or `engine` runs once on every engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nba_pipeline.warehouse import Warehouse, duckdb_write
from nba_pipeline_tests.bigquery.fault_proxy import FaultProxy
from nba_pipeline_tests.bigquery.lint import request_faults
from nba_pipeline_tests.bigquery.server import Server
from nba_pipeline_tests.warehouse.engines import NAMES, BigQueryEngine, DuckDBEngine, Engine
from nba_pipeline_tests.warehouse.example_tables import partition_of

MARKS = {"bigquery": (pytest.mark.bigquery,)}


@pytest.fixture(params=[pytest.param(name, marks=MARKS.get(name, ())) for name in NAMES])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """DuckDB in this test's folder; BigQuery in this test's datasets, every statement read by the linter afterwards."""
    if request.param == "duckdb":
        yield DuckDBEngine(tmp_path)
        return
    proxy: FaultProxy = request.getfixturevalue("fault_proxy")
    server: Server = request.getfixturevalue("bigquery_server")
    prefix: str = request.getfixturevalue("dataset_prefix")
    yield BigQueryEngine(server, proxy.port, prefix)
    assert [fault for request in proxy.requests() for fault in request_faults(request, partition_of)] == []


@pytest.fixture
def warehouse(engine: Engine) -> Warehouse:
    """An empty warehouse."""
    return engine.warehouse("one")


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """First words of the statements a write to DuckDB executes."""
    seen: list[str] = []
    execute = duckdb_write.run

    def noted(connection: object, statement: str) -> object:
        seen.append(" ".join(statement.split()[:2]).lower())
        return execute(connection, statement)  # type: ignore[arg-type]

    monkeypatch.setattr(duckdb_write, "run", noted)
    return seen
