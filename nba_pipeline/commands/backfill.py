"""`nba-pipeline backfill`: plan, run, account for every partition. Does NOT belong here: how a plan is made or run."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date

import click
import pandas as pd
from dagster import reconstructable
from rich.console import Console
from rich.table import Table as RichTable

from nba_pipeline import catalog
from nba_pipeline.calendar import game_dates
from nba_pipeline.commands.account import DONE, NOT_READY, account, print_checks
from nba_pipeline.commands.selection import check_range, selected_tables
from nba_pipeline.definitions import asset_job, checks_job
from nba_pipeline.landing import Landing
from nba_pipeline.orchestration.edges import upstream_edges
from nba_pipeline.orchestration.inputs import TableInput
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.orchestration.io_manager import ALLOW_SHRINK_TAG
from nba_pipeline.orchestration.landing_inputs import read_schedule
from nba_pipeline.orchestration.partitions import partition_dates
from nba_pipeline.readiness.backfill import Backfill
from nba_pipeline.readiness.needs import Faults, Ledgers, Only, faults_above, needed_partitions
from nba_pipeline.readiness.plan import days_between, phases, planned_runs, ranges_text
from nba_pipeline.readiness.progress import BackfillProgress
from nba_pipeline.readiness.runs import launch_checks
from nba_pipeline.schema import Table
from nba_pipeline.settings import Settings
from nba_pipeline.warehouse import open_warehouse


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
            ledgers = Ledgers(instance, reader, schedule)
            needed = needed_partitions(ledgers, tables, days, _only(only), versions, edges)
            faults = faults_above(ledgers, tables, edges, first, last)
        console.print(f"landing {settings.landing}\nwarehouse {settings.warehouse}\nhistory {settings.dagster_home}")
        _print_plan(console, tables, needed, days, played, edges)
        _print_faults(console, faults)
        if dry_run:
            return DONE
        if not assume_yes and not click.confirm("Run this plan?", default=True):
            return NOT_READY
        tags = {ALLOW_SHRINK_TAG: allow_shrink} if allow_shrink else {}
        plan = Backfill(
            instance, reconstructable(asset_job), tables, edges, tags, needed, first, last, _chunk_days(chunk)
        )
        totals = {str(table): len(needed[table] & played) for table in tables if table in needed}
        with BackfillProgress(console, totals, played) as progress:
            ledger = plan.run(progress, faults)
        with warehouse.reading() as reader:
            code = account(console, Ledgers(instance, reader, schedule), plan, ledger, faults, settings)
        if ledger.written:
            print_checks(console, launch_checks(reconstructable(checks_job), instance, tables, tags=tags))
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


def _print_faults(console: Console, faults: Faults) -> None:
    """Dates that the planned tables read, that this plan does not make, and that are not there."""
    for name, days in faults.items():
        reasons = {text: [day for day, why in days.items() if why == text and day] for text in days.values()}
        for text, dates in reasons.items():
            console.print(f"needed  {name}  {ranges_text(dates)}: {text}", markup=False, highlight=False)


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
