"""The one place that opens the DuckDB file: waits for its lock, sets the time zone, gives the file back.

One engine per process attaches the file while it is needed and detaches it after: that takes 2 ms, an engine of its own
for every opening 18 ms. A file has one writer. Other processes are kept out by DuckDB's own lock, which this module
waits for; threads of this process share the engine and would not be kept out, so they take turns here. Does NOT belong
here: tables, statements.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from nba_pipeline.warehouse.errors import LockTimeoutError, StatementError

FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 1.0
LOCK_WORDS = ("could not set lock", "conflicting lock", "being used by another process")
ELSEWHERE_WORDS = ("unique file handle conflict", "already attached")
BROKEN = (duckdb.FatalException, duckdb.InternalException)  # after these an engine refuses every statement

ROW_GROUP_ROWS = 12_288
"""Full groups are compressed and written while more rows arrive; the rest of a write by one thread at its commit. With
DuckDB's own 122,880 a season of a player table is all rest, and takes half as long again (benchmarks/row_groups.py)."""
CHECKPOINT_AT = "1KB"  # of log: a file that is closed after every write gains nothing from a log written first

Connection = duckdb.DuckDBPyConnection


@dataclass
class _Attached:
    """The file inside an engine, and how many blocks of the thread whose turn it is have it open."""

    engine: Connection
    alias: str
    read_only: bool
    users: int = 0


_turns: dict[Path, threading.RLock] = {}
_engines: dict[int, Connection] = {}  # by process: an engine does not survive a fork
_attached: dict[tuple[int, Path], _Attached] = {}
_guard = threading.Lock()
_aliases = itertools.count(1)


@contextmanager
def opened(
    path: Path, *, read_only: bool, wait_seconds: float, sleep: Callable[[float], None] = time.sleep
) -> Iterator[Connection]:
    """A connection that is closed at the end of the block. Raises LockTimeoutError after `wait_seconds`."""
    with _turn(path):
        place = (os.getpid(), path.resolve())
        held = _attached.get(place) or _attach(path, read_only, wait_seconds, sleep)
        if held.read_only != read_only:
            raise StatementError(f"{path}: this thread has the file open in another mode. End that block first.")
        _attached[place] = held
        held.users += 1
        try:
            with _connection(held.engine) as connection:
                connection.execute(f"use {held.alias}")
                yield connection
        except BROKEN:
            _forget(held.engine)
            raise
        finally:
            held.users -= 1
            if not held.users:
                del _attached[place]
                _detach(path, held)


@contextmanager
def without_file() -> Iterator[Connection]:
    """A connection to a warehouse in which nothing is stored."""
    with _connection(_engine(Path())) as connection:
        yield connection


def _turn(path: Path) -> threading.RLock:
    with _guard:
        return _turns.setdefault(path.resolve(), threading.RLock())


@contextmanager
def _connection(engine: Connection) -> Iterator[Connection]:
    with _guard:
        connection = engine.cursor()
    try:
        connection.execute("set TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()


def _engine(path: Path) -> Connection:
    """This process's engine; what does not fit into memory is put beside the first file it opens."""
    with _guard:
        process = os.getpid()
        if process not in _engines:
            settings: dict[str, str | bool | int | float | list[str]] = {
                "temp_directory": f"{path.resolve()}.tmp",
                "wal_autocheckpoint": CHECKPOINT_AT,
            }
            _engines[process] = duckdb.connect(config=settings)
        return _engines[process]


def _forget(engine: Connection) -> None:
    with _guard:
        if _engines.get(os.getpid()) is engine:
            del _engines[os.getpid()]


def _attach(path: Path, read_only: bool, wait_seconds: float, sleep: Callable[[float], None]) -> _Attached:
    engine, alias = _engine(path), f"warehouse_{next(_aliases)}"
    options = "read_only" if read_only else f"row_group_size {ROW_GROUP_ROWS}"
    name = str(path.resolve()).replace("'", "''")
    deadline = time.monotonic() + wait_seconds
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            with _connection(engine) as connection:
                connection.execute(f"attach '{name}' as {alias} ({options})")
            return _Attached(engine, alias, read_only)
        except duckdb.Error as error:
            text = str(error).lower()
            if any(words in text for words in ELSEWHERE_WORDS):
                raise StatementError(
                    f"{path}: this process has the file open elsewhere: {error}. Close that connection."
                ) from error
            if not any(words in text for words in LOCK_WORDS):
                raise StatementError(f"{path}: DuckDB cannot open the file: {error}") from error
            if time.monotonic() >= deadline:
                raise LockTimeoutError(
                    f"{path}: another process still has the file open after {wait_seconds:g} s: {error}. "
                    "Let its run end or close the client that keeps the file open, then launch again."
                ) from error
        sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


def _detach(path: Path, held: _Attached) -> None:
    try:
        with _connection(held.engine) as connection:
            connection.execute(f"detach {held.alias}")
    except BROKEN:
        held.engine.close()
    except duckdb.Error as error:
        raise StatementError(f"{path}: DuckDB cannot close the file: {error}") from error
