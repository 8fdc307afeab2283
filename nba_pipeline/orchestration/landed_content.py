"""What has landed, by content: one digest per source and date over the SHA-256 of its files.

A time of modification is never an identity. Landed files are immutable, so a file is hashed once per process: its
hash is reused only while size, inode, times (or the bucket's etag and generation) are unchanged, and only when the
change time is old enough at hashing that a later write must show in it. A touched file is hashed again and equal.
Does NOT belong here: deciding what is due, parsing.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from fsspec import AbstractFileSystem

from nba_pipeline.landing.filesystem import open_root
from nba_pipeline.landing.grammar import PAYLOADS, parse_path

STAMP = ("size", "ino", "mtime", "created", "etag", "generation", "md5Hash")
SETTLED = 2.0  # seconds between a file's change and its hashing from which its change time is conclusive
DIGITS = 16


@dataclass(frozen=True)
class DayContent:
    """Files of one source on one date: `units` they are about, those that `unreadable` names could not be read."""

    digest: str
    units: frozenset[str]
    unreadable: tuple[str, ...] = ()


@dataclass
class HashMemory:
    """Hashes of files seen by this process, with the stamp that each was taken at."""

    known: dict[str, tuple[tuple[Any, ...], str]] = field(default_factory=dict)

    def content_hash(self, filesystem: AbstractFileSystem, path: str, info: Mapping[str, Any]) -> str:
        """SHA-256 of the file's bytes. Raises OSError when it cannot be read."""
        stamp = tuple(str(info.get(name, "")) for name in STAMP)
        remembered = self.known.get(path)
        if remembered and remembered[0] == stamp:
            return remembered[1]
        digest = hashlib.sha256(filesystem.cat_file(path)).hexdigest()
        changed_at = info.get("created")
        if not isinstance(changed_at, float) or time.time() - changed_at > SETTLED:
            self.known[path] = (stamp, digest)
        return digest


def landed_days(
    root: str, feeds: Iterable[str], first: date, last: date, memory: HashMemory
) -> dict[tuple[str, date], DayContent]:
    """Content of every (feed, date) of the window that has files."""
    filesystem, base = open_root(root)
    found: dict[tuple[str, date], DayContent] = {}
    for feed in feeds:
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            files = filesystem.find(f"{base}/{PAYLOADS}/{feed}/{day.isoformat()}", detail=True)
            visible = {path: info for path, info in files.items() if not path.rsplit("/", 1)[-1].startswith(".")}
            if visible:
                found[feed, day] = _content(filesystem, base, visible, memory)
    return found


def _content(
    filesystem: AbstractFileSystem, base: str, files: Mapping[str, Mapping[str, Any]], memory: HashMemory
) -> DayContent:
    """The digest over the contents of each unit in the order they were fetched.

    The same content delivered again by a later fetch is no news; content that comes back after another one is.
    """
    hashes: dict[str, list[tuple[Any, str]]] = {}
    unreadable = []
    for path, info in sorted(files.items()):
        relative = path.removeprefix(f"{base}/")
        try:
            digest = memory.content_hash(filesystem, path, info)
        except OSError as error:
            digest = f"unreadable: {type(error).__name__}"
            unreadable.append(relative)
        file = parse_path(relative)
        unit, order = (file.unit, str(file.fetched_at)) if file else (f"bad name {relative}", "")
        hashes.setdefault(unit, []).append((order, digest))
    whole = hashlib.sha256()
    for unit, entries in sorted(hashes.items()):
        previous = ""
        for _, digest in sorted(entries):
            if digest != previous:
                whole.update(f"{unit}={digest}\n".encode())
            previous = digest
    return DayContent(whole.hexdigest()[:DIGITS], frozenset(hashes), tuple(unreadable))


def season_digest(root: str, feed: str) -> str:
    """Digest of a season feed: the names of its files, which are never reused, and the content of the newest."""
    filesystem, base = open_root(root)
    folder = f"{base}/{PAYLOADS}/{feed}"
    files = [file for path in filesystem.find(folder) if (file := parse_path(path.removeprefix(f"{base}/")))]
    whole = hashlib.sha256("\n".join(sorted(file.path for file in files)).encode())
    newest = max(files, key=lambda file: (file.fetched_at, file.path), default=None)
    if newest:
        whole.update(filesystem.cat_file(f"{base}/{newest.path}"))
    return whole.hexdigest()[:DIGITS]
