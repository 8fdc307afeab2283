"""Commands for people and cron. Everything they do goes through Dagster runs on the instance that the pages show.

Exit codes: 0 ready or done, 1 not ready or something failed, 2 ready with warnings, 3 could not be evaluated.
Does NOT belong here: logic (readiness), what a table holds.
"""

from __future__ import annotations

import sys
import traceback
import warnings
from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import click
from rich.console import Console

from nba_pipeline.cli_chart import chart_group
from nba_pipeline.errors import PipelineError
from nba_pipeline.settings import Settings, export_settings, load_settings

NOT_EVALUATED = 3  # exit code
NOT_SETTLED = ".* is currently in (beta|preview)"  # Dagster, of interfaces this project uses; it would bury the answer
REPORT_WIDTH = 150  # characters, where no terminal says how wide it is (cron, a file)

P = ParamSpec("P")


class Day(click.ParamType):
    """A date as YYYY-MM-DD; anything else is a usage error with exit code 3."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a date: use YYYY-MM-DD.", param, ctx)


def _console() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=REPORT_WIDTH)


def _located(command: Callable[P, int]) -> Callable[P, None]:
    """Add --landing and --warehouse, export the settings before Dagster is imported, exit with the code returned."""

    @click.option("--landing", help="Folder or gs://bucket/prefix; overrides NBA_LANDING.")
    @click.option("--warehouse", help="duckdb:///path or bigquery://project; overrides NBA_WAREHOUSE.")
    @wraps(command)
    def wrapped(landing: str | None, warehouse: str | None, **options: object) -> None:
        settings = load_settings(landing, warehouse)
        export_settings(settings)
        sys.exit(command(settings=settings, **options))  # type: ignore[arg-type,call-arg]

    return wrapped  # type: ignore[return-value]


_FROM = click.option("--from", "first", type=Day(), required=True, help="First game date, YYYY-MM-DD.")
_TO = click.option("--to", "last", type=Day(), required=True, help="Last game date, YYYY-MM-DD.")
_LAYER = click.option(
    "--layer", type=click.Choice(("raw", "reference", "analytics", "precompute")), help="Only tables of this layer."
)
_TABLES = click.option("--tables", help="Only these tables, comma separated: names or layer.name.")
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document instead of tables.")

_ONLY = click.option("--only", type=click.Choice(("missing", "stale", "all")), default="missing", show_default=True)
_CHUNK = click.option("--chunk", default="season", show_default=True, help="season, or a number of days up to 400.")
_WAIVE = click.option(
    "--waive", multiple=True, metavar="FINDING=REASON", help="Let one kind of finding pass; kept in the runs' tags."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def cli() -> None:
    """NBA player-points warehouse: back-fill it, verify it, look at it."""


@cli.command()
@_FROM
@_TO
@_LAYER
@_TABLES
@_ONLY
@_CHUNK
@click.option("--allow-shrink", default="", help="Reason for accepting partitions that lose more rows than allowed.")
@_WAIVE
@click.option("--dry-run", is_flag=True, help="Print the plan of preflight; run nothing, write nothing.")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@_located
def backfill(
    settings: Settings, first: date, last: date, layer: str | None, tables: str | None, only: str, chunk: str,
    allow_shrink: str, waive: tuple[str, ...], dry_run: bool, yes: bool,
) -> int:  # fmt: skip
    """Materialise a range of dates: missing ones, stale ones, or all. Starts with preflight, which may refuse it."""
    from nba_pipeline.commands import run_backfill

    return run_backfill(
        settings, _console(), first=first, last=last, layer=layer, names=tables, only=only, chunk=chunk,
        allow_shrink=allow_shrink, dry_run=dry_run, assume_yes=yes, waive=waive,
    )  # fmt: skip


@cli.command()
@_FROM
@_TO
@_LAYER
@_TABLES
@_ONLY
@_CHUNK
@_WAIVE
@_JSON
@_located
def preflight(
    settings: Settings, first: date, last: date, layer: str | None, tables: str | None, only: str, chunk: str,
    waive: tuple[str, ...], as_json: bool,
) -> int:  # fmt: skip
    """Ask whether a backfill may start: its plan with its time, and everything that stands against it."""
    from nba_pipeline.commands.preflight import requested, run_preflight

    request = requested(first, last, layer, tables, only, chunk)
    return run_preflight(settings, _console(), request, waive, as_json=as_json)


@cli.command()
@_FROM
@_TO
@_LAYER
@_TABLES
@_JSON
@_located
def verify(settings: Settings, first: date, last: date, layer: str | None, tables: str | None, as_json: bool) -> int:
    """Report what a range holds: missing, failed, drifted and extra dates, duplicates, checks, quarantine."""
    from nba_pipeline.commands import run_verify

    return run_verify(settings, _console(), first=first, last=last, layer=layer, names=tables, as_json=as_json)


@cli.command()
@_FROM
@_TO
@click.option(
    "--layer",
    type=click.Choice(("raw", "reference", "analytics", "precompute", "predictions")),
    help="Ask for the tables above this layer, from the start of the season of --from.",
)
@_TABLES
@_JSON
@_located
def coverage(settings: Settings, first: date, last: date, layer: str | None, tables: str | None, as_json: bool) -> int:
    """Ask whether every expected date is there: of the tables above a layer, of some tables, or of all."""
    from nba_pipeline.commands import run_coverage

    if layer and tables:
        raise click.UsageError("--layer asks for the tables above a layer, --tables for those named: give one of them.")
    return run_coverage(settings, _console(), first=first, last=last, layer=layer, names=tables, as_json=as_json)


@cli.command("ml-ready")
@_FROM
@_TO
@_JSON
@_located
def ml_ready(settings: Settings, first: date, last: date, as_json: bool) -> int:
    """Ask whether a model may be trained on the feature table: complete, no look-ahead, no dead feature, labels."""
    from nba_pipeline.commands import run_ml_ready

    return run_ml_ready(settings, _console(), first=first, last=last, as_json=as_json)


@cli.command()
@click.option("--tables", required=True, help="These tables, comma separated: names or layer.name.")
@click.option("--from", "first", type=Day(), help="First game date; left out, the first partition.")
@click.option("--to", "last", type=Day(), help="Last game date; left out, today.")
@click.option("--repair", is_flag=True, help="Leave one row per key; the others go to quarantine.")
@_located
def duplicates(settings: Settings, tables: str, first: date | None, last: date | None, repair: bool) -> int:
    """Find keys that a table stores more than once, and with --repair leave one row of each."""
    from nba_pipeline.commands import run_duplicates

    return run_duplicates(settings, _console(), names=tables, first=first, last=last, with_repair=repair)


@cli.command()
@click.option(
    "--readme",
    type=click.Path(path_type=Path, exists=True, dir_okay=False, writable=True),
    help="Renew the table in this Markdown file, between <!-- tables:start --> and <!-- tables:end -->.",
)
@_located
def tables(settings: Settings, readme: Path | None) -> int:
    """Print the table of tables: grain, key, rows, first and last date, write mode."""
    from nba_pipeline.commands import run_tables

    return run_tables(settings, _console(), readme=readme)


@cli.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the pages.")
@_located
def dictionary(settings: Settings, out: Path) -> int:
    """Write the data dictionary: a page per table with every column's unit, meaning, source and limits."""
    from nba_pipeline.commands.dictionary import run_dictionary

    return run_dictionary(_console(), out=out)


