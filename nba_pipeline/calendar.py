"""Seasons, game dates, bootstrap days and processable dates, all derived from the rows of the schedule.

`games` is any frame with one row per counted game and at least game_date and season_year: nba_reference.games or
the season schedule. Days are midnight timestamps. Does NOT belong here: a calendar date, a file, a table.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

SEASON_FIRST_MONTH = 10  # month; a season is named after the calendar year in which its October lies
BOOTSTRAP_DAYS = 14  # days 0 .. 13 of a season have too little history for as-of features

DateKind = Literal["game", "processable"]
Dates = pd.DatetimeIndex | pd.Series


def season_year_of(dates: Dates) -> npt.NDArray[np.int64]:
    """Season of each day by the calendar alone: its year from October on, the year before until September."""
    days = pd.DatetimeIndex(dates)
    return np.asarray(days.year - (days.month < SEASON_FIRST_MONTH), dtype=np.int64)


def season_years(days: pd.Series) -> pd.Series:
    """`season_year_of` of a column that may have missing days; the season of those is missing."""
    return days.dt.year - (days.dt.month < SEASON_FIRST_MONTH)


def earliest_season_day(day: date) -> date:
    """1 October of the season `day` belongs to: no season starts before it."""
    return date(day.year if day.month >= SEASON_FIRST_MONTH else day.year - 1, SEASON_FIRST_MONTH, 1)


def season_ranges(first: date, last: date) -> list[tuple[date, date]]:
    """[first, last] cut every 1 October: each piece lies in one season and holds the off-season after it."""
    pieces = []
    start = first
    while start <= last:
        season = earliest_season_day(start)
        end = min(season.replace(year=season.year + 1) - timedelta(days=1), last)
        pieces.append((start, end))
        start = end + timedelta(days=1)
    return pieces


def game_dates(games: pd.DataFrame, first: date, last: date) -> pd.DatetimeIndex:
    """Days of first..last with at least one counted game, ascending."""
    days = _distinct_days(games["game_date"])
    return days[(days >= pd.Timestamp(first)) & (days <= pd.Timestamp(last))]


def season_starts(games: pd.DataFrame) -> pd.DataFrame:
    """One row per season: season_year, first_game_date (day 0), bootstrap_last_date (day 13)."""
    first = games.groupby("season_year")["game_date"].min()
    bootstrap_last = first + pd.Timedelta(days=BOOTSTRAP_DAYS - 1)
    return pd.DataFrame({"first_game_date": first, "bootstrap_last_date": bootstrap_last}).reset_index()


def processable_dates(games: pd.DataFrame, dates: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """The given days that are game dates after the bootstrap of their season: the days with precompute rows."""
    played = expected_dates("game", games, dates)
    return played[played > _bootstrap_ends(games, played)]


def expected_dates(kind: DateKind, games: pd.DataFrame, dates: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """The given days on which a table has rows: on every game date, or on processable dates only."""
    if kind == "processable":
        return processable_dates(games, dates)
    if kind == "game":
        days = _distinct_days(dates)
        return days[days.isin(games["game_date"])]
    raise ValueError(f"expected_dates: unknown kind {kind!r}; use 'game' or 'processable'.")


def skip_reasons(games: pd.DataFrame, dates: pd.DatetimeIndex, *, bootstrap: bool) -> dict[date, str]:
    """Why a table has no rows: `no_games` on days without a counted game; with bootstrap=True also `bootstrap`."""
    days = _distinct_days(dates)
    played = expected_dates("game", games, days)
    reasons = {day.date(): "no_games" for day in days.difference(played)}
    if bootstrap:
        reasons |= {day.date(): "bootstrap" for day in played.difference(processable_dates(games, played))}
    return reasons


def _bootstrap_ends(games: pd.DataFrame, played: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Last bootstrap day of the season of each game date, the season as the schedule states it."""
    seasons = games[["game_date", "season_year"]].drop_duplicates()
    ends = seasons.merge(season_starts(games), on="season_year", how="left", validate="many_to_one")
    return pd.DatetimeIndex(ends.set_index("game_date")["bootstrap_last_date"].reindex(played))


def _distinct_days(days: Any) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(pd.DatetimeIndex(days).unique().sort_values()).as_unit("us")
