"""One game of 2024-01-15 in every table about its players, all in agreement: BOS at NYK, one player each."""

from __future__ import annotations

from collections.abc import Mapping

from nba_pipeline.orchestration.checks.copied_features import (
    FROM_CACHE,
    FROM_DEFENCE,
    FROM_FACTORS,
    FROM_SHOT_ZONES,
    FROM_UNIVERSE,
    WORKLOAD_OF_CACHE,
    ZONES_OF_CACHE,
)
from nba_pipeline.schema import Table
from nba_pipeline_tests.checks.store import DAY, MLFS, PCF, PDC, PGS, PSZA, TDGS, TDZA, TOGS, UPGC, UTGC, Store, sides

PACES = {"BOS": 99.0, "NYK": 97.0}
PLAYERS = {"BOS": "tatum", "NYK": "brunson"}
LEAGUE_PACE = 98.5

Row = dict[str, object]


def store_player_tables(store: Store) -> None:
    """Every row the rules between these tables compare."""
    store.create(PGS, TOGS, TDGS)
    for number, side in enumerate(sides(store.game(DAY, "BOS", "NYK")), start=1):
        insert(store, UTGC, team_context(side))
        upcoming = universe_row(side, number)
        zones = {
            name: 0.1 * number for name in ("paint_rate_last_10", "mid_range_rate_last_10", "three_pt_rate_last_10")
        }
        shots = {**upcoming, **zones, "analysis_date": DAY, "games_in_sample_10": 10, "primary_scoring_zone": "paint",
                 "assisted_rate_last_10": 0.5}  # fmt: skip
        defence = {**side, "analysis_date": DAY, "defensive_rating_last_15": 110.0 + number, "opponent_pace": 98.0}
        cache = cache_row(upcoming, shots, number)
        factors = factor_row(upcoming, cache, number)
        insert(store, UPGC, upcoming)
        insert(store, PSZA, shots)
        insert(store, TDZA, defence)
        insert(store, PDC, cache)
        insert(store, PCF, factors)
        opponent: Row = {"defensive_rating_last_15": 113.0 - number, "opponent_pace": 98.0}
        insert(store, MLFS, feature_row(upcoming, cache, factors, shots, opponent))


def insert(store: Store, table: Table, row: Mapping[str, object]) -> None:
    """Store what the table has a column for."""
    store.insert(table, {name: value for name, value in row.items() if name in table.by_name})


def team_context(side: Mapping[str, object]) -> Row:
    home = 1.0 if side["home_game"] else -1.0
    return {
        **side, "season_phase": "regular", "team_days_rest": 1 if home > 0 else 2, "opponent_days_rest": 2 if home > 0
        else 1, "game_spread": -3.5 * home, "opening_spread": -3.0 * home, "spread_movement": -0.5 * home,
        "game_total": 221.5, "pace_last_10": PACES[str(side["team_abbr"])], "defensive_rating_last_10": 111.0,
        "ft_rate_allowed_last_10": 0.25, "games_in_last_14_days": 0, "miles_traveled_last_14_days": 0.0,
        "tip_off_at": None,
    }  # fmt: skip


def universe_row(side: Mapping[str, object], number: int) -> Row:
    team = str(side["team_abbr"])
    context, opponent_pace = team_context(side), PACES[str(side["opponent_team_abbr"])]
    return {
        **context, "player_lookup": PLAYERS[team], "nba_player_id": number, "days_rest": 3, "back_to_back": False,
        "games_in_sample_season": 20, "games_in_last_7_days": 2, "games_in_last_14_days": 5,
        "minutes_in_last_7_days": 70.0, "minutes_in_last_14_days": 170.0, "avg_minutes_per_game_last_7": 35.0,
        "back_to_backs_last_14_days": 1, "points_avg_last_5": 20.0 + number, "points_avg_last_10": 22.0,
        "points_avg_season": 24.0, "opponent_pace_last_10": opponent_pace, "opponent_def_rating_last_10": 111.0,
        "opponent_ft_rate_allowed_last_10": 0.25, "pace_differential": PACES[team] - opponent_pace,
        "current_points_line": 21.5, "opening_points_line": 21.0,
    }  # fmt: skip


def cache_row(upcoming: Row, shots: Row, number: int) -> Row:
    shared = ("player_lookup", "points_avg_last_5", "points_avg_last_10", "points_avg_season", *WORKLOAD_OF_CACHE)
    return {
        **{name: upcoming[name] for name in shared}, **{name: shots[name] for name in ZONES_OF_CACHE},
        "cache_date": DAY, "games_played_season": 20, "games_in_sample_10": 10, "points_std_last_10": 4.0,
        "minutes_avg_last_10": 34.0, "free_throw_points_share_last_10": 0.2, "team_pace_last_10": PACES[
            str(upcoming["team_abbr"])], "team_off_rating_last_10": 112.0, "team_win_pct_season": 0.5,
        "team_games_in_sample_10": 10, "points_per_minute_last_10": 0.6,
        "player_usage_rate_season": 0.25 + number / 100,
    }  # fmt: skip


def factor_row(upcoming: Row, cache: Row, number: int) -> Row:
    return {
        **upcoming, "games_played_season": 20, "team_games_in_sample_10": 10, "fatigue_score": 90 + number,
        "shot_zone_mismatch_score": 0.5 * number, "pace_score": -0.25, "usage_spike_score": 0.1,
        "team_pace_last_10": cache["team_pace_last_10"], "league_pace_last_10": LEAGUE_PACE,
        "usage_rate_season": cache["player_usage_rate_season"],
    }  # fmt: skip


def feature_row(upcoming: Row, cache: Row, factors: Row, shots: Row, opponent: Row) -> Row:
    sources = (
        (FROM_CACHE, cache), (FROM_FACTORS, factors), (FROM_SHOT_ZONES, shots), (FROM_DEFENCE, opponent),
        (FROM_UNIVERSE, upcoming),
    )  # fmt: skip
    at_home = bool(upcoming["home_game"])
    flags = {"home_away": float(at_home), "back_to_back": 0.0, "playoff_game": 0.0}
    copies = {name: source[column] for columns, source in sources for name, column in columns.items()}
    identity = {"game_date": DAY, "player_lookup": upcoming["player_lookup"], "feature_quality_score": 0.9}
    return {**copies, **flags, **identity, "rest_advantage": -1.0 if at_home else 1.0}
