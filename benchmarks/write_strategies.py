"""Three ways to make a season of a player table hold what was computed: MERGE, DELETE then INSERT, replacement.

The season (45,000 rows of the declared columns of player_game_summary, made-up values) is loaded, corrected in one
row of a hundred, and written again unchanged, on DuckDB and on the BigQuery protocol server. Timed are the statements
that change the target; staging costs all three the same. Then each is killed half-way: after its first statement, or,
where there is one statement or one transaction, before it has ended. Run from the project's folder:

    .venv/bin/python -W ignore -m benchmarks.write_strategies
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from google.cloud import bigquery

from nba_pipeline.analytics.player_game_summary import TABLE
from nba_pipeline.schema.frames import arrow_schema
from nba_pipeline.warehouse import Scope, open_warehouse
from nba_pipeline.warehouse.bigquery import BigQueryWarehouse
from nba_pipeline.warehouse.bigquery_sql import stored_name
from nba_pipeline.warehouse.bigquery_statements import replace_script
from nba_pipeline.warehouse.bigquery_tables import schema_fields
from nba_pipeline.warehouse.ddl import create_schema, create_table
from nba_pipeline.warehouse.merge_sql import Write, keep_instants_statement, merge_statement, replace_statements
from nba_pipeline.warehouse.row_hash import hex_digits, row_hashes
from nba_pipeline_tests.bigquery.server import running_server
from nba_pipeline_tests.bigquery.server_environment import ServerUnavailableError

FIRST, DATES, PLAYERS = date(2023, 10, 24), 165, 273
SCOPE = Scope(FIRST, FIRST + timedelta(days=DATES - 1))
CORRECTED_EVERY = 100
STRATEGIES = ("MERGE", "DELETE, INSERT", "replacement")
SEND_AND_DIE = """import duckdb, json, os, signal, sys
connection = duckdb.connect(sys.argv[1])
for statement in json.load(sys.stdin):
    connection.execute(statement)
