"""Three tables over a file that says what has landed: its rows, their sums of the day, and the sums of earlier days.

Does NOT belong here: what is done to them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pandas as pd

from nba_pipeline.orchestration import same_day, season_to_date, table_asset
from nba_pipeline.schema import Column, Table, TableRows
from nba_pipeline.schema.fields import GAME_DATE
from nba_pipeline_tests.orchestration.toy import SCORES, TOTALS, frame, totals, toy_resources

FOLDER_VARIABLE = "RANDOM_OPERATIONS_FOLDER"
JOB = "three_tables"
FIRST = date(2021, 10, 19)
DAYS = tuple(FIRST + timedelta(days=n) for n in range(14))
FORM = Table(
    layer="precompute",
    name="toy_form",
    grain="one row per date with an earlier date",
    columns=(
        GAME_DATE,
        Column("earlier_points", "INT64", "Points of all earlier dates.", unit="points", source="toy", required=True),
    ),
    primary_key=("game_date",),
    partition_column="game_date",
    needs_earlier_game=True,
)
TABLES = (SCORES, TOTALS, FORM)
EDGES = {
    str(SCORES): (),
    str(TOTALS): (same_day(SCORES, ("game_date", "points")),),
    str(FORM): (season_to_date(SCORES, ("game_date", "points")),),
}

Scores = dict[str, int]
"""Points by team of one date."""


@dataclass(frozen=True)
class Landed:
    """The landing zone of the three tables: one file a date, replaced as a whole."""

    folder: Path

    def put(self, day: date, scores: Mapping[str, int]) -> None:
        written = self.folder / f"{day}.new"
        written.write_text(json.dumps(scores))
        written.rename(self.folder / f"{day}.json")

    def get(self, day: date) -> Scores:
        file = self.folder / f"{day}.json"
        return json.loads(file.read_text()) if file.exists() else {}


def assets(folder: Path) -> list[dg.AssetsDefinition]:
    """The three tables, reading what has landed below `folder`."""
    landed = Landed(folder)

    def scores(dates: pd.DatetimeIndex) -> TableRows:
        rows, empty = [], {}
        for day in dates:
            found = landed.get(day.date())
            rows += [(str(day.date()), team, points, 0.5) for team, points in found.items()]
            if not found:
                empty[day.date()] = "no_games"
        return TableRows(frame(*rows), skip_reasons=empty)

    return [
        table_asset(SCORES, scores, inputs={}),
        table_asset(TOTALS, totals, inputs={"scores": EDGES[str(TOTALS)][0]}),
        table_asset(FORM, form, inputs={"scores": EDGES[str(FORM)][0]}),
    ]


def form(scores: pd.DataFrame, dates: pd.DatetimeIndex) -> TableRows:
    """Sum of all points before each date; a date without any earlier row has none."""
    daily = scores.groupby("game_date")["points"].sum().sort_index()
    position = daily.index.searchsorted(dates, side="left")
    running = [0, *daily.cumsum()]
    earlier = pd.DataFrame({"game_date": dates, "earlier_points": [int(running[n]) for n in position]})[position > 0]
    empty = {day.date(): "no_earlier_game" for day in dates[position == 0]}
    return TableRows(earlier.reset_index(drop=True), skip_reasons=empty)


def job() -> dg.JobDefinition:
    """The three tables as a job that another process can load by name."""
    folder = Path(os.environ[FOLDER_VARIABLE])
    return dg.Definitions(
        assets=assets(folder),
        jobs=[dg.define_asset_job(JOB, selection=dg.AssetSelection.all())],
        resources=toy_resources(folder),
        executor=dg.in_process_executor,
    ).resolve_job_def(JOB)
