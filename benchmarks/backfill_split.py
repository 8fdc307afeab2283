"""Back-fill into a new warehouse and a new history, and split the wall time: the ten tables, then one new day.

Computing and writing are what every write reports in its metadata; a step's remainder is reading inputs, evaluating
checks and storing events; what lies outside the steps is planning, starting runs, the account at the end and the
package import. A whole-table check is a step of its own and counts as checks.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import dagster as dg

from nba_pipeline import catalog
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.orchestration.table_asset import asset_key

WRITE_PARTS = ("seconds_stage", "seconds_merge", "seconds_verify")
TARGETS_SECONDS = {"ten": 60, "day": 30}  # wall, events and checks included
COMPUTED = ("analytics", "precompute")  # layers of the ten tables


@dataclass(frozen=True)
class Measured:
    """One command: when it started, and what it took."""

    started_at: float
    wall: float
    cpu: float
    peak_mib: float


def main() -> None:
    arguments = _arguments()
    names = list(catalog.tables())
    ten = [name for name in names if name.split(".")[0] in COMPUTED]
    others = [name for name in names if name not in ten]
    newest = arguments.last - timedelta(days=1)
    with tempfile.TemporaryDirectory(prefix="backfill_split_") as folder:
        if "all" in arguments.parts:
            _part("all", Path(folder, "all"), arguments, names, arguments.first, arguments.last)
        if set(arguments.parts) & set(TARGETS_SECONDS):
            place = Path(folder, "parts")
            _backfill(place, arguments.landing, others, arguments.first, newest)
            _part("ten", place, arguments, ten, arguments.first, newest)
        if "day" in arguments.parts:
            _part("day", place, arguments, names, arguments.last, arguments.last)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--landing", required=True)
    parser.add_argument("--from", dest="first", required=True, type=date.fromisoformat)
    parser.add_argument("--to", dest="last", required=True, type=date.fromisoformat, help="the new day")
    parser.add_argument(
        "--parts",
        nargs="+",
        choices=("all", *TARGETS_SECONDS),
        default=list(TARGETS_SECONDS),
        help="all: every table over the range at once; ten: analytics and precompute over the range without its last "
        "day, raw and reference being there; day: every table on the last day",
    )
    return parser.parse_args()


def _part(
    part: str, place: Path, arguments: argparse.Namespace, tables: Sequence[str], first: date, last: date
) -> None:
    before = os.getloadavg()[0]
    measured = _backfill(place, arguments.landing, tables, first, last)
    print(f"\n{part}: {len(tables)} tables, {first} .. {last}, {(last - first).days + 1} partition(s) each")
    with open_instance(place / "dagster_home") as instance:
        _report(instance, tables, measured)
    target = f", target {TARGETS_SECONDS[part]} s" if part in TARGETS_SECONDS else ""
    print(
        f"{part}: wall {measured.wall:.1f} s{target}; cpu {measured.cpu:.1f} s; peak memory {measured.peak_mib:.0f} "
        f"MiB; load average {before:.1f} before, {os.getloadavg()[0]:.1f} after",
        flush=True,
    )


def _backfill(place: Path, landing: str, tables: Sequence[str], first: date, last: date) -> Measured:
    """Run the command as a person would; CalledProcessError when it does not end with exit code 0."""
    command = [
        *(sys.executable, "-W", "ignore", "-m", "nba_pipeline", "backfill", "--landing", landing, "--yes"),
        *("--warehouse", f"duckdb:///{place}/warehouse.duckdb", "--from", str(first), "--to", str(last)),
        *("--tables", ",".join(tables), "--only", "all", "--waive", "code=a benchmark of the working tree"),
    ]
    cpu, started_at, started = _children_cpu(), time.time(), time.monotonic()
    subprocess.run(command, check=True, env={**os.environ, "DAGSTER_HOME": str(place / "dagster_home")})
    wall = time.monotonic() - started
    peak_mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Measured(started_at, wall, _children_cpu() - cpu, peak_mib)


def _children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _report(instance: dg.DagsterInstance, tables: Sequence[str], measured: Measured) -> None:
    runs = {
        record.dagster_run.run_id
        for record in instance.get_run_records()
        if record.create_timestamp.timestamp() >= measured.started_at
    }
    compute, write, rows = defaultdict(float), defaultdict(float), defaultdict(int)
    events: defaultdict[str, int] = defaultdict(int)
    for name in tables:
        for record in instance.fetch_materializations(asset_key(catalog.tables()[name]), limit=10_000).records:
            if record.run_id not in runs or not record.asset_materialization:
                continue
            metadata = record.asset_materialization.metadata
            events[name] += 1
            rows[name] += int(metadata["rows"].value) if "rows" in metadata else 0
            if "seconds_compute" in metadata:
                compute[name] += float(metadata["seconds_compute"].value)
                write[name] += sum(float(metadata[part].value) for part in WRITE_PARTS)
    steps = _step_seconds(instance, runs)
    print(f"{'table':<45}{'rows':>11}{'compute s':>11}{'write s':>9}{'rest s':>8}{'events':>8}")
    for name in tables:
        rest = steps[name] - compute[name] - write[name]
        print(f"{name:<45}{rows[name]:>11,}{compute[name]:>11.2f}{write[name]:>9.2f}{rest:>8.2f}{events[name]:>8}")
    whole = sum(seconds for step, seconds in steps.items() if step not in tables)
    rest = sum(steps[name] for name in tables) - sum(compute.values()) - sum(write.values())
    print(
        f"wall {measured.wall:.1f} s = computing {sum(compute.values()):.1f} + writing {sum(write.values()):.1f} + "
        f"reading, partition checks, events {rest:.1f}\n     + whole-table checks {whole:.1f} + planning, starting "
        f"runs, account {measured.wall - sum(steps.values()):.1f}"
    )


def _step_seconds(instance: dg.DagsterInstance, runs: set[str]) -> defaultdict[str, float]:
    """Seconds per step of the runs; the step of a table goes by the table's name."""
    steps: defaultdict[str, float] = defaultdict(float)
    for run_id in runs:
        for stats in instance.get_run_step_stats(run_id):
            if stats.start_time and stats.end_time:
                steps[stats.step_key.replace("__", ".", 1)] += stats.end_time - stats.start_time
    return steps


if __name__ == "__main__":
    main()
