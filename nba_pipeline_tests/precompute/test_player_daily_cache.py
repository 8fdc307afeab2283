"""Form, workload and team form of the universe of a date, by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from nba_pipeline.precompute.player_daily_cache import TABLE, transform
from nba_pipeline_tests.precompute.feature_frames import (
    BOTH,
    DAY,
    GAMES,
    NEXT_DAY,
    PLAYER_GAMES,
    SHOT_ZONES,
    TEAM_GAMES,
    TWO_DAYS,
    UNIVERSE,
)
from nba_pipeline_tests.precompute.zone_tables import assert_rows, midnights, typed, violations

EXPECTED = (
    """
player_lookup team_abbr games_played_season games_in_sample_5 games_in_sample_10 points_avg_last_5 points_avg_last_10 points_avg_season points_std_last_10 points_trend_last_5
anna MIA 12 5 10 20   21   24.166667 5.773503 8.333333
bob  MIA 1  1 1  0    0    0         NULL     NULL
cal  MIA 0  0 0  NULL NULL NULL      NULL     NULL
""",  # noqa: E501
    """
player_lookup minutes_avg_last_10 minutes_avg_season points_per_minute_last_10 usage_rate_last_10 player_usage_rate_season ts_pct_last_10 free_throw_points_share_last_10
anna 30   31.666667 0.7  0.255556 0.288571 0.610465 0.190476
bob  10   10        0    0        0        NULL     NULL
cal  NULL NULL      NULL NULL     NULL     NULL     NULL
""",  # noqa: E501
    """
