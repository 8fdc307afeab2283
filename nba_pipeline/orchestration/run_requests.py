"""Run requests of sensors and schedules: tables and a range of partitions, tagged with who asks.

Does NOT belong here: deciding what is due.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import dagster as dg
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from nba_pipeline.orchestration.run_tags import Trigger, run_tags

WAREHOUSE_JOB, CHECKS_JOB = "warehouse", "whole_table_checks"


def run_request(
    tables: Iterable[str], days: tuple[date, date] | None, *, key: str | None, trigger: Trigger, reason: str
) -> dg.RunRequest:
    """One run of `tables` (`layer.name`) over first..last; `key` makes it the only one of its kind."""
    window = (
        {ASSET_PARTITION_RANGE_START_TAG: days[0].isoformat(), ASSET_PARTITION_RANGE_END_TAG: days[1].isoformat()}
        if days
        else {}
    )
    return dg.RunRequest(
        run_key=key,
        job_name=WAREHOUSE_JOB,
        asset_selection=[dg.AssetKey(name.split(".")) for name in tables],
        tags={**window, **run_tags(trigger, reason)},
    )
