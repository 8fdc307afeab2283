"""How long a tick of automation takes when there is nothing to do, on a history of full size.

Five seasons of every table are recorded as written and checked (1,540 dates up to 2026-01-05), and both sensors are
ticked by the daemon's own code: it asks a code server, which has the real definitions, and stores tick and cursor.
The conditions look at the newest dates of that history. The landing sensor looks at the last ten dates of a simulated
league, all of whose content it has asked for before. A tick that asks for anything ends the measurement.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import dagster._time
from dagster._core.remote_representation.external import RemoteSensor
from dagster._core.scheduler.instigation import InstigatorTick, SensorInstigatorData, TickStatus
from dagster._core.test_utils import create_test_daemon_workspace_context
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import ModuleTarget
from dagster._daemon.sensor import execute_sensor_iteration

from nba_pipeline.catalog import table_modules, tables
from nba_pipeline.definitions import build_definitions
from nba_pipeline.orchestration.automation import Automation
from nba_pipeline.orchestration.conditions_sensor import CONDITIONS
from nba_pipeline.orchestration.feed_rules import Pace
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.orchestration.landing_sensor import LANDING_SENSOR, Remembered, look, watched_tables
from nba_pipeline.orchestration.resources import LandingResource
from nba_pipeline.sample import write_sample
from nba_pipeline.settings import export_settings, load_settings
from nba_pipeline_tests.browser.full_history import LAST_DAY, write_full_history

ROOT = Path(__file__).resolve().parent.parent
MODULE = "benchmarks.idle_tick"
TARGET_SECONDS = 1.0
LEAGUE_DAY = "IDLE_TICK_LEAGUE_DAY"  # last date of the simulated league, for the code server
ONE_SECOND = timedelta(seconds=1)
HASTE = Pace(interval=ONE_SECOND)
LOGGER = logging.getLogger(MODULE)


def definitions() -> dg.Definitions:
    """What the code server loads: the real tables; the conditions' clock stands at noon of the newest date."""
    noon = datetime.combine(LAST_DAY, datetime.min.time(), UTC) + timedelta(hours=17)
    dagster._time._mockable_get_current_datetime = lambda: noon
    automation = Automation(pace=HASTE, conditions_seconds=1, clock=_league_noon)
    return build_definitions(load_settings(), automation)


def _league_noon() -> datetime:
    return datetime.fromisoformat(f"{os.environ[LEAGUE_DAY]}T17:00:00+00:00")


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="idle_tick_", dir=arguments.folder) as place:
        folder = Path(place)
        settings = load_settings(
            str(folder / "landing"), f"duckdb:///{folder / 'warehouse.duckdb'}", str(folder / "dagster_home")
        )
        export_settings(settings)
        os.environ[LEAGUE_DAY] = write_sample(settings.landing).last_date.isoformat()
        dates = write_full_history(settings.dagster_home, list(tables().values()))
        print(f"{len(tables())} tables, {dates} dates, median of {arguments.ticks} idle ticks, "
              f"load average {os.getloadavg()[0]:.1f}")  # fmt: skip
        print(f"{'sensor':<12}{'seconds':>9}{'slowest':>9}{'cpu s':>9}{'first':>9}{'cursor kB':>11}{'target':>9}")
        with _daemon(settings.dagster_home) as context:
            cursors = {CONDITIONS: None, LANDING_SENSOR: _read_everything(context.instance, settings.landing)}
            for name, cursor in cursors.items():
                _print(name, *_measure(context, name, cursor, arguments.ticks))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ticks", type=int, default=9)
    parser.add_argument("--folder", help="where the temporary history goes, 700 MB; default: the system's")
    return parser.parse_args()


@contextmanager
def _daemon(home: Path) -> Iterator[WorkspaceProcessContext]:
    """What the daemon ticks sensors with: the instance, and a code server in a process of its own."""
    target = ModuleTarget(MODULE, attribute="definitions", working_directory=str(ROOT), location_name="idle_tick")
    with open_instance(home) as instance, create_test_daemon_workspace_context(target, instance) as context:
        yield context


