"""One row per event of a counted game, from the league's play-by-play.

Source: feed nba_play_by_play (`game.actions[]`), else archive nbac_play_by_play, the same feed with fewer fields.
Units: seconds, feet, points. Gaps: the archive has no jump balls, violations, period and game events, no
coordinates and no event times, and nothing at all for play-in games and the cup final; on_court_player_ids comes
from the archive only. Distances are kept as delivered and as whole feet rounded down, the one form both share.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pandas as pd

from nba_pipeline.landing.files import Landed
from nba_pipeline.orchestration import landed, season_schedule, table_asset
from nba_pipeline.raw import nbac_schedule
from nba_pipeline.raw.assemble import assemble
from nba_pipeline.raw.blocks import CLOCK_SECONDS, PERIOD, SOURCE_FORM
from nba_pipeline.raw.forms import Form
from nba_pipeline.raw.play_by_play_events import QUALIFIERS
from nba_pipeline.raw.play_by_play_forms import (
    ARCHIVE_COLUMNS,
    add_game_team,
    archive_columns,
    number_events,
    payload_columns,
    read_payload,
    validate,
)
from nba_pipeline.raw.season_slices import build_by_season
from nba_pipeline.schema import Column, Condition, Invariant, Table, TableRows
from nba_pipeline.schema.fields import GAME_DATE, GAME_ID, NBA_GAME_ID, SEASON_YEAR, TEAM_ABBR

FEED = "nba_play_by_play"
ARCHIVE = "nbac_play_by_play"

_SHOT = (Condition("is_field_goal", "=", True),)
_NOT_IN_ARCHIVE = "the archive does not state it"
_OTHER_PLAYERS = (
    ("assist_player_id", "Passer, on made field goals.", "assistPersonId"),
    ("block_player_id", "Blocker, on missed field goals.", "blockPersonId"),
    ("steal_player_id", "Stealer, on turnovers.", "stealPersonId"),
    ("foul_drawn_player_id", "Fouled player, on fouls.", "foulDrawnPersonId"),
)
_PLACE = (
    (
        "shot_x_ft",
        "Across the court from the basket, as the league signs it; NULL in the archive.",
        "xLegacy / 10",
        -25,
        25,
    ),
    ("shot_y_ft", "From the basket towards half court; NULL in the archive.", "yLegacy / 10", -6, 95),
)
_QUALIFIED = (
    ("is_paint_qualified", "The league counts the event's points as points in the paint."),
    ("is_second_chance", "Points after an offensive rebound."),
    ("is_fast_break", "Points on a fast break."),
    ("is_from_turnover", "Points off a turnover."),
)
_SCORES = (
    ("score_home", "Score of the home team after the event.", "scoreHome"),
    ("score_away", "Score of the visiting team after the event.", "scoreAway"),
)

TABLE = Table(
    layer="raw",
    name="nbac_play_by_play",
    grain="one row per game and event",
    columns=(
        GAME_DATE,
        GAME_ID,
        NBA_GAME_ID,
        SEASON_YEAR,
        Column(
            "action_number",
            "INT64",
            "Number of the event in its game; unique, not chronological.",
            unit="identifier",
            source="actionNumber",
            required=True,
        ),
        Column(
            "event_order",
            "INT64",
            "Chronological position of the event in its game, from 1.",
            unit="count",
            source="rank of orderNumber; archive: rank of (period, clock falling, total score, actionNumber)",
            required=True,
            minimum=1,
        ),
        PERIOD,
        CLOCK_SECONDS,
        Column(
            "elapsed_seconds",
            "FLOAT64",
            "Seconds played since the start of the game.",
            unit="seconds",
            source="period, clock",
            required=True,
            minimum=0,
        ),
        Column(
            "event_type",
            "STRING",
            "2pt, 3pt, freethrow, rebound, turnover, foul, steal, block, substitution, timeout, jumpball, period …",
            unit="category",
            source="actionType",
            required=True,
        ),
        Column(
            "event_subtype",
            "STRING",
            "Layup, DUNK, Hook, Jump Shot; '1 of 2'; offensive, defensive; personal …",
            unit="category",
            source="subType; archive: description, of shots, free throws and team rebounds only",
        ),
        Column(
            "descriptor",
            "STRING",
            "Words that qualify the subtype: driving, tip, technical …",
            unit="text",
            source="descriptor",
            may_be_constant=_NOT_IN_ARCHIVE,
        ),
        Column("description", "STRING", "The event as a sentence.", unit="text", source="description"),
        replace(
            TEAM_ABBR,
            description="Team of the event; NULL on period and game events.",
            source="teamTricode",
            required=False,
        ),
        Column(
            "nba_player_id",
            "INT64",
            "Acting player; NULL for an event of the team or of a coach.",
            unit="identifier",
            source="personId where a playerName is printed",
        ),
        *(Column(name, "INT64", text, unit="identifier", source=field) for name, text, field in _OTHER_PLAYERS),
        Column("is_field_goal", "BOOL", "A two or a three.", unit="flag", source="actionType", required=True),
        Column(
            "shot_value",
            "INT64",
            "Points of the shot if made: 2, 3; free throw 1; NULL on other events.",
            unit="points",
            source="actionType",
            minimum=1,
            maximum=3,
        ),
        Column("is_made", "BOOL", "The shot or free throw went in.", unit="flag", source="shotResult"),
        Column(
            "shot_distance_ft",
            "FLOAT64",
            "Distance of the shot as delivered; NULL where no distance is printed.",
            unit="feet",
            source="shotDistance; archive: description",
            minimum=0,
            maximum=95,
            range_when=_SHOT,
        ),
        Column(
            "shot_distance_whole_ft",
            "INT64",
            "Distance of the shot in whole feet, rounded down; the same meaning in both forms.",
            unit="feet",
            source="shotDistance; archive: description",
            minimum=0,
            maximum=95,
            range_when=_SHOT,
        ),
        *(
            Column(name, "FLOAT64", text, "feet", field, minimum=low, maximum=high, may_be_constant=_NOT_IN_ARCHIVE)
            for name, text, field, low, high in _PLACE
        ),
        Column(
            "shot_area",
            "STRING",
            "One of seven areas, on field goals.",
            unit="category",
            source="area",
            may_be_constant=_NOT_IN_ARCHIVE,
        ),
        *(
            Column(name, "BOOL", text, unit="flag", source=f"qualifiers {QUALIFIERS[name]}", required=True)
            for name, text in _QUALIFIED
        ),
        *(
            Column(name, "INT64", text, unit="points", source=field, required=True, minimum=0, maximum=220)
            for name, text, field in _SCORES
        ),
        Column(
            "occurred_at",
            "TIMESTAMP",
            "Instant of the record.",
            unit="UTC instant",
            source="timeActual",
            may_be_constant=_NOT_IN_ARCHIVE,
        ),
        Column(
            "on_court_player_ids",
            "STRING",
            "The ten players on the court, ids ascending, joined with |; NULL unless exactly ten are known.",
            unit="identifier",
            source="archive playersOn",
            may_be_constant="payloads do not state it",
        ),
        SOURCE_FORM,
    ),
    primary_key=("game_date", "nba_game_id", "action_number"),
    partition_column="game_date",
    description="The canonical play-by-play; order by event_order, never by action_number.",
    cluster_by=("nba_game_id", "action_number"),
    optional=True,
    large=True,
    row_count="events_of_final_games",
    invariants=(
        Invariant(
            "PBP-01",
            "is_field_goal = (event_type = '2pt' or event_type = '3pt')",
            "block",
            "Twos and threes are the field goals.",
        ),
        Invariant(
            "PBP-02",
            "not is_field_goal or (shot_value is not null and is_made is not null)",
            "block",
            "A field goal has a value and a result.",
        ),
        Invariant(
            "PBP-03",
            "shot_distance_ft >= shot_distance_whole_ft and shot_distance_ft < shot_distance_whole_ft + 1",
            "block",
            "Whole feet are the distance rounded down.",
        ),
        Invariant(
            "PBP-04",
            "clock_seconds >= 0 and clock_seconds <= 720 and (period <= 4 or clock_seconds <= 300)",
            "block",
            "The clock fits the period.",
        ),
    ),
)


FORMS = (
    Form(
        FEED, columns=partial(payload_columns, table=TABLE), reader=read_payload, team="game_team", game="nba_game_id"
    ),
    Form(
        "archive",
        columns=partial(archive_columns, table=TABLE),
        team="game_team",
        game="nba_game_id",
        prepare=add_game_team,
    ),
)


def transform(landed: Landed, schedule: pd.DataFrame, dates: pd.DatetimeIndex) -> TableRows:
    """Events of the games on `dates`, numbered in chronological order within each game."""

    def build(landed: Landed, dates: pd.DatetimeIndex) -> TableRows:
        made = assemble(TABLE, FORMS, landed, dates, schedule=schedule, validate=validate)
        return replace(made, rows=number_events(made.rows))

    return build_by_season(build, landed, dates)


asset = table_asset(
    TABLE,
    transform,
    inputs={
        "landed": landed(feeds=(FEED,), archive=ARCHIVE, archive_columns=ARCHIVE_COLUMNS),
        "schedule": season_schedule(),
    },
    after=(nbac_schedule.TABLE,),
)
