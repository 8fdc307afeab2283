"""`nba-pipeline preflight`: the plan of a backfill and all that stands against it. `backfill` starts with the same.

Does NOT belong here: looking for findings, running the plan.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date

import click
import pandas as pd
from dagster import DagsterInstance
from rich.console import Console
from rich.table import Table as RichTable

from nba_pipeline import catalog
from nba_pipeline.calendar import game_dates
from nba_pipeline.commands.selection import check_range, selected_tables
from nba_pipeline.commands.verdicts import NOT_READY, READY, READY_WITH_WARNINGS, VERDICTS
from nba_pipeline.expectations.accepted_gaps import accepted_gaps
from nba_pipeline.expectations.waivers import active_waivers
from nba_pipeline.landing import Landing
from nba_pipeline.orchestration.edges import upstream_edges
from nba_pipeline.orchestration.inputs import TableInput
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.orchestration.landing_inputs import read_schedule
from nba_pipeline.orchestration.partitions import partition_dates
from nba_pipeline.readiness.needs import Ledgers, Only, faults_above, needed_partitions
from nba_pipeline.readiness.plan import days_between, ranges_text
from nba_pipeline.readiness.preflight import Planned, findings, prove_writable
from nba_pipeline.readiness.preflight_findings import Finding, parse_waivers, with_waivers
from nba_pipeline.readiness.preflight_plan import table_plans
from nba_pipeline.readiness.preflight_trial import Trial
from nba_pipeline.schema import Table
from nba_pipeline.settings import Settings
from nba_pipeline.warehouse import open_warehouse


@dataclass(frozen=True)
class Request:
    """What the operator asked to back-fill. chunk_days: None cuts at seasons."""

    first: date
    last: date
    tables: Sequence[Table]
    only: Only
    chunk_days: int | None


@dataclass(frozen=True)
class Examined:
    """A plan with everything found against it."""

    request: Request
    planned: Planned
    edges: Mapping[str, Sequence[TableInput]]
    findings: Sequence[Finding]
    trial: Trial

    @property
    def refused(self) -> bool:
        return any(found.refuses for found in self.findings)

    @property
    def code(self) -> int:
        return NOT_READY if self.refused else READY_WITH_WARNINGS if self.findings else READY


def requested(first: date, last: date, layer: str | None, names: str | None, only: str, chunk: str) -> Request:
    """The options as a request; raises click.UsageError for options that do not fit."""
    check_range(first, last)
    if chunk != "season" and not chunk.isdigit():
        raise click.UsageError(f"--chunk {chunk}: use season, or a number of days.")
    kinds: dict[str, Only] = {"missing": "missing", "stale": "stale", "all": "all"}
    days = None if chunk == "season" else int(chunk)
    return Request(first, last, selected_tables(layer, names), kinds[only], days)


@contextmanager
def examined(settings: Settings, request: Request, waive: Sequence[str]) -> Iterator[tuple[DagsterInstance, Examined]]:
    """The open instance and what stands against the request; the warehouse is closed again."""
    waived = parse_waivers(waive)
    warehouse = open_warehouse(settings.warehouse)
    first, last, tables = request.first, request.last, request.tables
    days = days_between(first, last)
    schedule = read_schedule(Landing(settings.landing), partition_dates(first, last))
    played = {day.date() for day in game_dates(schedule, pd.Timestamp(first), pd.Timestamp(last))}  # type: ignore[arg-type]
    assets = {name: module.asset for name, module in catalog.table_modules().items()}
    edges = {str(table): upstream_edges(assets[str(table)]) for table in tables}
    versions = {str(table): _code_version(assets[str(table)]) for table in tables}
    prove_writable(settings)
    with open_instance(settings.dagster_home) as instance:
        with warehouse.reading() as reader:
            ledgers = Ledgers(instance, reader, schedule)
            needed = needed_partitions(ledgers, tables, days, request.only, versions, edges)
            faults = faults_above(ledgers, tables, edges, first, last)
            plans = table_plans(instance, tables, needed, played, edges, (first, last), request.chunk_days)
            planned = Planned(settings, ledgers, tables, assets, needed, faults, plans, played, first, last)
            found, tried = findings(planned)
        yield instance, Examined(request, planned, edges, with_waivers(found, waived), tried)


def _code_version(asset: object) -> str:
    versions = list(getattr(asset, "code_versions_by_key", {}).values())
    return str(versions[0]) if versions else ""


def run_preflight(
    settings: Settings, console: Console, request: Request, waive: Sequence[str], *, as_json: bool
) -> int:
    """Exit 1 when a finding that is not waived refuses the backfill, 2 with waived ones or warnings, else 0."""
    with examined(settings, request, waive) as (_, examination):
        if as_json:
            click.echo(json.dumps(document(examination), default=str, indent=1))
        else:
            print_examination(console, examination)
            console.print(VERDICTS[examination.code])
    return examination.code


def document(examination: Examined) -> dict[str, object]:
    """The plan and the findings as JSON values."""
    planned = examination.planned
    return {
        "verdict": VERDICTS[examination.code],
        "from": planned.first,
        "to": planned.last,
        "plan": [asdict(plan) | {"jobs": plan.jobs} for plan in planned.plans],
        "findings": [asdict(found) for found in examination.findings],
        "tried": examination.trial.tried,
        "untried": examination.trial.untried,
        "accepted_gaps": [asdict(gap) for gap in accepted_gaps()],
        "waivers": [asdict(waiver) for waiver in active_waivers()],
    }


def print_examination(console: Console, examination: Examined) -> None:
    """Where everything lies, the plan per table, what was tried, accepted gaps and waivers, every finding."""
    settings, planned = examination.planned.settings, examination.planned
    console.print(f"landing {settings.landing}\nwarehouse {settings.warehouse}\nhistory {settings.dagster_home}")
    table = RichTable("phase", "table", "partitions", "game dates", "chunks", "runs", "jobs", "time", title="Plan")
    for plan in planned.plans:
        partitions = "whole table" if plan.partitions is None else str(plan.partitions)
        dates = "" if plan.partitions is None else str(plan.game_dates)
        table.add_row(
            plan.phase, plan.table, partitions, dates, str(plan.chunks), str(plan.runs), str(plan.jobs),
            "not measured" if plan.seconds is None else duration(plan.seconds),
        )  # fmt: skip
    console.print(table)
    for line in _lines(examination):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _lines(examination: Examined) -> Iterator[str]:
    plans = examination.planned.plans
    total = sum(plan.seconds or 0 for plan in plans)
    unmeasured = sum(plan.seconds is None for plan in plans)
    without = f", {unmeasured} table(s) without an earlier run to measure by" if unmeasured else ""
    yield f"time at the measured rate: {duration(total)}{without}"
    tried = examination.trial.tried
    if tried:
        days = ranges_text({day for dates in tried.values() for day in dates})
        yield f"tried: {len(tried)} table(s) on {days}; {len(examination.trial.untried)} read what the plan makes first"
    yield from map(str, accepted_gaps())
    yield from (f"waiver {waiver}" for waiver in active_waivers())
    yield from map(str, examination.findings)


def duration(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours}h{rest // 60:02d}m" if hours else f"{rest // 60}m{rest % 60:02d}s"
