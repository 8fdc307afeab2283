"""Transforms that are wrong on purpose, made from the right ones: what the proofs must catch.

Does NOT belong here: a transform that anybody runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from itertools import count

import numpy as np
import pandas as pd

from nba_pipeline.orchestration.recompute import Recipe
from nba_pipeline.schema import TableRows
from nba_pipeline_tests.proofs.chain import Recipes
from nba_pipeline_tests.proofs.changes import numeric_columns

ONE_DAY, ONE_WEEK = pd.Timedelta(days=1), pd.Timedelta(days=7)
TIP_OFF = "tip_off_at"
PLAYERS = "analytics.player_game_summary"

Frames = dict[str, pd.DataFrame]
Double = Callable[[Recipe], Recipe]


def doubled(recipes: Recipes, name: str, double: Double) -> dict[str, Recipe]:
    """The recipe of this table alone, wrong; the book holds what it reads, rightly made."""
    return {name: double(recipes[name])}


def inclusive(recipe: Recipe) -> Recipe:
    """`<=` instead of `<`: a game is dated a day earlier, so that what is strictly before a day takes in the day."""

    def frames_with_the_day(frames: Frames) -> Frames:
        return {
            name: _moved(frame, str(recipe.inputs[name].table.partition_column), ONE_DAY)
            if recipe.inputs[name].edge == "season_to_date"
            else frame
            for name, frame in frames.items()
        }

    return _reading(recipe, frames_with_the_day)


def late(recipe: Recipe) -> Recipe:
    """Quotes and reports count for a day longer than they may, whatever the row then says of its tip-off."""

    def with_later_tip_off(frames: Frames) -> Frames:
        return {name: _moved(frame, TIP_OFF, -ONE_DAY) if TIP_OFF in frame else frame for name, frame in frames.items()}

    reading = _reading(recipe, with_later_tip_off)
    return _writing(reading, lambda rows, frames: _moved(rows, TIP_OFF, ONE_DAY))


def selecting_who_played(recipe: Recipe) -> Recipe:
    """Only players who then were on the floor are rows, as far as the inputs know already."""
    table = recipe.table

    def chosen(rows: pd.DataFrame, frames: Frames) -> pd.DataFrame:
        games = next(frames[name] for name, edge in recipe.inputs.items() if str(edge.table) == PLAYERS)
        played = games[(games["seconds_played"] > 0).fillna(False).astype("bool")]
        known_day = rows[table.partition_column].isin(games["game_date"])
        pairs = pd.MultiIndex.from_frame(rows[[table.partition_column, "player_lookup"]])
        return rows[~known_day | pairs.isin(pd.MultiIndex.from_frame(played[["game_date", "player_lookup"]]))]

    return _writing(recipe, chosen)


def lagging(recipe: Recipe) -> Recipe:
    """The newest week of earlier games is not looked at."""

    def without_the_newest(frames: Frames) -> Frames:
        return {
            name: _moved(frame, str(recipe.inputs[name].table.partition_column), -ONE_WEEK)
            if recipe.inputs[name].edge == "season_to_date"
            else frame
            for name, frame in frames.items()
        }

    return _reading(recipe, without_the_newest)


def dropping_rows(recipe: Recipe) -> Recipe:
    """The last row of every date is lost."""
    date = str(recipe.table.partition_column)
    return _writing(recipe, lambda rows, frames: rows[rows.duplicated(date, keep="last")])


def taking_rows_as_they_come(recipe: Recipe) -> Recipe:
    """An earlier game has the numbers of the row that happens to stand above it."""

    def with_numbers_from_above(frames: Frames) -> Frames:
        changed = dict(frames)
        for name, edge in recipe.inputs.items():
            if edge.edge == "season_to_date" and len(frames[name]):
                numbers = [c.name for c in numeric_columns(edge.table) if c.name in edge.columns]
                above = frames[name][numbers].iloc[np.arange(-1, len(frames[name]) - 1)]
                changed[name] = frames[name].assign(**{n: above[n].to_numpy(copy=False) for n in numbers})
                changed[name] = changed[name].astype(frames[name].dtypes)
        return changed

    return _reading(recipe, with_numbers_from_above)


def unsteady(recipe: Recipe) -> Recipe:
    """Every call gives slightly other numbers, as a clock or a random seed would."""
    calls = count(1)
    number = next(c.name for c in numeric_columns(recipe.table) if c.type == "FLOAT64")
    return _writing(recipe, lambda rows, frames: rows.assign(**{number: rows[number] + next(calls) * 1e-9}))


def _moved(frame: pd.DataFrame, column: str, back: pd.Timedelta) -> pd.DataFrame:
    return frame.assign(**{column: frame[column] - back})


def _reading(recipe: Recipe, change: Callable[[Frames], Frames]) -> Recipe:
    """The recipe with other frames than those it is given."""

    @wraps(recipe.transform)
    def transform(dates: pd.DatetimeIndex, **frames: pd.DataFrame) -> TableRows:
        return recipe.compute(change(frames), dates)

    return replace(recipe, transform=transform)


def _writing(recipe: Recipe, change: Callable[[pd.DataFrame, Frames], pd.DataFrame]) -> Recipe:
    """The recipe with other rows than those it makes."""

    @wraps(recipe.transform)
    def transform(dates: pd.DatetimeIndex, **frames: pd.DataFrame) -> TableRows:
        made = recipe.compute(frames, dates)
        return replace(made, rows=change(made.rows, frames).reset_index(drop=True))

    return replace(recipe, transform=transform)
