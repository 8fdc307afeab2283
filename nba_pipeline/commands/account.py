"""What a backfill left behind: every planned partition in exactly one column, every trouble by name.

Does NOT belong here: running, planning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluation
from rich.console import Console
from rich.table import Table as RichTable

from nba_pipeline.readiness.backfill import Backfill, Ledger
from nba_pipeline.readiness.needs import Faults, Ledgers
from nba_pipeline.readiness.plan import planned_runs, ranges_text
from nba_pipeline.readiness.state import partition_states
from nba_pipeline.schema import Table
from nba_pipeline.settings import Settings

DONE, NOT_READY = 0, 1  # exit codes

Trouble = dict[str, dict[date | None, str]]


def account(
    console: Console, ledgers: Ledgers, plan: Backfill, ledger: Ledger, given: Faults, settings: Settings
) -> int:
    """Print done, empty, failed, blocked and not attempted per table; the counts add up to the plan.

    given: faults above the plan that were known before it ran. Returns the exit code.
    """
    summary = RichTable("table", "planned", "done", "empty", "failed", "blocked", "not attempted", title="Backfill")
    failed = _without(ledger.failed, given)
    left: dict[Table, set[date]] = {}
    troubled = False
    for table in plan.tables:
        name = str(table)
        if table.partition_column is None:
            troubled |= _unpartitioned_row(summary, name, failed, ledger)
            continue
        wanted = plan.needed.get(table, set())
        states = partition_states(ledgers.instance, ledgers.warehouse, table, sorted(wanted)) if wanted else {}
        blocked = set(ledger.blocked.get(name, {})) & wanted - set(failed.get(name, {}))
        reached = {day for day in wanted if day in ledger.written.get(name, set())}
        done = {day for day in reached if states[day].status == "done"}
        empty = {day for day in reached if states[day].status == "empty"}
        bad = (set(failed.get(name, {})) & wanted) | (reached - done - empty)
        rest = wanted - done - empty - bad - blocked
        left[table] = {day for day in bad | blocked | rest if day}
        summary.add_row(name, *(str(len(part)) for part in (wanted, done, empty, bad, blocked, rest)))
    console.print(summary)
    for kind, trouble in (("failed", failed), ("blocked", ledger.blocked), ("not attempted", ledger.given_up)):
        _print_trouble(console, kind, trouble)
    _print_commands(console, left, settings)
    return NOT_READY if troubled or any(left.values()) else DONE


def print_checks(console: Console, failed: Mapping[str, Sequence[AssetCheckEvaluation]]) -> None:
    """Whole-table checks that did not pass; they judge the data, not the back-fill, so they leave its exit code."""
    for name, evaluations in failed.items():
        for evaluation in evaluations:
            text = f"check  {name}  {evaluation.severity.value} {evaluation.check_name}: {evaluation.description}"
            console.print(text, markup=False, highlight=False, soft_wrap=True)


def _without(trouble: Trouble, given: Faults) -> Trouble:
    kept = {
        name: {day: text for day, text in days.items() if day not in given.get(name, {})}
        for name, days in trouble.items()
    }
    return {name: days for name, days in kept.items() if days}


def _unpartitioned_row(summary: RichTable, name: str, failed: Trouble, ledger: Ledger) -> bool:
    bad, blocked = bool(failed.get(name)), bool(ledger.blocked.get(name))
    done = "" if bad or blocked else "table"
    summary.add_row(name, "table", done, "", "table" if bad else "", "table" if blocked else "", "")
    return bad or blocked


def _print_trouble(console: Console, kind: str, trouble: Trouble) -> None:
    """All dates of every table and reason, as ranges."""
    for name, days in trouble.items():
        by_reason: dict[str, list[date]] = {}
        for day, text in days.items():
            by_reason.setdefault(text, []).extend([day] if day else [])
        for text, dates in by_reason.items():
            line = f"{kind}  {name}  {ranges_text(dates) or 'the whole table'}: {text}"
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def _print_commands(console: Console, left: Mapping[Table, set[date]], settings: Settings) -> None:
    """The commands that run exactly the partitions that are left, earliest first."""
    days = sorted(set().union(*left.values()))
    for run in planned_runs(left, days):
        tables = ",".join(str(table) for table in run.tables)
        console.print(
            f"run again: nba-pipeline backfill --landing {settings.landing} --warehouse {settings.warehouse} "
            f"--tables {tables} --from {run.first} --to {run.last} --only all",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
