"""Great-circle miles between arenas."""

from __future__ import annotations

import numpy as np
import pytest

from nba_pipeline.basketball.distance import great_circle_miles

ARENAS = {
    "ATL": (33.7573, -84.3963),
    "BOS": (42.3662, -71.0621),
    "GSW": (37.7680, -122.3877),
    "CHI": (41.8807, -87.6742),
    "LAL": (34.0430, -118.2673),
    "Inglewood": (33.9450, -118.3430),
}


def miles(start: str, end: str) -> float:
    (south, west), (north, east) = ARENAS[start], ARENAS[end]
    return float(great_circle_miles(*(np.array(value) for value in (south, west, north, east))))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("ATL", "BOS", 936.104),
        ("ATL", "GSW", 2133.283),
        ("ATL", "CHI", 588.973),
        ("LAL", "Inglewood", 8.041),
    ],
)
def test_golden_distances_in_both_directions(start: str, end: str, expected: float) -> None:
    assert miles(start, end) == pytest.approx(expected, abs=5e-4)
    assert miles(end, start) == pytest.approx(expected, abs=5e-4)


def test_a_place_is_no_distance_from_itself() -> None:
    assert miles("BOS", "BOS") == 0.0


def test_an_unknown_coordinate_gives_an_unknown_distance() -> None:
    assert np.isnan(great_circle_miles(*(np.array(value) for value in (40.0, -70.0, np.nan, -70.0))))


def test_opposite_ends_of_the_earth_are_half_its_circumference_apart() -> None:
    found = great_circle_miles(*(np.array(value) for value in (0.0, 0.0, 0.0, 180.0)))
    assert found == pytest.approx(np.pi * 3958.8)
