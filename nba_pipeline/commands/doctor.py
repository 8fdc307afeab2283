"""`nba-pipeline doctor`: what is in order, what is not and what to do, as lines or JSON, and as an exit code."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table as RichTable

from nba_pipeline import catalog
from nba_pipeline.commands.verdicts import VERDICTS
from nba_pipeline.readiness.doctor import examine
from nba_pipeline.readiness.doctor_findings import Finding, exit_code
from nba_pipeline.settings import Settings
from nba_pipeline.warehouse import quarantine

NOT_EVALUATED = "NOT EVALUATED"
STYLES = {"ok": "green", "warn": "yellow", "fault": "red", "unknown": "magenta"}


def run_doctor(settings: Settings, console: Console, *, as_json: bool) -> int:
    """Exit 1 with a fault, 2 with a warning, 3 when something could not be looked at, else 0."""
    findings = examine(settings, [*catalog.tables().values(), quarantine.TABLE])
    code = exit_code(findings)
    verdict = VERDICTS.get(code, NOT_EVALUATED)
    if as_json:
        click.echo(json.dumps({"verdict": verdict, "findings": [asdict(one) for one in findings]}, indent=1))
    else:
        print_findings(console, findings, verdict)
    return code


def print_findings(console: Console, findings: Sequence[Finding], verdict: str) -> None:
    """A line for every finding, what to do below it, the verdict."""
    lines = RichTable.grid(padding=(0, 2))
    for finding in findings:
        text = f"{finding.found}\n-> {finding.advice}" if finding.advice else finding.found
        lines.add_row(f"[{STYLES[finding.level]}]{finding.level}[/]", finding.subject, text)
    console.print(lines, highlight=False)
    counts = Counter(finding.level for finding in findings)
    console.print(f"{verdict}: {', '.join(f'{count} {level}' for level, count in counts.items())}", highlight=False)
