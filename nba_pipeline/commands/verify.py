"""`nba-pipeline verify`: print the report of a range and turn it into an exit code."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import click
from rich.console import Console
from rich.table import Table as RichTable

from nba_pipeline.commands.selection import check_range, selected_tables
from nba_pipeline.commands.verdicts import NOT_READY, READY, READY_WITH_WARNINGS, VERDICTS
from nba_pipeline.expectations.accepted_gaps import accepted_gaps
from nba_pipeline.expectations.waivers import active_waivers
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.readiness.plan import ranges_text
from nba_pipeline.readiness.verify import TableReport
from nba_pipeline.readiness.verify import verify as report_tables
from nba_pipeline.settings import Settings
from nba_pipeline.warehouse import open_warehouse

EXAMPLES = 5  # findings spelt out per check and rule; counts are always complete


def run_verify(
    settings: Settings,
    console: Console,
    *,
    first: date,
    last: date,
    layer: str | None,
    names: str | None,
    as_json: bool,
) -> int:
    """Exit 1 on missing, failed, drifted or extra dates, duplicates and failed checks, 2 on warnings, else 0."""
    check_range(first, last)
    tables = selected_tables(layer, names)
    with open_instance(settings.dagster_home) as instance, open_warehouse(settings.warehouse).reading() as warehouse:
        reports = report_tables(instance, warehouse, tables, first, last)
    if as_json:
        click.echo(json.dumps([_document(report) for report in reports], default=str, indent=1))
    else:
        print_reports(console, reports)
    return exit_code(reports)


def _document(report: TableReport) -> dict[str, Any]:
    """The report for JSON: dates as text, also where they are keys."""
    plain = asdict(report) | {"level": report.level}
    keyed = {name: {str(day): text for day, text in plain[name].items()} for name in ("failed", "drifted", "warnings")}
    return plain | keyed


def exit_code(reports: Sequence[TableReport]) -> int:
    levels = {report.level for report in reports}
    return NOT_READY if "error" in levels else READY_WITH_WARNINGS if "warn" in levels else READY


def print_reports(console: Console, reports: Sequence[TableReport]) -> None:
    """One line per table, then every finding."""
    overview = RichTable(
        "table",
        "rows",
        "dates",
        "missing",
        "failed",
        "drifted",
        "extra",
        "duplicates",
        "checks",
        "per minute",
        "bytes",
        title="Verify",
    )
    for report in reports:
        dates = f"{report.present}/{report.expected}" if report.expected is not None else str(report.present or "")
        overview.add_row(
            report.table, f"{report.rows:,}", dates, str(len(report.missing)), str(len(report.failed)),
            str(len(report.drifted)), str(len(report.extra)), str(report.duplicate_rows), report.level,
            "" if report.partitions_per_minute is None else f"{report.partitions_per_minute:,.0f}",
            "" if report.bytes_processed is None else f"{report.bytes_processed:,}",
        )  # fmt: skip
    console.print(overview)
    for report in reports:
        for line in finding_lines(report):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    for line in (*_read_evaluations(reports), *map(str, accepted_gaps()), *(f"waiver {w}" for w in active_waivers())):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(VERDICTS[exit_code(reports)])


def _read_evaluations(reports: Sequence[TableReport]) -> list[str]:
    """Which checks were not evaluated for this report but read, and of which evaluations."""
    times: dict[str, list[str]] = {}
    for report in reports:
        for check, when in report.evaluated.items():
            times.setdefault(check, []).append(when)
    return [
        f"{check}  read from its last evaluation of {len(found)} table(s), {min(found)} to {max(found)}"
        for check, found in times.items()
    ]


def finding_lines(report: TableReport) -> list[str]:
    """Every kind of trouble of a table in sentences; missing and extra dates completely, as ranges."""
    lines = []
    for kind, days in (("missing", report.missing), ("extra", report.extra)):
        if days:
            lines.append(f"{report.table}  {kind} {len(days)}: {ranges_text(days)}")
    for kind, reasons in (("failed", report.failed), ("drifted", report.drifted)):
        lines.extend(f"{report.table}  {kind} {day}: {text}" for day, text in sorted(reasons.items()))
    if report.failures:
        counted = ", ".join(f"{category} {count}" for category, count in report.failures.items())
        lines.append(f"{report.table}  failures by category: {counted}")
    for finding in report.findings:
        lines.append(f"{report.table}  {finding.severity.upper()} {finding.check}: {finding.partitions} partition(s)")
        lines.extend(_examples(finding.examples))
    for group in report.quarantine:
        lines.append(f"{report.table}  QUARANTINE {group.rule}: {group.records} record(s)")
        lines.extend(_examples(group.examples))
    lines.extend(
        f"{report.table}  WARNING on {len(days)} date(s), {ranges_text(days)}: {sentence}"
        for sentence, days in _by_sentence(report.warnings).items()
    )
    return lines


def _by_sentence(warnings: Mapping[date, str]) -> dict[str, list[date]]:
    """Dates of every distinct warning, so that one cause is one line."""
    dates: dict[str, list[date]] = {}
    for day, text in warnings.items():
        for sentence in text.splitlines():
            dates.setdefault(sentence.removeprefix("- "), []).append(day)
    return dates


def _examples(examples: Sequence[str]) -> list[str]:
    shown = [f"    {text}" for text in examples[:EXAMPLES]]
    if len(examples) > EXAMPLES:
        shown.append(f"    and {len(examples) - EXAMPLES} more; --json lists them all")
    return shown
