"""A book as it would be without, or with other, knowledge of some dates and of what came after them.

Which table is a schedule (known before, results after), keeps snapshots (known at an instant) or holds results is
read from the declarations, so that a new base table is a table of results until it says otherwise.
Does NOT belong here: a statistic, recomputing.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import numpy as np
import pandas as pd

from nba_pipeline.calendar import season_year_of
from nba_pipeline.orchestration.recompute import OUTCOMES, instant_column, look_back_recipes, without_outcomes
from nba_pipeline.reference.team_games import cutoff_at
from nba_pipeline.schema import Column, Table
from nba_pipeline_tests.proofs.chain import Book, table_named

Way = Literal["deleted", "corrupted"]
CORRUPTED_DAYS = 7  # days from the cut on whose rows are kept with other content; later ones are deleted either way
AFTER_TIP_OFF = (pd.Timedelta(seconds=1), pd.Timedelta(minutes=90))
FACTORS = (0.3, 3.0)
NUMBERS = ("INT64", "FLOAT64")
KEPT_UNITS = ("identifier", "year")
GAMES = "reference.games"
NOTHING = pd.Timedelta(0)


def without_knowledge(book: Book, days: pd.DatetimeIndex, way: Way, seed: int) -> dict[str, pd.DataFrame]:
    """The book with everything from each day on, up to the end of its season, deleted or corrupted.

    The schedule keeps the games of the days; quotes and reports up to the tip-off stay, later ones are added.
    """
    rng = np.random.default_rng(seed)
    return {name: _cut(book, table_named(name), days, way, rng) for name in book}


def with_other_results(book: Book, days: pd.DatetimeIndex, seed: int) -> dict[str, pd.DataFrame]:
    """The book with other results on exactly these days."""
    rng = np.random.default_rng(seed)
    changed = {}
    for name, frame in book.items():
        table = table_named(name)
        if _is_no_input(name) or instant_column(table):
            changed[name] = frame
            continue
        of_days = frame[table.partition_column].isin(days)
        altered = _scrambled(table, frame[of_days], rng, only=OUTCOMES.get(name), numbers_only=True)
        changed[name] = pd.concat([frame[~of_days], altered], ignore_index=True)
    return changed


def with_other_snapshots(book: Book, days: pd.DatetimeIndex, seed: int) -> dict[str, pd.DataFrame]:
    """The book with other quotes and reports of the games of these days, dated exactly at the tip-off."""
    rng = np.random.default_rng(seed)
    changed = {}
    for name, frame in book.items():
        table = table_named(name)
        instant = None if _is_no_input(name) else instant_column(table)
        if instant:
            of_days = frame[_date(table)].isin(days)
            changed[name] = _with_copies(table, frame, of_days, book[GAMES], (NOTHING,), rng)
        else:
            changed[name] = frame
    return changed


@cache
def _is_no_input(name: str) -> bool:
    """Tables that are never changed: identities without a date, and tables made of the others."""
    return table_named(name).partition_column is None or name in look_back_recipes()


def numeric_columns(table: Table) -> list[Column]:
    """Columns that hold a measurement: no key, identifier or season."""
    return [
        column
        for column in table.columns
        if column.type in NUMBERS and column.unit not in KEPT_UNITS and column.name not in table.primary_key
    ]


def _cut(book: Book, table: Table, days: pd.DatetimeIndex, way: Way, rng: np.random.Generator) -> pd.DataFrame:
    frame = book[str(table)]
    if _is_no_input(str(table)) or not len(frame):
        return frame
    date = frame[_date(table)]
    cut = pd.Series(season_year_of(date), index=frame.index).map(dict(zip(season_year_of(days), days, strict=True)))
    on_or_after, after = date >= cut, date > cut
    if str(table) in OUTCOMES:
        kept = frame[~after] if way == "deleted" else frame
        if way == "deleted":
            return without_outcomes(table, kept, on_or_after[kept.index])
        altered = _scrambled(table, frame[on_or_after], rng, only=OUTCOMES[str(table)])
        return pd.concat([frame[~on_or_after], altered], ignore_index=True)
    if instant_column(table):
        known = _with_copies(table, frame[~after], on_or_after[~after], book[GAMES], AFTER_TIP_OFF, rng)
        return known if way == "deleted" else _joined(known, _scrambled(table, frame[_soon(after, date, cut)], rng))
    known = frame[~on_or_after]
    return known if way == "deleted" else _joined(known, _scrambled(table, frame[_soon(on_or_after, date, cut)], rng))


def _soon(where: pd.Series, date: pd.Series, cut: pd.Series) -> pd.Series:
    return where & (date < cut + pd.Timedelta(days=CORRUPTED_DAYS))


def _joined(*frames: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame for frame in frames if len(frame)] or list(frames[:1]), ignore_index=True)


def _date(table: Table) -> str:
    """The date a row is about: of the game where the table is partitioned by something else."""
    return "game_date" if "game_date" in table.by_name else str(table.partition_column)


def _with_copies(
    table: Table,
    frame: pd.DataFrame,
    of_days: pd.Series,
    games: pd.DataFrame,
    delays: tuple[pd.Timedelta, ...],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """The frame and other content of its rows `of_days`, known only these delays after the tip-off."""
    instant = str(instant_column(table))
    cutoffs = cutoff_at(games).set_axis(games["nba_game_id"])
    copies = [
        _scrambled(table, frame[of_days], rng).assign(
            **{instant: (frame.loc[of_days, "nba_game_id"].map(cutoffs) + delay).astype(frame[instant].dtype)}
        )
        for delay in delays
    ]
    key = [name for name in table.primary_key if name in frame.columns]
    return _joined(frame, *copies).drop_duplicates(key, keep="last").reset_index(drop=True)


def _scrambled(
    table: Table,
    frame: pd.DataFrame,
    rng: np.random.Generator,
    *,
    only: tuple[str, ...] | None = None,
    numbers_only: bool = False,
) -> pd.DataFrame:
    """The rows with numbers multiplied by random factors, flags drawn anew, and words dealt to other rows.

    Keys that are words or dates stay, and so do identifiers and seasons.
    """
    changed = frame.copy()
    for name in frame.columns if only is None else [column for column in only if column in frame.columns]:
        column, values = table.by_name[name], frame[name]
        is_key = name in table.primary_key and column.type != "FLOAT64"  # a line may be part of a key
        if column.unit in KEPT_UNITS or is_key or (numbers_only and column.type not in NUMBERS):
            continue
        if column.type in NUMBERS:
            numbers = values.astype("Float64") * rng.uniform(*FACTORS, len(frame))
            values = numbers.round() if column.type == "INT64" else numbers
        elif column.type == "BOOL":
            values = pd.Series(rng.random(len(frame)) < 0.5, index=frame.index)
        elif column.type == "STRING":
            values = pd.Series(values.to_numpy()[rng.permutation(len(frame))], index=frame.index)
        changed[name] = values.astype(frame[name].dtype)
    return changed
