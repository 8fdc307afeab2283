"""Input shapes of a table: payload files of a feed or the archive, read into records as printed.

A reader turns one payload into a list of flat records; it raises UnusableFile for a file that cannot be used. An
empty list is the source saying "nothing". Does NOT belong here: types, resolution, ranking of forms.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Literal

import numpy as np
import pandas as pd

from nba_pipeline.landing.files import Landed, LandedFile
from nba_pipeline.landing.grammar import date_of_path
from nba_pipeline.landing.store import LandingError
from nba_pipeline.raw.errors import UnusableFile
from nba_pipeline.raw.rejects import file_reject
from nba_pipeline.raw.sieve import DAY, FETCHED_AT, FILE, NUMBER, POSITION, PROVENANCE, Sieve

Record = dict[str, object]
Reader = Callable[[bytes, LandedFile], list[Record]]
_PAGE = re.compile(r"^(?P<base>.+)-p(?P<number>\d{3})$")


@dataclass(frozen=True)
class Form:
    """One input shape.

    name: feed name, or `archive`; it becomes `source_form`.
    columns: fills `sieve.rows` from `sieve.source` (blocks G, T and `source_form` are already there).
    reader: one payload -> records as printed, flat, each with `_position`; None for the archive.
    files: `newest` usable file per unit and date, `every` file (each is its own snapshot), or `pages` of one fetch.
    team, date, opponent, game, home: source columns used for resolution (`_date` is the date of the path);
        opponent, game and home are optional cross-checks. Records without a team are resolved as unknown teams.
    prepare: changes the frame of records before resolution (wide to long, added keys); it must keep or repeat the
        provenance columns and return a fresh 0..n-1 index.
    """

    name: str
    columns: Callable[[Sieve], None]
    reader: Reader | None = None
    files: Literal["newest", "every", "pages"] = "newest"
    team: str = "team"
    date: str = DAY
    opponent: str = ""
    game: str = ""
    home: str = ""
    prepare: Callable[[pd.DataFrame], pd.DataFrame] | None = None


@dataclass
class FormRecords:
    """Records of one form in a window; the dates for which an input was read; what was refused or only counted."""

    frame: pd.DataFrame
    days_read: set[date] = field(default_factory=set)
    rejects: list[dict[str, object]] = field(default_factory=list)
    counts: Counter[tuple[str, date]] = field(default_factory=Counter)


def read_form(form: Form, landed: Landed, days: frozenset[date] | None) -> FormRecords:
    """Records of the form, of the partition dates `days` (None: all that landed)."""
    read = _read_archive(landed, days) if form.reader is None else _read_payloads(form, form.reader, landed, days)
    if form.prepare is not None and len(read.frame):
        read.frame = form.prepare(read.frame)
    return read


def decode_json(payload: bytes, key: str = "") -> object:
    """The JSON body of a payload; with `key`, an object that must have that top-level key.

    Raises UnusableFile with rule `error_body` for the vendor's error object, else `bad_file`.
    """
    try:
        body = json.loads(payload)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UnusableFile(f"not readable as JSON ({error}); fetch it again") from error
    if not key or (isinstance(body, dict) and key in body):
        return body
    if isinstance(body, dict) and {"message", "error", "error_code", "errors"} & set(body):
        raise UnusableFile(f"error body instead of {key!r}; fetch it again", rule="error_body")
    raise UnusableFile(f"no top-level key {key!r}")


def result_set(body: Mapping[str, object], name: str, required: Sequence[str]) -> list[Record]:
    """Rows of one of the NBA's `resultSets` tables, read by header name, with their JSON pointers."""
    sets = body.get("resultSets")
    for number, table in enumerate(sets if isinstance(sets, list) else []):
        if not isinstance(table, dict) or table.get("name") != name:
            continue
        headers, rows = table.get("headers"), table.get("rowSet")
        if not isinstance(headers, list) or not isinstance(rows, list):
            raise UnusableFile(f"result set {name} has no headers or rows")
        absent = [header for header in required if header not in headers]
        if absent:
            raise UnusableFile(f"result set {name} lacks header(s) {absent}", rule="missing_field")
        pointer = f"/resultSets/{number}/rowSet"
        return [
            {**dict(zip(headers, row, strict=False)), POSITION: f"{pointer}/{index}"} for index, row in enumerate(rows)
        ]
    raise UnusableFile(f"no result set {name}")


def newest_usable(
    reader: Reader, landed: Landed, files: Sequence[LandedFile], read: FormRecords
) -> tuple[LandedFile, list[Record]] | None:
    """The newest file that yields records, and them; files that do not are refused or counted in `read`.

    An empty or broken newer file never replaces a usable older one.
    """
    for file in sorted(files, key=lambda one: (one.fetched_at, one.path), reverse=True):
        records = read_file(reader, landed, file, read)
        if records:
            return file, records
    return None


