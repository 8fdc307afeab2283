"""A half court to scale, in feet from the basket: x across the court, y from the base line towards half court.

Dimensions: official rules of the NBA, rule 1. Does NOT belong here: shots, players.
"""

from __future__ import annotations

from math import asin, degrees, sqrt
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Arc, Circle, Rectangle

from nba_pipeline.basketball.zones import PAINT_MAX_FEET
from nba_pipeline.charts.canvas import GREY

HALF_WIDTH = 25.0  # feet; the court is 50 ft wide
BASE_LINE = -5.25  # the middle of the basket is 5 ft 3 in from the base line
HALF_COURT = BASE_LINE + 47.0
LANE_HALF_WIDTH, LANE_LENGTH = 8.0, 19.0
FREE_THROW_CIRCLE, CENTRE_CIRCLE, RESTRICTED_ARC = 6.0, 6.0, 4.0  # radii
RIM_RADIUS, BOARD_HALF_WIDTH, BOARD_LINE = 0.75, 3.0, -1.25
THREE_RADIUS, THREE_CORNER = 23.75, 22.0
CORNER_LENGTH = sqrt(THREE_RADIUS**2 - THREE_CORNER**2)  # feet above the basket at which the line starts to bend
PAINT_ZONE_RADIUS = PAINT_MAX_FEET + 1.0  # whole feet are rounded down: 8.99 ft counts as 8
LINE_WIDTH = 1.1


def draw_half_court(axes: Axes, colour: str = GREY) -> None:
    """Lines of a half court; sets the limits and the equal scale of both axes."""
    axes.set_xlim(-HALF_WIDTH - 0.3, HALF_WIDTH + 0.3)
    axes.set_ylim(BASE_LINE - 0.3, HALF_COURT + 0.3)
    axes.set_aspect("equal")
    axes.set_axis_off()
    line: dict[str, Any] = {"edgecolor": colour, "facecolor": "none", "linewidth": LINE_WIDTH, "zorder": 3}
    lane = (-LANE_HALF_WIDTH, BASE_LINE)
    axes.add_patch(Rectangle((-HALF_WIDTH, BASE_LINE), 2 * HALF_WIDTH, HALF_COURT - BASE_LINE, **line))
    axes.add_patch(Rectangle(lane, 2 * LANE_HALF_WIDTH, LANE_LENGTH, **line))
    axes.add_patch(Circle((0, BASE_LINE + LANE_LENGTH), FREE_THROW_CIRCLE, **line))
    axes.add_patch(Circle((0, 0), RIM_RADIUS, **line))
    axes.add_patch(Arc((0, 0), 2 * RESTRICTED_ARC, 2 * RESTRICTED_ARC, theta1=0, theta2=180, **line))
    axes.add_patch(Arc((0, HALF_COURT), 2 * CENTRE_CIRCLE, 2 * CENTRE_CIRCLE, theta1=180, theta2=360, **line))
    axes.plot([-BOARD_HALF_WIDTH, BOARD_HALF_WIDTH], [BOARD_LINE, BOARD_LINE], color=colour, linewidth=2, zorder=3)
    bend = degrees(asin(CORNER_LENGTH / THREE_RADIUS))
    axes.add_patch(Arc((0, 0), 2 * THREE_RADIUS, 2 * THREE_RADIUS, theta1=bend, theta2=180 - bend, **line))
    for side in (-THREE_CORNER, THREE_CORNER):
        axes.plot([side, side], [BASE_LINE, CORNER_LENGTH], color=colour, linewidth=LINE_WIDTH, zorder=3)


def shade_zones(axes: Axes, *, paint: str, mid_range: str, three: str) -> None:
    """Fill the three shot zones with a colour each, the court behind its lines."""
    floor = Rectangle((-HALF_WIDTH, BASE_LINE), 2 * HALF_WIDTH, HALF_COURT - BASE_LINE, color=three, gid="zone-three")
    axes.add_patch(floor)
    for radius, half_width, colour, name in (
        (THREE_RADIUS, THREE_CORNER, mid_range, "mid_range"),
        (PAINT_ZONE_RADIUS, PAINT_ZONE_RADIUS, paint, "paint"),
    ):
        inside = Rectangle(
            (-half_width, BASE_LINE), 2 * half_width, radius - BASE_LINE, facecolor="none", edgecolor="none"
        )
        axes.add_patch(inside)
        _fill_to_base_line(axes, radius, half_width, colour, inside, name)


def _fill_to_base_line(axes: Axes, radius: float, half_width: float, colour: str, inside: Rectangle, name: str) -> None:
    """The disc of the radius within the rectangle; the three-point zone's corners go straight to the base line."""
    disc = Circle((0, 0), radius, color=colour, linewidth=0, gid=f"zone-{name}")
    axes.add_patch(disc)
    disc.set_clip_path(inside)
    if half_width == THREE_CORNER:
        depth = CORNER_LENGTH - BASE_LINE
        axes.add_patch(Rectangle((-half_width, BASE_LINE), 2 * half_width, depth, color=colour, linewidth=0))
