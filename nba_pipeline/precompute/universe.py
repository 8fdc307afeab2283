"""The players a date is about: their rows, the columns that name them, and values of other tables for the same date.

The row set of a date is that of analytics.upcoming_player_game_context, whoever then plays. Does NOT belong here:
choosing players, windows, statistics.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from nba_pipeline.calendar import processable_dates
from nba_pipeline.schema import Column, NullCeiling
from nba_pipeline.schema.fields import (
    GAME_DATE,
    GAME_ID,
    NBA_GAME_ID,
    NBA_PLAYER_ID,
    OPPONENT_TEAM_ABBR,
    PLAYER_LOOKUP,
    SEASON_YEAR,
    TEAM_ABBR,
)

SOURCE = "nba_analytics.upcoming_player_game_context"
KEY = ("game_date", "player_lookup")

AS_OF_DATE = replace(GAME_DATE, description="Date of the game; every game used is earlier.", source=SOURCE)
PLAYER = replace(PLAYER_LOOKUP, source=SOURCE)
PLAYER_ID = replace(NBA_PLAYER_ID, source=SOURCE, nulls=NullCeiling(season=0.02, date=0.05))
SEASON = replace(SEASON_YEAR, source=SOURCE)
TEAM = replace(TEAM_ABBR, description="NBA tricode of the player's team on the date.", source=SOURCE)
PLAYER_OF_GAME: tuple[Column, ...] = (
    AS_OF_DATE,
    PLAYER,
    PLAYER_ID,
    SEASON,
    replace(GAME_ID, source=SOURCE),
    replace(NBA_GAME_ID, source=SOURCE),
    TEAM,
    replace(OPPONENT_TEAM_ABBR, source=SOURCE),
)
"""Player and game of a row of the tables keyed on the game date."""

IDENTITY_OF_GAME: tuple[str, ...] = tuple(column.name for column in PLAYER_OF_GAME if column.required)
"""Columns that every such row has in common with its row of the universe."""


def games_played_column(source: str) -> Column:
    """Counter by which consumers choose how much history they want."""
    return Column(
        "games_played_season",
        "INT64",
        "Earlier games of the season in which he was on the floor, across his teams; 0 without any.",
        unit="games",
        source=source,
        required=True,
        minimum=0,
    )


def universe_rows(upcoming: pd.DataFrame, games: pd.DataFrame, dates: pd.DatetimeIndex) -> pd.DataFrame:
    """The universe rows of the processable dates among `dates`, in the order of their key."""
    asked = upcoming["game_date"].isin(processable_dates(games, dates))
    return upcoming[asked].sort_values(list(KEY), ignore_index=True)


def same_date(
    rows: pd.DataFrame, other: pd.DataFrame, columns: Sequence[str], *, on: Sequence[str], key: Sequence[str]
) -> pd.DataFrame:
    """Columns of the row of `other` whose `key` equals `on` of each row, aligned with `rows`; NULL without one."""
    codes = np.zeros(len(rows) + len(other), dtype=np.int64)  # one number per key, faster to join on than its texts
    for wanted, known in zip(on, key, strict=True):
        part, values = pd.factorize(pd.concat([rows[wanted], other[known]], ignore_index=True))
        codes = codes * (len(values) + 1) + part
    index = pd.Index(codes[len(rows) :])
    if not index.is_unique:
        raise ValueError(f"same_date: {' and '.join(key)} of the other rows are repeated; give one row per key.")
    place = index.get_indexer(pd.Index(codes[: len(rows)]))
    return other[list(columns)].set_axis(pd.RangeIndex(len(other))).reindex(place).set_axis(rows.index)
