"""Great-circle distance between two places on earth, in miles.

Does NOT belong here: which venue a team comes from, coordinates of particular arenas.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

EARTH_RADIUS_MILES = 3958.8  # mean radius

Degrees = npt.NDArray[np.float64]


def great_circle_miles(latitude: Degrees, longitude: Degrees, to_latitude: Degrees, to_longitude: Degrees) -> Any:
    """Haversine distance of places given in degrees, north and east positive; NaN where a coordinate is unknown."""
    south, north = np.radians(latitude), np.radians(to_latitude)
    rise = np.sin((north - south) / 2) ** 2
    turn = np.sin(np.radians(to_longitude - longitude) / 2) ** 2
    return 2 * EARTH_RADIUS_MILES * np.arcsin(np.sqrt(rise + np.cos(south) * np.cos(north) * turn))