player_lookup team_games_in_sample_10 team_pace_last_10 team_off_rating_last_10 team_win_pct_season games_in_last_7_days avg_minutes_per_game_last_7
anna 3 100 113 0.666667 2 30
bob  3 100 113 0.666667 1 10
cal  3 100 113 0.666667 0 NULL
""",  # noqa: E501
)


def made(
    *days: str,
    player_games: pd.DataFrame = PLAYER_GAMES,
    team_games: pd.DataFrame = TEAM_GAMES,
    upcoming: pd.DataFrame = TWO_DAYS,
    shot_zones: pd.DataFrame = SHOT_ZONES,
) -> pd.DataFrame:
    return transform(GAMES, upcoming, player_games, team_games, shot_zones, midnights(*days)).rows


def of(rows: pd.DataFrame, player: str) -> pd.Series:
    return rows[rows["player_lookup"] == player].iloc[0]


@pytest.mark.parametrize("block", EXPECTED)
def test_golden_trade_missed_game_one_game_and_no_game(block):
    assert_rows(made(DAY), typed(TABLE, block))


def test_columns_are_those_of_the_table_in_order_and_type():
    rows = made(DAY)
    assert tuple(rows.columns) == TABLE.column_names
    assert rows.dtypes["cache_date"] == "datetime64[us]"
    assert rows["season_year"].tolist() == [2022] * 3
    assert rows["nba_player_id"].isna().tolist() == [False, False, True]


def test_workload_is_copied_from_the_universe():
    rows = made(DAY)
    assert rows["games_in_last_14_days"].tolist() == [4, 1, 0]
    assert rows["minutes_in_last_7_days"].tolist() == [60.0, 10.0, 0.0]
    assert rows["minutes_in_last_14_days"].tolist() == [120.0, 10.0, 0.0]
    assert rows["back_to_backs_last_14_days"].tolist() == [1, 0, 0]


def test_zones_are_copied_and_null_without_a_row_or_without_shots():
    rows = made(DAY)
    assert rows["shot_zone_data_available"].tolist() == [True, False, False]
    assert of(rows, "anna")[["paint_rate_last_10", "three_pt_rate_last_10", "assisted_rate_last_10"]].tolist() == [
        0.3,
        0.4,
        0.6,
    ]
    assert rows["primary_scoring_zone"].isna().tolist() == [False, True, True]


def test_a_game_of_the_day_counts_from_the_next_game_date():
    assert of(made(DAY), "anna")["games_played_season"] == 12
    later = of(made(NEXT_DAY), "anna")
    assert later["games_played_season"] == 13
    assert later["points_avg_last_5"] == (15 + 25 + 20 + 30 + 50) / 5
    assert later["team_pace_last_10"] == (98 + 100 + 102 + 120) / 4
    assert later["team_win_pct_season"] == 0.75


def test_team_form_is_of_the_team_of_the_date_not_of_the_last_game():
    at_boston = TWO_DAYS.assign(team_abbr="BOS", opponent_team_abbr="MIA")
    row = of(made(DAY, upcoming=at_boston), "anna")
    assert row[["team_games_in_sample_10", "team_pace_last_10", "team_win_pct_season"]].tolist() == [1, 104.0, 0.0]
    assert row["games_played_season"] == 12


def test_a_stint_of_seconds_with_high_usage_does_not_move_a_window():
    stint = PLAYER_GAMES.assign(
        seconds_played=PLAYER_GAMES["seconds_played"].mask(PLAYER_GAMES["game_date"] == "2022-11-12", 30),
        usage_rate=PLAYER_GAMES["usage_rate"].mask(PLAYER_GAMES["game_date"] == "2022-11-12", 1.2),
    )
    expected = (0.2 * 4 * 1800 + 0.3 * 4 * 1800 + 1.2 * 30) / (8 * 1800 + 30)
    assert of(made(DAY, player_games=stint), "anna")["usage_rate_last_10"] == pytest.approx(expected, rel=1e-12)


def test_a_zero_second_listing_is_not_a_played_game():
    listed = PLAYER_GAMES.assign(seconds_played=PLAYER_GAMES["seconds_played"].mask(PLAYER_GAMES["points"] == 0, 0))
    row = of(made(DAY, player_games=listed), "bob")
    assert row["games_played_season"] == 0
    assert pd.isna(row["points_avg_season"])


@pytest.mark.parametrize(("games", "has_std", "has_trend"), [(1, False, False), (2, True, False), (5, True, True)])
def test_deviation_needs_two_games_and_the_trend_five(games, has_std, has_trend):
    played = PLAYER_GAMES["seconds_played"].gt(0).fillna(False) & (PLAYER_GAMES["game_date"] < DAY)
    newest = PLAYER_GAMES[played & (PLAYER_GAMES["player_lookup"] == "anna")].tail(games)
    row = of(made(DAY, player_games=newest), "anna")
    assert row["games_played_season"] == games
    assert pd.notna(row["points_std_last_10"]) == has_std
    assert pd.notna(row["points_trend_last_5"]) == has_trend


def test_a_game_without_an_attempt_count_is_left_out_of_true_shooting_only():
    gap = PLAYER_GAMES.assign(
        ft_attempts=PLAYER_GAMES["ft_attempts"].mask(PLAYER_GAMES["game_date"] == "2022-11-17", None)
    )
    row = of(made(DAY, player_games=gap), "anna")
    assert row["ts_pct_last_10"] == pytest.approx(180 / (2 * (135 + 0.44 * 45)), rel=1e-12)
    assert row["points_avg_last_10"] == 21.0


def test_days_without_rows_say_why_and_universe_rows_of_the_bootstrap_are_left_out():
    early = pd.concat([TWO_DAYS, UNIVERSE.assign(game_date=midnights("2022-10-31")[0])])
    found = transform(
        GAMES, early, PLAYER_GAMES, TEAM_GAMES, SHOT_ZONES, midnights("2022-10-31", "2022-11-18", DAY, "2022-11-21")
    )
    assert found.rows["cache_date"].unique().tolist() == [pd.Timestamp(DAY)]
    assert found.skip_reasons == {
        date(2022, 10, 31): "bootstrap",
        date(2022, 11, 18): "no_games",
        date(2022, 11, 21): "no_games",
    }


def test_a_day_without_games_makes_an_empty_frame_with_all_columns():
    rows = made("2022-11-21")
    assert rows.empty
    assert tuple(rows.columns) == TABLE.column_names


def test_a_range_equals_its_days():
    alone = [made(day) for day in (DAY, NEXT_DAY)]
    assert_frame_equal(made(DAY, NEXT_DAY), pd.concat(alone, ignore_index=True), check_exact=True)


def test_order_of_input_rows_changes_nothing():
    shuffled = transform(
        GAMES.iloc[::-1],
        TWO_DAYS.sample(frac=1, random_state=3),
        PLAYER_GAMES.sample(frac=1, random_state=4),
        TEAM_GAMES.sample(frac=1, random_state=5),
        SHOT_ZONES.sample(frac=1, random_state=6),
        BOTH,
    ).rows
    assert_frame_equal(shuffled, made(DAY, NEXT_DAY), check_exact=True)


def test_games_of_the_day_and_later_do_not_matter():
    players, teams = PLAYER_GAMES["game_date"] < DAY, TEAM_GAMES["game_date"] < DAY
    altered = made(
        DAY,
        player_games=PLAYER_GAMES.assign(points=PLAYER_GAMES["points"].where(players, 99)),
        team_games=TEAM_GAMES.assign(pace=TEAM_GAMES["pace"].where(teams, 1.0)),
    )
    assert_frame_equal(altered, made(DAY), check_exact=True)
    removed = made(DAY, player_games=PLAYER_GAMES[players], team_games=TEAM_GAMES[teams])
    assert_frame_equal(removed, made(DAY), check_exact=True)


def test_golden_rows_obey_the_rules_of_the_table():
    assert set(violations(TABLE, made(DAY, NEXT_DAY)).values()) == {0}


@pytest.mark.parametrize(
    ("rule", "column", "value"),
    [
        ("D-03a", "games_in_sample_5", 4),
        ("D-03a", "games_in_sample_10", 12),
        ("D-03b", "points_avg_season", None),
        ("D-03b", "minutes_avg_last_10", None),
        ("D-03c", "points_std_last_10", None),
        ("D-03c", "points_trend_last_5", None),
        ("D-04", "team_games_in_sample_10", 11),
        ("D-05", "games_in_last_7_days", 5),
        ("D-05", "minutes_in_last_14_days", 59.0),
        ("D-05", "back_to_backs_last_14_days", 4),
        ("D-08", "free_throw_points_share_last_10", 1.01),
        ("D-08", "minutes_avg_last_10", 0.0),
        ("D-08", "usage_rate_last_10", 28.0),
        ("D-08", "points_std_last_10", 31.0),
        ("shot_zone_data_available", "shot_zone_data_available", False),
    ],
)
def test_a_wrong_value_breaks_its_rule(rule, column, value):
    rows = made(DAY)
    rows.loc[rows["player_lookup"] == "anna", column] = value
    assert violations(TABLE, rows)[rule] == 1
