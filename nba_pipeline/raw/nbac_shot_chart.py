"""One row per field-goal attempt of a counted game, with its place on the court.

Source: feed nba_shot_chart (`shotchartdetail`, result set Shot_Chart_Detail), else archive nbac_shot_chart.
Units: feet from the basket, seconds left in the period. Gaps: the archive has coordinates for 82 % of
regular-season attempts and for none of the playoffs (NULL, not 0); no attempts of play-in games and cup final.
Never a source of counts: those come from the play-by-play, whose action_number this table shares.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from nba_pipeline.basketball.clocks import period_length_seconds
from nba_pipeline.basketball.teams import ABBR_BY_NBA_TEAM_ID
from nba_pipeline.basketball.uniques import map_uniques
from nba_pipeline.landing.files import Landed, LandedFile
from nba_pipeline.orchestration import landed, season_schedule, table_asset
from nba_pipeline.raw import nbac_schedule
from nba_pipeline.raw.assemble import assemble
from nba_pipeline.raw.blocks import CLOCK_SECONDS, IS_HOME, MAX_PERIOD, PERIOD, SOURCE_FORM
from nba_pipeline.raw.convert import convert
from nba_pipeline.raw.errors import UnusableFile
from nba_pipeline.raw.forms import Form, Record, decode_json, result_set
from nba_pipeline.raw.sieve import Sieve
from nba_pipeline.schema import Column, Invariant, Table, TableRows
from nba_pipeline.schema.fields import (
    GAME_DATE,
    GAME_ID,
    NBA_GAME_ID,
    NBA_PLAYER_ID,
    OPPONENT_TEAM_ABBR,
    SEASON_YEAR,
    TEAM_ABBR,
)

FEED = "nba_shot_chart"
ARCHIVE = "nbac_shot_chart"
RESULT_SET = "Shot_Chart_Detail"
GAME_ID_CHARACTERS = 10
SECONDS_PER_MINUTE = 60
LOC_UNITS_PER_FOOT = 10
HALF_WIDTH_FEET = 25  # the court is 50 ft wide
NEAREST_FEET, FARTHEST_FEET = -6, 95  # behind the backboard, beyond the far base line
ZONES = (
    "Restricted Area",
    "In The Paint (Non-RA)",
    "Mid-Range",
    "Left Corner 3",
    "Right Corner 3",
    "Above the Break 3",
    "Backcourt",
)
_NO_CHART = "the archive charts no playoff games and only part of 2021-22"
_CHART_TEXTS = (
    ("zone_area", "Side of the court, such as Left Side Center.", "SHOT_ZONE_AREA without its bracketed code"),
    ("zone_range", "Distance class in words.", "SHOT_ZONE_RANGE"),
    ("action_type", "Kind of shot, such as Driving Layup Shot.", "ACTION_TYPE"),
)

TABLE = Table(
    layer="raw",
    name="nbac_shot_chart",
    grain="one row per game and field-goal attempt",
    columns=(
        GAME_DATE,
        GAME_ID,
        NBA_GAME_ID,
        SEASON_YEAR,
        replace(TEAM_ABBR, description="Team of the shooter.", source="TEAM_ID"),
        OPPONENT_TEAM_ABBR,
        IS_HOME,
        Column(
            "action_number",
            "INT64",
            "Number of the attempt, equal to the play-by-play's action_number.",
            unit="identifier",
            source="GAME_EVENT_ID",
            required=True,
        ),
        replace(PERIOD, source="PERIOD"),
        replace(
            CLOCK_SECONDS,
            description="Seconds left in the period; whole seconds in the payload.",
            source="60 * MINUTES_REMAINING + SECONDS_REMAINING; archive: seconds_left_in_period",
        ),
        replace(NBA_PLAYER_ID, description="NBA person id of the shooter.", source="PLAYER_ID", required=True),
        Column(
            "shot_value",
            "INT64",
            "Points of the attempt if made.",
            unit="points",
            source="SHOT_TYPE",
            required=True,
            minimum=2,
            maximum=3,
        ),
        Column("is_made", "BOOL", "The shot went in.", unit="flag", source="SHOT_MADE_FLAG", required=True),
        Column(
            "shot_x_ft",
            "FLOAT64",
            "Across the court from the basket, signed as the league does.",
            unit="feet",
            source="LOC_X / 10",
            minimum=-HALF_WIDTH_FEET,
            maximum=HALF_WIDTH_FEET,
            may_be_constant=_NO_CHART,
        ),
        Column(
            "shot_y_ft",
            "FLOAT64",
            "From the basket towards half court.",
            unit="feet",
            source="LOC_Y / 10",
            minimum=NEAREST_FEET,
            maximum=FARTHEST_FEET,
            may_be_constant=_NO_CHART,
        ),
        Column(
            "shot_distance_ft",
            "FLOAT64",
            "Whole feet from the basket, rounded down.",
            unit="feet",
            source="SHOT_DISTANCE; archive: shot_distance_ft, else text_distance_ft",
            minimum=0,
            maximum=FARTHEST_FEET,
        ),
        Column(
            "zone_basic",
            "STRING",
            "Named zone of the league, one of seven.",
            unit="category",
            source="SHOT_ZONE_BASIC",
            allowed=ZONES,
            may_be_constant=_NO_CHART,
        ),
        *(
            Column(name, "STRING", text, unit="category", source=header, may_be_constant=_NO_CHART)
            for name, text, header in _CHART_TEXTS
        ),
        SOURCE_FORM,
    ),
    primary_key=("game_date", "nba_game_id", "action_number"),
    partition_column="game_date",
    description="Coordinates of the attempts; a check of the play-by-play, never a source of counts.",
    cluster_by=("nba_game_id", "action_number"),
    optional=True,
    large=True,
    invariants=(
        Invariant("SC-01", "shot_value = 2 or shot_value = 3", "block", "An attempt is worth two or three points."),
        Invariant("SC-02", "team_abbr <> opponent_team_abbr", "block", "A team does not play itself."),
        Invariant("SC-03", "(shot_x_ft is null) = (shot_y_ft is null)", "block", "Coordinates come in pairs."),
    ),
)

_PAYLOAD = {
    "action_number": "GAME_EVENT_ID",
    "period": "PERIOD",
    "nba_player_id": "PLAYER_ID",
    "is_made": "SHOT_MADE_FLAG",
    "shot_x_ft": "LOC_X",
    "shot_y_ft": "LOC_Y",
    "shot_distance_ft": "SHOT_DISTANCE",
    "zone_basic": "SHOT_ZONE_BASIC",
    "zone_area": "SHOT_ZONE_AREA",
    "zone_range": "SHOT_ZONE_RANGE",
    "action_type": "ACTION_TYPE",
}
_OTHER_HEADERS = ("TEAM_ID", "SHOT_TYPE", "MINUTES_REMAINING", "SECONDS_REMAINING")
_ARCHIVE = {
    "clock_seconds": "seconds_left_in_period",
    "shot_x_ft": "x_ft",
    "shot_y_ft": "y_ft",
    **{name: name for name in ("action_number", "period", "nba_player_id", "shot_value", "is_made")},
    **{name: name for name in ("shot_distance_ft", "zone_basic", "zone_area", "zone_range", "action_type")},
}
_ARCHIVE_GAME = ("nba_game_id", "game_date", "team_abbr", "opponent_team_abbr")
ARCHIVE_COLUMNS = (*_ARCHIVE_GAME, *_ARCHIVE.values(), "text_distance_ft")


def transform(landed: Landed, schedule: pd.DataFrame, dates: pd.DatetimeIndex) -> TableRows:
    """Attempts of the games on `dates`."""
    forms = (
        Form(FEED, columns=_payload_columns, reader=_read_payload, game="nba_game_id"),
        Form("archive", columns=_archive_columns, team="team_abbr", opponent="opponent_team_abbr", game="nba_game_id"),
    )
    return assemble(TABLE, forms, landed, dates, schedule=schedule, validate=_validate)


def _read_payload(payload: bytes, file: LandedFile) -> list[Record]:
    body = decode_json(payload, "resultSets")
    shots = result_set(body if isinstance(body, dict) else {}, RESULT_SET, (*_PAYLOAD.values(), *_OTHER_HEADERS))
    if shots and all(shot["SHOT_MADE_FLAG"] in (1, "1", True) for shot in shots):
        raise UnusableFile('every shot was made: asked without context_measure_simple="FGA"; fetch it again')
    game = file.unit[:GAME_ID_CHARACTERS]
    return [shot | {"team": _team(shot["TEAM_ID"]), "nba_game_id": game} for shot in shots]


def _team(team_id: object) -> str | None:
    return ABBR_BY_NBA_TEAM_ID.get(team_id) if isinstance(team_id, int) else None


def _payload_columns(sieve: Sieve) -> None:
    sieve.read(TABLE, _PAYLOAD)
    rows, source = sieve.rows, sieve.source
    minutes, seconds = (convert(source[name], "INT64") for name in ("MINUTES_REMAINING", "SECONDS_REMAINING"))
    rows["clock_seconds"] = (SECONDS_PER_MINUTE * minutes.values + seconds.values).astype("Float64").astype("float64")
    rows["shot_value"] = map_uniques(source["SHOT_TYPE"], _shot_value, "Int64")
    for name in ("shot_x_ft", "shot_y_ft"):
        rows[name] = rows[name] / LOC_UNITS_PER_FOOT
    rows["zone_area"] = rows["zone_area"].str.replace(r"\s*\([A-Z]+\)$", "", regex=True)


def _archive_columns(sieve: Sieve) -> None:
    sieve.read(TABLE, _ARCHIVE)
    printed_in_text = convert(sieve.source["text_distance_ft"], "FLOAT64").values
    sieve.rows["shot_distance_ft"] = sieve.rows["shot_distance_ft"].fillna(printed_in_text)


def _shot_value(shot_type: object) -> int:
    return 3 if str(shot_type).startswith("3PT") else 2


def _validate(sieve: Sieve) -> None:
    rows = sieve.rows
    period, left, value = rows["period"], rows["clock_seconds"], rows["shot_value"]
    sieve.refuse((period < 1) | (period > MAX_PERIOD), "out_of_range", column="period", detail=f"1 to {MAX_PERIOD}")
    too_long = left > period_length_seconds(period.fillna(1))
    sieve.refuse((left < 0) | too_long, "bad_clock", column="clock_seconds", detail="longer than the period")
    sieve.refuse((value < 2) | (value > 3), "bad_value", column="shot_value", detail="2 or 3")
    x, y = rows["shot_x_ft"], rows["shot_y_ft"]
    off_court = "feet from the basket, outside the court"
    sieve.refuse(x.abs() > HALF_WIDTH_FEET, "out_of_range", column="shot_x_ft", detail=off_court)
    sieve.refuse((y < NEAREST_FEET) | (y > FARTHEST_FEET), "out_of_range", column="shot_y_ft", detail=off_court)
    differs = (np.floor(np.hypot(x, y)) - rows["shot_distance_ft"]).abs() > 1
    sieve.refuse(differs, "out_of_range", column="shot_distance_ft", detail="not the distance of the coordinates")
    unknown = rows["zone_basic"].notna() & ~rows["zone_basic"].isin(ZONES)
    sieve.refuse(unknown, "bad_value", column="zone_basic", detail="none of the seven zones")


asset = table_asset(
    TABLE,
    transform,
    inputs={
        "landed": landed(feeds=(FEED,), archive=ARCHIVE, archive_columns=ARCHIVE_COLUMNS),
        "schedule": season_schedule(),
    },
    after=(nbac_schedule.TABLE,),
)
