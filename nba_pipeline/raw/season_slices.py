"""A raw table of millions of rows, computed season by season so that a range of years fits into memory.

A season is the natural seam: no record, game or rule of a raw table reaches over it. Does NOT belong here: parsing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from nba_pipeline.calendar import season_year_of
from nba_pipeline.landing.archive import DATE_COLUMN
from nba_pipeline.landing.files import Landed
from nba_pipeline.landing.grammar import date_of_path
from nba_pipeline.raw.rejects import join_rejects
from nba_pipeline.schema import TableRows

Build = Callable[[Landed, pd.DatetimeIndex], TableRows]


def build_by_season(build: Build, landed: Landed, dates: pd.DatetimeIndex) -> TableRows:
    """`build` of every season of `dates`, joined in the order of the seasons."""
    slices = list(_season_slices(landed, dates))
    if len(slices) < 2:
        return build(landed, dates)
    made = [build(part, days) for part, days in slices]
    counts: dict[str, dict[date, int]] = {}
    for one in made:
        for name, by_day in one.counts.items():
            counts.setdefault(name, {}).update(by_day)
    return TableRows(
        pd.concat([one.rows for one in made], ignore_index=True),
        join_rejects([one.rejects for one in made]),
        counts,
        {day: reason for one in made for day, reason in one.skip_reasons.items()},
        frozenset().union(*(one.unread for one in made)),
        {day: sentences for one in made for day, sentences in one.warnings.items()},
    )


def _season_slices(landed: Landed, dates: pd.DatetimeIndex) -> Iterator[tuple[Landed, pd.DatetimeIndex]]:
    season = season_year_of(dates)
    archive_days = landed.archive[DATE_COLUMN].to_numpy(dtype="datetime64[us]")
    for number, year in enumerate(np.unique(season)):
        days = dates[season == year]
        first, last = days[0].date(), days[-1].date()
        rows = np.flatnonzero((archive_days >= days[0].to_datetime64()) & (archive_days <= days[-1].to_datetime64()))
        # Season files follow each other, so a season is a slice and costs no copy.
        is_slice = len(rows) and rows[-1] - rows[0] + 1 == len(rows)
        yield (
            replace(
                landed,
                files=tuple(file for file in landed.files if first <= file.date <= last),
                archive=landed.archive.iloc[rows[0] : rows[-1] + 1] if is_slice else landed.archive.iloc[rows],
                bad_names=tuple(
                    path
                    for path in landed.bad_names
                    if (first <= day <= last if (day := date_of_path(path)) else number == 0)
                ),
                archive_errors=landed.archive_errors if number == 0 else (),
            ),
            days,
        )
