"""`nba-pipeline chart`: draw one picture from the warehouse into a file.

Does NOT belong here: how a chart looks (charts), what a figure means.
"""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches
from pathlib import Path

import click
from matplotlib.figure import Figure
from rich.console import Console

from nba_pipeline import catalog
from nba_pipeline.charts.canvas import Form, rendered
from nba_pipeline.charts.coverage_calendar import coverage_calendar
from nba_pipeline.charts.defence_zones import defence_by_zone
from nba_pipeline.charts.null_history import null_rate_history
from nba_pipeline.charts.player_form import player_form
from nba_pipeline.charts.shot_zones import shot_zone_chart
from nba_pipeline.commands.chart_frames import (
    FORM,
    ZONE_COUNTS,
    ChartError,
    charted_shots,
    player_season,
    team_defence,
    zone_counts,
)
from nba_pipeline.commands.selection import check_range, selected_tables
from nba_pipeline.orchestration.checks.null_rates import watched_columns
from nba_pipeline.orchestration.checks.thresholds import BASELINE_DAYS
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.orchestration.null_counts import null_counts
from nba_pipeline.readiness.day_states import day_states
from nba_pipeline.schema import Table
from nba_pipeline.settings import Settings
from nba_pipeline.warehouse import open_warehouse

FORMS: dict[str, Form] = {".svg": "svg", ".png": "png"}
NEAR_MATCHES = 3  # names offered for one that is not a table


def draw_coverage(
    settings: Settings, console: Console, out: Path, *, first: date, last: date, layer: str | None, names: str | None
) -> int:
    """The calendar of the partitioned tables of a layer, of those named, or of all."""
    check_range(first, last)
    form = _form(out)
    tables = [table for table in selected_tables(layer, names) if table.partition_column]
    if not tables:
        raise ChartError("coverage: none of these tables has partitions, so there is no calendar to draw.")
    with open_instance(settings.dagster_home) as instance:
        states = day_states(instance, open_warehouse(settings.warehouse), tables, first, last)
    return _written(console, coverage_calendar(states), out, form)


def draw_nulls(
    settings: Settings, console: Console, out: Path, *, table: str, columns: str | None, first: date, last: date
) -> int:
    """The NULL rates of a table's watched columns."""
    check_range(first, last)
    form = _form(out)
    declared = _declared(table)
    watched = {column.name: column.nulls for column in watched_columns(declared) if column.nulls}
    if not declared.partition_column or not watched:
        raise ChartError(f"{declared}: no column has a ceiling for a date, so there is no history to draw.")
    named = [name.strip() for name in (columns or "").split(",") if name.strip()]
    unknown = [name for name in named if name not in watched]
    if unknown:
        raise ChartError(f"{declared}: {', '.join(unknown)} is not watched; watched: {', '.join(watched)}.")
    warehouse = open_warehouse(settings.warehouse)
    counts = null_counts(warehouse, declared, first, last) if warehouse.stored_columns(declared) else None
    if counts is None or counts.empty:
        raise ChartError(f"{declared}: no rows from {first} to {last}. Back-fill the range first.")
    figure = null_rate_history(str(declared), counts, watched, baseline_days=BASELINE_DAYS, columns=named)
    return _written(console, figure, out, form)


def draw_shots(settings: Settings, console: Console, out: Path, *, player: str, season: int) -> int:
    """The shot chart of a player's season by zone."""
    form = _form(out)
    columns = tuple(column for pair in ZONE_COUNTS.values() for column in pair)
    with open_warehouse(settings.warehouse).reading() as warehouse:
        rows = player_season(warehouse, player, season, columns)
        shots = charted_shots(warehouse, rows, season)
    zones = zone_counts(rows)
    charted = int(rows.own[ZONE_COUNTS["paint"][1]].notna().sum())
    sample = f"season {season}-{(season + 1) % 100:02d}, field goals of {charted} games with play-by-play"
    return _written(console, shot_zone_chart(rows.name, sample, zones, shots), out, form)


def draw_form(settings: Settings, console: Console, out: Path, *, player: str, season: int) -> int:
    """Points per game of a player's season."""
    form = _form(out)
    rows = player_season(open_warehouse(settings.warehouse), player, season, FORM)
    played = int(rows.own["is_active"].sum())
    sample = f"season {season}-{(season + 1) % 100:02d}, {played} games played of {len(rows.own)} listed"
    return _written(console, player_form(rows.name, sample, rows.own), out, form)


def draw_defence(settings: Settings, console: Console, out: Path, *, team: str, season: int) -> int:
    """What a team allowed by zone over a season."""
    form = _form(out)
    days = team_defence(open_warehouse(settings.warehouse), team, season)
    sample = f"season {season}-{(season + 1) % 100:02d}, field goal accuracy allowed as of {len(days)} dates"
    return _written(console, defence_by_zone(team.upper(), sample, days), out, form)


def _declared(name: str) -> Table:
    tables = catalog.tables()
    found = [table for full, table in tables.items() if name in (full, table.name)]
    if len(found) == 1:
        return found[0]
    near = get_close_matches(name.rpartition(".")[2], [table.name for table in tables.values()], NEAR_MATCHES)
    raise ChartError(f"there is no table {name!r}. {'Did you mean' if near else 'Known:'} {', '.join(near or tables)}?")


def _form(out: Path) -> Form:
    """What to write, from the ending of the file, before anything is read."""
    form = FORMS.get(out.suffix.lower())
    if form is None:
        raise click.UsageError(f"--out {out}: end the name in {' or '.join(FORMS)}.")
    if not out.parent.is_dir():
        raise click.UsageError(f"--out {out}: there is no folder {out.parent}.")
    return form


def _written(console: Console, figure: Figure, out: Path, form: Form) -> int:
    content = rendered(figure, form)
    out.write_bytes(content)
    console.print(f"{out}: {len(content):,} bytes", markup=False, highlight=False, soft_wrap=True)
    return 0
