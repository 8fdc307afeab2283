"""Quarantine records: what was refused, why, and where it stands in its file.

Does NOT belong here: deciding what to refuse.
"""

from __future__ import annotations

import json
import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime

import numpy as np
import pandas as pd

from nba_pipeline.schema.rows import REJECT_COLUMNS, no_rejects

ROW_TEXT_CHARACTERS = 4000
REJECT_ROW, REJECT_FILE = "reject_row", "reject_file"
NOT_LIMITED_RULES = frozenset({"duplicate_key"})
"""Row rules that never make a write fail: the loser of a key conflict is no defect of the source."""


def file_reject(day: date, rule: str, source_file: str, detail: str) -> dict[str, object]:
    """A whole file that was refused."""
    return {
        "partition_date": day, "action": REJECT_FILE, "rule": rule, "source_file": source_file, "position": None,
        "column_name": None, "original_value": None, "detail": detail, "row_text": None,
    }  # fmt: skip


def reject_frame(records: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """Records with the REJECT_COLUMNS as a frame; missing cells are None."""
    listed = list(records)
    if not listed:
        return no_rejects()
    frame = pd.DataFrame(listed, columns=list(REJECT_COLUMNS), dtype="object")
    return frame.where(frame.notna(), None)  # type: ignore[call-overload]  # object cells, None is meant


def join_rejects(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """All refused records, ordered by partition, file, position."""
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return no_rejects()
    joined = pd.concat(filled, ignore_index=True)
    return joined.sort_values(["partition_date", "source_file"], kind="stable", ignore_index=True)


def limited_rejects(rejects: pd.DataFrame) -> pd.DataFrame:
    """The refused records that count towards the limit of a partition."""
    return rejects[(rejects["action"] == REJECT_ROW) & ~rejects["rule"].isin(NOT_LIMITED_RULES)]


def text_of(value: object) -> str | None:
    """A value as quarantine shows it."""
    if value is None or (isinstance(value, float) and math.isnan(value)) or value is pd.NA or value is pd.NaT:
        return None
    return value if isinstance(value, str) else str(value)


def row_text(record: Mapping[Hashable, object]) -> str:
    """The record as JSON, without the provenance keys, first 4,000 characters."""
    shown = {key: _plain(value) for key, value in record.items() if not str(key).startswith("_")}
    return json.dumps(shown, ensure_ascii=False)[:ROW_TEXT_CHARACTERS]


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value)
