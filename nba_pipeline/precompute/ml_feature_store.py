"""One row per player of the universe and processable date: the 33 features of the prediction systems.

Source: the as-of tables and the universe of the same date; meetings with the opponent from games strictly before the
date. Units: see each feature; flags are 0.0 and 1.0. Gaps: an unknown feature is NULL, nothing is imputed, and no
outcome of the date is here: labels are joined by the consumer.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from nba_pipeline.analytics import player_game_summary, upcoming_player_game_context
from nba_pipeline.asof import Floats
from nba_pipeline.calendar import skip_reasons
from nba_pipeline.orchestration import same_day, season_through, season_to_date, table_asset
from nba_pipeline.precompute import (
    feature_values,
    player_composite_factors,
    player_daily_cache,
    player_shot_zone_analysis,
    player_windows,
    team_defense_zone_analysis,
)
from nba_pipeline.precompute.feature_columns import (
    CACHE,
    FEATURE_NAMES,
    FEATURE_VERSION,
    FEATURES,
    FROM_CACHE,
    FROM_FACTORS,
    FROM_OPPONENT_DEFENSE,
    FROM_SHOT_ZONES,
    FROM_UNIVERSE,
)
from nba_pipeline.precompute.feature_rules import INVARIANTS
from nba_pipeline.precompute.universe import (
    IDENTITY_OF_GAME,
    KEY,
    PLAYER_OF_GAME,
    SOURCE,
    games_played_column,
    same_date,
    universe_rows,
)
from nba_pipeline.reference import games as reference_games
from nba_pipeline.schema import Column, NullCeiling, Reference, Table, TableRows
from nba_pipeline.schema.frames import typed_frame

PLAYOFFS = "playoffs"
CONTEXT = (*(column.name for column in PLAYER_OF_GAME), "days_rest")
UNIVERSE_COLUMNS = (
    *CONTEXT,
    "home_game",
    "season_phase",
    "back_to_back",
    "team_days_rest",
    "opponent_days_rest",
    "injury_status",
    *FROM_UNIVERSE.values(),
)
CACHE_COLUMNS = ("games_played_season", "points_trend_last_5", "minutes_avg_season", *FROM_CACHE.values())
PLAYER_GAME_COLUMNS = ("game_date", "season_year", "player_lookup", "opponent_team_abbr", "seconds_played", "points")
MEETING = ("player_lookup", "opponent_team_abbr")
PLAYER_OF_ZONES = ("analysis_date", "player_lookup")
TEAM_OF_DEFENSE = ("analysis_date", "team_abbr")

TABLE = Table(
    layer="precompute",
    name="ml_feature_store",
    grain="one row per player of the universe and processable date",
    description="Every player of upcoming_player_game_context of the date, whoever then plays and whether or not a "
    "line is quoted. Features stand in the order of the feature matrix; games_played_season says how much history "
    "they rest on.",
    columns=(
        *PLAYER_OF_GAME,
        Column(
            "days_rest",
            "INT64",
            "Full days off since his last game; context, not a feature. NULL without a game this season.",
            unit="days",
            source=SOURCE,
            nulls=NullCeiling(season=0.08, date=0.25),
            minimum=0,
        ),
        games_played_column(CACHE),
        *FEATURES,
        Column(
            "missing_feature_count",
            "INT64",
            "Number of unknown features among the 33.",
            unit="count",
            source="computed",
            required=True,
            minimum=0,
            maximum=len(FEATURES),
        ),
        Column(
            "feature_quality_score",
            "FLOAT64",
            "Share of the 33 features that are known; a missing line counts like any other.",
            unit="fraction",
            source="computed",
            required=True,
            minimum=0,
            maximum=1,
        ),
        Column(
            "feature_version",
            "STRING",
            "Names and rules of the features.",
            unit="category",
            source="constant",
            required=True,
            allowed=(FEATURE_VERSION,),
            may_be_constant="one version of the features at a time",
        ),
    ),
    primary_key=("game_date", "player_lookup"),
    partition_column="game_date",
    cluster_by=("player_lookup", "team_abbr"),
    row_count="universe_keys",
    invariants=INVARIANTS,
    references=(Reference(IDENTITY_OF_GAME, str(upcoming_player_game_context.TABLE), IDENTITY_OF_GAME),),
)


def transform(
    games: pd.DataFrame,
    upcoming: pd.DataFrame,
    cache: pd.DataFrame,
    factors: pd.DataFrame,
    shot_zones: pd.DataFrame,
    defense_zones: pd.DataFrame,
    player_games: pd.DataFrame,
    dates: pd.DatetimeIndex,
) -> TableRows:
    """Every player of the universe on every processable date of `dates`."""
    universe = universe_rows(upcoming, games, dates)
    form = same_date(universe, cache, CACHE_COLUMNS, on=KEY, key=("cache_date", "player_lookup"))
    scores = same_date(universe, factors, tuple(FROM_FACTORS.values()), on=KEY, key=KEY)
    shots = same_date(universe, shot_zones, tuple(FROM_SHOT_ZONES.values()), on=KEY, key=PLAYER_OF_ZONES)
    defense = same_date(
        universe,
        defense_zones,
        tuple(FROM_OPPONENT_DEFENSE.values()),
        on=("game_date", "opponent_team_abbr"),
        key=TEAM_OF_DEFENSE,
    )
    features = pd.DataFrame(
        {
            **_copies(form, FROM_CACHE),
            **_copies(scores, FROM_FACTORS),
            **_copies(shots, FROM_SHOT_ZONES),
            **_copies(defense, FROM_OPPONENT_DEFENSE),
            **_copies(universe, FROM_UNIVERSE),
            **_game(universe),
            **_changes(form),
            **_meetings(universe, player_games),
        }
    )
    features = features.assign(
        vegas_line_move=features["vegas_points_line"] - features["vegas_opening_line"],
        has_vegas_line=features["vegas_points_line"].notna().astype("float64"),
    )
    missing = features[list(FEATURE_NAMES)].isna().sum(axis=1)
    rows = (
        universe[list(CONTEXT)]
        .join(features)
        .assign(
            games_played_season=form["games_played_season"],
            missing_feature_count=missing,
            feature_quality_score=(len(FEATURE_NAMES) - missing) / len(FEATURE_NAMES),
            feature_version=FEATURE_VERSION,
        )
    )
    return TableRows(typed_frame(TABLE, rows), skip_reasons=skip_reasons(games, dates, bootstrap=True))


def _copies(found: pd.DataFrame, names: Mapping[str, str]) -> dict[str, pd.Series]:
    return {feature: found[column].astype("float64") for feature, column in names.items()}


def _game(universe: pd.DataFrame) -> dict[str, Floats]:
    """What is known of the game itself."""
    return {
        "home_away": _float(universe["home_game"]),
        "back_to_back": _float(universe["back_to_back"]),
        "playoff_game": _float(universe["season_phase"] == PLAYOFFS),
        "rest_advantage": feature_values.rest_advantage(
            _float(universe["team_days_rest"]), _float(universe["opponent_days_rest"])
        ),
        "injury_risk": feature_values.injury_risk(universe["injury_status"]),
    }


def _changes(form: pd.DataFrame) -> dict[str, Floats]:
    """Recent form against the season."""
    return {
        "recent_trend": feature_values.recent_trend(_float(form["points_trend_last_5"])),
        "minutes_change": feature_values.minutes_change(
            _float(form["minutes_avg_last_10"]),
            _float(form["minutes_avg_season"]),
            form["games_played_season"].to_numpy(),
        ),
    }


def _meetings(universe: pd.DataFrame, player_games: pd.DataFrame) -> dict[str, Floats]:
    """His earlier games against the opponent of the date."""
    meetings = player_windows.played_history(player_games, MEETING).as_of(universe)
    return {
        "avg_points_vs_opponent": player_windows.points_mean(meetings),
        "games_vs_opponent": player_windows.games_played(meetings).astype(np.float64),
    }


def _float(column: pd.Series) -> Floats:
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


asset = table_asset(
    TABLE,
    transform,
    inputs={
        "games": season_through(reference_games.TABLE, columns=("game_date", "season_year")),
        "upcoming": same_day(upcoming_player_game_context.TABLE, columns=UNIVERSE_COLUMNS),
        "cache": same_day(player_daily_cache.TABLE, columns=("cache_date", "player_lookup", *CACHE_COLUMNS)),
        "factors": same_day(player_composite_factors.TABLE, columns=(*KEY, *FROM_FACTORS.values())),
        "shot_zones": same_day(player_shot_zone_analysis.TABLE, columns=(*PLAYER_OF_ZONES, *FROM_SHOT_ZONES.values())),
        "defense_zones": same_day(
            team_defense_zone_analysis.TABLE, columns=(*TEAM_OF_DEFENSE, *FROM_OPPONENT_DEFENSE.values())
        ),
        "player_games": season_to_date(player_game_summary.TABLE, columns=PLAYER_GAME_COLUMNS),
    },
)