@cli.command()
@click.option("--folder", type=click.Path(path_type=Path), default=Path(".demo"), show_default=True)
def demo(folder: Path) -> None:
    """Simulate a small league, run every table on it, print coverage, checks and next steps."""
    settings = load_settings(
        str(folder / "landing"), f"duckdb:///{(folder / 'warehouse.duckdb').resolve()}", str(folder / "dagster_home")
    )
    export_settings(settings)
    from nba_pipeline.commands import run_demo

    sys.exit(run_demo(settings, _console(), folder))


@cli.command()
@_JSON
@_located
def doctor(settings: Settings, as_json: bool) -> int:
    """Examine versions, instance, landing zone and warehouse, and say for each what is wrong and what to do."""
    from nba_pipeline.commands.doctor import run_doctor

    return run_doctor(settings, _console(), as_json=as_json)


@cli.command()
@click.option("--dry-run", is_flag=True, help="Say what would be added; change nothing.")
@_JSON
@_located
def migrate(settings: Settings, dry_run: bool, as_json: bool) -> int:
    """Add new nullable columns of the declared tables to the stored ones; refuse every other difference."""
    from nba_pipeline.commands.migrate import run_migrate

    return run_migrate(settings, _console(), dry_run=dry_run, as_json=as_json)


@cli.command()
@_located
def instance(settings: Settings) -> int:
    """Create the Dagster instance below DAGSTER_HOME unless it exists, and print where it is."""
    from nba_pipeline.orchestration.instance import prepare_instance

    click.echo(prepare_instance(settings.dagster_home))
    return 0


cli.add_command(chart_group(_located, Day(), _console))


def main() -> None:
    """Entry point: usage errors, refusals and unexpected faults all exit with 3."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=NOT_SETTLED)
            cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("aborted", err=True)
        sys.exit(NOT_EVALUATED)
    except click.ClickException as error:
        error.show()
        sys.exit(NOT_EVALUATED)
    except PipelineError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(NOT_EVALUATED)
    except Exception:  # an unexpected fault means "not evaluated", never "ready" and never "not ready"
        traceback.print_exc()
        sys.exit(NOT_EVALUATED)


if __name__ == "__main__":
    main()
