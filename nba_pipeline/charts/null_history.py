"""History of the NULL rates of a table: one small chart per column, with its ceilings and the level before.

Does NOT belong here: counting NULLs, judging them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from nba_pipeline.charts.canvas import (
    BLUE,
    FOOT_INCHES,
    HEAD_INCHES,
    INK,
    LEFT,
    ORANGE,
    RIGHT,
    SKY,
    VERMILION,
    drawing_style,
    new_figure,
    percent_axis,
)
from nba_pipeline.schema import NullCeiling

SHOWN = 8  # columns drawn unless they are named
ACROSS = 2  # small charts side by side
PANEL_INCHES = 1.55
BETWEEN_INCHES = 0.5
PAUSE_DAYS = 30  # a longer gap between two dates is a summer: the line breaks
HEADROOM = 1.15
LEAST_TOP = 0.01  # fraction at the top of an axis on which nothing is NULL
CEILING_IN_VIEW = 4.0  # a ceiling this many times above the highest rate would flatten the history; it is only named


def null_rate_history(
    table: str,
    counts: pd.DataFrame,
    ceilings: Mapping[str, NullCeiling],
    *,
    baseline_days: int,
    columns: Sequence[str] = (),
    most: int = SHOWN,
) -> Figure:
    """counts: column, day (midnight), population (rows in which it is defined), nulls (of those).

    columns: those to draw; left out, at most `most`, those with the highest rates.
    baseline_days: length of the pooled rate before.
    """
    defined = counts[counts["population"] > 0].assign(rate=lambda rows: rows["nulls"] / rows["population"])
    shown = list(columns) or _worst(defined, ceilings, most)
    rows = -(-len(shown) // ACROSS)
    height = HEAD_INCHES + rows * (PANEL_INCHES + BETWEEN_INCHES) + FOOT_INCHES - BETWEEN_INCHES
    with drawing_style():
        figure = new_figure(_finding(table, defined, ceilings), _sample(defined, shown), height=height)
        width = (RIGHT - LEFT - 0.06) / ACROSS
        for number, column in enumerate(shown):
            down, across = divmod(number, ACROSS)
            bottom = height - HEAD_INCHES - (down + 1) * PANEL_INCHES - down * BETWEEN_INCHES
            place = (LEFT + across * (width + 0.06), bottom / height, width, PANEL_INCHES / height)
            _draw(figure.add_axes(place), column, defined, ceilings.get(column), baseline_days)
        figure.legend(handles=_keys(baseline_days), loc="lower left", bbox_to_anchor=(0.01, 0), ncols=5, frameon=False)
    return figure


def trailing_rate(rates: pd.DataFrame, baseline_days: int) -> pd.Series:
    """Pooled NULL rate of the days before each row's day; NaN where none is stored. rates: ascending days."""
    days = rates["day"].to_numpy().astype("datetime64[D]")
    start = np.searchsorted(days, days - np.timedelta64(baseline_days, "D"))
    place = np.arange(len(rates))
    sums = {name: np.concatenate([[0], rates[name].to_numpy().cumsum()]) for name in ("nulls", "population")}
    nulls, population = (sums[name][place] - sums[name][start] for name in ("nulls", "population"))
    return pd.Series(np.where(population > 0, nulls / np.maximum(population, 1), np.nan), index=rates.index)


def _worst(defined: pd.DataFrame, ceilings: Mapping[str, NullCeiling], most: int) -> list[str]:
    """Columns that are NULL somewhere: those above a ceiling on most dates, then those with the highest pooled rate."""
    above = _above(defined, ceilings).groupby(defined["column"]).sum()
    pooled = defined.groupby("column")[["nulls", "population"]].sum()
    order = pd.DataFrame({"above": above, "rate": pooled["nulls"] / pooled["population"], "name": pooled.index})
    ranked = order.sort_values(["above", "rate", "name"], ascending=[False, False, True])
    never = ranked["rate"] == 0
    return [str(name) for name in (ranked.index[:ACROSS] if never.all() else ranked[~never].index[:most])]


