"""One row per player of the universe and processable date: rolling form, workload, team form and shot mix.

Source: analytics.player_game_summary and analytics.team_offense_game_summary, games strictly before the date in the
same season; workload and shot zones are copies. Gaps: a player without a played game this season keeps his row, with
counters 0 and statistics NULL.
"""

from __future__ import annotations

import pandas as pd

from nba_pipeline.analytics import player_game_summary, team_offense_game_summary, upcoming_player_game_context
from nba_pipeline.asof import AsOf, Floats, History, Ints
from nba_pipeline.calendar import skip_reasons
from nba_pipeline.orchestration import same_day, season_through, season_to_date, table_asset
from nba_pipeline.precompute import player_shot_zone_analysis, player_windows, team_windows
from nba_pipeline.precompute.player_cache_columns import (
    COLUMNS,
    INVARIANTS,
    LONG_WINDOW,
    SHORT_WINDOW,
    WORKLOAD,
    ZONE_COLUMNS,
)
from nba_pipeline.precompute.universe import KEY, same_date, universe_rows
from nba_pipeline.reference import games as reference_games
from nba_pipeline.schema import Reference, Table, TableRows
from nba_pipeline.schema.frames import typed_frame

NEWER_GAMES, OLDER_GAMES = 2, 3  # games; the trend compares them within the last five
IDENTITY = ("player_lookup", "season_year", "team_abbr")
WORKLOAD_COPIES = tuple(column.name for column in WORKLOAD)
ZONE_COPIES = tuple(column.name for column in ZONE_COLUMNS)
UNIVERSE_COLUMNS = ("game_date", *IDENTITY, "nba_player_id", *WORKLOAD_COPIES)
PLAYER_GAME_COLUMNS = (
    "game_date",
    "season_year",
    "player_lookup",
    "seconds_played",
    "points",
    "fg_attempts",
    "ft_attempts",
    "ft_makes",
    "usage_rate",
)
TEAM_GAME_COLUMNS = ("game_date", "season_year", "team_abbr", "pace", "offensive_rating", "win_flag")

TABLE = Table(
    layer="precompute",
    name="player_daily_cache",
    grain="one row per player of the universe and processable date",
    description="Every player of upcoming_player_game_context of the date, whoever then plays. Windows hold games he "
    "was on the floor in, across his teams; shares and rates are pooled over the window, usage is weighted by seconds.",
    columns=COLUMNS,
    primary_key=("cache_date", "player_lookup"),
    partition_column="cache_date",
    cluster_by=("player_lookup",),
    row_count="universe_keys",
    invariants=INVARIANTS,
    references=(
        Reference(("cache_date", *IDENTITY), str(upcoming_player_game_context.TABLE), ("game_date", *IDENTITY)),
    ),
)


def transform(
    games: pd.DataFrame,
    upcoming: pd.DataFrame,
    player_games: pd.DataFrame,
    team_games: pd.DataFrame,
    shot_zones: pd.DataFrame,
    dates: pd.DatetimeIndex,
) -> TableRows:
    """Every player of the universe on every processable date of `dates`."""
    universe = universe_rows(upcoming, games, dates)
    form = player_windows.played_history(player_games).as_of(universe)
    team = History(team_games, "team_abbr").as_of(universe)
    zones = same_date(universe, shot_zones, ZONE_COPIES, on=KEY, key=("analysis_date", "player_lookup"))
    rows = universe.rename(columns={"game_date": "cache_date"}).assign(
        **_player_form(form),
        team_games_in_sample_10=team_windows.games_in_window(team),
        team_pace_last_10=team_windows.pace(team),
        team_off_rating_last_10=team_windows.offensive_rating(team),
        team_win_pct_season=team_windows.win_share(team),
        **zones,
        shot_zone_data_available=zones["paint_rate_last_10"].notna(),
    )
    return TableRows(typed_frame(TABLE, rows), skip_reasons=skip_reasons(games, dates, bootstrap=True))


def _player_form(form: AsOf) -> dict[str, Floats | Ints]:
    last = LONG_WINDOW
    return {
        "games_played_season": player_windows.games_played(form),
        "games_in_sample_5": player_windows.games_played(form, last=SHORT_WINDOW),
        "games_in_sample_10": player_windows.games_played(form, last=last),
        "points_avg_last_5": player_windows.points_mean(form, last=SHORT_WINDOW),
        "points_avg_last_10": player_windows.points_mean(form, last=last),
        "points_avg_season": player_windows.points_mean(form),
        "points_std_last_10": form.number(form.history.sample_std("points", last=last)),
        "points_trend_last_5": player_windows.points_trend(form, newer=NEWER_GAMES, older=OLDER_GAMES),
        "minutes_avg_last_10": player_windows.minutes_mean(form, last=last),
        "minutes_avg_season": player_windows.minutes_mean(form),
        "points_per_minute_last_10": player_windows.points_per_minute(form, last=last),
        "usage_rate_last_10": player_windows.usage_rate(form, last=last),
        "player_usage_rate_season": player_windows.usage_rate(form),
        "ts_pct_last_10": player_windows.true_shooting(form, last=last),
        "free_throw_points_share_last_10": player_windows.free_throw_share(form, last=last),
    }


asset = table_asset(
    TABLE,
    transform,
    inputs={
        "games": season_through(reference_games.TABLE, columns=("game_date", "season_year")),
        "upcoming": same_day(upcoming_player_game_context.TABLE, columns=UNIVERSE_COLUMNS),
        "player_games": season_to_date(player_game_summary.TABLE, columns=PLAYER_GAME_COLUMNS),
        "team_games": season_to_date(team_offense_game_summary.TABLE, columns=TEAM_GAME_COLUMNS),
        "shot_zones": same_day(
            player_shot_zone_analysis.TABLE, columns=("analysis_date", "player_lookup", *ZONE_COPIES)
        ),
    },
)
