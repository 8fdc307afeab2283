"""Rows of one table read from BigQuery: by the storage API, or by a query where the address has no storage API.

Both give the declared Arrow types. Does NOT belong here: writing, statements of others.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import grpc  # type: ignore[import-untyped]
import pyarrow as pa
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery_storage_v1 as storage
from google.cloud.bigquery_storage_v1.services.big_query_read.transports import BigQueryReadGrpcTransport
from google.cloud.bigquery_storage_v1.types import ArrowSerializationOptions, DataFormat, ReadSession

from nba_pipeline.schema import Table
from nba_pipeline.warehouse.bigquery_address import BigQueryAddress
from nba_pipeline.warehouse.bigquery_jobs import CALL_SECONDS, NO_RETRY
from nba_pipeline.warehouse.bigquery_sql import stored_name
from nba_pipeline.warehouse.bigquery_tables import Tables
from nba_pipeline.warehouse.ddl import date_literal, quoted

UNLIMITED_MESSAGES = (("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1))  # else 4 MiB


@lru_cache(maxsize=4)
def storage_client(address: BigQueryAddress) -> storage.BigQueryReadClient:
    """A client of the storage API at the address; one per process."""
    if not address.endpoint:
        return storage.BigQueryReadClient()  # type: ignore[no-untyped-call]
    channel = grpc.insecure_channel(address.storage_endpoint, UNLIMITED_MESSAGES)
    transport = BigQueryReadGrpcTransport(channel=channel, credentials=AnonymousCredentials())  # type: ignore[no-untyped-call]
    return storage.BigQueryReadClient(transport=transport)  # type: ignore[no-untyped-call]


def partition_condition(table: Table, first: date | None, last: date | None) -> str:
    """The partitions first..last in literal dates; blank for all of them."""
    if not table.partition_column:
        return ""
    part = quoted(table.partition_column, "bigquery")
    if first and last:
        return f"{part} between {date_literal(first)} and {date_literal(last)}"
    bounds = [f"{part} >= {date_literal(first)}"] if first else []
    bounds += [f"{part} <= {date_literal(last)}"] if last else []
    if not bounds and table.large:  # such a table is not read without a condition
        bounds = [f"{part} >= {date_literal(date.min)}"]
    return " and ".join(bounds)


def read_stream(
    tables: Tables, client: storage.BigQueryReadClient, table: Table, names: Sequence[str], condition: str
) -> pa.Table | None:
    """The rows by the storage API, in no order; None if there are none."""
    reference = tables.reference(table)
    session = ReadSession(
        table=reference.path.lstrip("/"),
        data_format=DataFormat.ARROW,
        read_options=ReadSession.TableReadOptions(
            selected_fields=list(names),
            row_restriction=condition,
            arrow_serialization_options=ArrowSerializationOptions(
                buffer_compression=ArrowSerializationOptions.CompressionCodec.ZSTD
            ),
        ),
    )

    def rows() -> pa.Table | None:
        made = client.create_read_session(
            parent=f"projects/{tables.address.project}", read_session=session, retry=NO_RETRY, timeout=CALL_SECONDS
        )
        schema = pa.ipc.read_schema(pa.py_buffer(made.arrow_schema.serialized_schema)) if made.streams else None
        batches = []
        for stream in made.streams:
            for page in client.read_rows(stream.name):  # type: ignore[no-untyped-call]
                batch = pa.py_buffer(page.arrow_record_batch.serialized_record_batch)
                batches.append(pa.ipc.read_record_batch(batch, schema))
        return pa.Table.from_batches(batches, schema) if schema is not None else None

    return tables.jobs.call(str(table), f"read {', '.join(names)} of {reference} where {condition or 'true'}", rows)


def select_statement(
    address: BigQueryAddress, table: Table, names: Sequence[str], condition: str, *, ordered: bool
) -> str:
    """The same rows as a query."""
    columns = ", ".join(quoted(name, "bigquery") for name in names)
    keys = ", ".join(quoted(name, "bigquery") for name in table.primary_key)
    where = f" where {condition}" if condition else ""
    order = f" order by {keys}" if ordered else ""
    return f"select {columns} from {stored_name(address, table.dataset, table.name)}{where}{order}"


def sorted_by_key(table: Table, rows: pa.Table) -> pa.Table:
    return rows.sort_by([(name, "ascending") for name in table.primary_key])
