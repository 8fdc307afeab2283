"""What distinguishes two sets of rows of one table, bit for bit. Does NOT belong here: where the rows come from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from nba_pipeline.schema import Table
from nba_pipeline.schema.frames import arrow_schema
from nba_pipeline.warehouse.casts import to_arrow
from nba_pipeline.warehouse.row_hash import row_hashes

NAMED_COLUMNS = 6


@dataclass(frozen=True)
class Differences:
    """Rows on one side only, and rows of both sides that differ; true when there is any."""

    rows: int
    changed: int
    missing: int
    extra: int
    columns: tuple[str, ...]
    example: str

    def __bool__(self) -> bool:
        return bool(self.changed or self.missing or self.extra)

    def __str__(self) -> str:
        parts = []
        if self.changed:
            named = ", ".join(self.columns[:NAMED_COLUMNS])
            more = f" and {len(self.columns) - NAMED_COLUMNS} more" if len(self.columns) > NAMED_COLUMNS else ""
            parts.append(f"{self.changed} of {self.rows} rows differ in {named}{more}")
        if self.missing:
            parts.append(f"{self.missing} of {self.rows} rows are missing")
        if self.extra:
            parts.append(f"{self.extra} rows are too many")
        return ", ".join(parts) + (f", first {self.example}" if self.example else "")


def stored_form(table: Table, rows: pd.DataFrame) -> pa.Table:
    """A transform's rows in the types they are stored in."""
    arrays = [to_arrow(table, column, rows[column.name]) for column in table.columns]
    return pa.Table.from_arrays(arrays, schema=arrow_schema(table.columns))


def differences(table: Table, found: pa.Table, expected: pa.Table) -> Differences:
    """How `found` differs from `expected`, whatever the order of the rows. Keys are unique on either side."""
    names, key = list(table.column_names), list(table.primary_key)
    found_keys, expected_keys = (row_hashes(rows.select(key)) for rows in (found, expected))
    common, here, there = np.intersect1d(found_keys, expected_keys, return_indices=True)
    differ = row_hashes(found.select(names).take(here)) != row_hashes(expected.select(names).take(there))
    own, other = found.take(here[differ]), expected.take(there[differ])
    columns = tuple(name for name in names if (_hashes(own, name) != _hashes(other, name)).any())
    missing = np.flatnonzero(~np.isin(expected_keys, common))
    extra = np.flatnonzero(~np.isin(found_keys, common))
    examples = [*_keys(own, key), *_keys(expected.take(missing[:1]), key), *_keys(found.take(extra[:1]), key)]
    return Differences(expected.num_rows, len(own), len(missing), len(extra), columns, examples[0] if examples else "")


def _hashes(rows: pa.Table, name: str) -> npt.NDArray[np.uint64]:
    return row_hashes(rows.select([name]))


def _keys(rows: pa.Table, key: list[str]) -> list[str]:
    return [" ".join(str(value) for value in row.values()) for row in rows.select(key).slice(0, 1).to_pylist()]
