"""`nba-pipeline backfill`: preflight, run, account for every partition. Does NOT belong here: how a run is planned."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date

import click
from dagster import DagsterInstance, reconstructable
from rich.console import Console

from nba_pipeline.commands.account import DONE, NOT_READY, account, print_checks
from nba_pipeline.commands.preflight import Examined, examined, print_examination, requested
from nba_pipeline.definitions import asset_job, checks_job
from nba_pipeline.errors import PipelineError
from nba_pipeline.orchestration.io_manager import ALLOW_SHRINK_TAG
from nba_pipeline.orchestration.run_tags import run_tags
from nba_pipeline.readiness.backfill import Backfill
from nba_pipeline.readiness.needs import Ledgers
from nba_pipeline.readiness.preflight import close_left_behind
from nba_pipeline.readiness.preflight_findings import waiver_tags
from nba_pipeline.readiness.progress import BackfillProgress
from nba_pipeline.readiness.runs import launch_checks
from nba_pipeline.readiness.table_locks import held
from nba_pipeline.settings import Settings
from nba_pipeline.warehouse import open_warehouse


class RefusedError(PipelineError):
    """Preflight found something that stands against the backfill; nothing was run."""


def run_backfill(
    settings: Settings, console: Console, *, first: date, last: date, layer: str | None, names: str | None, only: str,
    chunk: str, allow_shrink: str, dry_run: bool, assume_yes: bool, waive: Sequence[str] = (),
) -> int:  # fmt: skip
    """Materialise the tables over first..last and account for every partition; exit code 0 or 1.

    Raises RefusedError when a finding of preflight stands that `waive` does not name.
    """
    request = requested(first, last, layer, names, only, chunk)
    logging.getLogger("dagster").setLevel(logging.WARNING)  # one line per event would drown the progress
    with examined(settings, request, waive) as (instance, examination):
        print_examination(console, examination)
        if dry_run:
            return DONE
        if examination.refused:
            codes = sorted({found.code for found in examination.findings if found.refuses})
            allow = " ".join(f'--waive {code}="why"' for code in codes)
            raise RefusedError(f"backfill: refused for {', '.join(codes)}, see above. Mend it, or let it pass: {allow}")
        if not assume_yes and not click.confirm("Run this plan?", default=True):
            return NOT_READY
        with held(settings.dagster_home, request.tables):
            for run_id in close_left_behind(instance, request.tables):
                console.print(f"run {run_id} was left behind by a backfill that was killed; it counts as failed now")
            return _run(console, instance, examination, allow_shrink)


def _run(console: Console, instance: DagsterInstance, examination: Examined, allow_shrink: str) -> int:
    request, planned = examination.request, examination.planned
    tags = {**run_tags("backfill"), **waiver_tags(examination.findings)}
    if allow_shrink:
        tags[ALLOW_SHRINK_TAG] = allow_shrink
    plan = Backfill(
        instance, reconstructable(asset_job), request.tables, examination.edges, tags, planned.needed, request.first,
        request.last, request.chunk_days,
    )  # fmt: skip
    totals = {str(table): len(planned.needed[table] & planned.played) for table in planned.needed}
    with BackfillProgress(console, totals, planned.played) as progress:
        ledger = plan.run(progress, planned.faults)
    with open_warehouse(planned.settings.warehouse).reading() as reader:
        ledgers = Ledgers(instance, reader, planned.ledgers.schedule)
        code = account(console, ledgers, plan, ledger, planned.faults, planned.settings)
    if ledger.written:
        print_checks(console, launch_checks(reconstructable(checks_job), instance, request.tables, tags=tags))
    return code
