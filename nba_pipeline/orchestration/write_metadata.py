"""What a write reports of every partition, and when zero rows are a fault.

Does NOT belong here: writing, emitting events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import dagster as dg

from nba_pipeline.orchestration.requests import WriteRequest
from nba_pipeline.schema import Table, TableRows
from nba_pipeline.warehouse import Batch, WriteResult

BOOTSTRAPPED_LAYERS = ("precompute", "predictions")  # no as-of features in the first days of a season
NOTHING_IN_SOURCE = "source_has_no_rows"
CONFLICTING = (
    "row(s) arrived under a stored key with other content; the stored rows stayed. Compare the sources; to take the "
    "new rows, run with the tag nba/rebuild=true"
)
NAMED_DATES = 10  # dates spelt out in a message; the count is always exact

Metadata = dict[str, dg.MetadataValue | str | int | float | bool]


def zero_row_fault(request: WriteRequest, rows: TableRows) -> str:
    """The message when a partition has no rows and no legal reason for it; blank when all is explained."""
    table = request.table
    legal = legal_skip_reasons(table)
    wrong = {day: reason for day, reason in rows.skip_reasons.items() if reason not in legal}
    if wrong:
        return (
            f"{table}: skip reason(s) {sorted(set(wrong.values()))} are not legal here, given for "
            f"{_named(sorted(wrong))}. Nothing was written. A partition of this table may be empty for "
            f"{', '.join(legal)} only."
        )
    if not table.partition_column:
        return _empty_table_fault(table, rows)
    filled = {stamp.date() for stamp in rows.rows[table.partition_column].unique()} if len(rows.rows) else set()
    days = [day.date() for day in request.dates]
    open_days = [day for day in days if day not in filled and day not in rows.skip_reasons and day not in rows.unread]
    if not open_days:
        return ""
    return (
        f"{table}: no rows for {len(open_days)} date(s) without a reason: {_named(open_days)}. "
        "Nothing was written. Land or build the inputs of these dates and run them again."
    )


def _empty_table_fault(table: Table, rows: TableRows) -> str:
    reason = rows.table_skip_reason
    if len(rows.rows) or reason == NOTHING_IN_SOURCE:
        return ""
    if reason:
        return (
            f"{table}: skip reason {reason!r} is not legal for a table without partitions. Nothing was written. Such a "
            f"table may be empty for {NOTHING_IN_SOURCE} only."
        )
    return f"{table}: the transform made no rows; its inputs are empty or not built yet. Nothing was written."


def legal_skip_reasons(table: Table) -> tuple[str, ...]:
    """Why a partition of the table may have no rows."""
    reasons = {
        "no_games": True,
        "bootstrap": table.layer in BOOTSTRAPPED_LAYERS,
        "no_earlier_game": table.needs_earlier_game,
        NOTHING_IN_SOURCE: table.optional,
    }
    return tuple(reason for reason, legal in reasons.items() if legal)


def _named(days: Sequence[date]) -> str:
    more = f" and {len(days) - NAMED_DATES} more" if len(days) > NAMED_DATES else ""
    return ", ".join(day.isoformat() for day in days[:NAMED_DATES]) + more


def partition_event_metadata(
    request: WriteRequest,
    rows: TableRows,
    batch: Batch,
    result: WriteResult,
    partition: date | None,
    quarantined: Mapping[date, int],
    shrink_override: str = "",
) -> Metadata:
    """Counts of one partition; the figures of the whole write ride on the last one.

    shrink_override: the reason with which this write may remove more rows than the guard allows.
    """
    metadata: Metadata = {}
    counts = result.partitions.get(partition)
    if counts is not None:
        metadata |= {
            "dagster/partition_row_count": counts.rows,
            "rows": counts.rows,
            "rows_inserted": counts.inserted,
            "rows_updated": counts.updated,
            "rows_deleted": counts.deleted,
            "rows_unchanged": counts.unchanged,
        }
        if counts.conflicting:
            metadata["rows_conflicting"] = counts.conflicting
    metadata["rows_rejected"] = batch.rows_rejected.get(partition, 0) + _rejected_records(rows, partition)
    metadata["cells_nulled"] = batch.cells_nulled.get(partition, 0)
    if partition is not None and partition in request.source_max_at:
        metadata["source_max_at"] = dg.MetadataValue.timestamp(request.source_max_at[partition])
    metadata |= _partition_notes(rows, partition, quarantined, counts.conflicting if counts else 0)
    if partition is None or partition == request.dates[-1].date():
        metadata |= _write_figures(request, batch, result)
        if shrink_override:
            metadata["shrink_override"] = shrink_override
    return metadata


def _rejected_records(rows: TableRows, partition: date | None) -> int:
    rejects = rows.rejects
    if not len(rejects) or partition is None:
        return len(rejects)
    return int(sum(1 for day in rejects["partition_date"] if day == partition))


def _partition_notes(
    rows: TableRows, partition: date | None, quarantined: Mapping[date, int], conflicting: int
) -> Metadata:
    sentences = rows.warnings.get(partition, ()) if partition else rows.table_warnings
    if conflicting:
        sentences = (*sentences, f"{conflicting} {CONFLICTING}")
    notes: Metadata = (
        {"warnings": dg.MetadataValue.md("\n".join(f"- {text}" for text in sentences))} if sentences else {}
    )
    if partition is None:
        return notes | ({"skip_reason": rows.table_skip_reason} if rows.table_skip_reason else {})
    notes |= {name: by_day[partition] for name, by_day in rows.counts.items() if by_day.get(partition)}
    if partition in quarantined:
        notes["quarantined"] = quarantined[partition]
    if partition in rows.skip_reasons:
        notes["skip_reason"] = rows.skip_reasons[partition]
    if partition in rows.unread:
        notes["unread"] = True
    return notes


def _write_figures(request: WriteRequest, batch: Batch, result: WriteResult) -> Metadata:
    figures: Metadata = {
        "write_mode": result.write_mode,
        "attempts": result.attempts,
        "rows_in_write": batch.rows.num_rows,
        "seconds_compute": round(request.seconds_compute, 3),
        "seconds_stage": round(result.seconds_stage, 3),
        "seconds_merge": round(result.seconds_merge, 3),
        "seconds_verify": round(result.seconds_verify, 3),
    }
    if batch.scope:
        figures["scope"] = f"{batch.scope.first} .. {batch.scope.last}"
    if result.staging_table:
        figures["staging_table"] = result.staging_table
    if result.job_ids:
        figures["job_ids"] = ", ".join(result.job_ids)
    if result.bytes_processed is not None:
        figures["bytes_processed"] = result.bytes_processed
    if result.bytes_billed is not None:
        figures["bytes_billed"] = result.bytes_billed
    return figures
