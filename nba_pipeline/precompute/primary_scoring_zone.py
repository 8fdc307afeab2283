"""The zone a player mainly scores from, and the same rule as an expression over stored shares.

Does NOT belong here: windows, columns, a table.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nba_pipeline.asof import Ints, ratio

# Candidates in the order that decides between equal attempts.
CANDIDATES: tuple[str, ...] = ("paint", "three", "mid_range")
LEAST_SHARES: tuple[float, ...] = (0.40, 0.40, 0.35)  # fraction of his attempts
BALANCED = "balanced"  # he shoots, but from no zone enough
PRIMARY_ZONES: tuple[str, ...] = (*CANDIDATES, BALANCED)
COMPARED_DECIMALS = 9  # decimals; a share within half a unit of the threshold reaches it


def primary_scoring_zone(paint: Ints, mid_range: Ints, three: Ints) -> pd.Series:
    """Candidate with most attempts per row; `balanced` without a candidate, NULL without an attempt."""
    attempts = np.column_stack((paint, three, mid_range))
    shots = attempts.sum(axis=1)
    shares = np.round(ratio(attempts, shots[:, None]), COMPARED_DECIMALS)
    candidate = shares >= np.array(LEAST_SHARES)
    largest = np.where(candidate, attempts, -1).argmax(axis=1)
    choice = np.where(candidate.any(axis=1), largest, PRIMARY_ZONES.index(BALANCED))
    return pd.Series(np.array(PRIMARY_ZONES, dtype=object)[choice]).where(shots > 0)


_PAINT, _THREE, _MID_RANGE = "paint_rate_last_10", "three_pt_rate_last_10", "mid_range_rate_last_10"

PRIMARY_ZONE_RULE = (
    "((primary_scoring_zone is null and coalesce(total_shots_last_10, 0) = 0) "
    "or (primary_scoring_zone is not null and coalesce(total_shots_last_10, 0) > 0)) and ("
    "primary_scoring_zone is null "
    f"or (primary_scoring_zone = 'paint' and {_PAINT} >= 0.3999999995 "
    f"and {_PAINT} >= {_THREE} - 0.0000000005 and {_PAINT} >= {_MID_RANGE} - 0.0000000005) "
    f"or (primary_scoring_zone = 'three' and {_THREE} >= 0.3999999995 "
    f"and {_THREE} > {_PAINT} + 0.0000000005 and {_THREE} >= {_MID_RANGE} - 0.0000000005) "
    f"or (primary_scoring_zone = 'mid_range' and {_MID_RANGE} >= 0.3499999995 "
    f"and ({_PAINT} < 0.3999999995 or {_MID_RANGE} > {_PAINT} + 0.0000000005) "
    f"and ({_THREE} < 0.3999999995 or {_MID_RANGE} > {_THREE} + 0.0000000005)) "
    f"or (primary_scoring_zone = 'balanced' and {_PAINT} < 0.3999999995 and {_THREE} < 0.3999999995 "
    f"and {_MID_RANGE} < 0.3499999995))"
)
"""NULL exactly without a shot, else what `primary_scoring_zone` gives; shares compared to half of 1e-9."""
