"""Bulk history: `archive/{table}/{season}.parquet`, read once per window with only the columns asked for.

Does NOT belong here: what a column means, conversion, resolution to the schedule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import IO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from fsspec import AbstractFileSystem

from nba_pipeline.calendar import earliest_season_day
from nba_pipeline.landing.filesystem import TRANSPORT_ERRORS
from nba_pipeline.schema.frames import STRING_DTYPE, TIMESTAMP_DTYPE

DATE_COLUMN = "game_date"
REQUIRED_COLUMNS: dict[str, tuple[str, ...]] = {
    "nbac_schedule": ("nba_game_id", "game_status", "home_team_abbr", "away_team_abbr", "home_score", "away_score"),
    "nbac_player_boxscores": ("team_abbr", "player_name", "player_status", "is_dnp", "minutes", "pts"),
    "nbac_team_boxscores": ("team_abbr", "team_id", "pts"),
    "nbac_play_by_play": ("teamTricode", "actionNumber", "period", "clock", "actionType", "scoreHome", "scoreAway"),
    "nbac_shot_chart": ("team_abbr", "action_number", "period", "nba_player_id", "shot_value", "is_made"),
    "odds_api_game_lines": ("home_team_abbr", "away_team_abbr", "bookmaker_key"),
    "player_points_props": ("home_team_abbr", "away_team_abbr", "bookmaker_key", "player_name", "line"),
    "nbac_referee_assignments": ("home_team_abbr", "away_team_abbr"),
}
"""Columns without which a file of the folder is refused as a whole; any other absent column is NULL."""

_SEASON_FILE = re.compile(r"(?P<year>\d{4})-\d{2}\.parquet$")


@dataclass(frozen=True)
class ArchiveRows:
    """Archive rows of a window, and the files that could not be read."""

    rows: pd.DataFrame
    errors: tuple[tuple[str, str], ...] = ()


def season_year_of(day: date) -> int:
    """The season of one day by the date rule."""
    return earliest_season_day(day).year


def season_bounds(first: date, last: date) -> tuple[date, date]:
    """First and last day of the seasons that contain the two days."""
    end = earliest_season_day(last)
    return earliest_season_day(first), end.replace(year=end.year + 1) - timedelta(days=1)


def read_archive(
    filesystem: AbstractFileSystem, root: str, folder: str, columns: Sequence[str], first: date, last: date
) -> ArchiveRows:
    """Rows with `game_date` in [first, last] of the season files of `folder`, with `source_file` and `row_number`."""
    tables, errors = [], []
    for path in _season_files(filesystem, f"{root}/{folder}", first, last):
        relative = f"archive/{folder}/{path.rsplit('/', 1)[-1]}"
        # Only what is inside the file makes it a bad one; that it cannot be fetched is an error of the landing zone.
        with filesystem.open(path, "rb") as stream:
            try:
                tables.append(_read_file(stream, relative, folder, columns, first, last))
            except TRANSPORT_ERRORS:
                raise
            except (pa.ArrowException, OSError, EOFError) as error:
                errors.append((relative, f"{error}".splitlines()[0][:300] or type(error).__name__))
    return ArchiveRows(_to_frame(tables, columns), tuple(errors))


def _season_files(filesystem: AbstractFileSystem, folder: str, first: date, last: date) -> list[str]:
    try:
        listed = filesystem.ls(folder, detail=False)
    except FileNotFoundError:
        return []
    wanted = range(season_year_of(first), season_year_of(last) + 1)
    found = ((path, _SEASON_FILE.search(path)) for path in listed)
    return sorted(path for path, match in found if match and int(match["year"]) in wanted)


def _read_file(
    stream: IO[bytes], relative: str, folder: str, columns: Sequence[str], first: date, last: date
) -> pa.Table:
    parquet = pq.ParquetFile(stream)
    present = set(parquet.schema_arrow.names)
    missing = [name for name in (DATE_COLUMN, *REQUIRED_COLUMNS.get(folder, ())) if name not in present]
    if missing:
        raise pa.ArrowInvalid(f"required column(s) {missing} are missing")
    days = parquet.read(columns=[DATE_COLUMN]).column(0).cast(pa.date32())
    mask = pc.and_(pc.greater_equal(days, pa.scalar(first)), pc.less_equal(days, pa.scalar(last)))
    rows = np.flatnonzero(mask.to_numpy(zero_copy_only=False).astype(bool))
    if not len(rows):
        return pa.table({})
    table = parquet.read(columns=[name for name in columns if name in present])
    table = table if len(rows) == len(days) else table.filter(mask)
    source = pa.array([relative]).take(pa.array(np.zeros(len(rows), "int32")))
    return table.append_column("source_file", source).append_column("row_number", pa.array(rows))


def empty_archive(columns: Sequence[str]) -> pd.DataFrame:
    """No archive rows."""
    return pd.DataFrame({name: pd.Series(dtype="object") for name in (*columns, "source_file", "row_number")})


def _to_frame(tables: list[pa.Table], columns: Sequence[str]) -> pd.DataFrame:
    filled = [table for table in tables if table.num_columns]
    names = [*columns, "source_file", "row_number"]
    if not filled:
        return empty_archive(columns)
    table = pa.concat_tables(filled, promote_options="permissive")
    return pd.DataFrame({name: _to_series(table, name) for name in names})


def _to_series(table: pa.Table, name: str) -> pd.Series:
    """One column in the dtype convention of the warehouse; lists stay Arrow lists; absent columns are all missing."""
    if name not in table.column_names:
        return pd.Series([None], dtype="object").reindex(range(table.num_rows))
    values = table.column(name)
    kind = values.type
    if pa.types.is_date(kind):
        return values.cast(pa.timestamp("us")).to_pandas()
    if pa.types.is_timestamp(kind):
        return values.cast(pa.timestamp("us", tz="UTC")).to_pandas().astype(TIMESTAMP_DTYPE)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return values.to_pandas(types_mapper={kind: STRING_DTYPE}.get)
    if pa.types.is_integer(kind):
        return values.to_pandas(types_mapper={kind: pd.Int64Dtype()}.get) if values.null_count else values.to_pandas()
    if pa.types.is_boolean(kind):
        return values.to_pandas(types_mapper={kind: pd.BooleanDtype()}.get)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return values.to_pandas(types_mapper=pd.ArrowDtype)
    return values.to_pandas()
