"""What happens to a warehouse in its life: corrections land, ranges are run again, at once, and are killed.

Meanwhile a daemon makes what has landed and what follows from it; it is stopped or killed and started again.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import dagster as dg
import duckdb
from dagster import reconstructable

from nba_pipeline import catalog
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.readiness.plan import PlannedRun
from nba_pipeline.readiness.runs import RunOutcome, launch
from nba_pipeline_tests.random_operations.daemon import UNDER_WAY, Daemon, mark_as_cancelled
from nba_pipeline_tests.random_operations.graph import DAYS, FOLDER_VARIABLE, TABLES, Landed, Scores, job

TEAMS = ("ATL", "BOS", "CHI", "DEN")
READING_SECONDS = 120  # to find the file without a writer
PROCESS_TAG = "toy/process"
LONGEST_LIFE_SECONDS = 1.5  # of a run that is going to be killed; about as long as a whole run takes


def catalogue() -> dict[str, object]:
    return {str(table): table for table in TABLES}


def run_range(folder: Path, first: date, last: date, process: str = "") -> RunOutcome:
    """All three tables over a range, in one run of this process, by whose name it is found again."""
    with open_instance(folder / "dagster_home") as instance:
        planned = PlannedRun(TABLES, first, last)
        return launch(reconstructable(job), instance, planned, tags={PROCESS_TAG: process}, on_event=lambda event: None)


def run_range_in_another_process(folder: Path, first: date, last: date, process: str) -> None:
    os.environ[FOLDER_VARIABLE] = str(folder)
    os.environ["DAGSTER_EVENT_BATCH_SIZE"] = "1000"
    catalog.tables = catalogue  # type: ignore[assignment]
    run_range(folder, first, last, process)


def processes() -> ForkServerContext:
    """Each process is forked from a server that has everything imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


@dataclass
class World:
    """The landing zone, what it has ever held, and the dates whose newest content no finished run has read."""

    folder: Path
    chance: random.Random
    daemon: Daemon
    versions: dict[date, list[Scores]] = field(default_factory=lambda: {day: [{}] for day in DAYS})
    unread: set[date] = field(default_factory=set)
    done: dict[str, int] = field(default_factory=dict)

    @property
    def landed(self) -> Landed:
        return Landed(self.folder)

    def act(self) -> str:
        """One operation, drawn by chance; returns its name."""
        operations = (self.land, self.run_again, self.overlap, self.kill, self.restart)
        chosen = self.chance.choices(operations, weights=(44, 34, 7, 9, 6))[0]
        chosen()
        self.done[chosen.__name__] = self.done.get(chosen.__name__, 0) + 1
        return chosen.__name__

    def land(self) -> None:
        """A day lands, or a correction of it: other points, one team more or less."""
        day = self.chance.choice(DAYS)
        scores = {team: self.chance.randint(80, 130) for team in TEAMS if self.chance.random() < 0.8}
        self.versions[day].append(scores)
        self.landed.put(day, scores)
        self.unread.add(day)

    def run_again(self) -> None:
        first, last = self._range()
        assert run_range(self.folder, first, last).success
        self.unread -= {day for day in DAYS if first <= day <= last}

    def overlap(self) -> None:
        """Two runs at once over ranges that may share dates; the file has one writer, so they take turns."""
        started = [self._start(*self._range()) for _ in range(2)]
        for process in started:
            process.join(120)
            assert process.exitcode == 0

    def kill(self) -> None:
        """A run that is killed at any moment, and marked as cancelled."""
        process = self._start(*self._range())
        time.sleep(self.chance.uniform(0.0, LONGEST_LIFE_SECONDS))
        process.kill()
        process.join()
        with open_instance(self.folder / "dagster_home") as instance:
            mark_as_cancelled(instance, dg.RunsFilter(statuses=UNDER_WAY, tags={PROCESS_TAG: process.name}))

    def restart(self) -> None:
        """The daemon is stopped, or killed with all it has started, and comes back."""
        with open_instance(self.folder / "dagster_home") as instance:
            self.daemon.stop(instance, kill=self.chance.random() < 0.6)
            self.daemon.start(instance)

    def _start(self, first: date, last: date) -> ForkServerProcess:
        name = str(uuid.UUID(int=self.chance.getrandbits(128)))
        process = processes().Process(
            target=run_range_in_another_process, args=(self.folder, first, last, name), name=name
        )
        process.start()
        return process

    def _range(self) -> tuple[date, date]:
        first = self.chance.randrange(len(DAYS))
        return DAYS[first], DAYS[min(first + self.chance.randrange(5), len(DAYS) - 1)]


def stored(folder: Path, table: str, columns: Sequence[str]) -> list[tuple[object, ...]]:
    """All rows of a table in order; none before it was first written. Waits while somebody writes."""
    if not (folder / "warehouse.duckdb").exists():
        return []
    with _reading(folder) as connection:
        known = connection.execute("select count(*) from duckdb_tables() where table_name = ?", [table.split(".")[1]])
        if known.fetchall()[0][0] == 0:
            return []
        return connection.execute(f"select {', '.join(columns)} from {table} order by all").fetchall()


def _reading(folder: Path) -> duckdb.DuckDBPyConnection:
    deadline = time.monotonic() + READING_SECONDS
    while True:
        try:
            return duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True)
        except duckdb.IOException:  # a writer has the file
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