os.kill(os.getpid(), signal.SIGKILL)"""
BEGIN, COMMIT = "begin transaction", "commit"


@dataclass(frozen=True)
class Outcome:
    """One write: seconds, rows inserted, updated and deleted, bytes the engine says it read."""

    seconds: float
    rewritten: int
    processed: int | None = None


def statements(strategy: str, write: Write) -> list[str]:
    """What is sent one by one; a script is one statement."""
    if strategy == "MERGE":
        return [merge_statement(write)]
    delete, insert = replace_statements(write)
    if strategy == "DELETE, INSERT":
        return [delete, insert]
    if write.dialect == "bigquery":
        return [replace_script(write)]
    return [BEGIN, keep_instants_statement(write), delete, insert, COMMIT]


def half(strategy: str, write: Write) -> list[str]:
    """What has been sent when the process is killed."""
    sent = statements(strategy, write)
    if strategy == "DELETE, INSERT":
        return sent[:1]
    if write.dialect == "bigquery":
        return []  # one job: it is there as a whole or not at all
    return [BEGIN, *sent] if strategy == "MERGE" else sent[:3]


@dataclass
class DuckDB:
    """The target in a file of its own for each strategy."""

    folder: Path
    name: str = field(default_factory=lambda: f"duckdb {duckdb.__version__}")

    def write(self, staged: int) -> Write:
        return Write(TABLE, SCOPE, TABLE.qualified_name, f"nba_staging.rows_{staged}", "duckdb")

    def path(self, strategy: str) -> Path:
        return self.folder / f"{strategy.replace(', ', '_')}.duckdb"

    def prepare(self, strategy: str, batches: Sequence[pa.Table]) -> None:
        with duckdb.connect(self.path(strategy)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            for dataset in (TABLE.dataset, "nba_staging"):
                connection.execute(create_schema(dataset))
            connection.execute(create_table(TABLE, TABLE.qualified_name, "duckdb"))
            for number, batch in enumerate(batches):
                connection.register("arriving", batch)
                connection.execute(f"create table nba_staging.rows_{number} as select * from arriving")
                connection.unregister("arriving")

    def apply(self, strategy: str, staged: int) -> Outcome:
        with duckdb.connect(self.path(strategy)) as connection:
            started = time.perf_counter()
            changed = 0
            for statement in statements(strategy, self.write(staged)):
                result = connection.execute(statement)
                if statement.startswith(("merge", "delete", "insert")):
                    row = result.fetchone()
                    changed += int(row[0]) if row else 0
            return Outcome(time.perf_counter() - started, changed)

    def kill(self, strategy: str, staged: int) -> None:
        command = [sys.executable, "-c", SEND_AND_DIE, str(self.path(strategy))]
        text = json.dumps(half(strategy, self.write(staged)))
        ended = subprocess.run(command, input=text, text=True, check=False)
        assert ended.returncode == -signal.SIGKILL, ended.returncode

    def count(self, strategy: str, condition: str) -> int:
        with duckdb.connect(self.path(strategy), read_only=True) as connection:
            row = connection.execute(f"select count(*) from {TABLE.qualified_name} T where {condition}").fetchone()
        return int(row[0]) if row else 0


@dataclass
class BigQuery:
    """The target in datasets of its own for each strategy."""

    address: Callable[[str], str]
    name: str = "BigQuery protocol server"
    prefix: str = field(default_factory=lambda: f"b{secrets.token_hex(3)}")

    def warehouse(self, strategy: str) -> BigQueryWarehouse:
        made = open_warehouse(self.address(f"{self.prefix}_{STRATEGIES.index(strategy)}_"))
        assert isinstance(made, BigQueryWarehouse)
        return made

    def write(self, strategy: str, staged: int) -> Write:
        address = self.warehouse(strategy).address
        target = stored_name(address, TABLE.dataset, TABLE.name)
        return Write(TABLE, SCOPE, target, stored_name(address, "nba_staging", f"rows_{staged}"), "bigquery")

    def prepare(self, strategy: str, batches: Sequence[pa.Table]) -> None:
        warehouse = self.warehouse(strategy)
        warehouse.ensure(TABLE)
        for number, batch in enumerate(batches):
            reference = warehouse.tables.in_dataset("nba_staging", f"rows_{number}")
            warehouse.tables.create(bigquery.Table(reference, schema=schema_fields(TABLE)))
            sink = pa.BufferOutputStream()
            pq.write_table(batch, sink)
            config = bigquery.LoadJobConfig(source_format="PARQUET", schema=schema_fields(TABLE))
            stream = pa.BufferReader(sink.getvalue())
            warehouse.jobs.client.load_table_from_file(stream, reference, job_config=config).result()

    def apply(self, strategy: str, staged: int) -> Outcome:
        return self._send(strategy, statements(strategy, self.write(strategy, staged)))

    def kill(self, strategy: str, staged: int) -> None:
        self._send(strategy, half(strategy, self.write(strategy, staged)))

    def _send(self, strategy: str, sent: Sequence[str]) -> Outcome:
        client = self.warehouse(strategy).jobs.client
        started = time.perf_counter()
        jobs = []
        for statement in sent:
            jobs.append(client.query(statement))
            jobs[-1].result()
        seconds = time.perf_counter() - started
        children = [child for job in jobs for child in client.list_jobs(parent_job=job.job_id)]
        changes = [
            job for job in children or jobs if job.statement_type != "UPDATE"
        ]  # that one is of the staging table
        changed = sum(int(job.num_dml_affected_rows or 0) for job in changes)
        return Outcome(seconds, changed, sum(int(job.total_bytes_processed or 0) for job in jobs) or None)

    def count(self, strategy: str, condition: str) -> int:
        target = self.write(strategy, 0).target
        sql = f"select count(*) as n from {target} T where {condition}"
        return int(next(iter(self.warehouse(strategy).jobs.client.query(sql).result())).n)


def batches() -> list[pa.Table]:
    """The season, the same with one row of a hundred corrected, and that once more; each processed a day later."""
    rng = np.random.default_rng(7)
    count = DATES * PLAYERS
    number = np.arange(count)
    schema = arrow_schema(TABLE.columns)
    columns: dict[str, pa.Array] = {}
    for column in TABLE.columns:
        kind = schema.field(column.name).type
        missing = None if column.required else rng.random(count) < 0.1
        if column.name == TABLE.partition_column:
            values = np.datetime64(FIRST) + number // PLAYERS
        elif column.name == "player_lookup":
            values = np.array([f"player{n % PLAYERS:03d}" for n in number], dtype=object)
        elif pa.types.is_string(kind):
            values = np.array([f"value{n % 31}" for n in number], dtype=object)
        elif pa.types.is_boolean(kind):
            values = number % 2 == 0
        elif pa.types.is_temporal(kind):
            values = (np.datetime64(FIRST) + number // PLAYERS).astype("datetime64[us]")
        else:
            values = rng.integers(0, 40, count) if pa.types.is_integer(kind) else rng.random(count)
        columns[column.name] = pa.array(values, mask=missing).cast(kind)
    season = pa.table(columns, schema=schema)
    points = season.column("points").to_numpy(zero_copy_only=False).copy()
    points[::CORRECTED_EVERY] = 99
    place = season.column_names.index("points")
    corrected = season.set_column(place, schema.field("points"), pa.array(points, from_pandas=True).cast(pa.int64()))
    instants = [datetime(2024, 7, day, tzinfo=UTC) for day in (1, 2, 3)]
    return [_stored(rows, at) for rows, at in zip((season, corrected, corrected), instants, strict=True)]


def _stored(rows: pa.Table, at: datetime) -> pa.Table:
    hashed = rows.append_column("row_hash", hex_digits(row_hashes(rows)))
    return hashed.append_column("processed_at", pa.repeat(pa.scalar(at, pa.timestamp("us", "UTC")), rows.num_rows))


def measure(engine: DuckDB | BigQuery, made: Sequence[pa.Table]) -> None:
    """One line for every strategy and write, then how many rows the kill left."""
    rows = made[0].num_rows
    for strategy in STRATEGIES:
        engine.prepare(strategy, made)
        for number, workload in enumerate(("first load", "1 % corrected", "unchanged")):
            done = engine.apply(strategy, number)
            newer = engine.count(
                strategy, f"{in_scope(engine)} and T.processed_at = timestamp '2024-07-0{number + 1} 00:00:00+00'"
            )
            read = "-" if done.processed is None else f"{done.processed / 1e6:.1f}"
            print(
                f"{engine.name:<25}{strategy:<16}{workload:<15}{done.seconds:>9.2f}{done.rewritten:>12,}{newer:>13,}{read:>9}"
            )
        engine.kill(strategy, 0)
        left = engine.count(strategy, in_scope(engine))
        print(
            f"{engine.name:<25}{strategy:<16}killed half-way: {left:,} of {rows:,} rows left, {rows - left:,} lost",
            flush=True,
        )


def in_scope(engine: DuckDB | BigQuery) -> str:
    return Write(TABLE, SCOPE, "", "", "duckdb" if isinstance(engine, DuckDB) else "bigquery").in_scope("T")


@contextmanager
def engines(folder: Path) -> Iterator[Mapping[str, DuckDB | BigQuery]]:
    """Both engines, or DuckDB alone where the protocol server cannot be built."""
    found: dict[str, DuckDB | BigQuery] = {"duckdb": DuckDB(folder)}
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running_server(folder))
            found["bigquery"] = BigQuery(server.address)
        except ServerUnavailableError as error:
            print(f"BigQuery is not measured: {error}")
        yield found


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    made = batches()
    size = f"{made[0].num_rows:,} rows of {made[0].num_columns} columns"
    print(f"{size}, {DATES} partitions, load average {os.getloadavg()[0]:.1f}")
    print(
        f"{'engine':<25}{'strategy':<16}{'write':<15}{'seconds':>9}{'rewritten':>12}{'new instant':>13}{'MB read':>9}"
    )
    with tempfile.TemporaryDirectory(prefix="write_strategies_") as folder, engines(Path(folder)) as found:
        for engine in found.values():
            measure(engine, made)
    print("rewritten: rows inserted, updated and deleted; new instant: rows that look changed to whoever reads them")


if __name__ == "__main__":
    main()
