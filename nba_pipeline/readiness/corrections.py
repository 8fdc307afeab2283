"""Corrections that wait: a partition changed after its readers were computed, too long ago for automation to follow.

`backfill --only stale` from the earliest of these dates brings the readers up to date. Does NOT belong here: running
it, changes of code, tables without partitions (decided per run, never per date).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import dagster as dg
import numpy as np
from dagster import AssetRecordsFilter, DagsterInstance

from nba_pipeline.orchestration.horizon import HORIZON_DAYS
from nba_pipeline.orchestration.input_versions import input_versions
from nba_pipeline.orchestration.inputs import TableInput
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.readiness.plan import days_between
from nba_pipeline.readiness.state import PartitionState
from nba_pipeline.schema import Table

CHANGES = ("rows_inserted", "rows_updated", "rows_deleted")
PAGE = 1000  # materialisation records fetched at once


def pending_corrections(
    instance: DagsterInstance,
    edges: Mapping[Table, Sequence[TableInput]],
    states: Mapping[str, Mapping[date, PartitionState]],
    today: date,
) -> dict[date, list[str]]:
    """Corrected date -> the tables that were computed before; only dates behind the horizon of automation."""
    found: dict[date, list[str]] = {}
    for table, read in edges.items():
        behind = _behind(instance, read, states.get(str(table), {}))
        if not behind:
            continue
        written = _storage_ids(instance, table, behind)
        for day in sorted(_corrected(instance, read, written)):
            if day <= today - timedelta(days=HORIZON_DAYS):
                found.setdefault(day, []).append(str(table))
    return dict(sorted(found.items()))


def _behind(instance: DagsterInstance, read: Sequence[TableInput], states: Mapping[date, PartitionState]) -> list[date]:
    """Dates computed from other input versions than those of today."""
    computed = [day for day, state in states.items() if state.input_version]
    if not computed:
        return []
    now = input_versions(instance, read, computed)
    return [day for day in computed if states[day].input_version != now[day]]


def _corrected(instance: DagsterInstance, read: Sequence[TableInput], written: Mapping[date, int]) -> set[date]:
    """Dates of the upstream tables that changed after a reader with them in its window was written."""
    found: set[date] = set()
    for edge in read:
        if edge.table.partition_column is None or not written:
            continue
        windows = {day: edge.bounds(day, day) for day in written}
        low, high = min(first for first, _ in windows.values()), max(last for _, last in windows.values())
        stored = _storage_ids(instance, edge.table, days_between(low, high))
        upstream = sorted(stored)
        ids, is_later = np.array([stored[day] for day in upstream]), np.zeros(len(upstream), dtype=bool)
        for day, (first, last) in windows.items():
            inside = slice(bisect_left(upstream, first), bisect_right(upstream, last))
            is_later[inside] |= ids[inside] > written[day]
        later = {day for day, flag in zip(upstream, is_later, strict=True) if flag}
        found |= _changed(instance, edge.table, later - found)
    return found


def _storage_ids(instance: DagsterInstance, table: Table, days: Sequence[date]) -> dict[date, int]:
    """Place of the newest materialisation of each date in the order of all events."""
    kind = dg.DagsterEventType.ASSET_MATERIALIZATION
    keys = {day.isoformat() for day in days}
    found = instance.event_log_storage.get_latest_storage_id_by_partition(asset_key(table), kind, keys)
    return {date.fromisoformat(key): storage_id for key, storage_id in found.items()}


def _changed(instance: DagsterInstance, table: Table, days: set[date]) -> set[date]:
    """The dates whose newest write changed a row; writing the same rows again corrects nothing."""
    if not days:
        return set()
    newest: dict[date, bool] = {}
    cursor: str | None = None
    wanted = AssetRecordsFilter(asset_key=asset_key(table), asset_partitions=sorted(day.isoformat() for day in days))
    while True:
        page = instance.fetch_materializations(wanted, limit=PAGE, cursor=cursor)
        for record in page.records:
            metadata = record.asset_materialization.metadata if record.asset_materialization else {}
            changed = any(int(str(metadata[name].value)) for name in CHANGES if name in metadata)
            newest.setdefault(date.fromisoformat(str(record.partition_key)), changed)
        if not page.has_more:
            return {day for day, changed in newest.items() if changed}
        cursor = page.cursor
