"""The load job of a write: rows as Parquet into a staging table of the declared columns.

Does NOT belong here: retrying, what happens to the rows afterwards.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
from google.cloud import bigquery

from nba_pipeline.schema import Table
from nba_pipeline.warehouse.bigquery_jobs import JOB_SECONDS, UPLOAD_SECONDS, Work
from nba_pipeline.warehouse.bigquery_tables import schema_fields


def load_work(
    client: bigquery.Client,
    table: Table,
    rows: pa.Table,
    now: datetime,
    *,
    staging: bigquery.TableReference,
    labels: Mapping[str, str],
) -> Work:
    """Loading the rows, with `processed_at` = now, as work; it replaces what the staging table holds."""
    instants = pa.repeat(pa.scalar(now, pa.timestamp("us", tz="UTC")), rows.num_rows)
    content = _parquet(rows.append_column("processed_at", instants))
    config = bigquery.LoadJobConfig(
        source_format=bigquery.SourceFormat.PARQUET,
        schema=schema_fields(table),
        write_disposition=bigquery.WriteDisposition.WRITE_TRUNCATE,
        create_disposition=bigquery.CreateDisposition.CREATE_NEVER,
        autodetect=False,
        labels=dict(labels),
        job_timeout_ms=int(JOB_SECONDS * 1000),
    )

    def submit(job_id: str) -> bigquery.LoadJob:
        return client.load_table_from_file(
            io.BytesIO(content),
            staging,
            size=len(content),
            num_retries=0,
            job_id=job_id,
            location=client.location,
            job_config=config,
            timeout=UPLOAD_SECONDS,
        )

    what = f"load {rows.num_rows} rows ({len(content)} bytes of Parquet) into {staging}"
    return Work(f"{staging.table_id}_load", str(table), what, submit)


def _parquet(rows: pa.Table) -> bytes:
    content = io.BytesIO()
    pq.write_table(rows, content, compression="snappy", coerce_timestamps="us")
    return content.getvalue()
