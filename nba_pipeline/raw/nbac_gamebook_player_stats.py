"""One row per player of a final game's gamebook: active, unused (dnp) or inactive.

Source: feed nba_gamebook, the official scorer's report as PDF or parsed JSON; no archive. Units: minutes, seconds,
points. Gaps: active and unused players carry no ids; inactive players are printed by surname and named after the
box scores of the same game, then of the team's last 30 days; a surname nobody or several carry is quarantined.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pandas as pd

from nba_pipeline.landing.files import Landed
from nba_pipeline.orchestration import landed as landed_files
from nba_pipeline.orchestration import season_schedule, table_asset, window
from nba_pipeline.raw import box_columns, gamebook_columns, nbac_player_boxscores, nbac_schedule
from nba_pipeline.raw.assemble import assemble
from nba_pipeline.raw.blocks import IS_HOME, SOURCE_FORM
from nba_pipeline.raw.forms import Form
from nba_pipeline.raw.gamebook_records import read_gamebook
from nba_pipeline.raw.inactive_names import ROSTER_COLUMNS, ROSTER_DAYS
from nba_pipeline.raw.player_box_forms import ACTIVE, DNP, INACTIVE, MOST_MINUTES, double_listed
from nba_pipeline.schema import Column, Condition, Domain, Invariant, NullCeiling, Table, TableRows
from nba_pipeline.schema.fields import (
    GAME_DATE,
    GAME_ID,
    NBA_GAME_ID,
    NBA_PLAYER_ID,
    OPPONENT_TEAM_ABBR,
    PLAYER_LOOKUP,
    SEASON_YEAR,
    TEAM_ABBR,
)

FEED = "nba_gamebook"
_HAS_LINE = (Condition("is_dnp", "=", False),)
_LINE_NULLS = NullCeiling(season=0, date=0, block=0.01, population=_HAS_LINE)

TABLE = Table(
    layer="raw",
    name="nbac_gamebook_player_stats",
    grain="one row per game date and player of a gamebook",
    description="Second source of box lines and the only printed one of dnp and inactive reasons.",
    columns=(
        GAME_DATE,
        GAME_ID,
        NBA_GAME_ID,
        SEASON_YEAR,
        TEAM_ABBR,
        OPPONENT_TEAM_ABBR,
        IS_HOME,
        PLAYER_LOOKUP,
        replace(
            NBA_PLAYER_ID,
            description="NBA person id of inactive players, from the box scores; others are printed without id.",
            source="nbac_player_boxscores",
            minimum=1,
        ),
        Column(
            "player_name",
            "STRING",
            "Full name: as printed, of inactive players as the box scores print it.",
            unit="text",
            source="name; nbac_player_boxscores",
            required=True,
        ),
        Column(
            "player_name_original",
            "STRING",
            "Name as printed; a surname for inactive players.",
            unit="text",
            source="name",
            required=True,
        ),
        Column(
            "player_status",
            "STRING",
            "active (has a box line), dnp (dressed or with the team, unused) or inactive.",
            unit="category",
            source="list or line the player stands in",
            required=True,
            allowed=(ACTIVE, DNP, INACTIVE),
        ),
        Column("is_dnp", "BOOL", "Listed, but did not play.", unit="flag", source="player_status", required=True),
        Column(
            "dnp_reason",
            "STRING",
            "Why the player did not play, as printed, prefix kept.",
            unit="text",
            source="dnp_reason; reason",
        ),
        Column(
            "minutes",
            "FLOAT64",
            "Playing time; NULL if the player did not play.",
            unit="minutes",
            source="stats.minutes",
            minimum=0,
            maximum=65,
            nulls=_LINE_NULLS,
            domain=Domain(0, MOST_MINUTES, "reject_row"),
        ),
        Column(
            "seconds_played",
            "INT64",
            "Playing time; NULL if the player did not play.",
            unit="seconds",
            source="round(60 * minutes)",
            minimum=0,
            maximum=3900,
            nulls=_LINE_NULLS,
        ),
        *(
            replace(column, source=f"stats.{column.name}")
            for column in box_columns.statistics_columns(
                nbac_player_boxscores.EXPECTED_MAXIMA, "NULL if the player did not play"
            )
        ),
        SOURCE_FORM,
    ),
    primary_key=("game_date", "player_lookup"),
    partition_column="game_date",
    cluster_by=("player_lookup",),
    optional=True,
    invariants=(
        *box_columns.statistics_invariants("GBK"),
        Invariant(
            "GBK-D1",
            "not is_dnp or (seconds_played is null and points is null)",
            "block",
            "A player who did not play has no statistics.",
        ),
        Invariant("GBK-D2", "is_dnp = (player_status <> 'active')", "block", "Status and flag agree."),
    ),
)


def transform(
    landed: Landed, schedule: pd.DataFrame, recent_players: pd.DataFrame, dates: pd.DatetimeIndex
) -> TableRows:
    """Players of the gamebooks of the dates' final games, per game from its newest readable file."""
    columns = partial(gamebook_columns.fill_columns, table=TABLE, recent_players=recent_players)
    return assemble(
        TABLE,
        (Form(FEED, columns, reader=read_gamebook, game="nba_game_id"),),
        landed,
        dates,
        schedule=schedule,
        validate=gamebook_columns.validate,
        finals_only=True,
        settle={"double_listed": double_listed},
    )


asset = table_asset(
    TABLE,
    transform,
    inputs={
        "landed": landed_files((FEED,)),
        "schedule": season_schedule(),
        "recent_players": window(nbac_player_boxscores.TABLE, days=ROSTER_DAYS, columns=ROSTER_COLUMNS),
    },
    after=(nbac_schedule.TABLE,),
)
