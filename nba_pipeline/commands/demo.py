"""`nba-pipeline demo`: a simulated league through every table, in one command. Does NOT belong here: simulating."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from nba_pipeline.commands.backfill import run_backfill
from nba_pipeline.commands.verify import NOT_READY, run_verify
from nba_pipeline.sample import write_sample
from nba_pipeline.settings import Settings

LABEL = "SIMULATED DATA: invented players and results, none of it is real"


def run_demo(settings: Settings, console: Console, folder: Path) -> int:
    """Write the sample (once), back-fill it, verify it, say what to do next; exit code of the gravest step."""
    console.rule(LABEL)
    summary = write_sample(settings.landing)
    console.print(summary.describe())
    done = run_backfill(
        settings, console, first=summary.first_date, last=summary.last_date, layer=None, names=None, only="missing",
        chunk="season", allow_shrink="", dry_run=False, assume_yes=True, waive=("code=a demonstration",),
    )  # fmt: skip
    verified = run_verify(
        settings, console, first=summary.first_date, last=summary.last_date, layer=None, names=None, as_json=False
    )
    console.rule(LABEL)
    console.print(_next_steps(settings, folder), markup=False, highlight=False)
    return NOT_READY if NOT_READY in (done, verified) else 0


def _next_steps(settings: Settings, folder: Path) -> str:
    return f"""\
Next steps
  make dev                       open Dagster on http://127.0.0.1:3000 with these tables, runs and checks
  {folder}/warehouse.duckdb      query it with any DuckDB client, for example
    .venv/bin/python -c "import duckdb; print(duckdb.connect('{folder}/warehouse.duckdb', read_only=True).sql('''
      select player_full_name, team_abbr, avg(points) as points, avg(usage_rate) as usage
      from nba_analytics.player_game_summary where is_active group by all order by points desc limit 5'''))"
  nba-pipeline backfill --help   your own landing zone: --landing FOLDER --warehouse duckdb:///FILE --from D --to D
  (this demo: landing {settings.landing})"""
