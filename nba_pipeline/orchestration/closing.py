"""Closing dates that nothing will ever land for, so that nothing waits for them. Pure decisions on a schedule.

Does NOT belong here: when the schedules tick, building their run requests.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

import dagster as dg
import pandas as pd

from nba_pipeline.orchestration.landing_rules import Watched
from nba_pipeline.schema import Table


def empty_days(games: pd.DataFrame, today: date) -> list[date]:
    """Yesterday and today as far as the schedule has no game on them. games: game_date, is_postponed."""
    counted = games[~games["is_postponed"].astype("bool")]
    with_games = {stamp.date() for stamp in counted["game_date"].unique()}
    return [day for day in (today - timedelta(days=1), today) if day not in with_games]


def sources_without_file(
    instance: dg.DagsterInstance,
    tables: Iterable[Watched],
    optional: Collection[str],
    day: date,
    *,
    results: bool,
) -> list[str]:
    """Optional tables of results (or of what is known before the games) that were never made for the date."""
    wanted = [table.name for table in tables if table.name in optional and table.holds_results == results]
    return [name for name in wanted if not is_made(instance, name, day)]


def is_made(instance: dg.DagsterInstance, table: str, day: date) -> bool:
    """Whether the partition was ever materialised."""
    found = instance.event_log_storage.get_latest_storage_id_by_partition(
        dg.AssetKey(table.split(".")), dg.DagsterEventType.ASSET_MATERIALIZATION, {day.isoformat()}
    )
    return bool(found)


def tables_to_close(tables: Sequence[Table], *, off_season: bool) -> list[str]:
    """Every partitioned table, and in season those without partitions, which are made once a day."""
    return [str(table) for table in tables if table.partition_column or not off_season]


def unpartitioned(tables: Sequence[Table]) -> list[str]:
    return [str(table) for table in tables if not table.partition_column]
