"""`nba-pipeline dictionary`: write the data dictionary into a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click
from rich.console import Console

from nba_pipeline import catalog
from nba_pipeline.orchestration.edges import upstream_edges
from nba_pipeline.schema import dictionary


def run_dictionary(console: Console, *, out: Path) -> int:
    """One Markdown page per table and an index; pages of tables that are gone are removed. Exit code 0."""
    wanted = pages()
    strange = [path.name for path in out.glob("*") if path.name not in wanted and not _is_page(path)]
    if strange:
        raise click.ClickException(f"{out} holds {', '.join(sorted(strange))}: give a folder for the dictionary alone.")
    out.mkdir(parents=True, exist_ok=True)
    for path in out.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (out / name).write_text(text, encoding="utf-8")
    console.print(f"{out}: {len(wanted) - 1} tables, {sum(len(t.columns) for t in catalog.tables().values())} columns")
    return 0


def pages() -> Mapping[str, str]:
    """File name -> text of every page of the dictionary."""
    tables, modules = catalog.tables(), catalog.table_modules()
    reads = {name: {str(edge.table): edge.columns for edge in upstream_edges(modules[name].asset)} for name in tables}
    return {
        dictionary.INDEX: dictionary.index(tables.values()),
        **{
            dictionary.page_name(name): dictionary.page(table, reads[name], [by for by in tables if name in reads[by]])
            for name, table in tables.items()
        },
    }


def _is_page(path: Path) -> bool:
    return path.suffix == ".md" and path.is_file() and dictionary.NOTE in path.read_text(encoding="utf-8")
