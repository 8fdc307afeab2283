"""How many rows a row group of the DuckDB file should hold: writing, size of the file, reading.

Writes the ten analytics and precompute tables of a finished warehouse into new files, season by season and with the
project's own writer, once for every size; computing is not part of it. Times are medians.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path

import copied_seasons
from measured_step import measured_tables

from nba_pipeline.schema.frames import frame_from_arrow
from nba_pipeline.warehouse import Batch, Scope, Warehouse, WriteOptions, conform, duckdb_file, open_warehouse

SIZES = (4_096, 8_192, 12_288, 16_384, 30_720, 122_880)  # multiples of 2,048; the last is DuckDB's own
DAYS_READ = 30  # single dates, as the checks of one date read them


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--warehouse", required=True, type=Path, help="DuckDB file with the finished tables")
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    batches = _batches(open_warehouse(f"duckdb:///{arguments.warehouse.resolve()}"))
    print(
        f"{sum(batch.rows.num_rows for batch in batches):,} rows in {len(batches)} writes, median of {arguments.runs}"
    )
    print(f"{'rows a group':>12}{'write s':>9}{'cpu s':>8}{'file MiB':>10}{'read all s':>12}{'read days s':>13}")
    for size in SIZES:
        measured = [_measured(size, batches) for _ in range(arguments.runs)]
        write, cpu, mib, whole, days = (statistics.median(values) for values in zip(*measured, strict=True))
        print(f"{size:>12,}{write:>9.2f}{cpu:>8.2f}{mib:>10.0f}{whole:>12.2f}{days:>13.2f}", flush=True)


def _batches(source: Warehouse) -> list[Batch]:
    found = []
    for first, last in copied_seasons.season_ranges_of(copied_seasons.REAL_SEASONS):
        for table in measured_tables():
            rows = source.read(table, columns=table.column_names, first=first, last=last)
            found.append(conform(table, frame_from_arrow(table, rows), Scope(first, last)))
    return found


def _measured(size: int, batches: list[Batch]) -> tuple[float, float, float, float, float]:
    duckdb_file.ROW_GROUP_ROWS = size
    with tempfile.TemporaryDirectory(prefix="row_groups_") as folder:
        path = Path(folder, "nba.duckdb")
        warehouse = open_warehouse(f"duckdb:///{path}")
        cpu, started = time.process_time(), time.perf_counter()
        for batch in batches:
            warehouse.write(batch, WriteOptions(run_id="benchmark"))
        written, cpu = time.perf_counter(), time.process_time() - cpu
        for table in measured_tables():
            warehouse.read(table)
        whole = time.perf_counter()
        for table in measured_tables():
            for day in _days(batches):
                warehouse.read(table, first=day, last=day)
        return written - started, cpu, path.stat().st_size / 1024**2, whole - written, time.perf_counter() - whole


def _days(batches: list[Batch]) -> list[date]:
    scope = batches[0].scope
    assert scope is not None
    return [date.fromordinal(scope.first.toordinal() + 60 + number) for number in range(DAYS_READ)]


if __name__ == "__main__":
    main()
