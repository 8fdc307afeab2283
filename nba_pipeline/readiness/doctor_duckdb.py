"""A DuckDB warehouse examined: file, lock, room, whether it can be written, its clock.

Does NOT belong here: tables and columns (doctor.py).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from nba_pipeline.readiness.doctor_findings import Finding
from nba_pipeline.warehouse.duckdb_file import opened
from nba_pipeline.warehouse.errors import LockTimeoutError

ROOM = 2  # times the file's size that have to be free: a write keeps the old blocks until it commits
MAX_SKEW_SECONDS = 60.0


def examine(path: Path) -> Iterator[Finding]:
    """File, lock, permission, room and clock; ends after the first of them that leaves nothing to look at."""
    folder = _existing(path.parent)
    if not os.access(folder, os.W_OK):
        advice = "Give this account write permission on the folder: DuckDB writes beside its file."
        yield Finding("warehouse", "fault", f"{folder} cannot be written to", advice)
        return
    if not path.exists():
        yield Finding("warehouse", "warn", f"{path} does not exist yet", "The first back-fill creates it.")
        return
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)  # before the probe, which may touch the file
    try:
        with opened(path, read_only=False, wait_seconds=0) as connection:
            _probe(connection)
    except LockTimeoutError:
        advice = "Wait for the run to end, or close the client that has it open; then ask again."
        yield Finding("warehouse", "unknown", f"{path} is open in another process", advice)
        return
    except (duckdb.Error, OSError) as error:
        yield Finding("warehouse", "fault", f"{path} cannot be written to: {error}", "Check the file's permissions.")
        return
    yield Finding("warehouse", "ok", f"{path}: {path.stat().st_size / 1024**2:,.1f} MiB, can be written")
    yield _room(path)
    yield _clock(path, changed)


def _probe(connection: duckdb.DuckDBPyConnection) -> None:
    """Stage a row and take it back."""
    connection.execute("begin transaction")
    connection.execute("create temp table staging_doctor (answer bigint)")
    connection.execute("insert into staging_doctor values (1)")
    connection.execute("create schema if not exists nba_doctor")
    connection.execute("create table nba_doctor.probe as select * from staging_doctor")
    connection.execute("rollback")


def _room(path: Path) -> Finding:
    free, size = shutil.disk_usage(path.parent).free, path.stat().st_size
    text = f"{free / 1024**2:,.0f} MiB free beside a file of {size / 1024**2:,.1f} MiB"
    if free < ROOM * size:
        return Finding("room", "fault", text, f"Free {ROOM} times the size of the file before the next back-fill.")
    return Finding("room", "ok", text)


def _clock(path: Path, changed: datetime) -> Finding:
    ahead = (changed - datetime.now(UTC)).total_seconds()
    if ahead > MAX_SKEW_SECONDS:
        advice = "Set this machine's clock: as-of rules and due dates compare instants with it."
        return Finding("clock", "fault", f"{path} was changed {ahead:,.0f} s in the future", advice)
    return Finding("clock", "ok", "the file was changed in the past")


def _existing(folder: Path) -> Path:
    return folder if folder.exists() else _existing(folder.parent)
