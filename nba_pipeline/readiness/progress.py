"""Progress of a backfill in game dates: a bar on a terminal, and a line per table at most every ten seconds.

Does NOT belong here: calendar days as a denominator.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sized
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date

import dagster as dg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

MINUTE = 60.0  # seconds
LINE_EVERY_SECONDS = 10.0
CHUNKS_OF_RATE = 3  # newest chunks that the rate is taken over


@dataclass
class TableProgress:
    """Game dates of one table: planned, done, and how many were done when each of the newest chunks began."""

    total: int
    done: int = 0
    printed_at: float = 0.0
    printed_done: int = 0
    chunks: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=CHUNKS_OF_RATE))

    def rate(self, now: float) -> float:
        """Game dates per second over the newest chunks."""
        started, done = self.chunks[0] if self.chunks else (now, self.done)
        return (self.done - done) / max(now - started, 0.001)


class BackfillProgress:
    """Counts materialised (table, game date) pairs and says how fast they come and how many are left."""

    def __init__(
        self,
        console: Console,
        totals: Mapping[str, int],
        game_dates: AbstractSet[date],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._game_dates = game_dates
        self._clock = clock
        self._tables = {name: TableProgress(total) for name, total in totals.items()}
        self._failed: Mapping[str, Sized] = {}
        self._blocked: Mapping[str, Sized] = {}
        self._chunk = (1, 1)
        self._started = clock()
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("game dates"),
            TimeElapsedColumn(), console=console, transient=True,
        )  # fmt: skip
        self._task: TaskID = self._bar.add_task("backfill", total=sum(totals.values()))

    def __enter__(self) -> BackfillProgress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def chunk(self, number: int, of: int) -> None:
        """A chunk of the range begins."""
        self._chunk = (number, of)
        for table in self._tables.values():
            table.chunks.append((self._clock(), table.done))

    def on_event(self, event: dg.DagsterEvent) -> None:
        """Count a materialised game date; print the tables whose line is due."""
        if event.event_type is dg.DagsterEventType.ASSET_MATERIALIZATION and event.asset_key and event.partition:
            name = ".".join(event.asset_key.path)
            if name in self._tables and date.fromisoformat(event.partition) in self._game_dates:
                self._tables[name].done += 1
                self._bar.update(self._task, advance=1, description=name)
                return
        self._print_due(self._clock())

    def trouble(self, *, failed: Mapping[str, Sized], blocked: Mapping[str, Sized]) -> None:
        """Partitions of every table that failed or are blocked so far."""
        self._failed, self._blocked = failed, blocked

    def print_phase(self, name: str) -> None:
        """What was not said yet of the tables, then one line for the finished phase."""
        now = self._clock()
        self._print_due(now, every_seconds=0.0)
        done, total = (sum(getattr(t, kind) for t in self._tables.values()) for kind in ("done", "total"))
        share = 100 * done / total if total else 100.0
        failed, blocked = (sum(map(len, kind.values())) for kind in (self._failed, self._blocked))
        self._bar.console.print(
            f"{name:<12} done {done}/{total} table dates ({share:.1f} %)  after {now - self._started:.0f} s  "
            f"failed {failed}  blocked {blocked}"
        )

    def _print_due(self, now: float, every_seconds: float = LINE_EVERY_SECONDS) -> None:
        for name, table in self._tables.items():
            if table.done > table.printed_done and now - table.printed_at >= every_seconds:
                table.printed_at, table.printed_done = now, table.done
                self._bar.console.print(self._line(name, table, now), markup=False, highlight=False, soft_wrap=True)

    def _line(self, name: str, table: TableProgress, now: float) -> str:
        layer, _, short = name.partition(".")
        rate = table.rate(now)
        left = round((table.total - table.done) / rate) if rate else 0
        share = 100 * table.done / table.total if table.total else 100.0
        return (
            f"{layer:<11} {short:<30} chunk {self._chunk[0]}/{self._chunk[1]}  done {table.done}/{table.total} "
            f"({share:.1f} %)  rate {rate * MINUTE:.0f}/min  ETA {left // 60}m{left % 60:02d}s  "
            f"failed {len(self._failed.get(name, ()))}  blocked {len(self._blocked.get(name, ()))}"
        )
