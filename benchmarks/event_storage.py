"""How long storing the events of one range run takes: Dagster's SQLite, this project's, PostgreSQL.

One run over all partitions of one table reports, per partition, that it is planned, that it is materialised, and the
outcome of a check. They are stored as Dagster stores them with `DAGSTER_EVENT_BATCH_SIZE=1000`: up to a thousand in
one call of `store_event_batch`. PostgreSQL is started for the measurement from the system's packages, in a folder of
its own, on a socket file, with its defaults; without the packages its line is left out and said so.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import dagster as dg
from dagster import DagsterEvent, DagsterEventType, EventLogEntry
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluation
from dagster._core.events import AssetMaterializationPlannedData, StepMaterializationData
from dagster._core.storage.event_log import EventLogStorage, SqliteEventLogStorage
from dagster_postgres.event_log import PostgresEventLogStorage
from dagster_postgres.utils import get_conn_string
from dagster_shared.check import CheckError

from nba_pipeline.orchestration.event_log import BatchingSqliteEventLogStorage
from nba_pipeline.orchestration.postgres_event_log import BatchingPostgresEventLogStorage

BATCH_SIZE = 1000  # DAGSTER_EVENT_BATCH_SIZE
FIRST_PARTITION = date(2021, 10, 19)
KEY = dg.AssetKey(["analytics", "player_game_summary"])
CHECK = "row_count_vs_schedule"
DRIVER = "postgresql+psycopg2"  # as in deploy/dagster.yaml
NOBODY = "nobody"  # PostgreSQL refuses to run as root
KINDS = ("planned", "materialised", "checked")

Open = Callable[[Path], EventLogStorage]


def main() -> None:
    arguments = _arguments()
    print(f"{arguments.partitions} partitions, median of {arguments.repeats}, load average {os.getloadavg()[0]:.1f}")
    print(f"{'event storage':<24}" + "".join(f"{kind + ' ms':>17}" for kind in KINDS) + f"{'all ms':>10}{'ratio':>9}")
    with tempfile.TemporaryDirectory(prefix="event_storage_") as folder, _postgres(Path(folder)) as postgres:
        base = None
        for name, opened in {**FILES, **postgres}.items():
            figures = _measured(opened, Path(folder), arguments.partitions, arguments.repeats)
            total = sum(figures.values())
            base = base or total
            parts = "".join(f"{figures[kind]:>17.2f}" for kind in KINDS)
            print(f"{name:<24}{parts}{total:>10.2f}{base / total:>8.1f}x", flush=True)
        if not postgres:
            print("PostgreSQL was not measured: initdb and pg_ctl were not found; install the package postgresql.")
    print("ms per partition and kind of event, wall clock; ratio: how many times faster than the first line")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--partitions", type=int, default=973)
    parser.add_argument("--repeats", type=int, default=3)
    return parser.parse_args()


def _measured(opened: Open, folder: Path, partitions: int, repeats: int) -> dict[str, float]:
    """Median milliseconds per event of each kind, every repeat in a storage of its own."""
    seconds: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for repeat in range(repeats):
        place = Path(tempfile.mkdtemp(dir=folder, prefix=f"history{repeat}_"))
        storage = opened(place)
        try:
            run_id = f"run-{place.name}"
            storage.store_event_batch(list(_events(f"{run_id}-warm", 2)["planned"]))  # opens files and connections
            for kind, events in _events(run_id, partitions).items():
                started = time.perf_counter()
                for start in range(0, len(events), BATCH_SIZE):
                    _store(storage, events[start : start + BATCH_SIZE])
                seconds[kind].append(time.perf_counter() - started)
            _check(storage, partitions)
        finally:
            storage.dispose()
    return {kind: 1000 * statistics.median(measured) / partitions for kind, measured in seconds.items()}


def _store(storage: EventLogStorage, events: Sequence[EventLogEntry]) -> None:
    """As Dagster does it: a batch that the storage refuses is stored one by one."""
    try:
        storage.store_event_batch(events)
    except CheckError:
        for event in events:
            storage.store_event(event)


def _check(storage: EventLogStorage, partitions: int) -> None:
    """That nothing was left out: a fast storage that loses events is none."""
    stored = storage.get_materialized_partitions(KEY)
    checked = storage.get_asset_check_partition_info([dg.AssetCheckKey(KEY, CHECK)])
    if {len(stored), len(checked)} != {partitions}:
        raise SystemExit(f"{type(storage).__name__} holds {len(stored)} and {len(checked)} of {partitions} partitions")


def _events(run_id: str, partitions: int) -> dict[str, Sequence[EventLogEntry]]:
    days = [(FIRST_PARTITION + timedelta(days=number)).isoformat() for number in range(partitions)]
    metadata = {"rows": dg.MetadataValue.int(240), "rows_inserted": dg.MetadataValue.int(240)}
    planned = [
        (DagsterEventType.ASSET_MATERIALIZATION_PLANNED, AssetMaterializationPlannedData(KEY, partition=day))
        for day in days
    ]
    made = [
        (
            DagsterEventType.ASSET_MATERIALIZATION,
            StepMaterializationData(dg.AssetMaterialization(KEY, partition=day, metadata=metadata)),
        )
        for day in days
    ]
    checked = [
        (
            DagsterEventType.ASSET_CHECK_EVALUATION,
            AssetCheckEvaluation(KEY, CHECK, True, metadata, partition=day),
        )
        for day in days
    ]
    return {
        kind: [_entry(run_id, event_type, data) for event_type, data in events]
        for kind, events in zip(KINDS, (planned, made, checked), strict=True)
    }


def _entry(run_id: str, event_type: DagsterEventType, data: object) -> EventLogEntry:
    event = DagsterEvent(event_type.value, job_name="warehouse", event_specific_data=data)  # type: ignore[arg-type]
    return EventLogEntry(
        error_info=None,
        user_message="",
        level="debug",
        run_id=run_id,
        timestamp=time.time(),
        job_name="warehouse",
        dagster_event=event,
    )


FILES: Mapping[str, Open] = {
    "SQLite, Dagster's": lambda folder: SqliteEventLogStorage(str(folder)),
    "SQLite, batching": lambda folder: BatchingSqliteEventLogStorage(str(folder)),
}
DATABASES: Mapping[str, type[PostgresEventLogStorage]] = {
    "PostgreSQL, Dagster's": PostgresEventLogStorage,
    "PostgreSQL, batching": BatchingPostgresEventLogStorage,
}


@contextmanager
def _postgres(folder: Path) -> Iterator[Mapping[str, Open]]:
    """A server that runs inside the block, as what opens a database of its own in it; nothing without the packages."""
    programs = _postgres_programs()
    if programs is None:
        yield {}
        return
    home = folder / "postgres"
    home.mkdir()
    os.chmod(folder, 0o755)
    user = NOBODY if os.geteuid() == 0 else None
    if user:
        shutil.chown(home, user)
    data = home / "data"
    settings = f"-c listen_addresses='' -c unix_socket_directories='{home}'"

    def call(program: str, *options: str) -> None:
        command = [str(programs / program), *options]
        subprocess.run(command, check=True, user=user, cwd=home, stdout=subprocess.DEVNULL)

    call("initdb", "-D", str(data), "-U", "dagster", "-A", "trust", "-E", "UTF8", "--locale=C")
    call("pg_ctl", "start", "-w", "-D", str(data), "-l", str(home / "log"), "-o", settings)

    def opened(kind: type[PostgresEventLogStorage], place: Path) -> EventLogStorage:
        name = place.name.lower()
        call("createdb", "-h", str(home), "-U", "dagster", name)
        url = get_conn_string("dagster", "", "", name, params={"host": str(home)}, scheme=DRIVER)
        return kind(url, should_autocreate_tables=True)

    try:
        yield {name: partial(opened, kind) for name, kind in DATABASES.items()}
    finally:
        call("pg_ctl", "stop", "-m", "fast", "-w", "-D", str(data))


def _postgres_programs() -> Path | None:
    """The folder with initdb and pg_ctl: of the search path, else the newest of Debian's packages."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    return Path(on_path).resolve().parent if on_path else None


if __name__ == "__main__":
    main()
