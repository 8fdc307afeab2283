"""All look-back tables computed in memory from one book of base tables, in the order of the graph.

A change of a base table therefore reaches every table that rests on it, however far down. Frames are cut to the
partitions and columns that a run of the same dates would read. Does NOT belong here: changing a book, judging.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from nba_pipeline import catalog
from nba_pipeline.orchestration.differences import stored_form
from nba_pipeline.orchestration.inputs import TableInput
from nba_pipeline.orchestration.recompute import Recipe
from nba_pipeline.schema import Table
from nba_pipeline.schema.frames import empty_frame, frame_from_arrow

Book = Mapping[str, pd.DataFrame]
"""`layer.name` -> rows of a base table, of any dates."""

Recipes = Mapping[str, Recipe]
Arrange = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True)
class Made:
    """Rows of some dates of one table as they would be stored, and why a date has none."""

    table: Table
    rows: pa.Table
    skip_reasons: Mapping[object, str]

    def on(self, dates: pd.DatetimeIndex) -> Made:
        """The part of these dates."""
        days = self.rows.column(str(self.table.partition_column)).to_numpy().astype("datetime64[us]")
        of_dates = pa.array(np.isin(days, dates.to_numpy()))
        wanted = {day.date() for day in dates}
        return Made(
            self.table,
            self.rows.filter(of_dates),
            {day: reason for day, reason in self.skip_reasons.items() if day in wanted},
        )


def base_tables(recipes: Recipes) -> dict[str, Table]:
    """The tables that the chain reads and does not make itself."""
    read = {str(edge.table): edge.table for recipe in recipes.values() for edge in recipe.inputs.values()}
    return {name: table for name, table in read.items() if name not in recipes}


def with_made(book: Book, whole: Mapping[str, Made]) -> dict[str, pd.DataFrame]:
    """The book with the tables that were made of it, for a chain that makes only some of them."""
    return {**book, **{name: frame_from_arrow(made.table, made.rows) for name, made in whole.items()}}


def complete(book: Book, recipes: Recipes) -> dict[str, pd.DataFrame]:
    """The book with an empty frame for every base table it lacks."""
    return {name: book.get(name, empty_frame(table)) for name, table in base_tables(recipes).items()}


def run_chain(
    book: Book,
    recipes: Recipes,
    dates: pd.DatetimeIndex,
    *,
    arrange: Arrange | None = None,
    asked: pd.DatetimeIndex | None = None,
) -> dict[str, Made]:
    """Every table of the recipes on the dates (ascending; days between them are read, not computed).

    arrange: applied to every frame before a transform sees it. asked: the dates in the order a transform gets them.
    """
    frames_of: dict[str, pd.DataFrame] = {}
    made: dict[str, Made] = {}
    for name, recipe in recipes.items():
        frames = {}
        for parameter, edge in recipe.inputs.items():
            source = str(edge.table)
            if source in recipes and edge.edge != "same_day":
                raise NotImplementedError(f"{name} reads earlier dates of {source}: compute those dates as well.")
            frame = read(edge, frames_of[source] if source in recipes else book[source], dates)
            frames[parameter] = arrange(frame) if arrange else frame
        rows = recipe.compute(frames, dates if asked is None else asked)
        frames_of[name] = rows.rows
        made[name] = Made(recipe.table, stored_form(recipe.table, rows.rows), dict(rows.skip_reasons))
    return made


def read(edge: TableInput, rows: pd.DataFrame, dates: pd.DatetimeIndex) -> pd.DataFrame:
    """What a run of the dates reads of these rows."""
    if edge.table.partition_column is None:
        return rows[list(edge.columns)]
    first, last = edge.bounds(dates[0].date(), dates[-1].date())
    days = rows[edge.table.partition_column]
    return rows.loc[days.between(pd.Timestamp(first), pd.Timestamp(last)), list(edge.columns)].reset_index(drop=True)


def table_named(name: str) -> Table:
    return catalog.tables()[name]
