"""Staging tables: how they are named, which are left over, and their removal.

A write drops its own when it succeeds and leaves it when it fails; it then ends by itself after STAGING_HOURS. The
sweep is for what outlived that. Does NOT belong here: filling one.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from google.api_core.exceptions import NotFound

from nba_pipeline.schema import Table
from nba_pipeline.warehouse.bigquery_jobs import CALL_SECONDS, NO_RETRY
from nba_pipeline.warehouse.bigquery_tables import Tables

STAGING_DATASET = "nba_staging"
STAGING_HOURS = 6
MANY_SWEPT = 20  # more than this means that writes fail without anybody looking
RUN_CHARACTERS = 16
_NAME = re.compile(r"^staging_(?P<table>[a-z0-9_]+)_(?P<run>[a-z0-9]*)_(?P<token>[0-9a-f]{8})$")


@dataclass(frozen=True)
class StagingTable:
    """A stored staging table. run: the first characters of the id of the run that made it."""

    name: str
    table: str
    run: str
    created: datetime


@dataclass(frozen=True)
class Sweep:
    """What a sweep removed; `warning` is a sentence when that was too much, blank otherwise."""

    removed: tuple[StagingTable, ...]
    warning: str = ""


def staging_id(table: Table, run_id: str, token: str) -> str:
    """The name of the staging table of one write."""
    return f"staging_{table.name}_{run_part(run_id)}_{token}"


def run_part(run_id: str) -> str:
    return re.sub(r"[^a-z0-9]", "", run_id.lower())[:RUN_CHARACTERS]


def staging_tables(tables: Tables) -> list[StagingTable]:
    """Every staging table there is, the oldest first."""
    dataset = tables.address.dataset(STAGING_DATASET)
    place = f"{tables.address.project}.{dataset}"

    def listed() -> list[tuple[str, datetime | None]]:
        found = tables.client.list_tables(place, retry=NO_RETRY, timeout=CALL_SECONDS)
        return [(item.table_id, item.created) for item in found]

    try:
        names = tables.jobs.call(dataset, f"list tables of {place}", listed)
    except NotFound:
        return []
    found = []
    for name, created in names:
        match = _NAME.match(name)
        if match and created:
            found.append(StagingTable(name, match["table"], match["run"], created))
    return sorted(found, key=lambda one: (one.created, one.name))


def sweep(tables: Tables, now: datetime, running: Collection[str]) -> Sweep:
    """Remove the staging tables older than STAGING_HOURS of runs that are not in progress.

    running: ids of the runs in progress.
    """
    busy = {run_part(run_id) for run_id in running}
    oldest = now - timedelta(hours=STAGING_HOURS)
    removed = tuple(one for one in staging_tables(tables) if one.created < oldest and one.run not in busy)
    for one in removed:
        drop_staging(tables, one.name)
    warning = ""
    if len(removed) > MANY_SWEPT:
        named = ", ".join(sorted({one.table for one in removed}))
        warning = f"{len(removed)} staging tables were left over, of {named}: look for failing writes."
    return Sweep(removed, warning)


def drop_staging(tables: Tables, name: str) -> None:
    """Drop a staging table; one that is gone already is as good."""
    reference = tables.in_dataset(STAGING_DATASET, name)
    tables.jobs.call(
        name,
        f"delete table {reference}",
        lambda: tables.client.delete_table(reference, retry=NO_RETRY, timeout=CALL_SECONDS, not_found_ok=True),
    )
