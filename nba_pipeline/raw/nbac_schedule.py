"""One row per counted game (regular season, play-in, playoffs, cup final): the source of every game identity.

Source: feed nba_schedule (the newest usable file of a season), else archive nbac_schedule, per nba_game_id.
Units: points. Gaps: the archive has no overtime count and no original date; preseason, All-Star weekend and games
whose teams are not known yet are excluded and counted.
"""

from __future__ import annotations

import pandas as pd

from nba_pipeline.basketball.teams import FIRST_NBA_TEAM_ID, LAST_NBA_TEAM_ID, TEAM_ABBRS
from nba_pipeline.landing.files import Landed
from nba_pipeline.orchestration import landed as landed_files
from nba_pipeline.orchestration import table_asset
from nba_pipeline.raw import season_files, season_schedule
from nba_pipeline.schema import Column, Condition, Invariant, Table, TableRows
from nba_pipeline.schema.fields import GAME_DATE, GAME_ID, NBA_GAME_ID, SEASON_TYPE, SEASON_YEAR

ARENA_CONSTANT = "the archive states none"
FINAL = (Condition("is_final", "=", True),)

TABLE = Table(
    layer="raw",
    name="nbac_schedule",
    grain="one row per counted game",
    description="Only final games are expected in result tables; a postponed game stays on its date until it moves.",
    columns=(
        GAME_DATE,
        GAME_ID,
        NBA_GAME_ID,
        SEASON_YEAR,
        SEASON_TYPE,
        Column("game_status", "INT64", "1 scheduled, 2 live, 3 ended.", unit="category", source="gameStatus",
               required=True, minimum=1, maximum=3, may_be_constant="a finished season has status 3 only"),
        Column("is_final", "BOOL", "Ended with both scores above zero.", unit="flag",
               source="gameStatus, scores", required=True, may_be_constant="a finished season is final"),
        Column("is_postponed", "BOOL", "Called off on this date and not played on it.", unit="flag",
               source="postponedStatus, gameStatusText", required=True, may_be_constant="rare; the archive has none"),
        Column("tip_off_at", "TIMESTAMP", "Scheduled tip-off; NULL while it is not fixed.", unit="UTC instant",
               source="gameDateTimeUTC, else gameDateTimeEst"),
        Column("home_team_abbr", "STRING", "Tricode of the home team, also on neutral sites.", unit="tricode",
               source="homeTeam.teamTricode", required=True, allowed=TEAM_ABBRS),
        Column("away_team_abbr", "STRING", "Tricode of the visiting team.", unit="tricode",
               source="awayTeam.teamTricode", required=True, allowed=TEAM_ABBRS),
        Column("home_team_id", "INT64", "NBA id of the home team.", unit="identifier", source="homeTeam.teamId",
               required=True, minimum=FIRST_NBA_TEAM_ID, maximum=LAST_NBA_TEAM_ID),
        Column("away_team_id", "INT64", "NBA id of the visiting team.", unit="identifier", source="awayTeam.teamId",
               required=True, minimum=FIRST_NBA_TEAM_ID, maximum=LAST_NBA_TEAM_ID),
        Column("home_score", "INT64", "Final points of the home team; NULL unless final.", unit="points",
               source="homeTeam.score", minimum=60, maximum=180),
        Column("away_score", "INT64", "Final points of the visiting team; NULL unless final.", unit="points",
               source="awayTeam.score", minimum=60, maximum=180),
        Column("winning_team_abbr", "STRING", "Team with the higher score; NULL unless final.", unit="tricode",
               source="scores", allowed=TEAM_ABBRS),
        Column("overtime_periods", "INT64", "Overtimes played; NULL when the source does not say.", unit="count",
               source="gameStatusText", minimum=0, maximum=6, may_be_constant=ARENA_CONSTANT),
        Column("is_neutral_site", "BOOL", "Played in neither team's arena.", unit="flag", source="isNeutral",
               may_be_constant="about two games a season"),
        Column("arena_name", "STRING", "Arena the game is played in.", unit="text", source="arenaName"),
        Column("arena_city", "STRING", "City the game is played in.", unit="text", source="arenaCity"),
        Column("arena_state", "STRING", "State or province of the arena.", unit="text", source="arenaState",
               may_be_constant=ARENA_CONSTANT),
        Column("game_label", "STRING", "Label as printed: Emirates NBA Cup, NBA Finals …", unit="text",
               source="gameLabel", may_be_constant="labels mark special games only"),
        Column("game_sub_label", "STRING", "Second label as printed: Game 7, Championship …", unit="text",
               source="gameSubLabel", may_be_constant=ARENA_CONSTANT),
        Column("game_subtype", "STRING", "in-season, in-season-knockout, Global Games.", unit="category",
               source="gameSubtype", may_be_constant="marks special games only"),
        Column("is_cup_game", "BOOL", "Counts for the in-season cup.", unit="flag", source="gameSubtype, nba_game_id",
               required=True, may_be_constant="cup games are played from November to mid-December"),
        Column("playoff_round", "INT64", "Playoff round 1-4; NULL outside the playoffs.", unit="count",
               source="nba_game_id", minimum=1, maximum=4, may_be_constant="playoffs only"),
        Column("playoff_series", "INT64", "Number of the series within its round.", unit="count",
               source="nba_game_id", minimum=0, maximum=7, may_be_constant="playoffs only"),
        Column("series_game", "INT64", "Number of the game within its series.", unit="count", source="nba_game_id",
               minimum=1, maximum=7, may_be_constant="playoffs only"),
        Column("week_number", "INT64", "Week of the NBA calendar.", unit="count", source="weekNumber", minimum=1,
               maximum=40, may_be_constant="the archive of 2021-22 and 2022-23 states none"),
        Column("national_tv", "STRING", "National networks, sorted, joined with a semicolon.", unit="text",
               source="broadcasters.nationalTvBroadcasters"),
        Column("original_game_date", "DATE", "Earliest date any landed file gave; NULL if the game never moved.",
               unit="date", source="all landed season files", may_be_constant="a few moved games a season"),
        Column("source_form", "STRING", "Input the row comes from.", unit="category", source="landing path",
               required=True, allowed=("nba_schedule", "archive"), may_be_constant="one source at a time"),
    ),
    primary_key=("game_date", "nba_game_id"),
    partition_column="game_date",
    cluster_by=("nba_game_id",),
    invariants=(
        Invariant("SCH-01", "home_team_abbr <> away_team_abbr", "block", "A team does not play itself."),
        Invariant("SCH-02", "not is_final or (home_score > 0 and away_score > 0)", "block", "Final games have scores."),
        Invariant("SCH-03", "is_final or (home_score is null and away_score is null)", "block",
                  "Games that are not final have no score."),
        Invariant("SCH-04", "not (is_final and is_postponed)", "block", "A final game is not postponed."),
    ),
    row_count="scheduled_games",
)  # fmt: skip

LANDED = landed_files(
    feeds=(season_schedule.FEED,), archive="nbac_schedule", archive_columns=season_files.ARCHIVE_COLUMNS
)


def parse_season_schedule(landed: Landed) -> pd.DataFrame:
    """All counted games of the seasons that landed, one row per nba_game_id, typed as TABLE."""
    return season_schedule.build_season_schedule(TABLE, landed).games


def transform(landed: Landed, dates: pd.DatetimeIndex) -> TableRows:
    """The games of the partition dates, cut out of their whole seasons."""
    return season_schedule.cut_dates(TABLE, season_schedule.build_season_schedule(TABLE, landed), dates)


asset = table_asset(TABLE, transform, inputs={"landed": LANDED})
