"""One row per player listed in the box of a counted, final game: played, dressed but unused, or inactive.

Source: feeds nba_boxscore_live, nba_boxscore_traditional, nba_leaguegamelog, else archive nbac_player_boxscores; one
of them per game. Units: minutes, seconds, points. Gaps: whole-minute sources round, so an appearance under 30
seconds has seconds_played 0 and keeps its statistics; play-in games and cup finals of the archive have no fouls.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pandas as pd

from nba_pipeline.landing.files import Landed
from nba_pipeline.orchestration import landed as landed_files
from nba_pipeline.orchestration import season_schedule, table_asset
from nba_pipeline.raw import box_columns, box_payloads, nbac_schedule
from nba_pipeline.raw import player_box_forms as lines
from nba_pipeline.raw.assemble import assemble
from nba_pipeline.raw.blocks import IS_HOME, SOURCE_FORM
from nba_pipeline.raw.box_forms import ARCHIVE, GAMELOG, LIVE, TRADITIONAL, archive_form, live_form, result_set_form
from nba_pipeline.raw.forms import Form
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

HAS_LINE = (Condition("is_dnp", "=", False),)
EXPECTED_MAXIMA = {
    "field_goals_made": 30, "field_goals_attempted": 50, "three_pointers_made": 16, "three_pointers_attempted": 28,
    "free_throws_made": 32, "free_throws_attempted": 40, "offensive_rebounds": 18, "defensive_rebounds": 28,
    "total_rebounds": 35, "assists": 28, "steals": 12, "blocks": 13, "turnovers": 14, "personal_fouls": 8,
    "plus_minus": 80, "points": 75,
}  # fmt: skip
ARCHIVE_COLUMNS = (
    "game_date", "nba_game_id", "team_abbr", "opponent_team_abbr", "is_home", "nba_player_id", "player_name",
    "player_status", "is_dnp", "is_starter", "jersey_number", "position", "minutes", *box_columns.ARCHIVE.values(),
    *lines.PAINT_AND_BREAK,
)  # fmt: skip

TABLE = Table(
    layer="raw",
    name="nbac_player_boxscores",
    grain="one row per game date and listed player",
    description="Played means seconds_played > 0; is_dnp FALSE only means that the player has a box line.",
    columns=(
        GAME_DATE,
        GAME_ID,
        NBA_GAME_ID,
        SEASON_YEAR,
        TEAM_ABBR,
        OPPONENT_TEAM_ABBR,
        IS_HOME,
        PLAYER_LOOKUP,
        replace(NBA_PLAYER_ID, minimum=1, nulls=NullCeiling(season=0, date=0.01)),
        Column("player_name", "STRING", "Name as printed by the source of the row.", unit="text", source="name",
               required=True),
        Column("player_status", "STRING", "active (has a box line), dnp (dressed, unused) or inactive.",
               unit="category", source="status, played; MIN, COMMENT; player_status", required=True,
               allowed=(lines.ACTIVE, lines.DNP, lines.INACTIVE)),
        Column("is_dnp", "BOOL", "Listed, but did not play.", unit="flag", source="played; MIN; is_dnp",
               required=True),
        Column("is_starter", "BOOL", "Among the five starters; NULL when the source does not say.", unit="flag",
               source="starter; START_POSITION; is_starter"),
        Column("jersey_number", "STRING", "Number on the jersey as printed.", unit="text", source="jerseyNum"),
        Column("position", "STRING", "Position as printed, mostly of starters.", unit="category", source="position"),
        Column("dnp_reason", "STRING", "Why the player did not play, as printed.", unit="text",
               source="notPlayingReason, notPlayingDescription; COMMENT", may_be_constant="the archive has none"),
        Column("minutes", "FLOAT64", "Playing time; NULL if the player did not play.", unit="minutes",
               source="statistics.minutes; MIN; minutes", minimum=0, maximum=65,
               nulls=NullCeiling(season=0, date=0, block=0.01, population=HAS_LINE),
               domain=Domain(0, lines.MOST_MINUTES, "reject_row")),
        Column("seconds_played", "INT64", "Playing time; 0 is an appearance rounded down by a whole-minute source.",
               unit="seconds", source="round(60 * minutes)", minimum=0, maximum=3900,
               nulls=NullCeiling(season=0, date=0, block=0.01, population=HAS_LINE)),
        Column("minutes_is_rounded", "BOOL", "The source prints whole minutes.", unit="flag", source="form",
               may_be_constant="one source at a time"),
        *box_columns.statistics_columns(EXPECTED_MAXIMA, "NULL if the player did not play"),
        Column("points_in_the_paint", "INT64", "Points from inside the paint.", unit="points",
               source="statistics.pointsInThePaint", minimum=0, maximum=50, may_be_constant="not in every form"),
        Column("points_fast_break", "INT64", "Points on fast breaks.", unit="points",
               source="statistics.pointsFastBreak", minimum=0, maximum=40, may_be_constant="not in every form"),
        replace(SOURCE_FORM, allowed=(LIVE, TRADITIONAL, GAMELOG, ARCHIVE)),
    ),
    primary_key=("game_date", "player_lookup"),
    partition_column="game_date",
    cluster_by=("player_lookup",),
    row_count="players_of_final_games",
    invariants=(
        *box_columns.statistics_invariants("PBX"),
        Invariant("PBX-D1", "not is_dnp or (seconds_played is null and points is null)", "block",
                  "A player who did not play has no statistics."),
        Invariant("PBX-D2", "is_dnp or (seconds_played is not null and points is not null)", "block",
                  "A box line has playing time and points."),
        Invariant("PBX-D3", "is_dnp = (player_status <> 'active')", "block", "Status and flag agree."),
    ),
)  # fmt: skip


def transform(landed: Landed, schedule: pd.DataFrame, dates: pd.DatetimeIndex) -> TableRows:
    """Listed players of the final games of the dates, per game from the best form that has it."""
    return assemble(
        TABLE,
        _forms(box_payloads.final_scores(schedule)),
        landed,
        dates,
        schedule=schedule,
        validate=lines.validate,
        finals_only=True,
        settle={"double_listed": lines.double_listed},
    )


def _forms(scores: box_payloads.FinalScores) -> tuple[Form, ...]:
    """The four forms, best first."""
    return (
        live_form(partial(lines.live_columns, table=TABLE), partial(box_payloads.live_players, scores=scores)),
        result_set_form(TRADITIONAL, partial(lines.traditional_columns, table=TABLE), box_payloads.traditional_players),
        result_set_form(GAMELOG, partial(lines.gamelog_columns, table=TABLE), box_payloads.gamelog_players),
        archive_form(partial(lines.archive_columns, table=TABLE)),
    )


asset = table_asset(
    TABLE,
    transform,
    inputs={
        "landed": landed_files((LIVE, TRADITIONAL, GAMELOG), "nbac_player_boxscores", ARCHIVE_COLUMNS),
        "schedule": season_schedule(),
    },
    after=(nbac_schedule.TABLE,),
)
