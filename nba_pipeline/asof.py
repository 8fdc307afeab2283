"""Trailing windows and the strict as-of join: the only place that knows what "the last n earlier games" are.

A `History` holds game-grain rows, sorted by season, entity and day. Its methods return one value per row that
includes that row: its *state* after that game. `History.as_of` and `expand` find, for every (entity, day) of a grid,
the newest row of the same season dated strictly before the day; an `AsOf` then picks states at those rows. So a
value for a day depends only on earlier games, whatever range of days is asked for together.

Whole numbers come from prefix sums and are exact. Floats are added newest to oldest over exactly the games of the
window, so that neither the range nor an older game can change the last bit. A row whose value is NULL adds nothing.
Does NOT belong here: a team, a statistic, a table, a calendar date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nba_pipeline.calendar import season_year_of

DAY_SPAN = 1 << 20  # days; wider than any calendar day number since 1970, so (entity, day) fits one integer

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Values = str | npt.NDArray[Any]
"""A column of the history, or an array with one value per row of `History.rows`."""


class History:
    """Game-grain rows of entities, one row per entity and day, in the order (season, entity, day).

    The order of the rows given does not matter. `rows` are those rows sorted; every state is aligned with them.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        entity: str | Sequence[str],
        *,
        date: str = "game_date",
        season: str = "season_year",
    ) -> None:
        self.entity: tuple[str, ...] = (entity,) if isinstance(entity, str) else tuple(entity)
        self.date, self.season = date, season
        _refuse_missing(frame, [season, *self.entity, date])
        self._levels = [pd.Index(frame[name].unique()).sort_values() for name in (season, *self.entity)]
        code, day = self._code(frame, (season, *self.entity)), _days(frame[date])
        order = np.lexsort((day, code))
        self.rows: pd.DataFrame = frame.iloc[order]
        self.rows.index = pd.RangeIndex(len(order))  # without a second copy
        self.day: Ints = day[order]
        self._codes, self._start, self._group = np.unique(code[order], return_index=True, return_inverse=True)
        self._key: Ints = self._group * DAY_SPAN + self.day
        self._first: Ints = self._start[self._group]
        self._refuse_repeated()

    def values(self, values: Values) -> npt.NDArray[Any]:
        """One number per row: int64 where the column is whole numbers or flags (0 where NULL), else float64."""
        if not isinstance(values, str):
            return values
        column = self.rows[values]
        if pd.api.types.is_bool_dtype(column.dtype) or pd.api.types.is_integer_dtype(column.dtype):
            return column.to_numpy(dtype=np.int64, na_value=0)
        return column.to_numpy(dtype=np.float64, na_value=np.nan)

    def known(self, *columns: str) -> Flags:
        """Rows in which none of the columns is NULL."""
        return np.asarray(self.rows[list(columns)].notna().all(axis=1), dtype=np.bool_)

    def count(self, *, last: int | None = None, where: Flags | None = None) -> Ints:
        """Rows (satisfying `where`) among the last n rows including this one; all of the season without `last`."""
        flags = np.ones(len(self.rows), dtype=np.int64) if where is None else where.astype(np.int64)
        return self._window(_prefix(flags), last)

    def total(self, values: Values, *, last: int | None = None, where: Flags | None = None) -> Ints:
        """Exact sum of whole numbers over the last n rows including this one; NULL adds nothing."""
        numbers = self.values(values)
        if numbers.dtype.kind not in "iub":
            raise TypeError(
                f"total of {_name(values)}: {numbers.dtype} values cannot be summed exactly; "
                "give whole numbers (Int64) or use float_total."
            )
        return self._window(_prefix(numbers.astype(np.int64) * self._used(values, where)), last)

    def float_total(self, values: Values, *, last: int | None = None, where: Flags | None = None) -> Floats:
        """Sum over the last n rows including this one, added newest to oldest; NULL adds nothing."""
        numbers = self.values(values).astype(np.float64)
        added = np.where(self._used(values, where), numbers, 0.0)
        age = np.arange(len(added)) - self._first
        longest = int(age.max(initial=-1)) + 1
        totals = np.zeros(len(added))
        for back in range(longest if last is None else min(last, longest)):
            rows = np.flatnonzero(age >= back)
            totals[rows] += added[rows - back]
        return totals

    def mean(self, values: Values, *, last: int | None = None, where: Flags | None = None) -> Floats:
        """Mean of the non-NULL values of the last n rows including this one; NaN without any."""
        exact = self.values(values).dtype.kind in "iub"
        total = (self.total if exact else self.float_total)(values, last=last, where=where)
        return ratio(total, self.count(last=last, where=self._used(values, where)))

    def sample_std(self, values: Values, *, last: int | None = None, where: Flags | None = None) -> Floats:
        """Sample standard deviation of whole numbers, from exact sums; NaN for fewer than two values."""
        numbers = self.values(values)
        n = self.count(last=last, where=self._used(values, where))
        total = self.total(values, last=last, where=where)
        squares = self.total(numbers * numbers, last=last, where=self._used(values, where))
        return np.sqrt(ratio(n * squares - total * total, n * (n - 1)))

    def days_since_previous(self) -> Floats:
        """Days from the entity's previous row of the season to this one; NaN for its first."""
        since = np.diff(self.day, prepend=0).astype(np.float64)
        since[self._start] = np.nan
        return since

    def run(self, where: Flags) -> Ints:
        """Length of the unbroken run of rows satisfying `where` that ends with this row; 0 when it does not."""
        return np.arange(len(self.rows)) - np.maximum(self._newest(~where), self._first - 1)

    def as_of(
        self,
        grid: pd.DataFrame,
        *,
        entity: str | Sequence[str] | None = None,
        date: str | None = None,
        season: str | None = None,
    ) -> AsOf:
        """For each grid row, the newest row of its entity and season dated strictly before its day.

        Names default to those of the history; `entity="opponent_team_abbr"` looks the opponent up.
        """
        names = self.entity if entity is None else (entity,) if isinstance(entity, str) else tuple(entity)
        if len(names) != len(self.entity):
            raise ValueError(f"as_of: history is by {self.entity}, grid by {names}; give as many columns.")
        code = self._code(grid, (season or self.season, *names))
        group = np.searchsorted(self._codes, code)
        found = (code >= 0) & (np.append(self._codes, -1)[group] == code)
        return self._as_of(np.where(found, group, -1), _days(grid[date or self.date]))

    def _as_of(self, group: Ints, day: Ints) -> AsOf:
        return AsOf(self, group, day, self._strictly_before(group, day))

    def _strictly_before(self, group: Ints, day: Ints) -> Ints:
        """Position of the newest row of the group with an earlier day; -1 without one."""
        position = np.searchsorted(self._key, group * DAY_SPAN + day, side="left") - 1
        start = np.append(self._start, len(self.rows))[group]  # group -1, an unknown entity, starts after every row
        return np.where(position >= start, position, -1)

    def _code(self, frame: pd.DataFrame, names: Sequence[str]) -> Ints:
        """One integer per (season, entity), ascending in that order; -1 where the history has no such value."""
        code, unknown = np.zeros(len(frame), dtype=np.int64), np.zeros(len(frame), dtype=np.bool_)
        for level, name in zip(self._levels, names, strict=True):
            codes, values = pd.factorize(frame[name])  # each text is looked up once
            position = np.append(level.get_indexer(pd.Index(values)), -1)[codes]
            code, unknown = code * len(level) + position, unknown | (position < 0)
        return np.where(unknown, -1, code)

    def _used(self, values: Values, where: Flags | None) -> Flags:
        numbers = self.rows[values] if isinstance(values, str) else values
        used = np.asarray(pd.notna(numbers), dtype=np.bool_)
        return used if where is None else used & where

    def _window(self, prefix: Ints, last: int | None) -> Ints:
        """Sum of the last n rows including this one, from prefix sums that start with 0."""
        end = np.arange(1, len(self.rows) + 1)
        begin = self._first if last is None else np.maximum(self._first, end - last)
        return prefix[end] - prefix[begin]

    def _newest(self, where: Flags) -> Ints:
        """Position of the newest row up to this one, of any entity, that satisfies `where`; -1 without one."""
        return np.maximum.accumulate(np.where(where, np.arange(len(where)), -1))

    def _refuse_repeated(self) -> None:
        repeated = np.flatnonzero(np.diff(self._key) == 0)
        if len(repeated):
            row = self.rows[[*self.entity, self.date]].iloc[int(repeated[0])].tolist()
            raise ValueError(
                f"history by {self.entity}: {len(repeated)} repeated day(s), first {row}; "
                "an entity has one row a day, remove the duplicates upstream."
            )


