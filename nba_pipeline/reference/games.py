"""One row per counted game that is not postponed: the resolved identity everything above raw joins to.

Source: raw.nbac_schedule of the same day, with home cities and venues of the seeds. Units: points, UTC instants.
Known gaps: a moved game exists only on its new date; a city that `venues` lacks is kept and named in a warning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pandas as pd

from nba_pipeline.calendar import skip_reasons
from nba_pipeline.orchestration import same_day, table_asset, whole
from nba_pipeline.raw import nbac_schedule
from nba_pipeline.reference import teams as reference_teams
from nba_pipeline.reference import venues as reference_venues
from nba_pipeline.schema import Column, Condition, Invariant, NullCeiling, Table, TableRows
from nba_pipeline.schema.fields import GAME_DATE, GAME_ID, NBA_GAME_ID, SEASON_TYPE, SEASON_YEAR, TEAM_ABBR
from nba_pipeline.schema.frames import typed_frame

SCHEDULE = "raw.nbac_schedule"
SCORE_LIMITS = (40, 220)  # points of a team in a final game
FINAL = (Condition("is_final", "=", True),)


def _score(name: str, side: str) -> Column:
    return Column(
        name,
        "INT64",
        f"Final points of the {side} team; NULL until the game is final.",
        unit="points",
        source=f"{SCHEDULE}.{side}_score",
        nulls=NullCeiling(season=0, date=0, population=FINAL),
        minimum=SCORE_LIMITS[0],
        maximum=SCORE_LIMITS[1],
    )


TABLE = Table(
    layer="reference",
    name="games",
    grain="one row per counted game",
    description="Regular season, play-in, playoff and cup final games that are not postponed.",
    columns=(
        replace(GAME_DATE, source=SCHEDULE),
        replace(GAME_ID, source=SCHEDULE),
        replace(NBA_GAME_ID, source=SCHEDULE),
        replace(SEASON_YEAR, source=SCHEDULE),
        replace(SEASON_TYPE, source=SCHEDULE),
        replace(TEAM_ABBR, name="home_team_abbr", description="NBA tricode of the home team.", source=SCHEDULE),
        replace(TEAM_ABBR, name="away_team_abbr", description="NBA tricode of the visiting team.", source=SCHEDULE),
        Column(
            "tip_off_at",
            "TIMESTAMP",
            "Scheduled tip-off; NULL while no time is fixed.",
            unit="UTC instant",
            source=SCHEDULE,
            nulls=NullCeiling(season=0.03),
        ),
        Column(
            "is_final",
            "BOOL",
            "The game has ended and both scores are known.",
            unit="flag",
            source=SCHEDULE,
            required=True,
            may_be_constant="every game of a finished season is final",
        ),
        _score("home_points", "home"),
        _score("away_points", "away"),
        replace(
            TEAM_ABBR,
            name="winning_team_abbr",
            description="Team with more points; NULL until the game is final.",
            source=SCHEDULE,
            required=False,
            nulls=NullCeiling(season=0, date=0, population=FINAL),
        ),
        Column(
            "venue_city",
            "STRING",
            "City of the arena: the schedule's arena city up to the first comma, else the home team's city.",
            unit="text",
            source=f"{SCHEDULE}.arena_city, nba_reference.teams",
            nulls=NullCeiling(season=0.03),
        ),
        Column(
            "neutral_site",
            "BOOL",
            "Neither team is at home. The Spurs' home games in Austin are not neutral.",
            unit="flag",
            source=f"{SCHEDULE}.is_neutral_site, nba_reference.teams",
            required=True,
            may_be_constant="a handful of neutral games a season",
        ),
    ),
    primary_key=("game_date", "game_id"),
    partition_column="game_date",
    row_count="scheduled_games",
    invariants=(
        Invariant("AC-02", "home_team_abbr <> away_team_abbr", "block", "A team does not play itself."),
        Invariant(
            "RF-02",
            "not is_final or (home_points > 0 and away_points > 0 and home_points <> away_points)",
            "warn",
            "Final scores are positive and different.",
        ),
        Invariant(
            "RF-02b",
            "winning_team_abbr is null"
            " or (winning_team_abbr = home_team_abbr and home_points > away_points)"
            " or (winning_team_abbr = away_team_abbr and away_points > home_points)",
            "block",
            "The winner is the team with more points.",
        ),
        Invariant(
            "RF-02c",
            "is_final or (home_points is null and away_points is null and winning_team_abbr is null)",
            "block",
            "A game that is not final has no result.",
        ),
    ),
)

SCHEDULE_COLUMNS = (
    "game_date",
    "game_id",
    "nba_game_id",
    "season_year",
    "season_type",
    "is_final",
    "is_postponed",
    "tip_off_at",
    "home_team_abbr",
    "away_team_abbr",
    "home_score",
    "away_score",
    "winning_team_abbr",
    "is_neutral_site",
    "arena_city",
)


def transform(schedule: pd.DataFrame, teams: pd.DataFrame, venues: pd.DataFrame, dates: pd.DatetimeIndex) -> TableRows:
    """Counted games of the dates with their city and whether the floor is neutral."""
    played = schedule[schedule["game_date"].isin(dates) & ~schedule["is_postponed"].astype("bool")]
    home_city = reference_teams.home_cities(played, teams, team="home_team_abbr")
    printed_city = played["arena_city"].str.replace(r",.*", "", regex=True).str.strip()
    stated_neutral = played["is_neutral_site"].astype("boolean")
    city_known = printed_city.notna() & (printed_city != "")
    at_home = (stated_neutral == False).fillna(False).astype("bool")  # noqa: E712  NULL is not FALSE
    venue_city = printed_city.where(city_known, home_city.where(at_home))
    elsewhere = venue_city.notna() & home_city.notna() & (venue_city != home_city)
    is_final = played["is_final"].astype("bool")
    rows = played.assign(
        home_points=played["home_score"].astype("Int64").where(is_final),
        away_points=played["away_score"].astype("Int64").where(is_final),
        winning_team_abbr=played["winning_team_abbr"].where(is_final),
        venue_city=venue_city,
        neutral_site=stated_neutral.fillna(elsewhere).astype("bool"),
    )
    rows = typed_frame(TABLE, rows).sort_values(["game_date", "game_id"], ignore_index=True)
    return TableRows(
        rows,
        skip_reasons=skip_reasons(rows, dates, bootstrap=False),
        warnings=_unknown_venues(rows, venues),
    )


def _unknown_venues(rows: pd.DataFrame, venues: pd.DataFrame) -> Mapping[date, tuple[str, ...]]:
    """Per date, the games whose city has no coordinates: their travel is unknown."""
    unknown = rows[rows["venue_city"].notna() & ~rows["venue_city"].isin(venues["venue_city"])]
    sentences = (
        unknown["game_id"]
        + ": venue city "
        + unknown["venue_city"]
        + " is not in nba_reference.venues, travel is unknown; add the city to the seed"
    )
    return {day.date(): tuple(group) for day, group in sentences.groupby(unknown["game_date"])}


asset = table_asset(
    TABLE,
    transform,
    inputs={
        "schedule": same_day(nbac_schedule.TABLE, columns=SCHEDULE_COLUMNS),
        "teams": whole(
            reference_teams.TABLE, columns=("team_abbr", "valid_from_season", "valid_to_season", "home_city")
        ),
        "venues": whole(reference_venues.TABLE, columns=("venue_city",)),
    },
)
