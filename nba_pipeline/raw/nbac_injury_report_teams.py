"""One row per report, game and team: whether the team had submitted its injury report, and how many it listed.

Source: feed nba_injury_report, one PDF per report time, the same files as nbac_injury_report; no archive. Units:
counts. Gaps: a team without a row was not on the report at all.
"""

from __future__ import annotations

import pandas as pd

from nba_pipeline.landing.files import Landed, LandedFile
from nba_pipeline.orchestration import landed, season_schedule, table_asset
from nba_pipeline.raw import nbac_schedule
from nba_pipeline.raw.assemble import assemble
from nba_pipeline.raw.blocks import SOURCE_FORM
from nba_pipeline.raw.forms import Form, Record
from nba_pipeline.raw.injury_report_records import (
    FEED,
    REPORT_COLUMNS,
    read_dated_report,
    records_of,
    report_columns,
)
from nba_pipeline.raw.sieve import Sieve
from nba_pipeline.schema import Column, Table, TableRows

MOST_PLAYERS = 20  # a roster has 15 players and three two-way players

TABLE = Table(
    layer="raw",
    name="nbac_injury_report_teams",
    grain="one row per report, game and team",
    columns=(
        *REPORT_COLUMNS,
        Column(
            "is_submitted",
            "BOOL",
            "The team had submitted its list; if not, its players are unknown, not available.",
            unit="flag",
            source="Reason: NOT YET SUBMITTED",
            required=True,
        ),
        Column(
            "players_listed",
            "INT64",
            "Players the team lists in the report.",
            unit="count",
            source="player lines",
            required=True,
            minimum=0,
            maximum=MOST_PLAYERS,
        ),
        SOURCE_FORM,
    ),
    primary_key=("report_date", "report_at", "game_date", "team_abbr"),
    partition_column="report_date",
    description="Tells a player nobody listed (available) from a team that has not reported (unknown).",
    cluster_by=("report_at", "game_date", "team_abbr"),
    write_mode="append",
    optional=True,
)


def transform(landed: Landed, schedule: pd.DataFrame, dates: pd.DatetimeIndex) -> TableRows:
    """Teams of every report of the dates, tomorrow's games included."""
    form = Form(FEED, _columns, reader=read_teams, files="every", date="game_date", opponent="opponent")
    return assemble(TABLE, (form,), landed, dates, schedule=schedule)


def read_teams(payload: bytes, file: LandedFile) -> list[Record]:
    """Teams of one report as printed."""
    report = read_dated_report(payload, file)
    return records_of(report, report.teams)


def _columns(sieve: Sieve) -> None:
    report_columns(sieve)
    sieve.read(TABLE, {"is_submitted": "is_submitted", "players_listed": "players_listed"})


asset = table_asset(
    TABLE,
    transform,
    inputs={"landed": landed(feeds=(FEED,)), "schedule": season_schedule()},
    after=(nbac_schedule.TABLE,),
)
