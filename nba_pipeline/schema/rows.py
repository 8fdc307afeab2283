"""What a transform hands to the writer: rows, and what did not become a row.

Does NOT belong here: writing, validation, Dagster.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

REJECT_COLUMNS: tuple[str, ...] = (
    "partition_date",
    "action",
    "rule",
    "source_file",
    "position",
    "column_name",
    "original_value",
    "detail",
    "row_text",
)


def no_rejects() -> pd.DataFrame:
    """An empty frame of refused records: one row per refused record or file."""
    return pd.DataFrame({name: pd.Series(dtype="object") for name in REJECT_COLUMNS})


@dataclass(frozen=True)
class TableRows:
    """Rows of the requested partitions.

    rejects: records that were refused (columns REJECT_COLUMNS); they go to quarantine.
    counts: per count name, a number per partition date (exclusions, conflicts, double listings …); metadata.
    skip_reasons: partition date -> legal reason for having no rows (no_games, bootstrap, no_earlier_game,
        source_has_no_rows).
    unread: partition dates for which no input could be read; their stored rows are left alone.
    warnings: per partition date, sentences for the operator, shown by `verify`.
    table_warnings: the same for a table without partitions.
    table_skip_reason: the legal reason for a table without partitions to have no rows.
    """

    rows: pd.DataFrame
    rejects: pd.DataFrame = field(default_factory=no_rejects)
    counts: Mapping[str, Mapping[date, int]] = field(default_factory=dict)
    skip_reasons: Mapping[date, str] = field(default_factory=dict)
    unread: frozenset[date] = frozenset()
    warnings: Mapping[date, tuple[str, ...]] = field(default_factory=dict)
    table_warnings: tuple[str, ...] = ()
    table_skip_reason: str = ""
