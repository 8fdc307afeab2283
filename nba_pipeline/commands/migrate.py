"""`nba-pipeline migrate`: add new nullable columns to stored tables, and say what else differs."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from rich.console import Console

from nba_pipeline import catalog
from nba_pipeline.commands.verdicts import NOT_READY, READY
from nba_pipeline.readiness.migrate import Migration, migrate, planned
from nba_pipeline.settings import Settings
from nba_pipeline.warehouse import open_warehouse, quarantine


def run_migrate(settings: Settings, console: Console, *, dry_run: bool, as_json: bool) -> int:
    """Exit 1 when a table differs in a way that is refused, else 0."""
    tables = [*catalog.tables().values(), quarantine.TABLE]
    warehouse = open_warehouse(settings.warehouse)
    migrations = planned(warehouse, tables) if dry_run else migrate(warehouse, tables)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in migrations], indent=1))
    else:
        print_migrations(console, migrations, dry_run=dry_run)
    return NOT_READY if any(one.refusal for one in migrations) else READY


def print_migrations(console: Console, migrations: list[Migration], *, dry_run: bool) -> None:
    """A line for every table with something to do."""
    for one in migrations:
        text = f"REFUSED  {one.table}: {one.refusal}" if one.refusal else f"{one.table}: {', '.join(one.columns)}"
        label = "" if one.refusal else "would add  " if dry_run else "added  "
        console.print(f"{label}{text}", markup=False, highlight=False, soft_wrap=True)
    added = sum(len(one.columns) for one in migrations)
    refused = sum(bool(one.refusal) for one in migrations)
    verb = "would be added" if dry_run else "added"
    console.print(f"{added} column(s) {verb}, {refused} table(s) refused", highlight=False)
    if added and not dry_run:
        console.print("Stored rows hold NULL in them: run nba-pipeline backfill with --only stale over their dates.")
