"""What a partition was computed from: one digest of the data versions in its input windows.

Kept as a tag of the materialisation, and compared by `backfill --only stale`: a partition whose inputs have other
versions today has to be computed again. Does NOT belong here: deciding what runs, versions of files.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date

import dagster as dg
from dagster._core.definitions.data_version import DATA_VERSION_TAG

from nba_pipeline.orchestration.inputs import TableInput
from nba_pipeline.orchestration.partitions import partition_dates

INPUT_VERSION_TAG = "nba/input_version"
DIGITS = 16


def input_versions(
    instance: dg.DagsterInstance, edges: Sequence[TableInput], days: Sequence[date | None]
) -> dict[date | None, str]:
    """Digest per partition over the latest data versions of every upstream partition in its windows."""
    digests = {day: hashlib.sha256() for day in days}
    for edge in sorted(edges, key=lambda edge: (str(edge.table), edge.edge)):
        versions = _versions(instance, edge, days)
        whole = versions.get(None)
        upstream = sorted(day for day in versions if day is not None)
        lines = [f"{day}={versions[day]}" for day in upstream] if whole is None else [f"None={whole}"]
        for day, digest in digests.items():
            read = lines if day is None or whole is not None else lines[_inside(edge, day, upstream)]
            digest.update(f"{edge.table}\n".encode())
            digest.update("\n".join(read).encode())
    return {day: digest.hexdigest()[:DIGITS] for day, digest in digests.items()}


def _inside(edge: TableInput, day: date, upstream: Sequence[date]) -> slice:
    """The part of the ascending upstream dates that the day reads."""
    first, last = edge.bounds(day, day)
    return slice(bisect_left(upstream, first), bisect_right(upstream, last))


def _versions(instance: dg.DagsterInstance, edge: TableInput, days: Sequence[date | None]) -> dict[date | None, str]:
    """Data version of every upstream partition any of the days reads; key None for a table without partitions."""
    key = dg.AssetKey([edge.table.layer, edge.table.name])
    if edge.table.partition_column is None:
        event = instance.get_latest_materialization_event(key)
        tags = (event.asset_materialization.tags or {}) if event and event.asset_materialization else {}
        return {None: tags.get(DATA_VERSION_TAG, "")}
    wanted = None
    dated = [day for day in days if day is not None]
    if dated:
        bounds = [edge.bounds(day, day) for day in (min(dated), max(dated))]
        first, last = min(low for low, _ in bounds), max(high for _, high in bounds)
        wanted = [day.date().isoformat() for day in partition_dates(first, last)]
        if not wanted:
            return {}
    found = instance.event_log_storage.get_latest_tags_by_partition(
        key, dg.DagsterEventType.ASSET_MATERIALIZATION, [DATA_VERSION_TAG], asset_partitions=wanted
    )
    return {date.fromisoformat(partition): tags.get(DATA_VERSION_TAG, "") for partition, tags in found.items()}
