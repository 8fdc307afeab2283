"""How new the source of a partition is: the newest instant of its landed files and of the observations in its rows.

An archive that was bought or copied as a whole has no instant of its own. A table made of tables has its input
versions instead. Does NOT belong here: choosing between two files (the transforms).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

import pandas as pd

from nba_pipeline.calendar import season_year_of
from nba_pipeline.landing import Landed, LandedFile
from nba_pipeline.landing.grammar import SEASON_FEEDS
from nba_pipeline.schema import Table

OLDEST = datetime.min.replace(tzinfo=UTC)


def newest_files(landed: Iterable[Landed], dates: pd.DatetimeIndex) -> dict[date, datetime]:
    """Partition date -> when the newest of its files was fetched; a season's file is one of all its dates."""
    by_season = {day.date(): int(year) for day, year in zip(dates, season_year_of(dates), strict=True)}
    newest: dict[date, datetime] = {}
    for file in (file for one in landed for file in one.files):
        for day in _days_of(file, by_season):
            newest[day] = max(newest.get(day, OLDEST), file.fetched_at)
    return newest


def newest_observations(table: Table, rows: pd.DataFrame) -> dict[date, datetime]:
    """Partition date -> newest instant of observation: the instant in the key of a table that keeps every snapshot."""
    instants = [name for name in table.primary_key if table.by_name[name].type == "TIMESTAMP"]
    if not table.partition_column or not instants or not len(rows):
        return {}
    newest = rows.groupby(table.partition_column)[instants].max().max(axis=1).dropna()
    days = pd.DatetimeIndex(newest.index)
    return {day.date(): instant.to_pydatetime() for day, instant in zip(days, newest, strict=True)}


def newest_of(*sources: Mapping[date, datetime]) -> dict[date, datetime]:
    """The later instant of every date."""
    days = {day for source in sources for day in source}
    return {day: max(source.get(day, OLDEST) for source in sources) for day in days}


def _days_of(file: LandedFile, by_season: Mapping[date, int]) -> Iterable[date]:
    if file.feed not in SEASON_FEEDS:
        return [file.date] if file.date in by_season else []
    season = file.unit[:4]
    return [day for day, year in by_season.items() if not season.isdigit() or int(season) == year]
