"""`nba-pipeline tables`: print the table of tables, or put it into a document."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.table import Column as RichColumn
from rich.table import Table as RichTable

from nba_pipeline import catalog
from nba_pipeline.readiness.table_of_tables import HEADINGS, MarkersError, markdown, table_lines, with_block
from nba_pipeline.settings import Settings
from nba_pipeline.warehouse import open_warehouse


def run_tables(settings: Settings, console: Console, *, readme: Path | None) -> int:
    """Name, grain, key, rows, first and last date and write mode of every declared table; exit code 0."""
    lines = table_lines(open_warehouse(settings.warehouse), catalog.tables().values())
    if readme is None:
        shown = RichTable(*(RichColumn(heading, overflow="fold") for heading in HEADINGS))
        for line in lines:
            shown.add_row(*line.cells)
        console.print(shown)
        return 0
    if all(line.rows is None for line in lines):
        raise click.ClickException(f"{settings.warehouse} holds no table, so {readme} stays as it is: back-fill first.")
    text = readme.read_text(encoding="utf-8")
    try:
        renewed = with_block(text, markdown(lines))
    except MarkersError as error:
        raise click.ClickException(f"{readme}: {error}") from error
    if renewed != text:
        readme.write_text(renewed, encoding="utf-8")
    console.print(f"{readme}: {len(lines)} tables, {'changed' if renewed != text else 'unchanged'}")
    return 0
