"""The landing zone as a store: list and read payloads and archive of a window, land a payload once.

A landed file is never modified, renamed or deleted. Every access goes through fsspec, so a local folder and
`gs://bucket/prefix` are the same. Does NOT belong here: parsing, fetching.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Literal

from fsspec import AbstractFileSystem

from nba_pipeline.landing.archive import ArchiveRows, empty_archive, read_archive, season_bounds, season_year_of
from nba_pipeline.landing.files import Landed, LandedFile
from nba_pipeline.landing.filesystem import LandingError, listing, open_root, reaching, write_once
from nba_pipeline.landing.grammar import (
    ARCHIVE,
    GZIPPED_ABOVE_BYTES,
    PAYLOADS,
    SEASON_FEEDS,
    date_of_path,
    file_path,
    parse_path,
)

GZIP_MAGIC = b"\x1f\x8b"
FEW_DATES = 8  # above this many date folders one recursive listing of the feed is cheaper


@dataclass(frozen=True)
class Put:
    """Outcome of landing one payload: the path of the new file, or of the identical one that was there."""

    outcome: Literal["landed", "unchanged"]
    path: str


@dataclass(frozen=True)
class Landing:
    """A landing root: local folder or bucket address."""

    root: str

    @cached_property
    def _store(self) -> tuple[AbstractFileSystem, str]:
        return open_root(self.root)

    def read(self, file: LandedFile) -> bytes:
        """Bytes of a landed file, decompressed when they start with the gzip magic (whatever the name says)."""
        filesystem, root = self._store
        with reaching(self.root):
            data = filesystem.cat_file(f"{root}/{file.path}")
        if not data.startswith(GZIP_MAGIC):
            return data
        try:
            return gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise LandingError(f"landing: {file.path} is a broken gzip file: {error}.") from error

    def put(
        self, feed: str, day: date, unit: str, fetched_at: datetime, payload: bytes, extension: str = "json"
    ) -> Put:
        """Land a payload under a new name; a payload equal to the newest file of its unit is not written again.

        Raises LandingError when the name is taken.
        """
        filesystem, root = self._store
        same_unit = [file for file in self.files((feed,), day, day)[0] if (file.date, file.unit) == (day, unit)]
        newest = max(same_unit, key=lambda file: (file.fetched_at, file.path), default=None)
        if newest is not None and self.read(newest) == payload:
            return Put("unchanged", newest.path)
        gzipped = extension != "pdf" and len(payload) > GZIPPED_ABOVE_BYTES
        path = file_path(feed, day, unit, fetched_at, extension, gzipped=gzipped)
        data = gzip.compress(payload, mtime=0) if gzipped else payload
        try:
            with reaching(self.root):
                write_once(filesystem, f"{root}/{path}", data)
        except FileExistsError as error:
            raise LandingError(f"landing: {path} exists; landed files are never overwritten.") from error
        return Put("landed", path)

    def contents(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Names of the feeds and of the archive folders there are, without looking into them."""
        filesystem, root = self._store

        def names(folder: str) -> tuple[str, ...]:
            try:
                listed = filesystem.ls(f"{root}/{folder}", detail=False)
            except FileNotFoundError:
                return ()
            found = (path.rstrip("/").rsplit("/", 1)[-1] for path in listed)
            return tuple(sorted(name for name in found if not name.startswith(".")))

        with listing(self.root):
            return names(PAYLOADS), names(ARCHIVE)

    def files(self, feeds: Iterable[str], first: date, last: date) -> tuple[list[LandedFile], list[str]]:
        """Files of the feeds with a partition date in [first, last], and names that do not parse.

        Of a season feed every file of the seasons touched counts, whatever its date.
        """
        files: list[LandedFile] = []
        bad_names: list[str] = []
        for feed in feeds:
            with listing(self.root):
                paths = self._paths(feed, first, last)
            for path in paths:
                file = parse_path(path)
                if file is None:
                    bad_names.append(path)
                elif feed not in SEASON_FEEDS or _is_season_touched(file.unit, first, last):
                    files.append(file)
        files.sort(key=lambda file: (file.feed, file.date, file.unit, file.fetched_at, file.path))
        return files, sorted(bad_names)

    def landed(
        self,
        feeds: Sequence[str],
        first: date,
        last: date,
        archive: str | None = None,
        archive_columns: Sequence[str] = (),
    ) -> Landed:
        """Everything that landed for a table and the dates [first, last].

        A season feed widens the window of its archive to whole seasons.
        """
        files, bad_names = self.files(feeds, first, last)
        rows = ArchiveRows(empty_archive(archive_columns))
        if archive:
            window = season_bounds(first, last) if SEASON_FEEDS & set(feeds) else (first, last)
            filesystem, root = self._store
            with listing(self.root):
                rows = read_archive(filesystem, f"{root}/{ARCHIVE}", archive, archive_columns, *window)
        return Landed(tuple(files), rows.rows, self.read, tuple(bad_names), rows.errors)

    def _paths(self, feed: str, first: date, last: date) -> list[str]:
        """Paths below the feed's date folders inside the window, relative to the root; hidden files are ignored."""
        filesystem, root = self._store
        folder = f"{root}/{PAYLOADS}/{feed}"
        try:
            entries = [path.rstrip("/") for path in filesystem.ls(folder, detail=False)]
        except FileNotFoundError:
            return []
        inside = [path for path in entries if self._is_wanted(feed, path.removeprefix(f"{root}/"), first, last)]
        if len(inside) > FEW_DATES:
            chosen = tuple(f"{path}/" for path in inside)
            found = [path for path in filesystem.find(folder) if path.startswith(chosen) or path in inside]
        else:
            found = [path for day in inside for path in filesystem.find(day)]
        relative = (path.removeprefix(f"{root}/") for path in found)
        return [path for path in relative if not path.rsplit("/", 1)[-1].startswith(".")]

    @staticmethod
    def _is_wanted(feed: str, path: str, first: date, last: date) -> bool:
        day = date_of_path(f"{path}/")
        return feed in SEASON_FEEDS or (day is not None and first <= day <= last)


def _is_season_touched(unit: str, first: date, last: date) -> bool:
    """Whether the season a unit names is one of the window's; a unit that names no season is kept."""
    year = unit[:4]
    return not year.isdigit() or season_year_of(first) <= int(year) <= season_year_of(last)
