"""A table's rows once more, outside a run: from frames that the caller reads, cuts or changes first.

Only tables made of other tables can be recomputed; a raw table is made of files. Does NOT belong here: judging the
outcome, writing it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from graphlib import TopologicalSorter
from inspect import signature
from types import ModuleType
from typing import Any

import pandas as pd

from nba_pipeline import catalog
from nba_pipeline.orchestration.inputs import TableInput, table_input
from nba_pipeline.orchestration.table_asset import Transform
from nba_pipeline.schema import Table, TableRows
from nba_pipeline.schema.frames import frame_from_arrow
from nba_pipeline.warehouse import Warehouse

EARLIER = ("season_to_date", "season_through", "window")
"""Edges over which a row sees more than its own date."""

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "reference.games": ("is_final", "home_points", "away_points", "winning_team_abbr"),
}
"""Tables that are known before their date, and their columns that only the end of a game fills."""

Frames = Mapping[str, pd.DataFrame]
"""Frame per parameter of a transform."""


@dataclass(frozen=True)
class Recipe:
    """What makes a table: its transform and the declared edge of every parameter."""

    table: Table
    transform: Transform
    inputs: Mapping[str, TableInput]

    @property
    def reads_files(self) -> bool:
        return bool(set(signature(self.transform).parameters) - {*self.inputs, "dates"})

    def compute(self, frames: Frames, dates: pd.DatetimeIndex) -> TableRows:
        """Rows of the dates from these frames."""
        asked = {"dates": dates} if "dates" in signature(self.transform).parameters else {}
        made = self.transform(**frames, **asked)
        return made if isinstance(made, TableRows) else TableRows(made)

    def read(self, warehouse: Warehouse, first: date, last: date) -> dict[str, pd.DataFrame]:
        """What a run of first..last reads."""
        frames = {}
        for name, edge in self.inputs.items():
            low, high = edge.bounds(first, last) if edge.table.partition_column else (None, None)
            stored = warehouse.read(edge.table, columns=edge.columns, first=low, last=high)
            frames[name] = frame_from_arrow(edge.table, stored)
        return frames


def recipes() -> dict[str, Recipe]:
    """`layer.name` -> recipe of every table; those made of files need these beside the frames."""
    return {name: _recipe(module) for name, module in catalog.table_modules().items()}


def look_back_recipes() -> dict[str, Recipe]:
    """`layer.name` -> recipe of every table whose rows rest on earlier dates, sources before their readers.

    These are the tables with an edge to earlier dates, and those that read such a table on the same date. A table
    made of files is none of them, whatever else it reads.
    """
    every = recipes()
    sources = {name: [str(edge.table) for edge in recipe.inputs.values()] for name, recipe in every.items()}
    found: dict[str, Recipe] = {}
    for name in TopologicalSorter(sources).static_order():
        recipe = every[name]
        looks_back = any(edge.edge in EARLIER or str(edge.table) in found for edge in recipe.inputs.values())
        if looks_back and recipe.table.partition_column and not recipe.reads_files:
            found[name] = recipe
    return found


def instant_column(table: Table) -> str | None:
    """When a row became known, for tables that keep snapshots: the instant that is part of their key."""
    instants = [name for name in table.primary_key if table.by_name[name].type == "TIMESTAMP"]
    return instants[0] if instants else None


def without_outcomes(table: Table, frame: pd.DataFrame, where: pd.Series[bool]) -> pd.DataFrame:
    """The rows of a schedule as they stood before the games of the rows `where`."""
    blanked = frame.copy()
    for name in OUTCOMES[str(table)]:
        if name in blanked.columns:
            blanked[name] = blanked[name].mask(where, False if table.by_name[name].required else None)
    return blanked


def columns_read(table: Table, recipes: Iterable[Recipe]) -> tuple[str, ...]:
    """The columns of a table that the recipes read, in contract order."""
    read = {
        name for recipe in recipes for edge in recipe.inputs.values() if edge.table == table for name in edge.columns
    }
    return tuple(name for name in table.column_names if name in read)


def _recipe(module: ModuleType) -> Recipe:
    asset: Any = module.asset
    metadata = {definition.name: definition.metadata for definition in asset.node_def.input_defs}
    inputs = {
        name: table_input(key, metadata[name])
        for name, key in asset.keys_by_input_name.items()
        if "edge" in metadata[name]
    }
    return Recipe(module.TABLE, module.transform, inputs)
