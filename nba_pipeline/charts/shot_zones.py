"""A player's shot chart by zone: where the charted shots lie, and how each zone compares with the league.

Does NOT belong here: which shots belong to which zone (basketball.zones), counting them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure

from nba_pipeline.basketball.zones import ZONES
from nba_pipeline.charts.canvas import BLUE, GREY, INK, VERMILION, drawing_style, new_figure, percent_axis
from nba_pipeline.charts.court import draw_half_court, shade_zones

HEIGHT_INCHES = 8.6
COURT = (0.01, 0.035, 0.60, 0.845)  # left, bottom, width, height: shares of the sheet
ACCURACY = (0.685, 0.53, 0.295, 0.31)
VOLUME = (0.685, 0.115, 0.295, 0.27)
FULL_COLOUR = 0.12  # fraction points from the league at which a zone has its full colour
LEAST_ATTEMPTS = 20  # fewer are no sample: the zone stays uncoloured
ABOVE_BELOW = LinearSegmentedColormap.from_list("above_below", ["#B2500F", "#F7F7F7", "#1F6EA8"])
NAMES = {"paint": "Paint", "mid_range": "Mid-range", "three": "Three"}
FROM = {"paint": "in the paint", "mid_range": "from mid-range", "three": "from three"}
LABEL_AT = {"paint": (0.0, -3.35), "mid_range": (0.0, 16.6), "three": (0.0, 31.5)}  # feet


@dataclass(frozen=True)
class Zone:
    """Makes and attempts of a player and of the league in one zone."""

    made: int
    attempted: int
    league_made: int
    league_attempted: int

    @property
    def accuracy(self) -> float:
        return self.made / self.attempted if self.attempted else float("nan")

    @property
    def league_accuracy(self) -> float:
        return self.league_made / self.league_attempted if self.league_attempted else float("nan")

    @property
    def difference(self) -> float:
        """Accuracy against the league, fraction points; NaN without attempts."""
        return self.accuracy - self.league_accuracy


def shot_zone_chart(player: str, sample: str, zones: dict[str, Zone], shots: pd.DataFrame) -> Figure:
    """zones: one entry per name of ZONES. shots: shot_x_ft, shot_y_ft (feet from the basket), is_made.

    sample: what the figures are of, such as the season and its games. Shots without coordinates are left out.
    """
    with drawing_style():
        figure = new_figure(_finding(player, zones), sample, height=HEIGHT_INCHES)
        court = figure.add_axes(COURT)
        shade_zones(court, **{name: _colour(zones[name]) for name in ZONES})
        draw_half_court(court)
        placed = shots.dropna(subset=["shot_x_ft", "shot_y_ft"])
        _draw_shots(court, placed)
        for name in ZONES:
            _label(court, name, zones[name])
        _draw_accuracy(figure.add_axes(ACCURACY), zones)
        _draw_volume(figure.add_axes(VOLUME), zones)
        note = f"half court to scale, 50 by 47 ft; {len(placed):,} shots with coordinates, filled when made; "
        note += f"a zone is coloured from {LEAST_ATTEMPTS} attempts on: blue above the league, brown below"
        figure.text(0.015, 0.016, note, fontsize=8.5, color=GREY)
    return figure


def _finding(player: str, zones: dict[str, Zone]) -> str:
    judged = {name: zone for name, zone in zones.items() if zone.attempted >= LEAST_ATTEMPTS}
    if not judged:
        return f"{player}: fewer than {LEAST_ATTEMPTS} attempts in every zone"
    best = max(judged, key=lambda name: judged[name].difference)
    gap = 100 * judged[best].difference
    side = "above" if gap >= 0 else "below"
    return f"{player}: best {FROM[best]}, {abs(gap):.1f} percentage points {side} the league"


def _colour(zone: Zone) -> str:
    if zone.attempted < LEAST_ATTEMPTS or np.isnan(zone.difference):
        return "#FFFFFF"
    return to_hex(ABOVE_BELOW(0.5 + 0.5 * float(np.clip(zone.difference / FULL_COLOUR, -1, 1)) * 0.8))


def _draw_shots(axes: Axes, shots: pd.DataFrame) -> None:
    made = shots["is_made"].to_numpy(dtype=bool)
    for chosen, face, name in ((~made, "none", "missed"), (made, INK, "made")):
        rows = shots[chosen]
        axes.scatter(
            rows["shot_x_ft"], rows["shot_y_ft"], s=8, facecolors=face, edgecolors=INK, linewidths=0.5, alpha=0.45,
            zorder=2, gid=f"shots-{name}",
        )  # fmt: skip


def _label(axes: Axes, name: str, zone: Zone) -> None:
    text = f"{NAMES[name]}  {zone.made:,} of {zone.attempted:,}"
    if zone.attempted:
        text += f"\n{zone.accuracy:.1%}, league {zone.league_accuracy:.1%} ({100 * zone.difference:+.1f} pp)"
    axes.text(
        *LABEL_AT[name], text, ha="center", va="center", fontsize=9.5, fontweight="bold", zorder=5,
        bbox={"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": GREY, "alpha": 0.92},
    )  # fmt: skip


def _draw_accuracy(axes: Axes, zones: dict[str, Zone]) -> None:
    for place, name in enumerate(ZONES):
        zone = zones[name]
        if zone.attempted:
            colour = BLUE if zone.difference >= 0 else VERMILION
            axes.plot([place, place], [zone.league_accuracy, zone.accuracy], color=colour, linewidth=3, zorder=1)
            axes.plot(place, zone.accuracy, "o", color=colour, markersize=10)
            axes.annotate(
                f"{zone.accuracy:.1%}", (place, zone.accuracy), (10, 0), textcoords="offset points", va="center"
            )
        if zone.league_attempted:
            axes.plot(place, zone.league_accuracy, "_", color=GREY, markersize=26, markeredgewidth=2.5)
    _zone_axis(axes, "Made of attempted; grey bar: league")


def _draw_volume(axes: Axes, zones: dict[str, Zone]) -> None:
    own = sum(zone.attempted for zone in zones.values())
    league = sum(zone.league_attempted for zone in zones.values())
    for place, name in enumerate(ZONES):
        share = zones[name].attempted / own if own else 0.0
        axes.bar(place, share, width=0.5, color="#9CC3E4")
        axes.annotate(f"{share:.0%}", (place, 0), (0, 6), textcoords="offset points", ha="center")
        if league:
            axes.plot(place, zones[name].league_attempted / league, "_", color=GREY, markersize=40, markeredgewidth=2.5)
    _zone_axis(axes, "Share of all attempts; grey bar: league")
    axes.set_ylim(0, max(1e-9, axes.get_ylim()[1] * 1.1))


def _zone_axis(axes: Axes, title: str) -> None:
    axes.set_title(title, loc="left", fontsize=9.5)
    axes.set_xticks(range(len(ZONES)), [NAMES[name] for name in ZONES])
    axes.set_xlim(-0.5, len(ZONES) - 0.3)
    axes.margins(y=0.15)
    percent_axis(axes)
