"""The one shot-zone rule: three, paint or mid-range.

`three` is a shot worth three, whatever distance was measured. `paint` is a two from at most 8 whole feet, or one
without a printed distance that names a rim action or carries the paint qualifier. Every other two is `mid_range`;
no shot is without a zone. Whole feet are rounded down: 8.99 ft is 8.
Does NOT belong here: sources, games, players.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

PAINT_MAX_FEET = 8  # whole feet, rounded down
THREE_POINT_VALUE = 3

PAINT, MID_RANGE, THREE = 0, 1, 2
ZONES: tuple[str, ...] = ("paint", "mid_range", "three")
"""Zone names in the order of the codes."""

RIM_SUBTYPES = ("layup", "dunk")
RIM_WORDS = re.compile(r"\b(?:layup|dunk|tip)\b", re.IGNORECASE)


def shot_zones(
    shot_value: np.ndarray, whole_feet: np.ndarray, is_rim_action: np.ndarray, is_paint_qualified: np.ndarray
) -> np.ndarray:
    """Zone code of every shot; `whole_feet` is NaN where no distance is known."""
    distance_known = ~np.isnan(whole_feet)
    near = distance_known & (whole_feet <= PAINT_MAX_FEET)
    at_the_rim = ~distance_known & (is_rim_action | is_paint_qualified)
    return np.where(shot_value == THREE_POINT_VALUE, THREE, np.where(near | at_the_rim, PAINT, MID_RANGE)).astype(
        "int8"
    )


def rim_actions(subtype: pd.Series, *texts: pd.Series) -> np.ndarray:
    """True where the subtype or one of the texts names a layup, dunk or tip as a whole word."""
    found = subtype.str.lower().isin(RIM_SUBTYPES).to_numpy()
    for text in texts:
        open_rows = np.flatnonzero(~found & text.notna().to_numpy())
        found[open_rows] = text.iloc[open_rows].str.contains(RIM_WORDS, regex=True).to_numpy(dtype=bool)
    return found