def _read_everything(instance: dg.DagsterInstance, landing: str) -> str | None:
    """The landing sensor's cursor once everything that has landed was asked for."""
    watched = watched_tables([module.asset for module in table_modules().values()])
    now, cursor, remembered = _league_noon() - timedelta(hours=1), None, Remembered()
    for _ in range(30):
        context = dg.build_sensor_context(instance=instance, cursor=cursor)
        result = look(context, LandingResource(root=landing), watched, remembered, now, HASTE)
        if not result.run_requests and cursor is not None and now > _league_noon() - timedelta(minutes=30):
            return result.cursor
        cursor, now = result.cursor, now + timedelta(minutes=20)
    raise SystemExit("the landing sensor has not come to rest after 30 looks")


def _measure(
    context: WorkspaceProcessContext, name: str, cursor: str | None, ticks: int
) -> tuple[list[InstigatorTick], list[float], int]:
    """The first tick and then so many idle ones, processor seconds of each, bytes of the cursor."""
    instance, sensor = context.instance, _sensor(context, name)
    state = instance.start_sensor(sensor)
    if cursor is not None and isinstance(state.instigator_data, SensorInstigatorData):
        instance.update_instigator_state(state.with_data(state.instigator_data._replace(cursor=cursor)))
    processor = []
    for _ in range(ticks + 1):
        time.sleep(1.1)  # the interval
        before = _processor_seconds()
        for _failure in execute_sensor_iteration(context, LOGGER, None, None):
            if _failure:
                raise SystemExit(f"{name}: {_failure}")
        processor.append(_processor_seconds() - before)
    done = list(reversed(instance.get_ticks(sensor.get_remote_origin_id(), sensor.selector_id)))
    stopped = instance.stop_sensor(sensor.get_remote_origin_id(), sensor.selector_id, sensor)
    wrong = [tick for tick in done if tick.status is not TickStatus.SKIPPED]
    if wrong or len(done) != ticks + 1:
        raise SystemExit(f"{name}: {len(done)} ticks, not idle: {[(t.status, t.run_ids, t.error) for t in wrong]}")
    data = stopped.instigator_data
    return done, processor, len(data.cursor or "") if isinstance(data, SensorInstigatorData) else 0


def _sensor(context: WorkspaceProcessContext, name: str) -> RemoteSensor:
    for entry in context.create_request_context().get_code_location_entries().values():
        if entry.code_location is None:
            raise SystemExit(f"the code server failed: {entry.load_error}")
        for repository in entry.code_location.get_repositories().values():
            return repository.get_sensor(name)
    raise SystemExit("no code location")


def _processor_seconds() -> float:
    """Of this process, which plays the daemon, and of its children, the code server."""
    me, ticks_a_second = os.getpid(), os.sysconf("SC_CLK_TCK")
    parents: dict[int, tuple[int, float]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents[int(stat.parent.name)] = (int(fields[1]), (int(fields[11]) + int(fields[12])) / ticks_a_second)
    family = {me}
    while more := {pid for pid, (parent, _) in parents.items() if parent in family} - family:
        family |= more
    return sum(parents[pid][1] for pid in family if pid in parents)


def _print(name: str, ticks: list[InstigatorTick], processor: list[float], cursor: int) -> None:
    seconds = [(tick.end_timestamp or 0.0) - tick.timestamp for tick in ticks]
    median, verdict = statistics.median(seconds[1:]), f"{TARGET_SECONDS:.0f} s"
    print(
        f"{name:<12}{median:>9.2f}{max(seconds[1:]):>9.2f}{statistics.median(processor[1:]):>9.2f}{seconds[0]:>9.2f}"
        f"{cursor / 1000:>11.1f}{verdict:>9}{'' if median <= TARGET_SECONDS else '  MISSED'}",
        flush=True,
    )


if __name__ == "__main__":
    main()
