"""`nba-pipeline ml-ready`: print what a model would be trained on, and turn the judgement into an exit code."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date

import click
from rich.console import Console
from rich.table import Table as RichTable

from nba_pipeline import catalog
from nba_pipeline.commands.selection import check_range
from nba_pipeline.commands.verdicts import NOT_READY, READY, READY_WITH_WARNINGS, VERDICTS
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.readiness.coverage import gate_tables
from nba_pipeline.readiness.feature_profile import FEATURE_TABLE, LABEL_TABLE, FeatureProfile
from nba_pipeline.readiness.ml_ready import MlReadiness, ml_ready
from nba_pipeline.schema import Table
from nba_pipeline.settings import Settings
from nba_pipeline.warehouse import open_warehouse


def run_ml_ready(settings: Settings, console: Console, *, first: date, last: date, as_json: bool) -> int:
    """Exit 1 when a model must not be trained on the range, 2 when something is doubtful, else 0."""
    check_range(first, last)
    tables = catalog.tables()
    if FEATURE_TABLE not in tables:
        raise click.ClickException(f"{FEATURE_TABLE} is not declared, so there is nothing to train on.")
    store = tables[FEATURE_TABLE]
    with open_instance(settings.dagster_home) as instance:
        report = ml_ready(
            instance,
            open_warehouse(settings.warehouse),
            first,
            last,
            store=store,
            labels=tables[LABEL_TABLE],
            above=gate_tables(tables.values(), "predictions"),
        )
    if as_json:
        click.echo(json.dumps(document(report), default=str, indent=1))
    else:
        print_report(console, report, store)
    return exit_code(report)


def exit_code(report: MlReadiness) -> int:
    if report.problems:
        return NOT_READY
    return READY_WITH_WARNINGS if report.doubts else READY


def print_report(console: Console, report: MlReadiness, store: Table) -> None:
    """Rows and labels, the three parts, every feature, every finding, the verdict."""
    share = f" ({report.labelled / report.rows:.1%})" if report.rows else ""
    console.print(
        f"{store}, {report.first} to {report.last}: {report.rows:,} rows, {report.labelled:,} labelled{share}"
    )
    parts = RichTable("part", "from", "to", "dates", "labelled rows", title="Parts, in order of time")
    for split in report.splits:
        parts.add_row(split.part, str(split.first), str(split.last), str(split.dates), f"{split.labelled:,}")
    if report.splits:
        console.print(parts)
    if report.profiles:
        console.print(_features(report, store))
    for label, findings in (("PROBLEM", report.problems), ("WARNING", report.doubts)):
        for text in findings:
            console.print(f"{label}  {text}", markup=False, highlight=False, soft_wrap=True)
    counts = f"{len(report.problems)} problem(s), {len(report.doubts)} warning(s)"
    console.print(f"{VERDICTS[exit_code(report)]}: {counts}", markup=False, highlight=False)


def _features(report: MlReadiness, store: Table) -> RichTable:
    """One line per feature: shares over the whole range, standard deviation by season."""
    seasons = sorted({profile.season for profile in report.profiles if profile.season is not None})
    spreads = [f"std {season}" for season in seasons]
    shown = RichTable("feature", "NULL", "ceiling", "zero", *spreads, "remark", title="Features")
    by_feature: dict[str, dict[int | None, FeatureProfile]] = {}
    for profile in report.profiles:
        by_feature.setdefault(profile.feature, {})[profile.season] = profile
    for feature, profiles in by_feature.items():
        column = store.by_name[feature]
        nulls = column.nulls
        ceiling = "" if nulls is None or nulls.season is None else f"{nulls.season:.0%}"
        whole = profiles[None]
        spread = (_number(profiles[season].std if season in profiles else None) for season in seasons)
        remark = f"constant: {column.may_be_constant}" if whole.constant and column.may_be_constant else ""
        shown.add_row(feature, f"{whole.null_share:.1%}", ceiling, f"{whole.zero_share:.1%}", *spread, remark)
    return shown


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def document(report: MlReadiness) -> dict[str, object]:
    """The report as JSON values; dates become text by `default=str`."""
    return {
        "verdict": VERDICTS[exit_code(report)],
        "from": report.first,
        "to": report.last,
        "rows": report.rows,
        "labelled": report.labelled,
        "splits": [asdict(split) for split in report.splits],
        "features": [
            asdict(profile) | {"null_share": profile.null_share, "zero_share": profile.zero_share}
            for profile in report.profiles
        ],
        "problems": report.problems,
        "warnings": report.doubts,
    }
