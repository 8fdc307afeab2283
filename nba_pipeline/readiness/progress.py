"""Progress of a backfill in game dates. Does NOT belong here: calendar days as a denominator."""

from __future__ import annotations

import time
from collections.abc import Mapping, Set
from datetime import date

import dagster as dg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

MINUTE = 60.0  # seconds


class BackfillProgress:
    """A bar over (table, game date) pairs with rate and remaining time, and a line per finished phase."""

    def __init__(self, console: Console, totals: Mapping[str, int], game_dates: Set[date]) -> None:
        self._game_dates = game_dates
        self._totals = totals
        self._done: dict[str, int] = dict.fromkeys(totals, 0)
        self._trouble = {"failed": 0, "blocked": 0}
        self._started = time.monotonic()
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("game dates"),
            TextColumn("{task.fields[pace]}"), TimeElapsedColumn(), console=console, transient=True,
        )  # fmt: skip
        self._task: TaskID = self._bar.add_task("backfill", total=sum(totals.values()), pace="")

    def __enter__(self) -> BackfillProgress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def on_event(self, event: dg.DagsterEvent) -> None:
        """Count a materialised game date."""
        if event.event_type is not dg.DagsterEventType.ASSET_MATERIALIZATION or not event.asset_key:
            return
        table = ".".join(event.asset_key.path)
        if event.partition and date.fromisoformat(event.partition) in self._game_dates:
            self._done[table] = self._done.get(table, 0) + 1
            self._bar.update(self._task, advance=1, description=table, pace=self._pace())

    def trouble(self, *, failed: int, blocked: int) -> None:
        self._trouble = {"failed": failed, "blocked": blocked}

    def print_phase(self, name: str) -> None:
        """One line for a finished phase: done of total, percent, failed and blocked so far."""
        elapsed = time.monotonic() - self._started
        done, total = sum(self._done.values()), sum(self._totals.values())
        share = 100 * done / total if total else 100.0
        self._bar.console.print(
            f"{name:<12} done {done}/{total} table dates ({share:.1f} %)  {self._pace()}  after {elapsed:.0f} s  "
            f"failed {self._trouble['failed']}  blocked {self._trouble['blocked']}"
        )

    def _pace(self) -> str:
        done, total = sum(self._done.values()), sum(self._totals.values())
        rate = done / max(time.monotonic() - self._started, 0.001)
        remaining = (total - done) / rate if rate else 0.0
        return f"rate {rate * MINUTE:.0f}/min  ETA {int(remaining // MINUTE)}m{int(remaining % MINUTE):02d}s"
