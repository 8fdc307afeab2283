"""A real `dagster-daemon run` over the three tables, which is stopped, killed and started again.

Does NOT belong here: what it runs.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg

from nba_pipeline.orchestration.run_tags import AUTOMATIC, TRIGGER_TAG
from nba_pipeline_tests.random_operations.graph import FOLDER_VARIABLE

PATIENCE_SECONDS = 900  # sixty runs may be queued in the end, each of which starts a process
UNDER_WAY = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


@dataclass
class Daemon:
    """Runs until it is stopped, also when the test fails in between."""

    folder: Path
    _process: subprocess.Popen[bytes] | None = None
    stops: dict[str, int] = field(default_factory=lambda: {"stopped": 0, "killed": 0})

    def start(self, instance: dg.DagsterInstance) -> None:
        """Start it and wait until one of its sensors has ticked."""
        module = "nba_pipeline_tests.random_operations.live_tables"
        environment = {
            **os.environ,
            "DAGSTER_HOME": str(self.folder / "dagster_home"),
            "DAGSTER_EVENT_BATCH_SIZE": "1000",
            FOLDER_VARIABLE: str(self.folder),
        }
        started = time.time()
        with (self.folder / "daemon.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "dagster._daemon", "run", "-m", module],
                env=environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        while not _ticked(instance, since=started):
            self._check(started)
            time.sleep(0.5)

    def stop(self, instance: dg.DagsterInstance, *, kill: bool) -> None:
        """Stop it, or kill it with its code server and the runs under way; those are then marked as cancelled.

        That is what an operator does after a crash: a run without a process counts as in progress for ever.
        """
        if self._process is None:
            return
        if not kill:
            self._process.terminate()
            self._process.wait(timeout=PATIENCE_SECONDS)
        self.end()
        self.stops["killed" if kill else "stopped"] += 1
        mark_as_cancelled(instance, dg.RunsFilter(statuses=UNDER_WAY, tags={TRIGGER_TAG: list(AUTOMATIC)}))

    def end(self) -> None:
        """Leave no process behind, whatever happened."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):  # when all of them have ended by themselves
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def wait_for_runs(self, instance: dg.DagsterInstance) -> None:
        """Wait until no run is queued or under way."""
        started = time.time()
        while instance.get_runs_count(dg.RunsFilter(statuses=[dg.DagsterRunStatus.QUEUED, *UNDER_WAY])):
            self._check(started)
            time.sleep(0.5)

    def _check(self, started: float) -> None:
        assert self._process is not None
        ended, late = self._process.poll() is not None, time.time() - started > PATIENCE_SECONDS
        if ended or late:
            log = (self.folder / "daemon.log").read_text(errors="replace")[-3000:]
            raise AssertionError(f"the daemon {'ended by itself' if ended else 'does not come to rest'}:\n{log}")


def mark_as_cancelled(instance: dg.DagsterInstance, runs: dg.RunsFilter) -> None:
    for run in instance.get_runs(runs):
        instance.report_run_canceled(run)


def automatic_runs(instance: dg.DagsterInstance, *statuses: dg.DagsterRunStatus) -> int:
    return instance.get_runs_count(dg.RunsFilter(statuses=list(statuses), tags={TRIGGER_TAG: list(AUTOMATIC)}))


def _ticked(instance: dg.DagsterInstance, since: float) -> bool:
    return any(
        instance.get_ticks(state.instigator_origin_id, state.selector_id, after=since, limit=1)
        for state in instance.all_instigator_state()
    )
