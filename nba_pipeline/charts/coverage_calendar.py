"""Coverage heat map: one row per table, one column per day, one calendar per season.

Does NOT belong here: deciding which state a table has on a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from types import MappingProxyType
from typing import Literal, get_args

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from nba_pipeline.calendar import earliest_season_day, season_year_of
from nba_pipeline.charts.canvas import HEAD_INCHES, INK, PALE, SKY, VERMILION, YELLOW, drawing_style, new_figure

State = Literal["off", "present", "missing", "extra", "blocked"]
STATES: tuple[State, ...] = get_args(State)
COLOURS: Mapping[State, str] = MappingProxyType(
    {"off": PALE, "present": SKY, "missing": VERMILION, "extra": YELLOW, "blocked": INK}
)
MEANINGS: Mapping[State, str] = MappingProxyType(
    {
        "off": "off: no rows expected",
        "present": "present",
        "missing": "missing",
        "extra": "extra: rows on a day without",
        "blocked": "blocked: failed or drifted",
    }
)
ROW_INCHES = 0.155
PANEL_GAP_INCHES = 0.55
LEGEND_INCHES = 0.55
LABELS = 0.215  # share of the width left of the calendar
MONTH_PAD = 13  # points from the calendar to the base line of the months
CELL_WIDTH, CELL_HEIGHT = 1.0, 0.86  # days, rows: the gap between the rows makes them countable


def coverage_calendar(states: pd.DataFrame) -> Figure:
    """states: table (name), day (midnight), state (one of STATES); one row per table and day, tables in their order."""
    tables = list(dict.fromkeys(states["table"]))
    seasons = sorted(set(season_year_of(states["day"]).tolist()))
    panel = len(tables) * ROW_INCHES
    height = HEAD_INCHES + len(seasons) * (panel + PANEL_GAP_INCHES) + LEGEND_INCHES
    counts = {state: int((states["state"] == state).sum()) for state in STATES}
    with drawing_style():
        figure = new_figure(_finding(counts), _sample(states, tables), height=height)
        offsets = _season_days(states["day"])
        drawn = offsets[states["state"].to_numpy() != "off"] if counts["off"] < len(states) else offsets
        span = int(drawn.min()), int(drawn.max()) + 1
        for number, season in enumerate(seasons):
            bottom = height - HEAD_INCHES - (number + 1) * panel - number * PANEL_GAP_INCHES
            axes = figure.add_axes((LABELS, bottom / height, 0.985 - LABELS, panel / height))
            here = season_year_of(states["day"]) == season
            _draw_season(axes, states[here], offsets[here], tables, int(season))
            _label_months(axes, int(season), span)
        handles = [Patch(color=COLOURS[state], label=f"{MEANINGS[state]} ({counts[state]:,})") for state in STATES]
        figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.01, 0.0), ncols=len(STATES), frameon=False)
    return figure


def _finding(counts: Mapping[State, int]) -> str:
    faults = [f"{counts[state]:,} {state}" for state in ("missing", "blocked", "extra") if counts[state]]
    return f"Coverage: {', '.join(faults) or 'nothing missing'}, {counts['present']:,} table dates present"


def _sample(states: pd.DataFrame, tables: Sequence[str]) -> str:
    days = states["day"]
    span = f"{days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}"
    return f"{len(tables)} table(s), {span}; one row per table, one column per day (US Eastern)"


def _season_days(days: pd.Series) -> np.ndarray:
    """Days since 1 October of the season, so that the seasons lie below each other."""
    starts = {day: pd.Timestamp(earliest_season_day(day.date())) for day in days.unique()}
    return (days - days.map(starts)).dt.days.to_numpy()


def _draw_season(axes: Axes, states: pd.DataFrame, offsets: np.ndarray, tables: Sequence[str], season: int) -> None:
    place = {table: number for number, table in enumerate(tables)}
    boxes: dict[State, list[np.ndarray]] = {state: [] for state in STATES}
    for table, rows in states.assign(offset=offsets).groupby("table", sort=False):
        ordered = rows.sort_values("offset")
        for state, first, days in _runs(zip(ordered["offset"], ordered["state"], strict=True)):
            boxes[state].append(_box(first, days, place[str(table)]))
    for state, made in boxes.items():
        if made:
            collection = PolyCollection(made, facecolors=COLOURS[state], edgecolors="none", gid=f"{season}-{state}")
            axes.add_collection(collection, autolim=False)
    axes.set_ylim(len(tables), 0)
    axes.set_yticks(np.arange(len(tables)) + 0.5, tables, fontsize=7.5)
    axes.tick_params(length=0)
    axes.set_title(f"season {season}-{(season + 1) % 100:02d}", loc="left", fontsize=10, fontweight="bold", pad=4)
    for side in axes.spines.values():
        side.set_visible(False)


def _runs(days: Iterable[tuple[int, State]]) -> list[tuple[State, int, int]]:
    """State, first day and length of every run of neighbouring days of one state."""
    found: list[tuple[State, int, int]] = []
    for (state, _), run in groupby(enumerate(days), key=lambda item: (item[1][1], item[1][0] - item[0])):
        members = list(run)
        found.append((state, members[0][1][0], len(members)))
    return found


def _box(first: int, days: int, row: int) -> np.ndarray:
    left, right = first, first + days * CELL_WIDTH
    top, bottom = row + (1 - CELL_HEIGHT) / 2, row + (1 + CELL_HEIGHT) / 2
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


def _label_months(axes: Axes, season: int, span: tuple[int, int]) -> None:
    axes.set_xlim(*span)
    first = date(season, 10, 1)
    months = [date(season + (month > 12), (month - 1) % 12 + 1, 1) for month in range(10, 22)]
    ticks = [((day - first).days, f"{day:%b}") for day in months if span[0] <= (day - first).days < span[1]]
    axes.set_xticks([offset for offset, _ in ticks], [name for _, name in ticks], ha="left", va="baseline")
    axes.tick_params(axis="x", pad=MONTH_PAD)
