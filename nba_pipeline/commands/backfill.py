"""`nba-pipeline backfill`: plan, run, account for every partition. Does NOT belong here: how a plan is made or run."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date

import click
import pandas as pd
from dagster import DagsterInstance, reconstructable
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluation
from rich.console import Console
from rich.table import Table as RichTable

from nba_pipeline import catalog
from nba_pipeline.calendar import game_dates
from nba_pipeline.commands.selection import check_range, selected_tables
from nba_pipeline.definitions import asset_job, checks_job
from nba_pipeline.landing import Landing
from nba_pipeline.orchestration.edges import upstream_edges
from nba_pipeline.orchestration.inputs import TableInput
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.orchestration.io_manager import ALLOW_SHRINK_TAG
from nba_pipeline.orchestration.landing_inputs import read_schedule
from nba_pipeline.orchestration.partitions import partition_dates
from nba_pipeline.readiness.backfill import Backfill, Ledger, Only, faults_above, needed_partitions
from nba_pipeline.readiness.plan import days_between, phases, planned_runs, ranges_text
from nba_pipeline.readiness.progress import BackfillProgress
from nba_pipeline.readiness.runs import launch_checks
from nba_pipeline.readiness.state import partition_states
from nba_pipeline.schema import Table
from nba_pipeline.settings import Settings
from nba_pipeline.warehouse import Warehouse, open_warehouse

DONE, NOT_READY = 0, 1  # exit codes


def run_backfill(
    settings: Settings, console: Console, *, first: date, last: date, layer: str | None, names: str | None, only: str,
    chunk: str, allow_shrink: str, dry_run: bool, assume_yes: bool,
) -> int:  # fmt: skip
    """Materialise the tables over first..last and account for every partition; exit code 0 or 1."""
    check_range(first, last)
    tables = selected_tables(layer, names)
    warehouse = open_warehouse(settings.warehouse)
    days = days_between(first, last)
    schedule = read_schedule(Landing(settings.landing), partition_dates(first, last))
    played = {day.date() for day in game_dates(schedule, pd.Timestamp(first), pd.Timestamp(last))}  # type: ignore[arg-type]
    modules = catalog.table_modules()
    edges = {str(table): upstream_edges(modules[str(table)].asset) for table in tables}
    logging.getLogger("dagster").setLevel(logging.WARNING)  # one line per event would drown the progress bar
    with open_instance(settings.dagster_home) as instance:
        versions = {str(t): _code_version(modules[str(t)].asset) for t in tables}
        with warehouse.reading() as reader:
            needed = needed_partitions(instance, reader, tables, days, _only(only), versions)
        console.print(f"landing {settings.landing}\nwarehouse {settings.warehouse}\nhistory {settings.dagster_home}")
        _print_plan(console, tables, needed, days, played, edges)
        if dry_run:
            return DONE
        if not assume_yes and not click.confirm("Run this plan?", default=True):
            return NOT_READY
        tags = {ALLOW_SHRINK_TAG: allow_shrink} if allow_shrink else {}
        with warehouse.reading() as reader:
            faults = faults_above(instance, reader, _above(tables, edges), first, last)
        plan = Backfill(
            instance, reconstructable(asset_job), tables, edges, tags, needed, first, last, _chunk_days(chunk)
        )
        totals = {str(table): len(needed[table] & played) for table in tables if table in needed}
        with BackfillProgress(console, totals, played) as progress:
            ledger = plan.run(progress, faults)
        with warehouse.reading() as reader:
            code = _account(console, instance, reader, plan, ledger, faults)
        if ledger.written:
            _print_checks(console, launch_checks(reconstructable(checks_job), instance, tables, tags=tags))
        return code


def _only(only: str) -> Only:
    return "all" if only == "all" else "stale" if only == "stale" else "missing"


def _chunk_days(chunk: str) -> int | None:
    if chunk == "season":
        return None
    if not chunk.isdigit():
        raise click.UsageError(f"--chunk {chunk}: use season, or a number of days.")
    return int(chunk)


def _code_version(asset: object) -> str:
    versions = list(getattr(asset, "code_versions_by_key", {}).values())
    return str(versions[0]) if versions else ""


def _above(tables: Sequence[Table], edges: Mapping[str, Sequence[TableInput]]) -> list[Table]:
    """Tables outside the plan that it reads."""
    planned = {str(table) for table in tables}
    above = {str(edge.table): edge.table for read in edges.values() for edge in read}
    return [table for name, table in above.items() if name not in planned]


def _print_plan(
    console: Console, tables: Sequence[Table], needed: Mapping[Table, set[date]], days: Sequence[date],
    played: set[date], edges: Mapping[str, Sequence[TableInput]],
) -> None:  # fmt: skip
    plan = RichTable("phase", "table", "partitions", "game dates", "runs", title="Plan")
    for phase, members in phases(tables, edges):
        for table in members:
            wanted = needed.get(table)
            if wanted is None:
                plan.add_row(phase, str(table), "whole table", "", "1")
                continue
            runs = len(planned_runs({table: wanted}, days))
            plan.add_row(phase, str(table), str(len(wanted)), str(len(wanted & played)), str(runs))
    console.print(plan)


def _account(
    console: Console, instance: DagsterInstance, warehouse: Warehouse, plan: Backfill, ledger: Ledger,
    given: Mapping[str, Mapping[date | None, str]],
) -> int:  # fmt: skip
    """Print done, empty, failed, blocked and not attempted per table; the counts add up to the plan."""
    summary = RichTable("table", "planned", "done", "empty", "failed", "blocked", "not attempted", title="Backfill")
    troubled = 0
    for table in plan.tables:
        name = str(table)
        failed = {day: text for day, text in ledger.failed.get(name, {}).items() if name not in given}
        if not table.partition_column:
            summary.add_row(name, "table", "" if failed else "table", "", "table" if failed else "", "", "")
            troubled += bool(failed)
            continue
        wanted = plan.needed.get(table, set())
        states = partition_states(instance, warehouse, table, sorted(wanted)) if wanted else {}
        blocked = set(ledger.blocked.get(name, {})) & wanted - set(failed)
        reached = {day for day in wanted if day in ledger.written.get(name, set())}
        done = {day for day in reached if states[day].status == "done"}
        empty = {day for day in reached if states[day].status == "empty"}
        bad = (set(failed) & wanted) | (reached - done - empty)
        rest = wanted - done - empty - bad - blocked
        troubled += len(bad) + len(blocked) + len(rest)
        summary.add_row(name, *(str(len(part)) for part in (wanted, done, empty, bad, blocked, rest)))
    console.print(summary)
    _print_trouble(console, plan, ledger, given)
    return NOT_READY if troubled else DONE


def _print_checks(console: Console, failed: Mapping[str, Sequence[AssetCheckEvaluation]]) -> None:
    """Whole-table checks that did not pass; they judge the data, not the back-fill, so they leave its exit code."""
    for name, evaluations in failed.items():
        for evaluation in evaluations:
            console.print(
                f"check  {name}  {evaluation.severity.value} {evaluation.check_name}: {evaluation.description}",
                markup=False,
                highlight=False,
            )


def _print_trouble(
    console: Console, plan: Backfill, ledger: Ledger, given: Mapping[str, Mapping[date | None, str]]
) -> None:
    """Every failed and blocked date with its reason, and the command that runs exactly what is left."""
    for kind, by_table in (("failed", ledger.failed), ("blocked", ledger.blocked)):
        for name, days in by_table.items():
            if kind == "failed" and name in given:
                continue
            by_reason: dict[str, list[date]] = {}
            for day, text in days.items():
                by_reason.setdefault(text, []).extend([day] if day else [])
            for text, dates in by_reason.items():
                console.print(f"{kind}  {name}  {ranges_text(dates)}: {text}", markup=False, highlight=False)
    if ledger.failed or ledger.blocked:
        names = ",".join(sorted({*ledger.failed, *ledger.blocked}))
        console.print(
            f"run again: nba-pipeline backfill --tables {names} --from {plan.first} --to {plan.last} --only missing",
            markup=False,
        )
