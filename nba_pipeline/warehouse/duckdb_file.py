"""The one place that opens the DuckDB file: waits for its lock, sets the time zone, closes it again.

A file has one writer. Other processes are kept out by DuckDB's own lock, which this module waits for; threads of
this process share one database instance and would not be kept out, so they take turns here. Does NOT belong here:
tables, statements.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from nba_pipeline.warehouse.errors import LockTimeoutError, StatementError

FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 1.0
LOCK_WORDS = ("could not set lock", "conflicting lock", "being used by another process")

_turns: dict[Path, threading.RLock] = {}
_turns_guard = threading.Lock()


@contextmanager
def opened(
    path: Path, *, read_only: bool, wait_seconds: float, sleep: Callable[[float], None] = time.sleep
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that is closed at the end of the block. Raises LockTimeoutError after `wait_seconds`."""
    with _turn(path):
        connection = _connect(path, read_only, wait_seconds, sleep)
        try:
            connection.execute("set TimeZone = 'UTC'")
            yield connection
        finally:
            connection.close()


def _turn(path: Path) -> threading.RLock:
    with _turns_guard:
        return _turns.setdefault(path.resolve(), threading.RLock())


def _connect(
    path: Path, read_only: bool, wait_seconds: float, sleep: Callable[[float], None]
) -> duckdb.DuckDBPyConnection:
    deadline = time.monotonic() + wait_seconds
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            return duckdb.connect(path, read_only=read_only)
        except duckdb.ConnectionException as error:
            raise StatementError(
                f"{path}: this process has the file open elsewhere in another mode: {error}. Close that connection."
            ) from error
        except duckdb.Error as error:
            if not any(words in str(error).lower() for words in LOCK_WORDS):
                raise StatementError(f"{path}: DuckDB cannot open the file: {error}") from error
            if time.monotonic() >= deadline:
                raise LockTimeoutError(
                    f"{path}: another process still has the file open after {wait_seconds:g} s: {error}. "
                    "Let its run end or close the client that keeps the file open, then launch again."
                ) from error
        sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
