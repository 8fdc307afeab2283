"""One row per athlete of a team's roster page on the day of the snapshot.

Source: feed espn_roster (`team.athletes[]`), one file per team. Units: inches, pounds, years. Gaps: no NBA ids;
two-way players appear late; the injury shown is the newest one of the page.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from nba_pipeline.basketball.names import player_lookups
from nba_pipeline.basketball.teams import abbr_of
from nba_pipeline.landing.files import Landed, LandedFile
from nba_pipeline.orchestration import landed, table_asset
from nba_pipeline.raw.assemble import assemble
from nba_pipeline.raw.blocks import SOURCE_FORM
from nba_pipeline.raw.errors import UnusableFile
from nba_pipeline.raw.forms import Form, Record, decode_json
from nba_pipeline.raw.sieve import DAY, FILE, POSITION, Sieve
from nba_pipeline.schema import Column, Table, TableRows
from nba_pipeline.schema.fields import PLAYER_LOOKUP, TEAM_ABBR

FEED = "espn_roster"
MIN_ATHLETES = 5  # fewer and the page is cut off
EXPECTED_ATHLETES = (10, 25)

NOBODY_INJURED = "a day's pages may show no injured athlete"

TABLE = Table(
    layer="raw",
    name="espn_team_rosters",
    grain="one row per snapshot date, team and player",
    columns=(
        Column(
            "roster_date",
            "DATE",
            "US Eastern date on which the page was fetched.",
            unit="date",
            source="landing path",
            required=True,
        ),
        replace(TEAM_ABBR, source="team.abbreviation"),
        PLAYER_LOOKUP,
        Column("player_name", "STRING", "Name as printed.", unit="text", source="fullName", required=True),
        Column("espn_player_id", "INT64", "ESPN athlete id.", unit="identifier", source="id", required=True, minimum=1),
        Column("jersey_number", "STRING", "Number on the shirt, as printed.", unit="text", source="jersey"),
        Column("position", "STRING", "Position in words.", unit="category", source="position.displayName"),
        Column("position_abbr", "STRING", "Position code.", unit="category", source="position.abbreviation"),
        Column("height_in", "FLOAT64", "Height.", unit="inches", source="height", minimum=60, maximum=96),
        Column("weight_lb", "FLOAT64", "Weight.", unit="pounds", source="weight", minimum=100, maximum=400),
        Column("birth_date", "DATE", "Date of birth.", unit="date", source="dateOfBirth"),
        Column(
            "experience_years",
            "INT64",
            "Seasons played before this one.",
            unit="count",
            source="experience.years",
            minimum=0,
            maximum=30,
        ),
        Column(
            "roster_status",
            "STRING",
            "Status on the roster, as printed.",
            unit="category",
            source="status.name",
            may_be_constant="nearly every athlete is Active",
        ),
        Column(
            "injury_status",
            "STRING",
            "Status of the newest injury, lower case; NULL without one.",
            unit="category",
            source="injuries[].status",
            may_be_constant=NOBODY_INJURED,
        ),
        Column(
            "injury_type",
            "STRING",
            "Injured part of the body.",
            unit="category",
            source="injuries[].details.type",
            may_be_constant=NOBODY_INJURED,
        ),
        Column(
            "injury_updated_at",
            "TIMESTAMP",
            "When the injury was last reported.",
            unit="UTC instant",
            source="injuries[].date",
            may_be_constant=NOBODY_INJURED,
        ),
        Column(
            "injury_return_date",
            "DATE",
            "Expected day of return.",
            unit="date",
            source="injuries[].details.returnDate",
            may_be_constant=NOBODY_INJURED,
        ),
        SOURCE_FORM,
    ),
    primary_key=("roster_date", "team_abbr", "espn_player_id"),
    partition_column="roster_date",
    description="Daily snapshot of the roster pages; feeds birth dates to the players registry.",
    cluster_by=("team_abbr", "espn_player_id"),
    optional=True,
)

PRINTED = tuple(name for name in TABLE.column_names if name not in ("roster_date", "player_lookup", "source_form"))


def transform(landed: Landed, dates: pd.DatetimeIndex) -> TableRows:
    """The newest usable page of every team and date."""
    return assemble(TABLE, (Form(FEED, _columns, reader=read_roster),), landed, dates, validate=_validate)


def read_roster(payload: bytes, file: LandedFile) -> list[Record]:
    """Athletes of one team page as flat records named like the table's columns."""
    body = decode_json(payload, "team")
    team = _part(body, "team")
    athletes = team.get("athletes")
    if not isinstance(athletes, list) or not all(isinstance(athlete, dict) for athlete in athletes):
        raise UnusableFile("no list team.athletes")
    abbr = abbr_of(team.get("abbreviation"))
    if abbr is None or abbr != abbr_of(file.unit):
        raise UnusableFile(f"team code {team.get('abbreviation')!r} in the file of unit {file.unit!r}")
    if len(athletes) < MIN_ATHLETES:
        raise UnusableFile(f"{len(athletes)} athletes; a whole roster has at least {MIN_ATHLETES}")
    return [
        {"team_abbr": abbr, **_athlete(athlete), POSITION: f"/team/athletes/{number}"}
        for number, athlete in enumerate(athletes)
    ]


def _athlete(athlete: Record) -> Record:
    printed = athlete.get("injuries")
    injuries = [one for one in (printed if isinstance(printed, list) else []) if isinstance(one, dict)]
    injury: Record = max(injuries, key=lambda one: str(one.get("date") or ""), default={})
    details, position = _part(injury, "details"), _part(athlete, "position")
    return {
        "player_name": athlete.get("fullName"),
        "espn_player_id": athlete.get("id"),
        "jersey_number": athlete.get("jersey"),
        "position": position.get("displayName"),
        "position_abbr": position.get("abbreviation"),
        "height_in": athlete.get("height"),
        "weight_lb": athlete.get("weight"),
        "birth_date": athlete.get("dateOfBirth"),
        "experience_years": _part(athlete, "experience").get("years"),
        "roster_status": _part(athlete, "status").get("name"),
        "injury_status": injury.get("status"),
        "injury_type": details.get("type"),
        "injury_updated_at": injury.get("date"),
        "injury_return_date": details.get("returnDate"),
    }


def _part(record: object, key: str) -> Record:
    """A nested object, empty where there is none."""
    part = record.get(key) if isinstance(record, dict) else None
    return part if isinstance(part, dict) else {}


def _columns(sieve: Sieve) -> None:
    sieve.read(TABLE, {name: name for name in PRINTED})
    sieve.rows["roster_date"] = sieve.source[DAY]
    sieve.rows["player_lookup"] = player_lookups(sieve.rows["player_name"])
    sieve.rows["injury_status"] = sieve.rows["injury_status"].str.lower()


def _validate(sieve: Sieve) -> None:
    name, lookup = sieve.rows["player_name"], sieve.rows["player_lookup"]
    sieve.refuse(name.notna() & lookup.isna(), "no_player_name", column="player_name", detail="no readable letter")
    sieve.refuse(sieve.rows["espn_player_id"] <= 0, "out_of_range", column="espn_player_id", detail="ids are positive")
    fewest, most = EXPECTED_ATHLETES
    size = sieve.source.groupby(FILE)[FILE].transform("size")
    sieve.warn((size < fewest) | (size > most), f"athletes of a roster outside {fewest} to {most}")


asset = table_asset(TABLE, transform, inputs={"landed": landed(feeds=(FEED,))})
