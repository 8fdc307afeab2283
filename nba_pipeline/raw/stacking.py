"""Living records of all forms in one frame, each with the sieve and the record it comes from.

Does NOT belong here: choosing between them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from nba_pipeline.raw.sieve import Sieve
from nba_pipeline.schema import Table
from nba_pipeline.schema.frames import empty_frame

SIEVE, RECORD = "_sieve", "_record"


def stack(table: Table, sieves: Sequence[Sieve]) -> pd.DataFrame:
    """Living rows of all forms, with the sieve and the record each comes from."""
    parts = []
    for number, sieve in enumerate(sieves):
        alive = np.flatnonzero(sieve.alive)
        columns = {name: sieve.rows[name].array.take(alive) for name in table.column_names}
        parts.append(pd.DataFrame({**columns, SIEVE: np.full(len(alive), number), RECORD: alive}))
    filled = [part for part in parts if len(part)]
    if not filled:
        return empty_frame(table).assign(**{SIEVE: pd.Series(dtype="int64"), RECORD: pd.Series(dtype="int64")})
    return filled[0] if len(filled) == 1 else pd.concat(filled, ignore_index=True)
