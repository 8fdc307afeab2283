"""One row per team and stretch of seasons with one home city, from season 2021 on.

Source: home cities kept in this module, ids and names of basketball.teams; position and time zone come from the
row of the home city in nba_reference.venues.
Units: degrees, IANA time zone names.
Known gaps: none; a move is a closed row and a new one (Clippers: Los Angeles to 2023, Inglewood from 2024).
"""

from __future__ import annotations

import pandas as pd

from nba_pipeline.basketball.teams import TEAMS
from nba_pipeline.orchestration import table_asset
from nba_pipeline.reference import venues
from nba_pipeline.schema import Column, Table
from nba_pipeline.schema.fields import TEAM_ABBR
from nba_pipeline.schema.frames import typed_frame

FIRST_SEASON = 2021

HOMES: tuple[tuple[str, str, int, int | None], ...] = (
    ("ATL", "Atlanta", FIRST_SEASON, None),
    ("BOS", "Boston", FIRST_SEASON, None),
    ("BKN", "Brooklyn", FIRST_SEASON, None),
    ("CHA", "Charlotte", FIRST_SEASON, None),
    ("CHI", "Chicago", FIRST_SEASON, None),
    ("CLE", "Cleveland", FIRST_SEASON, None),
    ("DAL", "Dallas", FIRST_SEASON, None),
    ("DEN", "Denver", FIRST_SEASON, None),
    ("DET", "Detroit", FIRST_SEASON, None),
    ("GSW", "San Francisco", FIRST_SEASON, None),
    ("HOU", "Houston", FIRST_SEASON, None),
    ("IND", "Indianapolis", FIRST_SEASON, None),
    ("LAC", "Los Angeles", FIRST_SEASON, 2023),
    ("LAC", "Inglewood", 2024, None),
    ("LAL", "Los Angeles", FIRST_SEASON, None),
    ("MEM", "Memphis", FIRST_SEASON, None),
    ("MIA", "Miami", FIRST_SEASON, None),
    ("MIL", "Milwaukee", FIRST_SEASON, None),
    ("MIN", "Minneapolis", FIRST_SEASON, None),
    ("NOP", "New Orleans", FIRST_SEASON, None),
    ("NYK", "New York", FIRST_SEASON, None),
    ("OKC", "Oklahoma City", FIRST_SEASON, None),
    ("ORL", "Orlando", FIRST_SEASON, None),
    ("PHI", "Philadelphia", FIRST_SEASON, None),
    ("PHX", "Phoenix", FIRST_SEASON, None),
    ("POR", "Portland", FIRST_SEASON, None),
    ("SAC", "Sacramento", FIRST_SEASON, None),
    ("SAS", "San Antonio", FIRST_SEASON, None),
    ("TOR", "Toronto", FIRST_SEASON, None),
    ("UTA", "Salt Lake City", FIRST_SEASON, None),
    ("WAS", "Washington", FIRST_SEASON, None),
)
"""Tricode, home city, first and last season (None = still)."""

SEED = "seed of this module"
NAMES = "basketball.teams"
VENUES = "nba_reference.venues"

TABLE = Table(
    layer="reference",
    name="teams",
    grain="one row per team and stretch of seasons with one home city",
    description="Teams of the league with their home city; the row valid in a season is the one whose years hold it.",
    columns=(
        TEAM_ABBR,
        Column("valid_from_season", "INT64", "First season of the row.", unit="year", source=SEED, required=True),
        Column("valid_to_season", "INT64", "Last season of the row; NULL while it holds.", unit="year", source=SEED),
        Column("nba_team_id", "INT64", "NBA team id.", unit="identifier", source=NAMES, required=True),
        Column("full_name", "STRING", "City and nickname of the team.", unit="text", source=NAMES, required=True),
        Column("home_city", "STRING", "City of the home arena.", unit="text", source=SEED, required=True),
        Column(
            "arena_latitude",
            "FLOAT64",
            "Latitude of the home city's arena.",
            unit="degrees",
            source=VENUES,
            required=True,
        ),
        Column(
            "arena_longitude",
            "FLOAT64",
            "Longitude of the home city's arena.",
            unit="degrees",
            source=VENUES,
            required=True,
        ),
        Column(
            "arena_time_zone", "STRING", "IANA time zone of the home city.", unit="text", source=VENUES, required=True
        ),
    ),
    primary_key=("team_abbr", "valid_from_season"),
    partition_column=None,
    write_mode="replace",
)


def transform() -> pd.DataFrame:
    """All rows of the seed with the position of their home city."""
    homes = pd.DataFrame(list(HOMES), columns=["team_abbr", "home_city", "valid_from_season", "valid_to_season"])
    names = pd.DataFrame(
        [(team.abbr, team.nba_team_id, team.full_name) for team in TEAMS],
        columns=["team_abbr", "nba_team_id", "full_name"],
    )
    cities = venues.transform().rename(
        columns={
            "venue_city": "home_city",
            "latitude": "arena_latitude",
            "longitude": "arena_longitude",
            "time_zone": "arena_time_zone",
        }
    )
    rows = homes.merge(names, on="team_abbr", how="left", validate="many_to_one")
    return typed_frame(TABLE, rows.merge(cities, on="home_city", how="left", validate="many_to_one"))


def home_cities(rows: pd.DataFrame, teams: pd.DataFrame, *, team: str) -> pd.Series:
    """Home city of `rows[team]` in `rows["season_year"]`, on the index of `rows`; NULL for an unknown team."""
    wanted = rows[[team, "season_year"]].rename(columns={team: "team_abbr"})
    wanted["position"] = range(len(wanted))
    spans = teams[["team_abbr", "valid_from_season", "valid_to_season", "home_city"]]
    pairs = wanted.merge(spans, on="team_abbr", how="left", validate="many_to_many")
    ended = pairs["valid_to_season"].notna() & (pairs["valid_to_season"] < pairs["season_year"]).fillna(False)
    valid = pairs[(pairs["valid_from_season"] <= pairs["season_year"]).fillna(False) & ~ended]
    found = valid.set_index("position")["home_city"].reindex(range(len(wanted)))
    return found.set_axis(rows.index)


asset = table_asset(TABLE, transform, inputs={})
