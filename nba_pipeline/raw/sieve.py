"""The records of one form on their way into a table: each is kept, refused with a reason, or excluded with a count.

The first verdict on a record is final. Masks are aligned with `source`; nothing is computed per record except the
text of refused ones. Does NOT belong here: reading files, choosing between forms.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from nba_pipeline.raw.convert import Converted, convert
from nba_pipeline.raw.masks import Mask, plain_mask
from nba_pipeline.raw.rejects import REJECT_ROW, file_reject, reject_frame, row_text, text_of
from nba_pipeline.raw.resolve import with_room_for_null
from nba_pipeline.schema import Table
from nba_pipeline.schema.frames import STRING_DTYPE, frame_dtype

FILE, POSITION, NUMBER, DAY, FETCHED_AT = "_file", "_position", "_number", "_date", "_fetched_at"
PROVENANCE = (FILE, POSITION, NUMBER, DAY, FETCHED_AT)
"""Columns every source frame has: path, position in the file (missing: the number), row number, date, fetch time."""

SCHEDULE_ROW = "schedule_row"


class Sieve:
    """Records as printed (`source`), the columns built from them (`rows`), and the verdicts.

    game: one row per record with blocks G and T, outcome and reason (empty for tables that are not resolved).
    games: the season schedule the records were resolved against; `schedule(name)` reads it.
    """

    def __init__(self, source: pd.DataFrame, form: str) -> None:
        self.source = source
        self.form = form
        self.alive = np.ones(len(source), dtype=bool)
        self.rows: dict[str, pd.Series] = {}
        self.game = pd.DataFrame(index=source.index)
        self.games = pd.DataFrame()
        self.counts: list[tuple[str, date, int]] = []
        self.warnings: list[tuple[date, str]] = []
        self._rejects: list[dict[str, object]] = []

    def refuse(
        self, where: Mask, rule: str, *, column: str = "", value: pd.Series | None = None, detail: str = ""
    ) -> None:
        """Quarantine the records in the mask; `value` (default: the built column) is shown as it was."""
        chosen = np.flatnonzero(self._living(where))
        if not len(chosen):
            return
        shown = value if value is not None else self.rows.get(column)
        records = self.source.iloc[chosen].to_dict("records")
        for record, position in zip(records, chosen, strict=True):
            place = record.get(POSITION)
            self._rejects.append(
                {
                    "partition_date": record[DAY].date(),
                    "action": REJECT_ROW,
                    "rule": rule,
                    "source_file": record[FILE],
                    "position": str(record[NUMBER]) if text_of(place) is None else place,
                    "column_name": column or None,
                    "original_value": None if shown is None else text_of(shown.iloc[position]),
                    "detail": detail or None,
                    "row_text": row_text(record),
                }
            )
        self.alive[chosen] = False

    def refuse_file(self, where: Mask, rule: str, detail: str) -> None:
        """Quarantine the whole files that hold a record of the mask; all their records go."""
        files = self.source.loc[self._living(where), FILE].unique()
        gone = self.source[FILE].isin(files).to_numpy() & self.alive
        first_days = self.source.loc[gone].groupby(FILE, as_index=False)[DAY].min()
        for path, day in zip(first_days[FILE], first_days[DAY], strict=True):
            self._rejects.append(file_reject(day.date(), rule, path, detail))
        self.alive &= ~gone

    def exclude(self, where: Mask, reason: str) -> None:
        """Leave the records in the mask out, with a count named after the reason."""
        self.count(reason, where)
        self.alive &= ~plain_mask(where)

    def drop(self, where: Mask) -> None:
        """Leave the records in the mask out silently: a better form has supplied them."""
        self.alive &= ~plain_mask(where)

    def count(self, name: str, where: Mask) -> None:
        """Count the living records in the mask per date, as metadata."""
        days = self.source.loc[self._living(where), DAY].value_counts()
        self.counts.extend((name, day.date(), int(number)) for day, number in days.items())

    def warn(self, where: Mask, sentence: str) -> None:
        """A sentence for the operator, per date with a living record in the mask, with the number of records."""
        days = self.source.loc[self._living(where), DAY].value_counts()
        self.warnings.extend((day.date(), f"{sentence} ({number} records)") for day, number in days.items())

    def read(self, table: Table, names: Mapping[str, str], *, zone: str = "") -> None:
        """Convert source columns into columns of the table (table column -> source column) and refuse what misfits.

        A source column the records do not have is missing everywhere.
        """
        for name, source_name in names.items():
            printed = self.printed(source_name)
            self.take(name, convert(printed, table.by_name[name].type, zone=zone), printed)

    def printed(self, name: str) -> pd.Series:
        """A source column as printed; missing everywhere when no record has it."""
        if name in self.source:
            return self.source[name]
        return pd.Series([None], dtype="object").reindex(range(len(self.source)))

    def take(self, name: str, converted: Converted, printed: pd.Series) -> None:
        """Use a converted column and refuse the records whose printed value did not fit."""
        self.rows[name] = converted.values
        self.refuse(converted.bad_type, "bad_type", column=name, value=printed)
        self.refuse(converted.bad_value, "bad_value", column=name, value=printed)

    def missing(self, table: Table, name: str) -> pd.Series:
        """A column of the table without a single value."""
        column = table.by_name[name]
        dtype = {"INT64": "Int64", "BOOL": "boolean"}.get(column.type) or frame_dtype(column)
        return pd.Series([None], dtype="object").reindex(range(len(self.source))).astype(dtype)  # type: ignore[call-overload]

    def constant(self, value: str) -> pd.Series:
        """A text column with one value."""
        return pd.Series(pd.array([value], dtype=STRING_DTYPE).take(np.zeros(len(self.source), dtype=int)))

    def require(self, table: Table) -> None:
        """Refuse the records that miss a required column of the table (`missing_field`)."""
        for column in table.columns:
            if column.required:
                values = self.rows[column.name]
                self.refuse(values.isna(), "missing_field", column=column.name, detail="required, absent in the record")

    def schedule(self, name: str) -> pd.Series:
        """A column of the schedule for the game of every record, missing where none was found."""
        position = self.game[SCHEDULE_ROW].fillna(-1).to_numpy(dtype=np.int64)
        values = self.games[name]
        return pd.Series(with_room_for_null(values).array.take(position, allow_fill=True))

    def rejects(self) -> pd.DataFrame:
        """What was refused so far, with the REJECT_COLUMNS."""
        return reject_frame(self._rejects)

    def _living(self, where: Mask) -> np.ndarray:
        return plain_mask(where) & self.alive
