"""One row per player of the universe and processable date: fatigue, matchup, pace and usage scores and their sum.

Source: workload of analytics.upcoming_player_game_context; shot zones of the player and of the opponent's defence of
the same date; pace and usage windows of games strictly before the date in the same season. Gaps: a factor that cannot
be computed is NULL, never 0; missing_factor_count says how many are.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nba_pipeline.analytics import player_game_summary, team_offense_game_summary, upcoming_player_game_context
from nba_pipeline.asof import AsOf, Floats, History, Ints
from nba_pipeline.calendar import skip_reasons
from nba_pipeline.orchestration import same_day, season_through, season_to_date, table_asset
from nba_pipeline.precompute import (
    composite_scores,
    player_shot_zone_analysis,
    player_windows,
    team_defense_zone_analysis,
    team_windows,
)
from nba_pipeline.precompute.composite_columns import CALCULATION_VERSION, COLUMNS, INVARIANTS, ZONE_WORDS
from nba_pipeline.precompute.universe import IDENTITY_OF_GAME, KEY, PLAYER_OF_GAME, same_date, universe_rows
from nba_pipeline.reference import games as reference_games
from nba_pipeline.schema import Reference, Table, TableRows
from nba_pipeline.schema.frames import typed_frame

RECENT_USAGE = 5  # played games
IDENTITY = (*IDENTITY_OF_GAME, "home_game")
WORKLOAD_COLUMNS = ("days_rest", "games_in_last_7_days", "minutes_in_last_7_days", "back_to_backs_last_14_days")
UNIVERSE_COLUMNS = (*(column.name for column in PLAYER_OF_GAME), "home_game", *WORKLOAD_COLUMNS)
PLAYER_GAME_COLUMNS = ("game_date", "season_year", "player_lookup", "seconds_played", "usage_rate")
TEAM_GAME_COLUMNS = ("game_date", "season_year", "team_abbr", "pace")
SHARES = tuple(f"{zone}_rate_last_10" for zone in ZONE_WORDS)
DEFENDED = tuple(f"{zone}_defense_vs_league_avg" for zone in ZONE_WORDS)
OTHER_SCORES = ("shot_zone_mismatch_score", "pace_score", "usage_spike_score")
SCORES = ("fatigue_score", *OTHER_SCORES)
TERMS = ("fatigue_adjustment", *OTHER_SCORES)

TABLE = Table(
    layer="precompute",
    name="player_composite_factors",
    grain="one row per player of the universe and processable date",
    description="Four scores that are positive when good for the scorer (fatigue: 100 = fresh) and their sum. An index "
    "for models, not a forecast. A factor exists once it is computed; none is a constant.",
    columns=COLUMNS,
    primary_key=("game_date", "player_lookup"),
    partition_column="game_date",
    cluster_by=("player_lookup", "team_abbr"),
    row_count="universe_keys",
    invariants=INVARIANTS,
    references=(
        Reference(IDENTITY, str(upcoming_player_game_context.TABLE), IDENTITY),
        Reference(
            ("game_date", "opponent_team_abbr"),
            str(team_defense_zone_analysis.TABLE),
            ("analysis_date", "team_abbr"),
        ),
    ),
)


def transform(
    games: pd.DataFrame,
    upcoming: pd.DataFrame,
    player_games: pd.DataFrame,
    team_games: pd.DataFrame,
    shot_zones: pd.DataFrame,
    defense_zones: pd.DataFrame,
    dates: pd.DatetimeIndex,
) -> TableRows:
    """Every player of the universe on every processable date of `dates`."""
    universe = universe_rows(upcoming, games, dates)
    form = player_windows.played_history(player_games).as_of(universe)
    rows = universe.assign(
        games_played_season=player_windows.games_played(form),
        **_fatigue(universe),
        **_matchup(universe, shot_zones, defense_zones),
        **_pace(universe, History(team_games, "team_abbr")),
        **_usage(form),
    )
    rows = rows.assign(
        total_composite_adjustment=sum(rows[name] for name in TERMS),
        missing_factor_count=rows[list(SCORES)].isna().sum(axis=1),
        calculation_version=CALCULATION_VERSION,
    )
    return TableRows(typed_frame(TABLE, rows), skip_reasons=skip_reasons(games, dates, bootstrap=True))


def _fatigue(universe: pd.DataFrame) -> dict[str, Floats]:
    days_rest, games, minutes, back_to_backs = (_float(universe[name]) for name in WORKLOAD_COLUMNS)
    fatigue = composite_scores.fatigue(days_rest, games, minutes, back_to_backs)
    return {
        "fatigue_rest_penalty": fatigue.rest,
        "fatigue_games_penalty": fatigue.games,
        "fatigue_minutes_penalty": fatigue.minutes,
        "fatigue_b2b_penalty": fatigue.back_to_backs,
        "fatigue_score": fatigue.score,
        "fatigue_adjustment": fatigue.adjustment,
    }


def _matchup(
    universe: pd.DataFrame, shot_zones: pd.DataFrame, defense_zones: pd.DataFrame
) -> dict[str, Floats | pd.Series]:
    """Edges of the player's shot mix against the defence of the opponent."""
    own = same_date(
        universe, shot_zones, ("zone_games_in_sample_10", *SHARES), on=KEY, key=("analysis_date", "player_lookup")
    )
    opponent = same_date(
        universe, defense_zones, DEFENDED, on=("game_date", "opponent_team_abbr"), key=("analysis_date", "team_abbr")
    )
    edges = {
        zone: composite_scores.matchup_edge(zone, _float(own[share]), _float(opponent[defended]))
        for zone, share, defended in zip(ZONE_WORDS, SHARES, DEFENDED, strict=True)
    }
    return {
        "zone_games_in_sample_10": own["zone_games_in_sample_10"].fillna(0),  # no row: no game with zones
        **{f"{zone}_matchup_edge": edge for zone, edge in edges.items()},
        "shot_zone_mismatch_score": composite_scores.mismatch_score(*edges.values()),
    }


