"""The warehouse in one DuckDB file: connects late, writes in one transaction, leaves nothing open.

Accepts DuckDB 1.5 and 2.0. Does NOT belong here: the steps of a write (duckdb_write.py), statements' text, Dagster.
"""

from __future__ import annotations

import random
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from nba_pipeline.schema import Table
from nba_pipeline.warehouse import duckdb_schema, duckdb_write
from nba_pipeline.warehouse.asked_columns import asked_columns
from nba_pipeline.warehouse.ddl import date_literal, quoted
from nba_pipeline.warehouse.duckdb_file import opened, without_file
from nba_pipeline.warehouse.duckdb_write import refused, run
from nba_pipeline.warehouse.errors import ConflictError, StatementError
from nba_pipeline.warehouse.merge_sql import Write
from nba_pipeline.warehouse.protocol import Batch, WriteOptions, WriteResult

LOCK_WAIT_SECONDS = 120.0  # longer than the longest write
MAX_ATTEMPTS = 8
LONGEST_PAUSE_SECONDS = 60.0

Connection = duckdb.DuckDBPyConnection


@dataclass
class DuckDBWarehouse:
    """Protocol `Warehouse` on the file `path`, which the first write creates."""

    path: Path
    lock_wait_seconds: float = LOCK_WAIT_SECONDS
    sleep: Callable[[float], None] = time.sleep

    dialect: str = "duckdb"
    shared: Connection | None = None

    @contextmanager
    def reading(self) -> Iterator[DuckDBWarehouse]:
        """This warehouse with one connection for all its reads: opening the file costs more than a small query."""
        if not self.path.exists() or self.shared is not None:
            yield self
            return
        with self._reading() as connection:
            yield replace(self, shared=connection)

    def ensure(self, table: Table) -> None:
        """Create the table if it is absent; raise SchemaDriftError if the stored columns differ from the contract."""
        self._make_folder()
        with opened(self.path, read_only=False, wait_seconds=self.lock_wait_seconds, sleep=self.sleep) as connection:
            duckdb_schema.ensure(connection, table)

    def read(
        self,
        table: Table,
        *,
        columns: Sequence[str] | None = None,
        first: date | None = None,
        last: date | None = None,
        ordered: bool = True,
    ) -> pa.Table:
        """Stored rows of partitions first..last, by primary key if `ordered`; no rows if the table is absent."""
        schema = asked_columns(table, columns)
        if not self.path.exists():
            return schema.empty_table()
        with self._reading() as connection:
            if not duckdb_schema.stored_types(connection, table):
                return schema.empty_table()
            return _fetch(connection, _select(table, schema.names, first, last, ordered=ordered)).cast(schema)

    def write(self, batch: Batch, options: WriteOptions) -> WriteResult:
        """Apply the batch in the table's mode in one transaction and verify it; on any error nothing has changed."""
        self._make_folder()
        attempt = 1
        while True:
            try:
                return replace(self._attempt(batch, options, attempt), attempts=attempt)
            except duckdb.TransactionException as error:
                if "conflict on" not in str(error).lower():
                    raise StatementError(f"{batch.table}: DuckDB ended the transaction: {error}") from error
                if attempt == MAX_ATTEMPTS:
                    raise ConflictError(
                        f"{batch.table}: {attempt} attempts met a concurrent change: {error}. Nothing was written; "
                        "find the other writer of this file."
                    ) from error
            self.sleep(min(LONGEST_PAUSE_SECONDS, 2.0**attempt) * random.uniform(0.5, 1.5))
            attempt += 1

    def query(self, sql: str) -> pa.Table:
        """Rows of one read-only statement. Before the first write every table is absent."""
        if not self.path.exists():
            with without_file() as connection:
                return _fetch(connection, sql)
        with self._reading() as connection:
            return _fetch(connection, sql)

    def stored_columns(self, table: Table) -> Mapping[str, str] | None:
        """Stored column name -> type in the names of `schema.Type`; None if the table does not exist."""
        if not self.path.exists():
            return None
        with self._reading() as connection:
            return {name: kind for name, (kind, _) in duckdb_schema.stored_types(connection, table).items()} or None

    def drift(self, table: Table) -> list[str]:
        """What differs between the stored and the declared table; nothing of a table that is not stored."""
        if not self.path.exists():
            return []
        with self._reading() as connection:
            stored = duckdb_schema.stored_types(connection, table)
        return duckdb_schema.drift(table, stored) if stored else []

    def add_missing_columns(self, table: Table) -> tuple[str, ...]:
        """Add the declared nullable columns the stored table lacks, and name them; everything else is refused."""
        if not self.path.exists():
            return ()
        with opened(self.path, read_only=False, wait_seconds=self.lock_wait_seconds, sleep=self.sleep) as connection:
            return duckdb_schema.add_missing_columns(connection, table)

    def _reading(self) -> AbstractContextManager[Connection]:
        if self.shared is not None:
            return nullcontext(self.shared)
        return opened(self.path, read_only=True, wait_seconds=self.lock_wait_seconds, sleep=self.sleep)

    def _make_folder(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)

    def _attempt(self, batch: Batch, options: WriteOptions, attempt: int) -> WriteResult:
        table = batch.table
        staging = _staging_name(table, options.run_id, attempt)
        write = Write(table, batch.scope, table.qualified_name, staging, "duckdb")
        with opened(self.path, read_only=False, wait_seconds=self.lock_wait_seconds, sleep=self.sleep) as connection:
            run(connection, "begin transaction")  # closing the connection rolls back what was not committed
            duckdb_schema.ensure(connection, table)
            result = duckdb_write.apply(connection, write, batch, options, datetime.now(UTC))
            run(connection, "commit")
        return result


def _staging_name(table: Table, run_id: str, attempt: int) -> str:
    safe_run = re.sub(r"[^a-z0-9]", "", run_id.lower())[:16]
    return f"staging_{table.name}_{safe_run}_{attempt}_{secrets.token_hex(4)}"


def _select(table: Table, names: Sequence[str], first: date | None, last: date | None, *, ordered: bool) -> str:
    columns = ", ".join(quoted(name, "duckdb") for name in names)
    key = ", ".join(quoted(name, "duckdb") for name in table.primary_key)
    conditions = []
    if table.partition_column:
        part = quoted(table.partition_column, "duckdb")
        conditions += [f"{part} >= {date_literal(first)}"] if first else []
        conditions += [f"{part} <= {date_literal(last)}"] if last else []
    where = f" where {' and '.join(conditions)}" if conditions else ""
    order = f" order by {key}" if ordered else ""
    return f"select {columns} from {table.qualified_name}{where}{order}"


def _fetch(connection: Connection, sql: str) -> pa.Table:
    try:
        relation = connection.sql(sql)
        return relation.to_arrow_table() if relation is not None else pa.table({})
    except duckdb.Error as error:
        raise refused(error, sql) from error
