"""Two rows per counted, final game, one per team.

Source: feeds nba_boxscore_live, nba_boxscore_traditional, else archive nbac_team_boxscores; one of them per game.
Units: minutes, points. Gaps: turnovers_total is not stated by the traditional box, nor by the archive for play-in
games and cup finals; archive minutes are sums of rounded player minutes, so divide by 240 + 25 per overtime instead.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pandas as pd

from nba_pipeline.basketball.teams import FIRST_NBA_TEAM_ID, LAST_NBA_TEAM_ID
from nba_pipeline.landing.files import Landed
from nba_pipeline.orchestration import landed as landed_files
from nba_pipeline.orchestration import season_schedule, table_asset
from nba_pipeline.raw import box_columns, box_payloads, nbac_schedule
from nba_pipeline.raw import team_box_forms as lines
from nba_pipeline.raw.assemble import assemble
from nba_pipeline.raw.blocks import IS_HOME, SOURCE_FORM
from nba_pipeline.raw.box_forms import ARCHIVE, LIVE, TRADITIONAL, archive_form, live_form, result_set_form
from nba_pipeline.schema import Column, Invariant, Table, TableRows
from nba_pipeline.schema.fields import GAME_DATE, GAME_ID, NBA_GAME_ID, OPPONENT_TEAM_ABBR, SEASON_YEAR, TEAM_ABBR

EXPECTED_MAXIMA = {
    "field_goals_made": 70, "field_goals_attempted": 130, "three_pointers_made": 32, "three_pointers_attempted": 75,
    "free_throws_made": 50, "free_throws_attempted": 65, "offensive_rebounds": 35, "defensive_rebounds": 60,
    "total_rebounds": 80, "assists": 55, "steals": 25, "blocks": 22, "turnovers": 35, "personal_fouls": 45,
    "plus_minus": 80, "points": 180,
}  # fmt: skip
LIVE_ONLY = "the live box states it, other forms do not"
ARCHIVE_COLUMNS = (
    "game_date", "nba_game_id", "team_id", "team_abbr", "opponent_team_abbr", "is_home", "minutes",
    *lines.ARCHIVE.values(),
)  # fmt: skip

TABLE = Table(
    layer="raw",
    name="nbac_team_boxscore",
    grain="one row per game date and team",
    columns=(
        GAME_DATE,
        GAME_ID,
        NBA_GAME_ID,
        SEASON_YEAR,
        TEAM_ABBR,
        OPPONENT_TEAM_ABBR,
        IS_HOME,
        Column("team_id", "INT64", "NBA id of the team.", unit="identifier", source="teamId", required=True,
               minimum=FIRST_NBA_TEAM_ID, maximum=LAST_NBA_TEAM_ID),
        Column("minutes", "FLOAT64", "Team minutes as delivered; the archive sums rounded player minutes.",
               unit="minutes", source="statistics.minutes; MIN; minutes", minimum=235, maximum=400),
        Column("overtime_periods", "INT64", "Overtimes, from the team minutes, else from the schedule.",
               unit="count", source="max(0, round((minutes - 240) / 25))", required=True, minimum=0, maximum=6),
        *box_columns.statistics_columns(EXPECTED_MAXIMA, "NULL where the source lacks it"),
        Column("turnovers_total", "INT64", "Turnovers of players and team (shot clock, five seconds …).",
               unit="count", source="statistics.turnoversTotal; tov_total", minimum=0, maximum=40),
        Column("points_in_the_paint", "INT64", "Points from inside the paint.", unit="points",
               source="statistics.pointsInThePaint", minimum=0, maximum=100, may_be_constant=LIVE_ONLY),
        Column("points_fast_break", "INT64", "Points on fast breaks.", unit="points",
               source="statistics.pointsFastBreak", minimum=0, maximum=70, may_be_constant=LIVE_ONLY),
        Column("points_second_chance", "INT64", "Points after offensive rebounds.", unit="points",
               source="statistics.pointsSecondChance", minimum=0, maximum=60, may_be_constant=LIVE_ONLY),
        replace(SOURCE_FORM, allowed=(LIVE, TRADITIONAL, ARCHIVE)),
    ),
    primary_key=("game_date", "team_abbr"),
    partition_column="game_date",
    cluster_by=("team_abbr",),
    row_count="two_per_final_game_raw",
    invariants=(
        *box_columns.statistics_invariants("TBX"),
        Invariant("TBX-M1", "abs(minutes - 240 - 25 * overtime_periods) <= 5", "block",
                  "Team minutes fit the number of overtimes."),
        Invariant("TBX-T1", "turnovers_total >= turnovers", "warn", "The team total holds the players' turnovers."),
    ),
)  # fmt: skip


def transform(landed: Landed, schedule: pd.DataFrame, dates: pd.DatetimeIndex) -> TableRows:
    """Both teams of the final games of the dates, per game from the best form that has it."""
    reader = partial(box_payloads.live_teams, scores=box_payloads.final_scores(schedule))
    forms = (
        live_form(partial(lines.live_columns, table=TABLE), reader),
        result_set_form(TRADITIONAL, partial(lines.traditional_columns, table=TABLE), box_payloads.traditional_teams),
        archive_form(partial(lines.archive_columns, table=TABLE)),
    )
    return assemble(TABLE, forms, landed, dates, schedule=schedule, validate=lines.validate, finals_only=True)


asset = table_asset(
    TABLE,
    transform,
    inputs={
        "landed": landed_files((LIVE, TRADITIONAL), "nbac_team_boxscores", ARCHIVE_COLUMNS),
        "schedule": season_schedule(),
    },
    after=(nbac_schedule.TABLE,),
)
