"""A player's form: points game by game, the means of the games before, and the betting line where one is known.

Does NOT belong here: choosing the games, averages that features use.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nba_pipeline.charts.canvas import (
    BLUE,
    FOOT_INCHES,
    GREY,
    HEAD_INCHES,
    INK,
    LEFT,
    ORANGE,
    RIGHT,
    SKY,
    VERMILION,
    drawing_style,
    new_figure,
)

HEIGHT_INCHES = 6.2
WINDOWS = ((5, BLUE), (10, ORANGE))  # games
TICKS = 12  # dates named below the axis
BAR_WIDTH = 0.75  # games
NO_POINTS_SHOWN = 0.4  # points: a scoreless game keeps a visible bar, a missed one has none


def player_form(player: str, sample: str, games: pd.DataFrame) -> Figure:
    """games: game_date, opponent_team_abbr, is_active, points, points_line; a game not played is a gap.

    Means are over the active games before each game, as they were known on its morning.
    """
    ordered = games.sort_values("game_date").reset_index(drop=True)
    with drawing_style():
        figure = new_figure(_finding(player, ordered), _with_line_note(sample, ordered), height=HEIGHT_INCHES)
        bottom, top = FOOT_INCHES + 0.1, HEIGHT_INCHES - HEAD_INCHES
        axes = figure.add_axes((LEFT, bottom / HEIGHT_INCHES, RIGHT - LEFT, (top - bottom) / HEIGHT_INCHES))
        _draw_points(axes, ordered)
        for length, colour in WINDOWS:
            mean = trailing_mean(ordered, length)
            label = f"mean of the {length} before"
            axes.plot(ordered.index, mean, color=colour, linewidth=2, label=label, gid=f"mean-{length}")
        if ordered["points_line"].notna().any():
            line: dict[str, Any] = {"color": INK, "linewidth": 1.5, "gid": "line", "label": "points line"}
            width = BAR_WIDTH / 2
            axes.hlines(ordered["points_line"], ordered.index - width, ordered.index + width, **line)
        _finish(axes, ordered)
        figure.legend(
            loc="lower left", bbox_to_anchor=(0.01, 0.0), ncols=7, frameon=False, handlelength=1.6, columnspacing=1.3
        )
    return figure


def trailing_mean(games: pd.DataFrame, length: int) -> pd.Series:
    """Mean points of the last `length` active games before each row; NaN before the first. games: ascending."""
    active = games["is_active"].to_numpy(dtype=bool)
    scored = games.loc[active, "points"].to_numpy(dtype=float)
    before = np.cumsum(active) - active
    means = [float(scored[max(0, count - length) : count].mean()) if count else np.nan for count in before]
    return pd.Series(means, index=games.index)


def _finding(player: str, games: pd.DataFrame) -> str:
    active = games[games["is_active"].astype(bool)]
    if active.empty:
        return f"{player}: no game played"
    points = active["points"].astype(float)
    return f"{player}: {points.tail(5).mean():.1f} points per game over the last 5, {points.mean():.1f} over all"


def _with_line_note(sample: str, games: pd.DataFrame) -> str:
    lined = games[games["points_line"].notna() & games["is_active"].astype(bool)]
    if lined.empty:
        return f"{sample}; no betting line stored"
    over = int((lined["points"].astype(float) > lined["points_line"]).sum())
    return f"{sample}; over the line in {over} of {len(lined)} games with one"


def _draw_points(axes: Axes, games: pd.DataFrame) -> None:
    active = games["is_active"].to_numpy(dtype=bool)
    points = games["points"].astype(float).where(active)
    over = (points > games["points_line"]).to_numpy(dtype=bool)
    lined = games["points_line"].notna().to_numpy()
    kinds = (
        (active & ~lined, "#BFDFF3" if lined.any() else SKY, "points, no line" if lined.any() else "points", "points"),
        (active & lined & over, SKY, "over the line", "over"),
        (active & lined & ~over, "#C9C9C9", "not over", "under"),
    )
    for chosen, colour, label, name in kinds:
        if chosen.any():
            heights = points[chosen].clip(lower=NO_POINTS_SHOWN)
            axes.bar(games.index[chosen], heights, width=BAR_WIDTH, color=colour, label=label, gid=f"bars-{name}")
    if (~active).any():
        axes.plot(
            games.index[~active], np.zeros((~active).sum()), "x", color=VERMILION, label="did not play", clip_on=False
        )


def _finish(axes: Axes, games: pd.DataFrame) -> None:
    axes.set_xlim(-0.6, len(games) - 0.4)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("points")
    step = max(1, -(-len(games) // TICKS))
    places = games.index[::step]
    labels = [f"{games['game_date'][n]:%b %d}\n{games['opponent_team_abbr'][n]}" for n in places]
    axes.set_xticks(places, labels)
    axes.grid(axis="y", color=GREY, alpha=0.2, linewidth=0.8)
    axes.set_axisbelow(True)
