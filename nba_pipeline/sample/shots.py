"""Where a shot comes from: place on the court, distance, area, words.

Coordinates are tenths of a foot from the basket, + y towards half court; distances are feet.
Does NOT belong here: whether the shot goes in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

RESTRICTED_FEET = 4.0
LANE_HALF_WIDTH_FEET = 8.0
FREE_THROW_LINE_FEET = 13.75
CORNER_SHARE = 0.26  # of the threes
THREE_WORDS = ("", "", "pullup", "step back", "running pullup")
MID_WORDS = ("pullup", "turnaround", "step back", "fadeaway", "")
RIM_WORDS = ("driving", "cutting", "running", "alley-oop", "reverse", "tip")


@dataclass(frozen=True, slots=True)
class Shot:
    """Place and words of an attempt; `value` is 2 or 3, `is_lane` whether its points are points in the paint."""

    value: int
    subtype: str
    descriptor: str
    x: int
    y: int
    distance: float
    area: str
    is_lane: bool
    prints_distance: bool


def three(rng: Random) -> Shot:
    """A three from a corner or above the break."""
    if rng.random() < CORNER_SHARE:
        side = rng.choice((-1, 1))
        x, y = side * rng.randint(221, 236), rng.randint(-20, 84)
        return _shot(3, "Jump Shot", "", x, y, area="Left Corner 3" if side < 0 else "Right Corner 3")
    x, y = _polar(rng.uniform(24.2, 27.9), rng.uniform(32, 148))
    return _shot(3, "Jump Shot", rng.choice(THREE_WORDS), x, y, area="Above the Break 3")


def rim(rng: Random) -> Shot:
    """A dunk or layup, or a hook or floater from up to nine feet."""
    if rng.random() < 0.22:
        x, y = _polar(rng.uniform(4.5, 8.9), rng.uniform(40, 140))
        if rng.random() < 0.3:
            return _shot(2, "Hook", "turnaround", x, y, prints_distance=False)
        return _shot(2, "Jump Shot", "driving floating", x, y)
    distance = rng.triangular(0.1, 6.0, 1.2)
    x, y = _polar(distance, rng.uniform(10, 170))
    if distance < 2 and rng.random() < 0.4:
        return _shot(2, "DUNK", rng.choice(RIM_WORDS[:4]), x, y, prints_distance=False)
    return _shot(2, "Layup", rng.choice(RIM_WORDS), x, y, prints_distance=False)


def mid_range(rng: Random) -> Shot:
    """A two from nine to twenty-one feet."""
    x, y = _polar(rng.triangular(9.1, 21.0, 11.0), rng.uniform(15, 165))
    return _shot(2, "Jump Shot", rng.choice(MID_WORDS), x, y)


def _polar(distance: float, degrees: float) -> tuple[int, int]:
    angle = math.radians(degrees)
    return round(10 * distance * math.cos(angle)), round(10 * distance * math.sin(angle))


def _shot(
    value: int, subtype: str, descriptor: str, x: int, y: int, *, area: str = "", prints_distance: bool = True
) -> Shot:
    distance = round(math.hypot(x, y) / 10, 2)
    is_lane = value == 2 and abs(x) <= 10 * LANE_HALF_WIDTH_FEET and y <= 10 * FREE_THROW_LINE_FEET
    if not area:
        is_restricted = distance <= RESTRICTED_FEET
        area = "Restricted Area" if is_restricted else "In The Paint (Non-RA)" if is_lane else "Mid-Range"
    return Shot(value, subtype, descriptor, x, y, distance, area, is_lane, prints_distance)
