"""Back-fill a range into a new warehouse and a new history, and split the wall time.

Computing and writing are what every write reports in its metadata; a step's remainder is reading inputs, evaluating
checks and storing events; what lies outside the steps is planning and starting runs.
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
from pathlib import Path

import dagster as dg

from nba_pipeline import catalog
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.orchestration.table_asset import asset_key

WRITE_PARTS = ("seconds_stage", "seconds_merge", "seconds_verify")


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="backfill_split_") as folder:
        home = Path(folder, "dagster_home")
        command = [
            *(sys.executable, "-m", "nba_pipeline", "backfill", "--landing", arguments.landing, "--yes"),
            *("--warehouse", f"duckdb:///{folder}/warehouse.duckdb", "--from", arguments.first, "--to", arguments.last),
            *("--only", "all"),
        ]
        started = time.monotonic()
        subprocess.run(command, check=True, env={**os.environ, "DAGSTER_HOME": str(home)})
        wall = time.monotonic() - started
        peak_mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        with open_instance(home) as instance:
            _report(instance, wall, peak_mib)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--landing", required=True)
    parser.add_argument("--from", dest="first", required=True)
    parser.add_argument("--to", dest="last", required=True)
    return parser.parse_args()


def _report(instance: dg.DagsterInstance, wall: float, peak_mib: float) -> None:
    compute, write, rows = defaultdict(float), defaultdict(float), defaultdict(int)
    events: defaultdict[str, int] = defaultdict(int)
    for name, table in catalog.tables().items():
        for record in instance.fetch_materializations(asset_key(table), limit=10_000).records:
            metadata = record.asset_materialization.metadata if record.asset_materialization else {}
            events[name] += 1
            rows[name] += int(metadata["rows"].value) if "rows" in metadata else 0
            if "seconds_compute" in metadata:
                compute[name] += float(metadata["seconds_compute"].value)
                write[name] += sum(float(metadata[part].value) for part in WRITE_PARTS)
    steps: defaultdict[str, float] = defaultdict(float)
    for run in instance.get_runs():
        for stats in instance.get_run_step_stats(run.run_id):
            if stats.start_time and stats.end_time:
                steps[stats.step_key.replace("__", ".", 1)] += stats.end_time - stats.start_time
    print(f"{'table':<45}{'rows':>11}{'compute s':>11}{'write s':>9}{'rest s':>8}{'events':>8}")
    for name in catalog.tables():
        rest = steps[name] - compute[name] - write[name]
        print(f"{name:<45}{rows[name]:>11,}{compute[name]:>11.2f}{write[name]:>9.2f}{rest:>8.2f}{events[name]:>8}")
    total_compute, total_write, total_steps = sum(compute.values()), sum(write.values()), sum(steps.values())
    rest = total_steps - total_compute - total_write
    print(
        f"wall {wall:.1f} s = computing {total_compute:.1f} + writing {total_write:.1f} "
        f"+ reading, checks, events {rest:.1f}"
    )
    print(f"     + starting runs and planning {wall - total_steps:.1f}; peak memory {peak_mib:.0f} MiB")


if __name__ == "__main__":
    main()