def read_file(reader: Reader, landed: Landed, file: LandedFile, read: FormRecords) -> list[Record]:
    """Records of one file; nothing from an empty, unusable or broken one, which is noted in `read`."""
    if file.is_none_marker:
        read.counts["empty_payloads", file.date] += 1
        read.days_read.add(file.date)
        return []
    try:
        records = reader(landed.read(file), file)
    except LandingError as error:
        read.rejects.append(file_reject(file.date, "bad_file", file.path, str(error)))
        return []
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        detail = f"unexpected shape ({type(error).__name__}: {error})"
        read.rejects.append(file_reject(file.date, "bad_file", file.path, detail))
        return []
    except UnusableFile as error:
        if error.rule:
            read.rejects.append(file_reject(file.date, error.rule, file.path, error.detail))
        else:
            read.counts["unusable_files", file.date] += 1
        return []
    read.days_read.add(file.date)
    if not records:
        read.counts["empty_payloads", file.date] += 1
    return records


def records_frame(parts: Sequence[tuple[LandedFile, list[Record]]]) -> pd.DataFrame:
    """Records of files as one frame of printed values, with the provenance columns."""
    listed = [record for _, records in parts for record in records]
    frame = pd.DataFrame(listed, dtype="object", index=range(len(listed)))
    sizes = [len(records) for _, records in parts]
    frame[FILE] = np.repeat(np.array([file.path for file, _ in parts], dtype=object), sizes)
    frame[DAY] = np.repeat(np.array([file.date for file, _ in parts], dtype="datetime64[us]"), sizes)
    fetched = pd.to_datetime([file.fetched_at for file, _ in parts], utc=True).as_unit("us")
    frame[FETCHED_AT] = fetched.repeat(sizes)
    frame[NUMBER] = np.concatenate([np.arange(size) for size in sizes]) if sizes else np.array([], dtype=int)
    if POSITION not in frame:
        frame[POSITION] = None
    return frame


def unreadable(landed: Landed, first_day: date, days: frozenset[date] | None) -> list[dict[str, object]]:
    """Quarantine records of malformed file names and unreadable archive files."""
    records = []
    for path in landed.bad_names:
        day = date_of_path(path) or first_day
        if days is None or day in days:
            detail = "the name does not match {unit}__{fetched_at}.{extension}[.gz]; rename or remove the file"
            records.append(file_reject(day, "bad_file_name", path, detail))
    records.extend(file_reject(first_day, "bad_file", path, detail) for path, detail in landed.archive_errors)
    return records


def _read_archive(landed: Landed, days: frozenset[date] | None) -> FormRecords:
    archive = landed.archive
    if days is not None and len(archive):
        wanted = archive["game_date"].isin(pd.DatetimeIndex(sorted(days)).as_unit("us"))
        archive = archive if wanted.all() else archive[wanted]
    frame = archive.rename(columns={"source_file": FILE, "row_number": NUMBER}).reset_index(drop=True)
    if frame.empty:
        return FormRecords(frame)
    frame[DAY] = frame["game_date"]
    return FormRecords(frame, {day.date() for day in frame[DAY].dropna().unique()})


def _read_payloads(form: Form, reader: Reader, landed: Landed, days: frozenset[date] | None) -> FormRecords:
    read = FormRecords(pd.DataFrame(columns=list(PROVENANCE)))
    files = [file for file in landed.files if file.feed == form.name and (days is None or file.date in days)]
    parts: list[tuple[LandedFile, list[Record]]] = []
    if form.files == "every":
        parts = [(file, read_file(reader, landed, file, read)) for file in files]
    else:
        for unit_files in _units(files, form.files):
            chosen = newest_usable(reader, landed, unit_files, read) if form.files == "newest" else None
            parts.extend([chosen] if chosen else [])
            if form.files == "pages":
                parts.extend(_newest_fetch(reader, landed, unit_files, read))
    filled = [(file, records) for file, records in parts if records]
    if filled:
        read.frame = records_frame(filled)
    return read


def _base_unit(file: LandedFile) -> str:
    page = _PAGE.match(file.unit)
    return page["base"] if page else file.unit


def _units(files: Sequence[LandedFile], kind: str) -> Iterator[list[LandedFile]]:
    def unit(file: LandedFile) -> tuple[date, str]:
        return file.date, (_base_unit(file) if kind == "pages" else file.unit)

    for _, group in groupby(sorted(files, key=unit), key=unit):
        yield list(group)


def _newest_fetch(
    reader: Reader, landed: Landed, files: Sequence[LandedFile], read: FormRecords
) -> list[tuple[LandedFile, list[Record]]]:
    """Pages of the newest complete fetch; the pages of one fetch carry one fetch time."""
    for fetched_at in sorted({file.fetched_at for file in files}, reverse=True):
        pages = sorted((file for file in files if file.fetched_at == fetched_at), key=lambda file: file.unit)
        numbers = [int(page["number"]) for file in pages if (page := _PAGE.match(file.unit))]
        if numbers and numbers != list(range(1, len(numbers) + 1)):
            read.counts["unusable_files", pages[0].date] += len(pages)
            continue
        parts = [(file, read_file(reader, landed, file, read)) for file in pages]
        if all(records for _, records in parts[:-1]) and parts[0][1]:
            return parts
    return []
