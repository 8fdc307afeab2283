"""What happens to a warehouse in its life: corrections land, ranges are run again, at once, and are killed."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import duckdb
from dagster import reconstructable

from nba_pipeline import catalog
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.readiness.plan import PlannedRun
from nba_pipeline.readiness.runs import RunOutcome, launch
from nba_pipeline_tests.random_operations.graph import DAYS, FOLDER_VARIABLE, TABLES, Landed, Scores, job

TEAMS = ("ATL", "BOS", "CHI", "DEN")
LONGEST_LIFE_SECONDS = 1.5  # of a run that is going to be killed; about as long as a whole run takes


def catalogue() -> dict[str, object]:
    return {str(table): table for table in TABLES}


def run_range(folder: Path, first: date, last: date) -> RunOutcome:
    """All three tables over a range, in one run of this process."""
    with open_instance(folder / "dagster_home") as instance:
        planned = PlannedRun(TABLES, first, last)
        return launch(reconstructable(job), instance, planned, tags={}, on_event=lambda event: None)


def run_range_in_another_process(folder: Path, first: date, last: date) -> None:
    os.environ[FOLDER_VARIABLE] = str(folder)
    os.environ["DAGSTER_EVENT_BATCH_SIZE"] = "1000"
    catalog.tables = catalogue  # type: ignore[assignment]
    run_range(folder, first, last)


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
    versions: dict[date, list[Scores]] = field(default_factory=lambda: {day: [{}] for day in DAYS})
    unread: set[date] = field(default_factory=set)
    done: dict[str, int] = field(default_factory=dict)

    @property
    def landed(self) -> Landed:
        return Landed(self.folder)

    def act(self) -> str:
        """One operation, drawn by chance; returns its name."""
        operations = (self.land, self.run_again, self.overlap, self.kill)
        chosen = self.chance.choices(operations, weights=(44, 40, 7, 9))[0]
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
        """A run that is killed at any moment."""
        process = self._start(*self._range())
        time.sleep(self.chance.uniform(0.0, LONGEST_LIFE_SECONDS))
        process.kill()
        process.join()

    def _start(self, first: date, last: date) -> ForkServerProcess:
        process = processes().Process(target=run_range_in_another_process, args=(self.folder, first, last))
        process.start()
        return process

    def _range(self) -> tuple[date, date]:
        first = self.chance.randrange(len(DAYS))
        return DAYS[first], DAYS[min(first + self.chance.randrange(5), len(DAYS) - 1)]


def stored(folder: Path, table: str, columns: Sequence[str]) -> list[tuple[object, ...]]:
    """All rows of a table in order; none before it was first written."""
    if not (folder / "warehouse.duckdb").exists():
        return []
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        known = connection.execute("select count(*) from duckdb_tables() where table_name = ?", [table.split(".")[1]])
        if known.fetchall()[0][0] == 0:
            return []
        return connection.execute(f"select {', '.join(columns)} from {table} order by all").fetchall()
