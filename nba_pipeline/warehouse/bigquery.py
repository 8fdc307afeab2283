"""The warehouse in BigQuery datasets: protocol `Warehouse` on a client of Google's service or of a local server.

Does NOT belong here: the steps of a write (bigquery_write.py), retrying, statements' text, Dagster.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache

import pyarrow as pa
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import DefaultCredentialsError
from google.cloud import bigquery
from google.cloud import bigquery_storage_v1 as storage

from nba_pipeline.errors import SettingsError
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import bigquery_migrate, bigquery_read, bigquery_staging
from nba_pipeline.warehouse.asked_columns import asked_columns
from nba_pipeline.warehouse.bigquery_address import NO_CREDENTIALS, BigQueryAddress
from nba_pipeline.warehouse.bigquery_jobs import Jobs, Purpose, query_work
from nba_pipeline.warehouse.bigquery_sql import first_table, is_read_only, localised, named_dates
from nba_pipeline.warehouse.bigquery_staging import StagingTable, Sweep
from nba_pipeline.warehouse.bigquery_tables import Tables, stored_types
from nba_pipeline.warehouse.bigquery_write import BigQueryWrite
from nba_pipeline.warehouse.errors import StatementError
from nba_pipeline.warehouse.protocol import Batch, WriteOptions, WriteResult


@dataclass
class BigQueryWarehouse:
    """Protocol `Warehouse` at `address`. Nothing is contacted before the first call."""

    address: BigQueryAddress
    run_id: str = ""
    """For the labels of jobs."""
    given_client: bigquery.Client | None = field(default=None, repr=False)

    dialect: str = "bigquery"

    @cached_property
    def jobs(self) -> Jobs:
        return Jobs(self.given_client or local_or_default_client(self.address))

    @cached_property
    def tables(self) -> Tables:
        return Tables(self.address, self.jobs)

    @cached_property
    def storage(self) -> storage.BigQueryReadClient:
        return bigquery_read.storage_client(self.address)

    @contextmanager
    def reading(self) -> Iterator[BigQueryWarehouse]:
        """This warehouse: its connections are kept anyway."""
        yield self

    def ensure(self, table: Table) -> None:
        """Create the table if it is absent; raise SchemaDriftError if the stored columns differ from the contract."""
        self.tables.ensure(table)

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
        if self.tables.stored(table) is None:
            return schema.empty_table()
        condition = bigquery_read.partition_condition(table, first, last)
        if self.address.reads_by_rest:
            sql = bigquery_read.select_statement(self.address, table, schema.names, condition, ordered=ordered)
            return self._asked(sql, Purpose(self.run_id, str(table), first, last)).cast(schema)
        fetched = list(dict.fromkeys([*schema.names, *(table.primary_key if ordered else ())]))
        rows = bigquery_read.read_stream(self.tables, self.storage, table, fetched, condition)
        if rows is None:
            return schema.empty_table()
        return (bigquery_read.sorted_by_key(table, rows) if ordered else rows).select(schema.names).cast(schema)

    def write(self, batch: Batch, options: WriteOptions) -> WriteResult:
        """Apply the batch in the table's mode by one statement and verify it."""
        self.tables.ensure(batch.table)
        return BigQueryWrite(self.tables, batch, options).apply()

    def query(self, sql: str) -> pa.Table:
        """Rows of one read-only statement, in which tables are named by dataset and name without a prefix."""
        if not is_read_only(sql):
            raise StatementError(f"BigQuery: a query is one read-only statement, begun by select or with:\n{sql}")
        return self._asked(localised(self.address, sql), Purpose(self.run_id, first_table(sql), *named_dates(sql)))

    def stored_columns(self, table: Table) -> Mapping[str, str] | None:
        """Stored column name -> type in the names of `schema.Type`; None if the table does not exist."""
        stored = self.tables.stored(table)
        return None if stored is None else {name: kind for name, (kind, _) in stored_types(stored).items()}

    def drift(self, table: Table) -> list[str]:
        """What differs between the stored and the declared table; nothing of a table that is not stored."""
        return bigquery_migrate.drift_of(self.tables, table)

    def add_missing_columns(self, table: Table) -> tuple[str, ...]:
        """Add the declared nullable columns the stored table lacks, and name them; everything else is refused."""
        return bigquery_migrate.add_missing_columns(self.tables, table)

    def staging_tables(self) -> list[StagingTable]:
        """Every staging table there is, the oldest first."""
        return bigquery_staging.staging_tables(self.tables)

    def sweep(self, running: Collection[str], now: datetime | None = None) -> Sweep:
        """Remove old staging tables of runs that are not among the `running` ones."""
        return bigquery_staging.sweep(self.tables, now or datetime.now(UTC), running)

    def _asked(self, sql: str, purpose: Purpose) -> pa.Table:
        place = purpose.asset or "query"
        work = query_work(self.jobs.client, f"nba_query_{secrets.token_hex(8)}", place, sql, purpose)
        return self.jobs.rows(self.jobs.run(work), place, sql)


@lru_cache(maxsize=4)
def local_or_default_client(address: BigQueryAddress) -> bigquery.Client:
    """A client with the application default credentials, or without any for a local server; one per process."""
    location = address.location or None
    if address.endpoint:
        return bigquery.Client(
            address.project,
            AnonymousCredentials(),  # type: ignore[no-untyped-call]
            location=location,
            client_options={"api_endpoint": address.endpoint},
        )
    try:
        return bigquery.Client(address.project, location=location)
    except DefaultCredentialsError as error:
        raise SettingsError(f"bigquery://{address.project}: no credentials: {error} {NO_CREDENTIALS}") from error
