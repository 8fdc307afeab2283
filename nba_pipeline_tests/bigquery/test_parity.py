"""A month of real data through the whole graph on both warehouses: the same rows, the same verdicts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from nba_pipeline import catalog
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse, open_warehouse
from nba_pipeline_tests.bigquery.fault_proxy import FaultProxy, running_proxy
from nba_pipeline_tests.bigquery.lint import request_faults
from nba_pipeline_tests.bigquery.server import Server
from nba_pipeline_tests.bigquery.wire import JOBS, LOAD, MERGE, STREAMING

pytestmark = [pytest.mark.bigquery, pytest.mark.real_data, pytest.mark.slow]

WAIVED = ("--waive", "code=a test may run on files not committed yet")
WINDOW = ("--from", "2021-10-19", "--to", "2021-11-20")  # features begin on 2021-11-02
MAX_JOBS = 5
QUARANTINE = "quarantined_rows"  # a log: every run adds to it


@dataclass(frozen=True)
class Outcome:
    """A finished back-fill: where the rows are, what it printed, its exit code."""

    address: str
    printed: str
    errors: str
    code: int

    @property
    def checks(self) -> list[str]:
        """The lines about checks that did not pass."""
        return sorted(line for line in self.printed.splitlines() if re.match(r"\s*check\s", line))

    def warehouse(self) -> Warehouse:
        return open_warehouse(self.address)


@dataclass(frozen=True)
class Month:
    """Both back-fills of the same files, and the log of what went to BigQuery."""

    duckdb: Outcome
    bigquery: Outcome
    proxy: FaultProxy


def started(address: str, landing: Path, folder: Path) -> subprocess.Popen[str]:
    located = ("--landing", str(landing), "--warehouse", address)
    command = [sys.executable, "-W", "ignore", "-m", "nba_pipeline", "backfill", *located, *WINDOW, *WAIVED, "--yes"]
    environment = {**os.environ, "DAGSTER_HOME": str(folder), "COLUMNS": "200"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def month(bigquery_server: Server, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    """The two back-fills, side by side."""
    folder = tmp_path_factory.mktemp("parity")
    with running_proxy(bigquery_server.rest_port) as proxy:
        addresses = {
            "duckdb": f"duckdb:///{folder}/nba.duckdb",
            "bigquery": bigquery_server.address("parity_", rest_port=proxy.port),
        }
        processes = {name: started(address, shared_data, folder / name) for name, address in addresses.items()}
        try:
            printed = {name: process.communicate() for name, process in processes.items()}
        finally:
            for process in processes.values():
                process.kill()
        done = {name: Outcome(addresses[name], *printed[name], processes[name].returncode) for name in addresses}
        yield Month(done["duckdb"], done["bigquery"], proxy)


def differing_rows(table: Table, left: Warehouse, right: Warehouse) -> int:
    """Rows of either side that the other does not hold, business columns and row_hash compared."""
    names = [*table.column_names, "row_hash"]
    rows = [store.read(table, columns=names) for store in (left, right)]
    if rows[0].equals(rows[1]):
        return 0
    counted = [Counter(repr(row) for row in side.to_pylist()) for side in rows]
    return ((counted[0] - counted[1]) + (counted[1] - counted[0])).total()


def test_both_backfills_succeed(month: Month) -> None:
    assert (month.duckdb.code, month.bigquery.code) == (0, 0), month.bigquery.printed + month.bigquery.errors


def test_every_table_holds_the_same_rows_on_both(month: Month) -> None:
    left, right = month.duckdb.warehouse(), month.bigquery.warehouse()
    tables = catalog.tables()
    assert {name: n for name, table in tables.items() if (n := differing_rows(table, left, right))} == {}
    filled = {name for name, table in tables.items() if left.read(table, columns=table.primary_key).num_rows}
    assert len(filled) >= len(tables) - 6  # those of optional sources without an archive are empty


def test_every_check_comes_to_the_same_verdict_on_both(month: Month) -> None:
    assert month.duckdb.checks
    assert month.bigquery.checks == month.duckdb.checks


def test_a_month_of_a_table_is_one_load_and_one_merge_and_no_write_takes_more_than_five_jobs(month: Month) -> None:
    writes: dict[str, Counter[str]] = {}
    for job in month.proxy.jobs():
        if job.job_id.startswith("staging_"):
            writes.setdefault(re.sub(r"_[a-z_]+_\d+$", "", job.job_id), Counter())[job.kind] += 1
    assert {name: kinds for name, kinds in writes.items() if kinds.total() > MAX_JOBS} == {}
    merged = Counter(dict(job.labels)["asset"] for job in month.proxy.jobs(LOAD) if QUARANTINE not in job.destination)
    assert {asset: n for asset, n in merged.items() if n > 1} == {}
    changed = Counter(dict(job.labels)["asset"] for job in month.proxy.jobs(MERGE))
    assert {asset: n for asset, n in changed.items() if n > 1 and QUARANTINE not in asset} == {}


def test_no_statement_breaks_the_rules_of_writing(month: Month) -> None:
    columns = {table.name: table.partition_column for table in catalog.tables().values()}
    requests = month.proxy.requests(*JOBS, STREAMING)
    assert [fault for request in requests for fault in request_faults(request, columns.get)] == []


def test_nothing_is_left_in_staging(month: Month) -> None:
    assert month.bigquery.warehouse().staging_tables() == []  # type: ignore[attr-defined]
