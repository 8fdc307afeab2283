"""Masks over records. Does NOT belong here: what a mask is used for."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Mask = pd.Series | np.ndarray


def plain_mask(where: Mask) -> npt.NDArray[np.bool_]:
    """A boolean numpy array; missing counts as false."""
    if isinstance(where, np.ndarray) and where.dtype == bool:
        return where
    values: Any = pd.array(where, dtype="boolean")  # type: ignore[call-overload]
    return np.asarray(values.to_numpy(dtype="bool", na_value=False))
