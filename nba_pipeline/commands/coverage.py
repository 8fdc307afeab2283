"""`nba-pipeline coverage`: print which dates of the layer above are there, and turn it into an exit code."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from itertools import groupby
from typing import cast

import click
from rich.console import Console

from nba_pipeline import catalog
from nba_pipeline.commands.selection import check_range, selected_tables
from nba_pipeline.commands.verdicts import NOT_READY, READY, READY_WITH_WARNINGS, VERDICTS
from nba_pipeline.orchestration.edges import upstream_edges
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.readiness.coverage import Coverage, TableCoverage, coverage, gate_tables, readers, season_start
from nba_pipeline.readiness.plan import ranges_text
from nba_pipeline.schema.table import Layer
from nba_pipeline.settings import Settings
from nba_pipeline.warehouse import open_warehouse

WHOLE = "the whole table"


def run_coverage(
    settings: Settings,
    console: Console,
    *,
    first: date,
    last: date,
    layer: str | None,
    names: str | None,
    as_json: bool,
) -> int:
    """Exit 1 when a date is missing or blocked, 2 when all are present but an error is open or waived, else 0.

    With a layer: the tables above it, from the start of the season of `first`. With names: those tables. Else all.
    """
    check_range(first, last)
    asking = selected_tables(layer, None) if layer else list(catalog.tables().values())
    edges = {name: upstream_edges(module.asset) for name, module in catalog.table_modules().items()}
    needed_by = readers({str(table): edges[str(table)] for table in asking})
    warehouse = open_warehouse(settings.warehouse)
    if names:
        tables = selected_tables(None, names)
    elif layer:
        tables = gate_tables(catalog.tables().values(), cast("Layer", layer))
        first = season_start(warehouse, first)
    else:
        tables = asking
    with open_instance(settings.dagster_home) as instance:
        report = coverage(instance, warehouse, tables, first, last, needed_by=needed_by, edges=edges)
    if as_json:
        click.echo(json.dumps(document(report), default=str, indent=1))
    else:
        for line in lines(report):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    return exit_code(report)


def exit_code(report: Coverage) -> int:
    if not report.ready:
        return NOT_READY
    warned = report.waivers or report.corrections
    return READY_WITH_WARNINGS if warned or any(table.open_errors for table in report.tables) else READY


def lines(report: Coverage) -> list[str]:
    """One line per table, then why dates are not present, then the verdict."""
    shown = [_table_line(table, report.tables) for table in report.tables]
    for table in report.tables:
        shown.extend(_reason_lines(table))
    if report.unknown:
        shown.append(f"the schedule of {len(report.unknown)} day(s) is not stored: {ranges_text(report.unknown)}")
    shown.extend(map(str, report.gaps))
    shown.extend(f"waiver {waiver}" for waiver in report.waivers)
    shown.extend(_correction_lines(report))
    return [*shown, _verdict(report)]


def _correction_lines(report: Coverage) -> list[str]:
    """Corrected dates with the tables that have not seen them, and the command that makes them see."""
    if not report.corrections:
        return []
    lines = [f"correction_pending: {day}  not seen by {', '.join(names)}" for day, names in report.corrections.items()]
    return [*lines, f"run: nba-pipeline backfill --only stale --from {min(report.corrections)} --to {report.last}"]


def _table_line(table: TableCoverage, among: Sequence[TableCoverage]) -> str:
    width = max(len(_short(other)) for other in among) + 2
    counted = f"{table.present}/{table.expected}" if table.expected is not None else f"{table.present}"
    line = f"{_short(table):<{width}}{counted:>9}" + ("" if table.expected is not None else "  optional")
    if table.missing:
        line += f"  missing {_dates([day for day in table.missing if day], table)}"
    if not table.complete and table.needed_by:
        line += f"  needed by {', '.join(table.needed_by)}"
    return line


def _reason_lines(table: TableCoverage) -> list[str]:
    by_reason: dict[str, list[date]] = {}
    for day, reason in table.reasons.items():
        by_reason.setdefault(reason, []).extend([day] if day else [])
    faults = [f"  {_short(table)} {_dates(days, table)}: {reason}" for reason, days in by_reason.items()]
    return [*faults, *(f"  {_short(table)} ERROR {text}" for text in table.open_errors)]


def _dates(days: Sequence[date], table: TableCoverage) -> str:
    """All days as ranges: a range of expected dates runs on over the days without games between them."""
    if not days:
        return WHOLE
    expected = set(table.calendar)
    others = [day for day in days if day not in expected]
    runs = [list(run) for wanted, run in groupby(table.calendar, key=set(days).__contains__) if wanted]
    texts = [str(run[0]) if len(run) == 1 else f"{run[0]}..{run[-1]}" for run in runs]
    return ", ".join([*texts, *([ranges_text(others)] if others else [])])


def _short(table: TableCoverage) -> str:
    return table.table.rpartition(".")[2]


def _verdict(report: Coverage) -> str:
    incomplete = [table for table in report.tables if not table.complete]
    errors = sum(len(table.open_errors) for table in report.tables)
    parts = [f"{len(incomplete)} of {len(report.tables)} tables incomplete"]
    if not incomplete:
        parts = [f"{len(report.tables)} of {len(report.tables)} tables complete"]
    counts = (
        (sum(len(table.missing) for table in incomplete), "dates missing"),
        (sum(len(table.unsound) for table in incomplete), "other partitions failed, drifted or never materialised"),
        (len(report.unknown), "days without a stored schedule"),
        (errors, "open errors"),
        (len(report.waivers), "waivers"),
        (len(report.corrections), "corrections pending"),
    )
    parts.extend(f"{count} {what}" for count, what in counts if count)
    return f"{VERDICTS[exit_code(report)]}: {', '.join(parts)}"


def document(report: Coverage) -> dict[str, object]:
    """The report as JSON values; other dates than keys become text by `default=str`."""
    tables = []
    for table in report.tables:
        entry = asdict(table) | {"reasons": {str(day or WHOLE): text for day, text in table.reasons.items()}}
        del entry["calendar"]
        tables.append(entry)
    return {
        "verdict": VERDICTS[exit_code(report)],
        "from": report.first,
        "to": report.last,
        "unknown": report.unknown,
        "accepted_gaps": [asdict(gap) for gap in report.gaps],
        "correction_pending": {str(day): names for day, names in report.corrections.items()},
        "waivers": [asdict(waiver) for waiver in report.waivers],
        "tables": tables,
    }
