"""One backfill per table at a time: a lock the operating system takes back when its process ends, however it ends.

It covers the moments between two runs of a backfill, in which Dagster shows nothing in progress, and a killed process
leaves no lock behind. The files below DAGSTER_HOME hold a word for people and no state. Does NOT belong here: runs that
others started (preflight looks at those).
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from nba_pipeline.errors import PipelineError
from nba_pipeline.schema import Table

FOLDER = "backfilling"


class TableBusyError(PipelineError):
    """Another backfill has the table: which one, since when, what to do."""


def busy_tables(home: Path, tables: Sequence[Table]) -> dict[str, str]:
    """Table -> who back-fills it now, of the tables that another process holds."""
    busy = {}
    for table in tables:
        path = _path(home, table)
        if not path.exists():
            continue
        with path.open("r+", encoding="utf-8") as file:
            if not _taken(file):
                busy[str(table)] = file.read().strip() or "another process"
    return busy


@contextmanager
def held(home: Path, tables: Sequence[Table]) -> Iterator[None]:
    """Hold the tables to the end of the block; raises TableBusyError when another process has one of them."""
    with ExitStack() as stack:
        for table in sorted(tables, key=str):
            path = _path(home, table)
            path.parent.mkdir(parents=True, exist_ok=True)
            file = stack.enter_context(path.open("a+", encoding="utf-8"))
            if not _taken(file):
                file.seek(0)
                raise TableBusyError(f"{table}: {file.read().strip()} back-fills it. Let that end, then launch again.")
            file.truncate(0)
            file.write(f"process {os.getpid()} since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n")
            file.flush()
        yield


def _path(home: Path, table: Table) -> Path:
    return home / FOLDER / f"{table}.lock"


def _taken(file: IO[str]) -> bool:
    """Whether the lock is this file's now; closing the file gives it back."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