@dataclass(frozen=True)
class AsOf:
    """Grid rows and, for each, the position in `history.rows` of a strictly earlier row (-1 where there is none)."""

    history: History
    group: Ints
    day: Ints
    position: Ints

    @property
    def known(self) -> Flags:
        """Grid rows with an earlier row."""
        return self.position >= 0

    @property
    def dates(self) -> pd.DatetimeIndex:
        """As-of day of each grid row."""
        return pd.DatetimeIndex(self.day.astype("datetime64[D]").astype("datetime64[us]"))

    def number(self, state: npt.NDArray[Any]) -> Floats:
        """State at the earlier row as float; NaN where there is none."""
        return np.where(self.known, np.append(state.astype(np.float64), np.nan)[self.position], np.nan)

    def tally(self, state: Ints) -> Ints:
        """Whole-number state (count, exact sum) at the earlier row; 0 where there is none."""
        return np.append(state, 0)[self.position]

    def column(self, name: str) -> pd.Series[Any]:
        """Column of the history at the earlier row, its own dtype if that can hold NULL; NULL where there is none."""
        return self.history.rows[name].reindex(pd.Index(self.position)).reset_index(drop=True)

    def days_since(self) -> pd.Series[Any]:
        """Days from the earlier row to the grid day, 1 for the day before, as Int64; NULL where there is none."""
        return pd.Series(self.day - self.tally(self.history.day), dtype="Int64").where(self.known)

    def back(self, rows: int) -> AsOf:
        """The same grid, that many rows of the entity further back."""
        first = self.tally(self.history._first)
        return replace(self, position=np.where(self.known & (self.position - rows >= first), self.position - rows, -1))

    def newest_where(self, where: Flags) -> AsOf:
        """The same grid, at the newest earlier row of the entity that satisfies `where`."""
        newest, first = self.tally(self.history._newest(where)), self.tally(self.history._first)
        return replace(self, position=np.where(self.known & (newest >= first), newest, -1))

    def count_within(self, days: int, *, where: Flags | None = None) -> Ints:
        """Earlier rows (satisfying `where`) of the n days before the grid day: D - n .. D - 1; 0 without any."""
        return self._within(self.history.count(where=where), days)

    def total_within(self, values: Values, days: int, *, where: Flags | None = None) -> Ints:
        """Exact sum of whole numbers over the earlier rows of the n days before the grid day."""
        return self._within(self.history.total(values, where=where), days)

    def total_by_date(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Sum of per-grid-row values over all grid rows of the same day, added in the order of season and entity."""
        days, index = np.unique(self.day, return_inverse=True)
        order = np.lexsort((self.group, self.day))
        totals = np.zeros(len(days), dtype=values.dtype)
        np.add.at(totals, index[order], values[order])
        return totals[index]

    def _within(self, season_to_date: Ints, days: int) -> Ints:
        before = replace(self, position=self.history._strictly_before(self.group, self.day - days))
        return self.tally(season_to_date) - before.tally(season_to_date)


def expand(history: History, dates: pd.DatetimeIndex) -> AsOf:
    """Every entity with an earlier row in the season of the day, for every day; ordered by day, then entity.

    Entity, season and any other column of the newest row come from `AsOf.column`, the day from `AsOf.dates`.
    """
    season = np.asarray(history.rows[history.season].to_numpy()[history._start], dtype=np.int64)
    asked = pd.DatetimeIndex(dates).unique().sort_values()
    low, high = (np.searchsorted(season, season_year_of(asked), side=side) for side in ("left", "right"))
    entities = high - low
    offset = np.arange(entities.sum()) - np.repeat(np.cumsum(entities) - entities, entities)
    group = np.repeat(low, entities) + offset
    grid = history._as_of(group, np.repeat(_days(asked), entities))
    kept = grid.known
    return AsOf(history, grid.group[kept], grid.day[kept], grid.position[kept])


def ratio(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> Floats:
    """numerator / denominator as float, NaN where the denominator is not above 0 or either is missing."""
    above, below = np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    shape = np.broadcast_shapes(above.shape, below.shape)
    quotient: Floats = np.divide(above, below, out=np.full(shape, np.nan), where=below > 0)
    return quotient


def _prefix(values: Ints) -> Ints:
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(values)))


def _days(dates: Any) -> Ints:
    """Whole days since 1970; a time of day is refused because it would break "strictly earlier"."""
    stamps = pd.DatetimeIndex(dates)
    if not (stamps == stamps.normalize()).all():
        raise ValueError("dates of a history or grid carry a time of day; give midnight timestamps.")
    return stamps.to_numpy().astype("datetime64[D]").astype(np.int64)


def _refuse_missing(frame: pd.DataFrame, names: Sequence[str]) -> None:
    for name in names:
        missing = int(frame[name].isna().sum())
        if missing:
            raise ValueError(f"history: {name} is NULL in {missing} row(s); keys must be complete.")


def _name(values: Values) -> str:
    return values if isinstance(values, str) else "an array"
