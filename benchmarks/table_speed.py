"""How fast the ten analytics and precompute tables are built, against the targets and against the engine alone.

Every scenario runs in a process of its own, so that its peak memory is its own; the seconds count reading declared
inputs, computing, and conforming and merging, not importing, starting runs, checks or events. Times are medians.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import copied_seasons
import duckdb
import engine_floor
import pandas as pd
from measured_step import Step, measured_tables, run_step, run_tables

from nba_pipeline.warehouse import open_warehouse

SEASONS = 3
GROWTH = (1, 3, 10, 20)  # seasons
MOST_SECONDS, MOST_MIB = 10.0, 2048  # three seasons
MOST_SECONDS_OF_A_DAY = 3.0
MOST_TIMES_THE_FLOOR = 3.0
MOST_GROWTH, MOST_MIB_OF_GROWTH = 0.20, 4096
MIB = 1024  # getrusage counts kilobytes

Result = dict[str, Any]


@dataclass(frozen=True)
class Spent:
    """Seconds of reading, computing and writing the three seasons, by the clock and of all processors."""

    clock: float
    cpu: float


def main() -> None:
    arguments = _arguments()
    if arguments.scenario:
        print(json.dumps(SCENARIOS[arguments.scenario](*arguments.rest)))
        return
    with tempfile.TemporaryDirectory(prefix="table_speed_", dir=arguments.scratch) as folder:
        print(_machine())
        Benchmark(Path(arguments.warehouse), Path(folder), arguments.runs).report(arguments.parts)


class Benchmark:
    """The scenarios over one source warehouse, each in fresh files of `folder`."""

    def __init__(self, source: Path, folder: Path, runs: int) -> None:
        self.source, self.folder, self.runs = source, folder, runs
        self.base, self.finished = folder / "base.duckdb", folder / "finished.duckdb"

    def report(self, parts: Sequence[str]) -> None:
        _in_process("build", self.source, self.base, SEASONS)
        results, floors = self._three_seasons_and_floor("floor" in parts)
        spent = _print_three_seasons(results)
        if "memory" in parts:
            self._memory([table["table"] for table in results[0]["tables"]])
        for name, part in (("day", self._one_day), ("growth", self._growth)):
            if name in parts:
                part()
        if floors:
            _print_floor(floors, spent)

    def _three_seasons_and_floor(self, with_floor: bool) -> tuple[list[Result], list[Result]]:
        """Results of every run; the floor follows each run, so that both meet the same load of the machine."""
        results, floors = [], []
        for _ in range(self.runs):
            results.append(self._built(self.base, SEASONS, self.finished))
            if with_floor:
                floors.append(_in_process("floor", self.finished, self._fresh("inserted.duckdb")))
        return results, floors

    def _memory(self, tables: Sequence[str]) -> None:
        print("\nPeak memory of one table alone, three seasons chunked by season, process included\n")
        for table in tables:
            result = _in_process("table", table, self.finished, self._fresh("one.duckdb"), SEASONS)
            print(f"{table:<42}{result['mib']:>7.0f} MiB")

    def _one_day(self) -> None:
        day = copied_seasons.last_regular_date(self.finished)
        before = self.folder / "before.duckdb"
        shutil.copy(self.finished, before)
        _in_process("forget", before, day)
        results = []
        for _ in range(self.runs):
            shutil.copy(before, self._fresh("day.duckdb"))
            results.append(_in_process("day", self.folder / "day.duckdb", day))
        names = ("read", "compute", "write", "cpu", "seconds", "start")
        read, compute, write, cpu, seconds, start = _medians(results, names)
        print(f"\nOne new date, {day}, {results[0]['rows']:,} rows in ten tables, median of {self.runs} runs\n")
        print(f"read {read:.2f} s, compute {compute:.2f} s, write {write:.2f} s, cpu {cpu:.2f} s")
        print(f"together {_against(seconds, MOST_SECONDS_OF_A_DAY, 's')}; importing the package {start:.1f} cpu s more")

    def _growth(self) -> None:
        """One file of the most seasons, built season by season; what stands after each number of them is printed."""
        grown = self._fresh("grown.duckdb")
        _in_process("build", self.source, grown, max(GROWTH))
        after = {result["seasons"]: result for result in _in_process("growth", grown, max(GROWTH))["after"]}
        print(f"\nGrowth, copied seasons, one after the other; load average {os.getloadavg()[0]:.1f}\n")
        print(f"{'seasons':>7}{'rows':>12}{'seconds':>9}{'s/season':>10}{'cpu s/season':>14}{'peak MiB':>10}")
        for seasons in GROWTH:
            state = after[seasons]
            each = (state["seconds"], state["seconds"] / seasons, state["cpu"] / seasons, state["mib"])
            print(f"{seasons:>7}{state['rows']:>12,}{each[0]:>9.1f}{each[1]:>10.2f}{each[2]:>14.2f}{each[3]:>10.0f}")
        few, many = after[SEASONS], after[max(GROWTH)]
        for name in ("seconds", "cpu"):
            change = (many[name] / max(GROWTH)) / (few[name] / SEASONS) - 1
            print(f"{name} per season from {SEASONS} to {max(GROWTH)}: {change:+.0%} ({_word(change <= MOST_GROWTH)})")
        print(f"peak memory {_against(many['mib'], MOST_MIB_OF_GROWTH, 'MiB')}", flush=True)

    def _built(self, base: Path, seasons: int, target: Path) -> Result:
        target.unlink(missing_ok=True)
        shutil.copy(base, target)
        return _in_process("seasons", target, seasons)

    def _fresh(self, name: str) -> Path:
        path = self.folder / name
        path.unlink(missing_ok=True)
        return path


def _print_three_seasons(results: Sequence[Result]) -> Spent:
    print(f"\nThree seasons, chunked by season, median of {len(results)} runs\n")
    print(f"{'table':<42}{'rows':>9}{'read s':>8}{'compute s':>11}{'write s':>9}{'cpu s':>8}")
    for number, first in enumerate(results[0]["tables"]):
        median = _medians([result["tables"][number] for result in results], ("read", "compute", "write", "cpu"))
        print(f"{first['table']:<42}{first['rows']:>9,}{_row(median, (8, 11, 9, 8))}")
    median = _medians(results, ("read", "compute", "write", "cpu", "seconds", "mib"))
    print(f"{'total':<42}{results[0]['rows']:>9,}{_row(median[:4], (8, 11, 9, 8))}")
    built = median[1] + median[2]
    print(f"computing and writing {_against(built, MOST_SECONDS, 's')}; with reading {median[4]:.1f} s")
    print(f"peak memory {_against(median[5], MOST_MIB, 'MiB')}; load average {os.getloadavg()[0]:.1f}", flush=True)
    return Spent(clock=median[4], cpu=median[3])


def _print_floor(results: Sequence[Result], spent: Spent) -> None:
    print(f"\nEngine floor: aggregations in DuckDB SQL and bulk insert, median of {len(results)} runs\n")
    print(f"{'table':<42}{'sql s':>7}{'insert s':>10}{'cpu s':>7}{'rows of sql':>13}{'stored':>9}  same mean")
    for number, first in enumerate(results[0]["tables"]):
        sql, insert, cpu = _medians([result["tables"][number] for result in results], ("sql", "insert", "cpu"))
        same = {True: "yes", False: "NO", None: ""}[first["agrees"]]
        counts = f"{first['sql_rows']:>13,}{first['stored_rows']:>9,}"
        print(f"{first['table']:<42}{sql:>7.2f}{insert:>10.2f}{cpu:>7.2f}{counts}  {same}")
    sql, insert, cpu = _medians(results, ("sql", "insert", "cpu"))
    print(f"{'total':<42}{sql:>7.2f}{insert:>10.2f}{cpu:>7.2f}; floor {sql + insert:.2f} s")
    times = _against(spent.clock / (sql + insert), MOST_TIMES_THE_FLOOR, "times the floor")
    print(f"reading, computing and writing {times}")
    times = _against(spent.cpu / cpu, MOST_TIMES_THE_FLOOR, "times the floor")
    print(f"in processor seconds {spent.cpu:.2f} and {cpu:.2f}: {times}", flush=True)


def _build(source: str, target: str, seasons: str) -> Result:
    copied_seasons.build(Path(source), Path(target), int(seasons))
    return {}


def _forget(path: str, day: str) -> Result:
    copied_seasons.forget_from(Path(path), date.fromisoformat(day))
    return {}


def _seasons(path: str, seasons: str) -> Result:
    warehouse = open_warehouse(f"duckdb:///{path}")
    steps: list[Step] = []
    for first, last in copied_seasons.season_ranges_of(int(seasons)):
        steps += run_tables(warehouse, first, last)
    return _totals(steps)


def _grown(path: str, seasons: str) -> Result:
    warehouse = open_warehouse(f"duckdb:///{path}")
    steps: list[Step] = []
    after = []
    for number, (first, last) in enumerate(copied_seasons.season_ranges_of(int(seasons)), start=1):
        steps += run_tables(warehouse, first, last)
        after.append({"seasons": number, **_totals(steps)})
    return {"after": after}


def _table(name: str, finished: str, target: str, seasons: str) -> Result:
    source, empty = open_warehouse(f"duckdb:///{finished}"), open_warehouse(f"duckdb:///{target}")
    table = next(table for table in measured_tables() if str(table) == name)
    ranges = copied_seasons.season_ranges_of(int(seasons))
    return _totals([run_step(table, source, empty, first, last) for first, last in ranges])


def _day(path: str, day: str) -> Result:
    measured_tables()
    start, one = time.process_time(), date.fromisoformat(day)
    return {**_totals(run_tables(open_warehouse(f"duckdb:///{path}"), one, one)), "start": start}


def _engine(finished: str, target: str) -> Result:
    floors = engine_floor.measure(Path(finished), Path(target))
    return {
        "tables": [asdict(floor) for floor in floors],
        "sql": sum(floor.sql for floor in floors),
        "insert": sum(floor.insert for floor in floors),
        "cpu": sum(floor.cpu for floor in floors),
    }


SCENARIOS: Mapping[str, Callable[..., Result]] = {
    "build": _build,
    "forget": _forget,
    "seasons": _seasons,
    "growth": _grown,
    "table": _table,
    "day": _day,
    "floor": _engine,
}


def _totals(steps: Sequence[Step]) -> Result:
    """Sums per table and over all, and the peak memory of this process."""
    parts = ("rows", "read", "compute", "write", "cpu", "seconds")
    tables: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(parts, 0))
    for step in steps:
        for part in parts:
            tables[step.table][part] += getattr(step, part)
    total = {part: sum(table[part] for table in tables.values()) for part in parts}
    rows = [{"table": name, **sums} for name, sums in tables.items()]
    return {**total, "tables": rows, "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB}


def _in_process(scenario: str, *rest: object) -> Result:
    command = [sys.executable, "-W", "ignore", __file__, "--scenario", scenario, *map(str, rest)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"scenario {scenario} {rest} failed:\n{done.stderr}")
    result: Result = json.loads(done.stdout.splitlines()[-1])
    return result


def _medians(results: Sequence[Result], names: Sequence[str]) -> list[float]:
    return [statistics.median(result[name] for result in results) for name in names]


def _row(values: Sequence[float], widths: Sequence[int]) -> str:
    return "".join(f"{value:>{width}.2f}" for value, width in zip(values, widths, strict=True))


def _against(value: float, most: float, unit: str) -> str:
    digits = 0 if most > 100 else 2
    return f"{value:.{digits}f} {unit}, target {most:g} ({_word(value <= most)})"


def _word(met: bool) -> str:
    return "met" if met else "MISSED"


def _machine() -> str:
    return (
        f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}, Python {platform.python_version()}, "
        f"DuckDB {duckdb.__version__}, pandas {pd.__version__}"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--warehouse", help="DuckDB file with three seasons of raw and reference tables")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--scratch", help="folder for the files of the benchmark, about 3 GB")
    parser.add_argument("--parts", nargs="*", default=["memory", "day", "growth", "floor"])
    parser.add_argument("--scenario", choices=sorted(SCENARIOS), help=argparse.SUPPRESS)
    parser.add_argument("rest", nargs="*", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not arguments.scenario and not arguments.warehouse:
        parser.error("--warehouse is required")
    return arguments


if __name__ == "__main__":
    main()