def _above(defined: pd.DataFrame, ceilings: Mapping[str, NullCeiling]) -> pd.Series:
    limits = {name: min(_limits(ceiling), default=np.inf) for name, ceiling in ceilings.items()}
    return defined["rate"] > defined["column"].map(limits).fillna(np.inf)


def _limits(ceiling: NullCeiling | None) -> list[float]:
    return [limit for _, limit, _ in _named_limits(ceiling)]


def _named_limits(ceiling: NullCeiling | None) -> list[tuple[str, float, str]]:
    """Name, fraction and colour of the ceilings that a rate can exceed."""
    if ceiling is None:
        return []
    named = (("warns", ceiling.date, ORANGE), ("error", ceiling.error, VERMILION))
    return [(name, limit, colour) for name, limit, colour in named if limit is not None and limit < 1]


def _finding(table: str, defined: pd.DataFrame, ceilings: Mapping[str, NullCeiling]) -> str:
    above = _above(defined, ceilings)
    columns, dates = defined["column"].nunique(), defined["day"].nunique()
    if not above.any():
        return f"{table}: no NULL rate of {columns} column(s) above its ceiling on {dates:,} dates"
    over = defined[above]
    return (
        f"{table}: {over['column'].nunique()} of {columns} columns above a ceiling on {over['day'].nunique():,} dates"
    )


def _sample(defined: pd.DataFrame, shown: Sequence[str]) -> str:
    if defined.empty:
        return "no rows in which a watched column is defined"
    span = f"{defined['day'].min():%Y-%m-%d} to {defined['day'].max():%Y-%m-%d}"
    return (
        f"share of NULL among the rows in which the column is defined, per date, {span}; "
        f"{len(shown)} of {defined['column'].nunique()} watched columns shown"
    )


def _draw(axes: Axes, column: str, defined: pd.DataFrame, ceiling: NullCeiling | None, baseline_days: int) -> None:
    rates = defined[defined["column"] == column].sort_values("day").reset_index(drop=True)
    highest = float(rates["rate"].max()) if len(rates) else 0.0
    visible = max(highest, LEAST_TOP) * CEILING_IN_VIEW
    drawn = [limit for limit in _limits(ceiling) if limit <= visible]
    pause = rates["day"].diff() > pd.Timedelta(days=PAUSE_DAYS)
    above = rates[rates["rate"] > min(_limits(ceiling), default=1.0)]
    axes.plot(rates["day"], rates["rate"].mask(pause), color=SKY, linewidth=1.2, gid=f"rate-{column}")
    axes.plot(above["day"], above["rate"], ".", color=BLUE, markersize=5, gid=f"above-{column}")
    axes.plot(rates["day"], trailing_rate(rates, baseline_days).mask(pause), color=INK, linewidth=1.2, linestyle=":")
    for name, limit, colour in _named_limits(ceiling):
        if limit <= visible:
            axes.axhline(limit, color=colour, linewidth=1.2, linestyle="--", gid=f"{name}-{column}")
    top = max([highest, LEAST_TOP, *drawn]) * HEADROOM
    axes.set_ylim(-0.03 * top, top)
    axes.set_title(f"{column}  {_ceiling_text(ceiling)}", loc="left", fontsize=9.5)
    percent_axis(axes, decimals=1 if top < 0.1 else 0)
    locator = AutoDateLocator(minticks=3, maxticks=8)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))


def _ceiling_text(ceiling: NullCeiling | None) -> str:
    named = [f"{name} above {limit:.1%}" if limit else f"{name} at any" for name, limit, _ in _named_limits(ceiling)]
    return f"({', '.join(named)})" if named else "(no ceiling of a date)"


def _keys(baseline_days: int) -> list[Line2D]:
    return [
        Line2D([], [], color=SKY, label="NULL rate of a date"),
        Line2D([], [], color=BLUE, marker=".", linestyle="", label="above a ceiling"),
        Line2D(
            [], [], color=INK, linewidth=1.2, linestyle=":", label=f"pooled rate of the {baseline_days} days before"
        ),
        Line2D([], [], color=ORANGE, linestyle="--", label="ceiling: warns"),
        Line2D([], [], color=VERMILION, linestyle="--", label="ceiling: error"),
    ]
