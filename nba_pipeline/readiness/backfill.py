"""The backfill: every planned partition ends as done, empty, failed, blocked or not attempted, and all are named.

A chunk is one run of all tables of a phase over a range. A failed run is planned again at once: dates that a
blocking check refused are set aside, and a step that raised is halved until its failing dates stand alone, so that
innocent dates are never lost with them. Resuming is launching again. Does NOT belong here: printing, preflight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from dagster import DagsterInstance
from dagster._core.definitions.reconstruct import ReconstructableJob

from nba_pipeline.orchestration.inputs import TableInput
from nba_pipeline.readiness.blocking import blocked_days, origin
from nba_pipeline.readiness.plan import LONGEST_CHUNK_DAYS, PlannedRun, chunks, days_between, phases, planned_runs
from nba_pipeline.readiness.progress import BackfillProgress
from nba_pipeline.readiness.runs import RunOutcome, launch
from nba_pipeline.schema import Table

NO_SUCCESS = "the run ended without success"
MOST_SINGLE_FAILURES = 20  # dates a table may fail on, one by one, before the rest of a chunk is left alone


@dataclass
class Ledger:
    """Faults met so far: table name -> partition (None: the whole table) -> why.

    given_up: dates that were not attempted because their table had failed on too many dates of the chunk.
    """

    failed: dict[str, dict[date | None, str]] = field(default_factory=dict)
    blocked: dict[str, dict[date | None, str]] = field(default_factory=dict)
    given_up: dict[str, dict[date | None, str]] = field(default_factory=dict)
    raised: dict[str, list[date]] = field(default_factory=dict)
    written: dict[str, set[date]] = field(default_factory=dict)

    def origins(self) -> dict[str, dict[date | None, str]]:
        """Every partition that cannot be read, and the fault it goes back to: a blocked one has been told its own."""
        told: dict[str, dict[date | None, str]] = {}
        for kind in (self.given_up, self.blocked, self.failed):
            for name, days in kind.items():
                of_table = told.setdefault(name, {})
                of_table |= days if kind is self.blocked else {day: origin(name, day, why) for day, why in days.items()}
        return told

    def count(self, kind: Literal["failed", "blocked"]) -> int:
        return sum(len(days) for days in getattr(self, kind).values())


@dataclass(frozen=True)
class Backfill:
    """A plan and what it needs to run."""

    instance: DagsterInstance
    job: ReconstructableJob
    tables: Sequence[Table]
    edges: Mapping[str, Sequence[TableInput]]
    tags: Mapping[str, str]
    needed: Mapping[Table, set[date]]
    first: date
    last: date
    chunk_days: int | None = None

    def run(self, progress: BackfillProgress, faults: Mapping[str, Mapping[date | None, str]]) -> Ledger:
        """Run all phases in order; `faults` are partitions above the plan that cannot be read."""
        ledger = Ledger(failed={name: dict(days) for name, days in faults.items()})
        for name, tables in phases(self.tables, self.edges):
            partitioned = [table for table in tables if table.partition_column]
            self._run_unpartitioned([table for table in tables if not table.partition_column], ledger, progress)
            pieces = chunks(self.first, self.last, self.chunk_days)
            for number, (first, last) in enumerate(pieces, 1):
                progress.chunk(number, len(pieces))
                self._run_chunk(partitioned, days_between(first, last), ledger, progress)
            progress.print_phase(name)
        return ledger

    def _run_unpartitioned(self, tables: Sequence[Table], ledger: Ledger, progress: BackfillProgress) -> None:
        tables = [table for table in tables if not self._is_blocked(table, ledger)]
        if not tables:
            return
        outcome = self._launch(PlannedRun(tuple(tables), None, None), ledger, progress)
        for name, message in outcome.failures.items():
            ledger.failed.setdefault(name, {})[None] = message
        if not outcome.success and not outcome.failures:
            for table in tables:
                ledger.failed.setdefault(str(table), {})[None] = NO_SUCCESS

    def _is_blocked(self, table: Table, ledger: Ledger) -> bool:
        """Whether a table without partitions reads anything faulty; it is then left as it was."""
        origins = ledger.origins()
        for edge in self.edges[str(table)]:
            faulty = origins.get(str(edge.table))
            if faulty:
                ledger.blocked.setdefault(str(table), {})[None] = next(iter(faulty.values()))
                return True
        return False

    def _run_chunk(
        self, tables: Sequence[Table], days: Sequence[date], ledger: Ledger, progress: BackfillProgress
    ) -> None:
        wanted = {table: self.needed.get(table, set()) for table in tables}
        waiting = list(reversed(planned_runs(wanted, days)))
        while waiting:
            planned = waiting.pop()
            allowed = self._without_blocked(planned, ledger)
            progress.trouble(failed=ledger.failed, blocked=ledger.blocked)
            if allowed != [planned]:
                waiting.extend(reversed(allowed))
                continue
            outcome = self._launch(planned, ledger, progress)
            if not outcome.success:
                waiting.extend(reversed(self._replanned(planned, outcome, ledger)))

    def _without_blocked(self, planned: PlannedRun, ledger: Ledger) -> list[PlannedRun]:
        """The run itself, or the runs that are left of it once blocked partitions are taken out."""
        origins = ledger.origins()
        wanted: dict[Table, set[date]] = {}
        for table in planned.tables:
            if self._gives_up(table, planned.days, ledger):
                wanted[table] = set()
                origins = ledger.origins()
                continue
            blocked = blocked_days(table, self.edges[str(table)], origins, planned.days)
            if blocked:
                ledger.blocked.setdefault(str(table), {}).update(blocked.items())
                origins = ledger.origins()
            wanted[table] = set(planned.days) - set(blocked)
        if all(len(days) == len(planned.days) for days in wanted.values()):
            return [planned]
        return planned_runs(wanted, planned.days)

    def _gives_up(self, table: Table, days: Sequence[date], ledger: Ledger) -> bool:
        """Whether the table raised on so many dates near these that searching on would only repeat the fault."""
        name = str(table)
        raised = [day for day in ledger.raised.get(name, ()) if abs((day - days[0]).days) <= LONGEST_CHUNK_DAYS]
        if len(raised) < MOST_SINGLE_FAILURES:
            return False
        why = f"not attempted: {len(raised)} dates failed one by one, the last one {raised[-1]}"
        ledger.given_up.setdefault(name, {}).update(dict.fromkeys(days, why).items())
        return True

    def _launch(self, planned: PlannedRun, ledger: Ledger, progress: BackfillProgress) -> RunOutcome:
        outcome = launch(self.job, self.instance, planned, tags=self.tags, on_event=progress.on_event)
        for name, days in outcome.written.items():
            if name not in _raised(outcome):
                ledger.written.setdefault(name, set()).update(days - set(outcome.refused.get(name, {})))
        for name, refused in outcome.refused.items():
            ledger.failed.setdefault(name, {}).update(refused.items())
        return outcome

    def _replanned(self, planned: PlannedRun, outcome: RunOutcome, ledger: Ledger) -> list[PlannedRun]:
        """What is left of a failed run; a table that raised after its write, in its checks, is run again too."""
        raised = _raised(outcome)
        left = tuple(t for t in planned.tables if str(t) in raised or not outcome.written.get(str(t)))
        if not left:
            return []
        for name in outcome.hopeless & set(raised):
            ledger.failed.setdefault(name, {}).update(dict.fromkeys(planned.days, raised[name]).items())
        searched = {name: text for name, text in raised.items() if name not in outcome.hopeless}
        if len(planned.days) > 1 and searched:
            middle = len(planned.days) // 2
            halves = (planned.days[:middle], planned.days[middle:])
            return [PlannedRun(left, half[0], half[-1]) for half in halves]
        for name, text in searched.items():
            ledger.failed.setdefault(name, {})[planned.days[0]] = text
            ledger.raised.setdefault(name, []).append(planned.days[0])
        if not raised and not outcome.refused:
            ledger.failed.setdefault(str(left[0]), {}).update(dict.fromkeys(planned.days, NO_SUCCESS).items())
        rest = tuple(t for t in left if not set(planned.days) <= set(ledger.failed.get(str(t), {})))
        return [PlannedRun(rest, planned.first, planned.last)] if rest else []


def _raised(outcome: RunOutcome) -> dict[str, str]:
    """Tables whose step ended with an error other than a refusal by a blocking check."""
    return {name: text for name, text in outcome.failures.items() if not outcome.refused.get(name)}
