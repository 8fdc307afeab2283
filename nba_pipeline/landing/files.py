"""Landed files as data: what a file is about, read from its path alone.

Does NOT belong here: opening files, parsing their content.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd


@dataclass(frozen=True, order=True)
class LandedFile:
    """One payload file: `payloads/{feed}/{date}/{unit}__{fetched_at}.{extension}[.gz]`, path relative to the root."""

    path: str
    feed: str
    date: date
    unit: str
    fetched_at: datetime
    extension: str

    @property
    def is_none_marker(self) -> bool:
        """The source has no such document; a documented permanent answer, never "nobody injured"."""
        return self.extension == "none.json"


@dataclass(frozen=True)
class Landed:
    """Everything that landed for one table and one window of dates.

    files: payload files of the table's feeds, ordered by (feed, date, unit, fetched_at, path).
    archive: archive rows of the window with the archive's own column names plus `source_file` and `row_number`.
    bad_names: relative paths below the window's payload folders that do not match the grammar.
    archive_errors: relative path -> what is wrong, for archive files that cannot be read.
    read: bytes of a file, decompressed when they start with the gzip magic.
    """

    files: tuple[LandedFile, ...]
    archive: pd.DataFrame
    read: Callable[[LandedFile], bytes]
    bad_names: tuple[str, ...] = ()
    archive_errors: tuple[tuple[str, str], ...] = ()
