"""What a transform reads: which rows of which table, as an edge of the graph.

A range run reads the UNION of the windows of its dates, so an edge bounds what is read and never decides what a
row may use: strictness belongs to `asof`. Does NOT belong here: reading, a particular table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, cast, get_args

import dagster as dg

from nba_pipeline import catalog
from nba_pipeline.calendar import earliest_season_day
from nba_pipeline.orchestration.partitions import FIRST_DAY
from nba_pipeline.schema import Table

SEASON_DAYS = 300  # longest span from a season's first to its last game date, with room (measured: 247)

Edge = Literal["same_day", "season_to_date", "season_through", "window", "whole", "full"]
WINDOW_EDGES: frozenset[Edge] = frozenset({"season_to_date", "season_through", "window"})  # read earlier dates too


@dataclass(frozen=True)
class TableInput:
    """Rows of an upstream table. `columns` prunes what is read; `days` is the length of a `window` edge.

    ordered: rows come in the order of the primary key; False where the transform asks for no order, which saves a sort.
    """

    table: Table
    edge: Edge
    columns: tuple[str, ...]
    days: int = 0
    ordered: bool = True

    def partition_mapping(self) -> dg.PartitionMapping | None:
        match self.edge:
            case "same_day":
                return dg.TimeWindowPartitionMapping()
            case "season_to_date":
                return dg.TimeWindowPartitionMapping(start_offset=-SEASON_DAYS, end_offset=-1)
            case "season_through":
                return dg.TimeWindowPartitionMapping(start_offset=-SEASON_DAYS, end_offset=0)
            case "window":
                return dg.TimeWindowPartitionMapping(start_offset=-self.days, end_offset=0)
            case "full":
                return dg.AllPartitionMapping()
            case "whole":
                return None

    def metadata(self) -> dict[str, str | int | bool]:
        """What Dagster keeps of the edge; `table_input` reads it back."""
        return {"edge": self.edge, "columns": ", ".join(self.columns), "days": self.days, "ordered": self.ordered}

    def bounds(self, first: date, last: date) -> tuple[date, date]:
        """First and last partition to read for rows of first..last; first > last means there is nothing to read."""
        season = max(earliest_season_day(first), FIRST_DAY)
        match self.edge:
            case "season_to_date":
                return season, last - timedelta(days=1)
            case "season_through":
                return season, last
            case "window":
                return max(first - timedelta(days=self.days), FIRST_DAY), last
            case _:
                return first, last


def table_input(key: dg.AssetKey, metadata: Mapping[str, object]) -> TableInput:
    """The edge that an asset input was declared with, from its upstream key and its metadata."""
    edge = str(metadata["edge"])
    if edge not in get_args(Edge):
        raise ValueError(f"input from {key.to_user_string()}: unknown edge {edge!r}; use one of {get_args(Edge)}.")
    columns, days = tuple(str(metadata["columns"]).split(", ")), int(str(metadata["days"]))
    ordered = str(metadata["ordered"]) == "True"
    return TableInput(catalog.tables()[".".join(key.path)], cast("Edge", edge), columns, days, ordered)


@dataclass(frozen=True)
class LandedInput:
    """Files of the landing zone: payloads of `feeds` and archive rows of folder `archive`."""

    feeds: tuple[str, ...]
    archive: str | None
    archive_columns: tuple[str, ...]


@dataclass(frozen=True)
class ScheduleInput:
    """The schedule of the seasons touched, as parsed from its newest usable files, days after the window included."""


Input = TableInput | LandedInput | ScheduleInput


def same_day(table: Table, columns: Sequence[str], *, ordered: bool = True) -> TableInput:
    """The same partitions as those computed."""
    return TableInput(table, "same_day", tuple(columns), ordered=ordered)


def season_to_date(table: Table, columns: Sequence[str]) -> TableInput:
    """Season start to the day before the last date computed."""
    return TableInput(table, "season_to_date", tuple(columns))


def season_through(table: Table, columns: Sequence[str]) -> TableInput:
    """Season start to the last date computed."""
    return TableInput(table, "season_through", tuple(columns))


def window(table: Table, *, days: int, columns: Sequence[str]) -> TableInput:
    """`days` days before the first date computed, to the last date."""
    return TableInput(table, "window", tuple(columns), days)


def whole(table: Table, columns: Sequence[str]) -> TableInput:
    """All rows of a table without partitions."""
    if table.partition_column:
        raise ValueError(f"{table} is partitioned: read it with same_day, season_to_date, window or full.")
    return TableInput(table, "whole", tuple(columns))


def full(table: Table, columns: Sequence[str]) -> TableInput:
    """Every stored partition, for a table without partitions that is built from a partitioned one."""
    return TableInput(table, "full", tuple(columns))


def landed(feeds: Sequence[str], archive: str | None = None, archive_columns: Sequence[str] = ()) -> LandedInput:
    """Payload files and archive rows of the dates computed."""
    return LandedInput(tuple(feeds), archive, tuple(archive_columns))


def season_schedule() -> ScheduleInput:
    """The whole-season schedule for resolving raw rows to games."""
    return ScheduleInput()
