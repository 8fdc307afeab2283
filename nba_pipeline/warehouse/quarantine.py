"""nba_raw.quarantined_rows: one row per refused record, emptied cell or removed duplicate, of one run and partition.

Source: what raw parsers refuse and what the writer's value rules take out. The current state of a table's partition
is the rows of its newest run. Does NOT belong here: deciding what is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

import pandas as pd

from nba_pipeline.schema import Column, Table
from nba_pipeline.schema.column import Type
from nba_pipeline.schema.frames import typed_frame
from nba_pipeline.schema.rows import REJECT_COLUMNS
from nba_pipeline.warehouse.conform import conform
from nba_pipeline.warehouse.protocol import Batch, Scope

TEXTS = [name for name in REJECT_COLUMNS if name != "partition_date"]
ORDER = list(dict.fromkeys(("partition_date", "source_file", "position", *REJECT_COLUMNS)))


def _column(name: str, kind: Type, description: str, *, unit: str = "text", required: bool = False) -> Column:
    return Column(name, kind, description, unit=unit, source="parser, writer", required=required)


TABLE = Table(
    layer="raw",
    name="quarantined_rows",
    grain="one row per refused record, emptied cell or removed duplicate of one run",
    description="What did not become a row, and why.",
    columns=(
        _column("partition_date", "DATE", "Partition that was being built.", unit="date", required=True),
        _column("source_table", "STRING", "Table that refused the record.", unit="identifier", required=True),
        _column("run_id", "STRING", "Run that refused it.", unit="identifier", required=True),
        _column("row_number", "INT64", "1..n within table, partition and run.", unit="count", required=True),
        _column("action", "STRING", "reject_row, reject_file, null_cell or duplicate.", unit="category", required=True),
        _column("rule", "STRING", "Code of the rule that was broken.", unit="category", required=True),
        _column("source_file", "STRING", "Landing path relative to the root; NULL if the writer refused it."),
        _column("position", "STRING", "Place within the file; NULL for the whole file."),
        _column("column_name", "STRING", "Offending column."),
        _column("original_value", "STRING", "Offending value as text."),
        _column("detail", "STRING", "What was expected."),
        _column("row_text", "STRING", "The record as JSON text, first 4,000 characters."),
    ),
    primary_key=("partition_date", "source_table", "run_id", "row_number"),
    partition_column="partition_date",
    cluster_by=("source_table",),
    write_mode="append",
    optional=True,
)


def quarantine_batch(
    records: pd.DataFrame | Iterable[Mapping[str, object]],
    source_table: str,
    run_id: str,
    scope: Scope | None = None,
) -> Batch:
    """Records (columns REJECT_COLUMNS) of one write of `source_table` as a batch, numbered in a repeatable order.

    Without a scope it spans the dates of the records. A record without a partition date, as of an unpartitioned
    table, belongs to the first day of the scope, or to today (UTC).
    """
    given = records if isinstance(records, pd.DataFrame) else pd.DataFrame(list(records), columns=list(REJECT_COLUMNS))
    rows = given.reindex(columns=list(REJECT_COLUMNS)).astype(object)
    days = pd.to_datetime(rows["partition_date"]).astype("datetime64[us]")
    undated = scope.first if scope else datetime.now(UTC).date()
    rows["partition_date"] = days.fillna(pd.Timestamp(undated))
    rows[TEXTS] = rows[TEXTS].astype("string")
    rows = rows.sort_values(ORDER, kind="stable", ignore_index=True)
    rows["source_table"], rows["run_id"] = source_table, run_id
    rows["row_number"] = rows.groupby("partition_date").cumcount() + 1
    return conform(TABLE, typed_frame(TABLE, rows), scope or _spanned(rows["partition_date"], undated))


def _spanned(days: pd.Series, otherwise: date) -> Scope:
    return Scope(days.min().date(), days.max().date()) if len(days) else Scope(otherwise, otherwise)
