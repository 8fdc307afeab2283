"""One row per team and processable date: what its defence allowed in its last 15 games, by shot zone.

Source: analytics.team_defense_game_summary, games strictly before the date in the same season. The league value of a
zone pools the same windows of all teams, so differences weighted by attempts sum to zero. The season start comes from
the games read, not from reference.seasons, so that a stale season table cannot shift a date.
Gaps: a game without play-by-play counts in games_in_sample, but not in zone_games_in_sample and no zone column.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from nba_pipeline.analytics import team_defense_game_summary
from nba_pipeline.asof import History, expand
from nba_pipeline.calendar import processable_dates, skip_reasons
from nba_pipeline.orchestration import season_through, season_to_date, table_asset
from nba_pipeline.precompute import defended_zones
from nba_pipeline.precompute.defended_zones import DEFENDED_ZONES, LONG_SAMPLE, SOURCE, each_zone
from nba_pipeline.reference import games as reference_games
from nba_pipeline.schema import Column, Invariant, Table, TableRows
from nba_pipeline.schema.fields import GAME_DATE, SEASON_YEAR, TEAM_ABBR
from nba_pipeline.schema.frames import typed_frame

GAMES_IN_WINDOW = 15  # games
GAME_COLUMNS = (
    "game_date",
    "season_year",
    "team_abbr",
    "points_allowed",
    "defensive_rating",
    "opponent_pace",
    *defended_zones.GAME_COLUMNS,
)

TABLE = Table(
    layer="precompute",
    name="team_defense_zone_analysis",
    grain="one row per team and processable date",
    description="Every team with an earlier game this season, whether or not it plays that day. Means and pooled "
    "shares over its last 15 games; regular season, cup final, play-in and playoffs are one sequence.",
    columns=(
        replace(GAME_DATE, name="analysis_date", description="As-of date: every game used is earlier."),
        replace(TEAM_ABBR, description="NBA tricode of the defending team.", source=SOURCE),
        SEASON_YEAR,
        Column(
            "games_in_sample",
            "INT64",
            "Games behind rating, points and pace: the last 15, or as many as there are.",
            unit="games",
            source=SOURCE,
            required=True,
            minimum=1,
            maximum=GAMES_IN_WINDOW,
            may_be_constant="15 for every team from its sixteenth game on",
        ),
        Column(
            "zone_games_in_sample",
            "INT64",
            "Games of the sample with play-by-play: those behind every zone column.",
            unit="games",
            source=SOURCE,
            required=True,
            minimum=0,
            maximum=GAMES_IN_WINDOW,
            may_be_constant="15 for every team while no game lacks play-by-play",
        ),
        *(column for zone in DEFENDED_ZONES for column in defended_zones.zone_columns(zone)),
        Column(
            "defensive_rating_last_15",
            "FLOAT64",
            "Mean defensive rating of the sample; lower is the better defence.",
            unit="points/100 possessions",
            source=SOURCE,
            required=True,
            minimum=90,
            maximum=128,
            range_when=LONG_SAMPLE,
        ),
        Column(
            "opponent_points_per_game",
            "FLOAT64",
            "Mean points allowed in the sample.",
            unit="points",
            source=SOURCE,
            required=True,
            minimum=0,
        ),
        Column(
            "opponent_pace",
            "FLOAT64",
            "Mean pace of this team's games in the sample; both teams of a game share one pace.",
            unit="possessions/48 min",
            source=SOURCE,
            required=True,
            minimum=90,
            maximum=110,
            range_when=LONG_SAMPLE,
        ),
        defended_zones.outlier_column("strongest_zone", "lowest"),
        defended_zones.outlier_column("weakest_zone", "highest"),
    ),
    primary_key=("analysis_date", "team_abbr"),
    partition_column="analysis_date",
    cluster_by=("team_abbr",),
    row_count="teams_with_earlier_game",
    invariants=(
        Invariant(
            "T-03",
            "games_in_sample >= 1 and games_in_sample <= 15 "
            "and zone_games_in_sample >= 0 and zone_games_in_sample <= games_in_sample",
            "block",
            "A sample has 1 to 15 games, of which none to all have play-by-play.",
        ),
        Invariant(
            "T-04",
            each_zone(
                "{zone}_pct_allowed_last_15 >= 0 and {zone}_pct_allowed_last_15 <= 1 "
                "and {zone}_attempts_allowed_per_game >= 0 and {zone}_blocks_per_game >= 0"
            )
            + " and paint_points_allowed_per_game >= 0 and opponent_points_per_game >= 0",
            "error",
            "Shares lie in 0..1; attempts, points and blocks are not negative.",
        ),
        Invariant(
            "T-05",
            each_zone(
                "abs({zone}_pct_allowed_last_15 - league_{zone}_pct_allowed - {zone}_defense_vs_league_avg) "
                "<= 0.000000001"
            ),
            "error",
            "A difference from the league is the own share minus the league's.",
        ),
        Invariant(
            "T-07",
            "(strongest_zone is null and weakest_zone is null) or (strongest_zone is not null "
            "and weakest_zone is not null and strongest_zone <> weakest_zone)",
            "error",
            "Strongest and weakest zone are two different zones, or both unknown.",
        ),
    ),
)


def transform(games: pd.DataFrame, defense: pd.DataFrame, dates: pd.DatetimeIndex) -> TableRows:
    """Every team with an earlier game, on every processable date of `dates`."""
    history = History(defense, "team_abbr")
    grid = expand(history, processable_dates(games, dates))
    has_zones = history.known(*(zone.attempts for zone in DEFENDED_ZONES))
    rows = pd.DataFrame(
        {
            "analysis_date": grid.dates,
            "team_abbr": grid.column("team_abbr"),
            "season_year": grid.column("season_year"),
            "games_in_sample": grid.tally(history.count(last=GAMES_IN_WINDOW)),
            "zone_games_in_sample": grid.tally(history.count(last=GAMES_IN_WINDOW, where=has_zones)),
            "defensive_rating_last_15": grid.number(history.mean("defensive_rating", last=GAMES_IN_WINDOW)),
            "opponent_points_per_game": grid.number(history.mean("points_allowed", last=GAMES_IN_WINDOW)),
            "opponent_pace": grid.number(history.mean("opponent_pace", last=GAMES_IN_WINDOW)),
        }
    )
    for zone in DEFENDED_ZONES:
        rows = rows.assign(**defended_zones.zone_values(zone, grid, last=GAMES_IN_WINDOW, where=has_zones))
    differences = np.column_stack([rows[f"{zone.prefix}_defense_vs_league_avg"] for zone in DEFENDED_ZONES])
    strongest, weakest = defended_zones.outlier_zones(differences)
    rows = rows.assign(strongest_zone=strongest, weakest_zone=weakest)
    return TableRows(typed_frame(TABLE, rows), skip_reasons=skip_reasons(games, dates, bootstrap=True))


asset = table_asset(
    TABLE,
    transform,
    inputs={
        "games": season_through(reference_games.TABLE, columns=("game_date", "season_year")),
        "defense": season_to_date(team_defense_game_summary.TABLE, columns=GAME_COLUMNS),
    },
)
