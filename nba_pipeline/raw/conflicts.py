"""Two records for one key: which one is written, and what becomes of the other.

Does NOT belong here: refusing a record for what it says.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from nba_pipeline.raw.sieve import FETCHED_AT, FILE, NUMBER, Sieve
from nba_pipeline.raw.stacking import RECORD, SIEVE
from nba_pipeline.schema import Table

_NOT_CONTENT = frozenset({"source_form"})


def drop_settled(built: pd.DataFrame, sieves: Sequence[Sieve], losers: np.ndarray, name: str) -> pd.DataFrame:
    """`built` without the rows in the mask, which are counted as `name`."""
    gone = built[losers]
    for sieve, part in _by_sieve(gone, sieves):
        sieve.exclude(_mask(sieve, part[RECORD]), name)
    return built[~losers]


def settle_keys(table: Table, built: pd.DataFrame, sieves: Sequence[Sieve], key: Sequence[str] = ()) -> pd.DataFrame:
    """`built` with one row per key (the primary key unless given).

    The greatest (fetched_at, file name, row number) wins. Losers with other content are quarantined as
    `duplicate_key`, equal copies are counted as `identical_copies`.
    """
    key = list(key or table.primary_key)
    repeated = built[built.duplicated(key, keep=False)]
    if repeated.empty:
        return built
    ordered = _with_age(repeated, sieves).sort_values(["_fetched", "_name", "_row"], kind="stable")
    winners = ordered.drop_duplicates(key, keep="last")
    losers = ordered.drop(winners.index)
    content = [name for name in table.column_names if name not in _NOT_CONTENT]
    equal = losers[content].merge(winners[content].drop_duplicates(), on=content, how="left", indicator="_found")
    is_copy = (equal["_found"] == "both").to_numpy()
    for sieve, part in _by_sieve(losers.assign(_copy=is_copy), sieves):
        sieve.exclude(_mask(sieve, part.loc[part["_copy"], RECORD]), "identical_copies")
        sieve.refuse(
            _mask(sieve, part.loc[~part["_copy"], RECORD]),
            "duplicate_key",
            column=key[-1],
            detail=f"another record of the same {', '.join(key)} is newer and says something else",
        )
    return built.drop(losers.index)


def _with_age(rows: pd.DataFrame, sieves: Sequence[Sieve]) -> pd.DataFrame:
    """Fetch time (archive: before everything), file name and row number of every row."""
    parts = []
    for sieve, part in _by_sieve(rows, sieves):
        source = sieve.source.iloc[part[RECORD].to_numpy()]
        fetched = source[FETCHED_AT].dt.tz_localize(None).to_numpy() if FETCHED_AT in source else np.datetime64(0, "us")
        parts.append(part.assign(_fetched=fetched, _name=source[FILE].to_numpy(), _row=source[NUMBER].to_numpy()))
    return pd.concat(parts)


def _by_sieve(rows: pd.DataFrame, sieves: Sequence[Sieve]) -> list[tuple[Sieve, pd.DataFrame]]:
    """The rows that came through each sieve; sieves without any are left out."""
    parts = [(sieve, rows[rows[SIEVE] == number]) for number, sieve in enumerate(sieves)]
    return [(sieve, part) for sieve, part in parts if len(part)]


def _mask(sieve: Sieve, records: pd.Series) -> np.ndarray:
    mask = np.zeros(len(sieve.source), dtype=bool)
    mask[records.to_numpy(dtype=np.int64)] = True
    return mask
