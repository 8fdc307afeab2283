"""A team's defence by zone over a season: what it allowed in its last games, against the league.

Does NOT belong here: the windows behind the figures.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import DateFormatter, MonthLocator
from matplotlib.figure import Figure

from nba_pipeline.charts.canvas import (
    BLUE,
    FOOT_INCHES,
    GREY,
    HEAD_INCHES,
    INK,
    LEFT,
    RIGHT,
    VERMILION,
    drawing_style,
    new_figure,
    percent_axis,
)

HEIGHT_INCHES = 5.8
BETWEEN = 0.045  # share of the width between two zones
ZONES = (("paint", "Paint"), ("mid_range", "Mid-range"), ("three_pt", "Three"))
AGAINST = {"Paint": "shots in the paint", "Mid-range": "mid-range shots", "Three": "threes"}
COLUMNS = tuple(
    f"{lead}{zone}_pct_allowed{tail}" for zone, _ in ZONES for lead, tail in (("", "_last_15"), ("league_", ""))
)
"""Columns of the frame besides analysis_date, in fractions."""


def defence_by_zone(team: str, sample: str, days: pd.DataFrame) -> Figure:
    """days: analysis_date and COLUMNS, one row per date. Below the league is good: that area is blue."""
    ordered = days.sort_values("analysis_date").reset_index(drop=True)
    with drawing_style():
        figure = new_figure(_finding(team, ordered), sample, height=HEIGHT_INCHES)
        bottom, top = FOOT_INCHES, HEIGHT_INCHES - HEAD_INCHES - 0.35
        width = (RIGHT - LEFT - 2 * BETWEEN) / len(ZONES)
        spread = max(_half_range(ordered, zone) for zone, _ in ZONES)
        for number, (zone, name) in enumerate(ZONES):
            left = LEFT + number * (width + BETWEEN)
            axes = figure.add_axes((left, bottom / HEIGHT_INCHES, width, (top - bottom) / HEIGHT_INCHES))
            _draw(axes, zone, name, ordered, spread)
        handles = figure.axes[0].get_legend_handles_labels()
        figure.legend(*handles, loc="lower left", bbox_to_anchor=(0.01, 0.0), ncols=4, frameon=False)
    return figure


def _columns(zone: str) -> tuple[str, str]:
    return f"{zone}_pct_allowed_last_15", f"league_{zone}_pct_allowed"


def _finding(team: str, days: pd.DataFrame) -> str:
    newest = days.iloc[-1]
    gaps = {name: newest[_columns(zone)[0]] - newest[_columns(zone)[1]] for zone, name in ZONES}
    known = {name: float(gap) for name, gap in gaps.items() if pd.notna(gap)}
    if not known:
        return f"{team}: no zone figures on {newest['analysis_date']:%Y-%m-%d}"
    worst = max(known, key=lambda name: known[name])
    side = "above" if known[worst] >= 0 else "below"
    gap = 100 * abs(known[worst])
    return f"{team} defence: weakest against {AGAINST[worst]}, {gap:.1f} percentage points {side} the league"


def _half_range(days: pd.DataFrame, zone: str) -> float:
    """Half the height of an axis that holds a zone, centred on the league: zones share the scale, not the level."""
    figures = days[list(_columns(zone))].astype(float)
    return float(np.nanmax([0.01, *(figures - _centre(days, zone)).abs().max()])) * 1.15


def _centre(days: pd.DataFrame, zone: str) -> float:
    """The level an axis is centred on: the league's mean, or the team's where the league is unknown."""
    own, league = (days[column].astype(float).mean() for column in _columns(zone))
    return float(next((level for level in (league, own) if pd.notna(level)), 0.0))


def _draw(axes: Axes, zone: str, name: str, days: pd.DataFrame, spread: float) -> None:
    own, league = (days[column].astype(float) for column in _columns(zone))
    dates = days["analysis_date"]
    common: dict[str, Any] = {"interpolate": True, "alpha": 0.3, "linewidth": 0}
    axes.fill_between(dates, own, league, where=own <= league, color=BLUE, label="better than the league", **common)
    axes.fill_between(dates, own, league, where=own > league, color=VERMILION, label="worse", **common)
    axes.plot(dates, own, color=INK, linewidth=1.6, label="allowed, last 15 games", gid=f"own-{zone}")
    axes.plot(dates, league, color=GREY, linewidth=1.6, linestyle="--", label="league", gid=f"league-{zone}")
    newest = (
        f"{own.iloc[-1]:.1%} allowed, league {league.iloc[-1]:.1%}"
        if pd.notna(own.iloc[-1] + league.iloc[-1])
        else "unknown"
    )
    axes.set_title(f"{name}\n{newest}", loc="left", fontsize=10.5)
    axes.set_ylim(_centre(days, zone) - spread, _centre(days, zone) + spread)
    axes.xaxis.set_major_locator(MonthLocator())
    axes.xaxis.set_major_formatter(DateFormatter("%b"))
    axes.grid(axis="y", color=GREY, alpha=0.2, linewidth=0.8)
    percent_axis(axes)
    if zone == ZONES[0][0]:
        axes.set_ylabel("field goals made of attempted, by opponents")
