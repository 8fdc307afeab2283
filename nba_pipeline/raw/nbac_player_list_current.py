"""One row per player of a fetched player index: who is on which roster on the day of the snapshot.

Source: feed nba_player_index (`resultSets[0]`, PlayerIndex). Units: pounds, calendar years. Gaps: the index states
no birth dates; a departed player is absent from the next snapshot. The newest usable file of a day is its whole
partition.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd

from nba_pipeline.basketball.names import player_lookups
from nba_pipeline.basketball.teams import team_abbr
from nba_pipeline.landing.files import Landed, LandedFile
from nba_pipeline.orchestration import landed, table_asset
from nba_pipeline.raw.assemble import assemble
from nba_pipeline.raw.blocks import SOURCE_FORM
from nba_pipeline.raw.convert import convert
from nba_pipeline.raw.errors import UnusableFile
from nba_pipeline.raw.forms import Form, Record, decode_json, result_set
from nba_pipeline.raw.sieve import DAY, FETCHED_AT, FILE, Sieve
from nba_pipeline.schema import Column, Table, TableRows
from nba_pipeline.schema.fields import NBA_PLAYER_ID, PLAYER_LOOKUP, SEASON_YEAR, TEAM_ABBR

FEED = "nba_player_index"
MIN_ROWS = 400  # players; 30 teams carry at least 13 each, a shorter index is cut off
TEAMS_IN_LEAGUE = 30
ON_A_ROSTER = 1  # value of ROSTER_STATUS

PRINTED = {
    "nba_player_id": "PERSON_ID",
    "jersey_number": "JERSEY_NUMBER",
    "position": "POSITION",
    "height": "HEIGHT",
    "weight_lb": "WEIGHT",
    "college": "COLLEGE",
    "country": "COUNTRY",
    "draft_year": "DRAFT_YEAR",
    "draft_round": "DRAFT_ROUND",
    "draft_number": "DRAFT_NUMBER",
    "from_year": "FROM_YEAR",
    "to_year": "TO_YEAR",
}
REQUIRED_HEADERS = (
    "PERSON_ID",
    "PLAYER_FIRST_NAME",
    "PLAYER_LAST_NAME",
    "TEAM_ID",
    "TEAM_ABBREVIATION",
    "ROSTER_STATUS",
)

TABLE = Table(
    layer="raw",
    name="nbac_player_list_current",
    grain="one row per snapshot date and player",
    columns=(
        Column(
            "snapshot_date",
            "DATE",
            "US Eastern date on which the index was fetched.",
            unit="date",
            source="landing path",
            required=True,
        ),
        replace(SEASON_YEAR, source="parameters.Season"),
        PLAYER_LOOKUP,
        replace(NBA_PLAYER_ID, description="NBA person id.", source="PERSON_ID", required=True, minimum=1),
        Column(
            "player_name",
            "STRING",
            "First and last name as printed.",
            unit="text",
            source="PLAYER_FIRST_NAME, PLAYER_LAST_NAME",
            required=True,
        ),
        replace(
            TEAM_ABBR,
            description="NBA tricode of the player's team; NULL for a free agent.",
            source="TEAM_ABBREVIATION",
            required=False,
        ),
        Column(
            "is_active",
            "BOOL",
            "The player is on a roster.",
            unit="flag",
            source="ROSTER_STATUS = 1",
            required=True,
            may_be_constant="the index of the running season lists rostered players only",
        ),
        Column("jersey_number", "STRING", "Number on the shirt, as printed.", unit="text", source="JERSEY_NUMBER"),
        Column("position", "STRING", "Position as printed, such as C-F.", unit="category", source="POSITION"),
        Column("height", "STRING", "Height as printed, feet-inches.", unit="text", source="HEIGHT"),
        Column("weight_lb", "INT64", "Weight.", unit="pounds", source="WEIGHT", minimum=100, maximum=400),
        Column("college", "STRING", "College or last club before the league.", unit="text", source="COLLEGE"),
        Column("country", "STRING", "Country as printed.", unit="text", source="COUNTRY"),
        Column("draft_year", "INT64", "Year of the draft.", unit="year", source="DRAFT_YEAR"),
        Column("draft_round", "INT64", "Round of the draft; 0 as printed.", unit="count", source="DRAFT_ROUND"),
        Column("draft_number", "INT64", "Overall pick.", unit="count", source="DRAFT_NUMBER"),
        Column("from_year", "INT64", "First season, by its starting year.", unit="year", source="FROM_YEAR"),
        Column("to_year", "INT64", "Latest season, by its starting year.", unit="year", source="TO_YEAR"),
        SOURCE_FORM,
    ),
    primary_key=("snapshot_date", "nba_player_id"),
    partition_column="snapshot_date",
    description="Daily snapshot of the league's player index; feeds the players registry.",
    cluster_by=("nba_player_id",),
    write_mode="replace",
    optional=True,
)


def transform(landed: Landed, dates: pd.DatetimeIndex) -> TableRows:
    """The newest usable index of every date."""
    return assemble(TABLE, (Form(FEED, _columns, reader=read_player_index),), landed, dates, validate=_validate)


def read_player_index(payload: bytes, file: LandedFile) -> list[Record]:
    """Players of one index, as printed, each with the season of the index."""
    body = decode_json(payload, "resultSets")
    if not isinstance(body, dict):
        raise UnusableFile("no object at the top level")
    parameters = body.get("parameters")
    season = re.match(r"^(\d{4})-\d{2}$", str(parameters.get("Season"))) if isinstance(parameters, dict) else None
    if season is None:
        raise UnusableFile("parameters.Season is not a season such as 2025-26")
    players = result_set(body, "PlayerIndex", REQUIRED_HEADERS)
    teams = {player["TEAM_ABBREVIATION"] for player in players if player["TEAM_ABBREVIATION"]}
    if len(players) < MIN_ROWS or len(teams) < TEAMS_IN_LEAGUE:
        raise UnusableFile(
            f"{len(players)} players of {len(teams)} teams; a whole index has at least {MIN_ROWS} of {TEAMS_IN_LEAGUE}"
        )
    return [{**player, "season": int(season[1])} for player in players]


def _columns(sieve: Sieve) -> None:
    source = sieve.source
    sieve.exclude(source[FILE] != _newest_file_of_day(source), "older_files")
    sieve.read(TABLE, {**PRINTED, "season_year": "season"})
    sieve.rows["snapshot_date"] = source[DAY]
    first, last = (convert(source[f"PLAYER_{part}_NAME"], "STRING").values for part in ("FIRST", "LAST"))
    name = (first.fillna("") + " " + last.fillna("")).str.strip()
    sieve.rows["player_name"] = name.mask(name == "")
    sieve.rows["player_lookup"] = player_lookups(sieve.rows["player_name"])
    status = convert(source["ROSTER_STATUS"], "FLOAT64")
    sieve.refuse(status.bad_type, "bad_type", column="is_active", value=source["ROSTER_STATUS"])
    sieve.rows["is_active"] = (status.values == ON_A_ROSTER).astype("boolean").mask(status.values.isna())
    printed = convert(source["TEAM_ABBREVIATION"], "STRING").values
    printed = printed.mask(convert(source["TEAM_ID"], "INT64").values == 0)
    sieve.rows["team_abbr"] = team_abbr(printed)
    sieve.refuse(printed.notna() & sieve.rows["team_abbr"].isna(), "unknown_team", column="team_abbr", value=printed)


def _newest_file_of_day(source: pd.DataFrame) -> pd.Series:
    """Path of the newest file of the record's date: one index is the whole partition, whatever its season."""
    files = source.drop_duplicates(FILE).sort_values([FETCHED_AT, FILE]).drop_duplicates(DAY, keep="last")
    return source[DAY].map(files.set_index(DAY)[FILE])


def _validate(sieve: Sieve) -> None:
    sieve.refuse(sieve.rows["nba_player_id"] <= 0, "out_of_range", column="nba_player_id", detail="ids are positive")
    name, lookup = sieve.rows["player_name"], sieve.rows["player_lookup"]
    nameless = name.notna() & lookup.isna()
    sieve.refuse(nameless, "no_player_name", column="player_name", detail="the name has no readable letter")
    listed = pd.DataFrame({"day": sieve.source[DAY], "lookup": lookup})[sieve.alive]
    repeated = listed.duplicated(keep=False).reindex(lookup.index, fill_value=False)
    sieve.warn(repeated, "players share one lookup with another player of the index")


asset = table_asset(TABLE, transform, inputs={"landed": landed(feeds=(FEED,))})