def _pace(universe: pd.DataFrame, history: History) -> dict[str, Floats | Ints]:
    team, opponent = history.as_of(universe), history.as_of(universe, entity="opponent_team_abbr")
    own_pace, opponent_pace = team_windows.pace(team), team_windows.pace(opponent)
    league = team_windows.league_pace(history, universe["game_date"])
    expected = composite_scores.expected_pace(own_pace, opponent_pace, league)
    return {
        "team_games_in_sample_10": team_windows.games_in_window(team),
        "opponent_games_in_sample_10": team_windows.games_in_window(opponent),
        "team_pace_last_10": own_pace,
        "opponent_pace_last_10": opponent_pace,
        "league_pace_last_10": league,
        "expected_pace_vs_league": expected,
        "pace_score": composite_scores.pace_score(expected),
    }


def _usage(form: AsOf) -> dict[str, Floats]:
    recent, season = player_windows.usage_rate(form, last=RECENT_USAGE), player_windows.usage_rate(form)
    return {
        "usage_rate_last_5": recent,
        "usage_rate_season": season,
        "usage_spike_score": composite_scores.usage_spike(player_windows.games_played(form), recent, season),
    }


def _float(column: pd.Series) -> Floats:
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


asset = table_asset(
    TABLE,
    transform,
    inputs={
        "games": season_through(reference_games.TABLE, columns=("game_date", "season_year")),
        "upcoming": same_day(upcoming_player_game_context.TABLE, columns=UNIVERSE_COLUMNS),
        "player_games": season_to_date(player_game_summary.TABLE, columns=PLAYER_GAME_COLUMNS),
        "team_games": season_to_date(team_offense_game_summary.TABLE, columns=TEAM_GAME_COLUMNS),
        "shot_zones": same_day(
            player_shot_zone_analysis.TABLE,
            columns=("analysis_date", "player_lookup", "zone_games_in_sample_10", *SHARES),
        ),
        "defense_zones": same_day(team_defense_zone_analysis.TABLE, columns=("analysis_date", "team_abbr", *DEFENDED)),
    },
)
