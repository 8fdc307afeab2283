"""What the processes of the crash and lock tests do; each is forked from a server that has everything imported."""

from __future__ import annotations

import multiprocessing
import os
import signal
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import Event
from pathlib import Path

import duckdb
import pandas as pd

from nba_pipeline.warehouse import WriteOptions, merge_sql
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse
from nba_pipeline_tests.warehouse.example_tables import PLAYERS, D, day_after, on, players, put

ROWS = {"old": 5_000, "new": 4_800}


def processes() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def content(version: str) -> pd.DataFrame:
    """Two days of rows that tell which version they are; the new one has other points and fewer players."""
    rows = pd.concat([players(ROWS[version], D), players(ROWS[version], day_after(D))], ignore_index=True)
    return rows.assign(points=1 if version == "old" else 2)


def write(path: Path, version: str) -> None:
    put(DuckDBWarehouse(path), PLAYERS, content(version), on(D, day_after(D)), WriteOptions(allow_shrink="test"))


def write_for_ever(path: Path, begun: Event) -> None:
    """Old and new in turns until killed."""
    while True:
        write(path, "new")
        begun.set()
        write(path, "old")


def write_and_die_before(path: Path, step: str) -> None:
    """Write the new version and be killed where the text of `step` is about to be run."""

    def die(*_: object, **__: object) -> str:
        os.kill(os.getpid(), signal.SIGKILL)
        return ""

    setattr(merge_sql, step, die)
    write(path, "new")


def write_players_when_told(path: Path, points: int, go: Event) -> None:
    go.wait(30)
    put(DuckDBWarehouse(path), PLAYERS, players().assign(points=points), on(D))


def hold_open(path: Path, held: Event, release: Event) -> None:
    connection = duckdb.connect(path)
    held.set()
    release.wait(30)
    connection.close()
