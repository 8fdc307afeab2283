"""The 33 features of a date, by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from nba_pipeline.precompute import feature_values, player_composite_factors, player_daily_cache
from nba_pipeline.precompute.feature_columns import (
    FEATURE_NAMES,
    FROM_CACHE,
    FROM_FACTORS,
    FROM_OPPONENT_DEFENSE,
    FROM_SHOT_ZONES,
)
from nba_pipeline.precompute.ml_feature_store import TABLE, transform
from nba_pipeline_tests.precompute.feature_frames import (
    BOTH,
    DAY,
    DEFENSE_ZONES,
    GAMES,
    NEXT_DAY,
    PLAYER_GAMES,
    SHOT_ZONES,
    TEAM_GAMES,
    TWO_DAYS,
)
from nba_pipeline_tests.precompute.zone_tables import assert_rows, midnights, typed, violations

NAN = float("nan")
CACHE = player_daily_cache.transform(GAMES, TWO_DAYS, PLAYER_GAMES, TEAM_GAMES, SHOT_ZONES, BOTH).rows
FACTORS = player_composite_factors.transform(
    GAMES, TWO_DAYS, PLAYER_GAMES, TEAM_GAMES, SHOT_ZONES, DEFENSE_ZONES, BOTH
).rows
EXPECTED = (
    """
player_lookup points_avg_last_5 points_avg_last_10 points_avg_season points_std_last_10 games_in_last_7_days fatigue_score shot_zone_mismatch_score pace_score usage_spike_score rest_advantage injury_risk recent_trend minutes_change
anna 20   21   24.166667 5.773503 2 94  0.9  1 0.342857 -1 2    2    0
bob  0    0    0         NULL     1 100 NULL 1 NULL     -1 NULL NULL NULL
cal  NULL NULL NULL      NULL     0 100 NULL 1 NULL     -1 NULL NULL NULL
""",  # noqa: E501
    """
player_lookup opponent_def_rating opponent_pace home_away back_to_back playoff_game pct_paint pct_mid_range pct_three pct_free_throw team_pace team_off_rating team_win_pct
anna 110 104 1 0 0 0.3  0.3  0.4  0.190476 100 113 0.666667
bob  110 104 1 0 0 NULL NULL NULL NULL     100 113 0.666667
cal  110 104 1 0 0 NULL NULL NULL NULL     100 113 0.666667
""",  # noqa: E501
    """
player_lookup vegas_points_line vegas_opening_line vegas_line_move has_vegas_line avg_points_vs_opponent games_vs_opponent minutes_avg_last_10 ppm_avg_last_10 missing_feature_count feature_quality_score
anna 21.5 20.5 1    1 17.5 2 30   0.7  0  1
bob  NULL NULL NULL 0 NULL 0 10   0    14 0.575758
cal  NULL NULL NULL 0 NULL 0 NULL NULL 19 0.424242
""",  # noqa: E501
)


def made(
    *days: str,
    upcoming: pd.DataFrame = TWO_DAYS,
    cache: pd.DataFrame = CACHE,
    player_games: pd.DataFrame = PLAYER_GAMES,
) -> pd.DataFrame:
    inputs = (upcoming, cache, FACTORS, SHOT_ZONES, DEFENSE_ZONES, player_games)
    return transform(GAMES, *inputs, midnights(*days)).rows


@pytest.mark.parametrize("block", EXPECTED)
def test_golden_features(block):
    assert_rows(made(DAY), typed(TABLE, block))


def test_features_stand_in_the_order_of_the_feature_matrix():
    rows = made(DAY)
    assert tuple(rows.columns) == TABLE.column_names
    assert tuple(rows.columns[10:43]) == FEATURE_NAMES
    assert len(FEATURE_NAMES) == 33
    assert FEATURE_NAMES[:3] == ("points_avg_last_5", "points_avg_last_10", "points_avg_season")
    assert FEATURE_NAMES[25] == "vegas_points_line"
    assert FEATURE_NAMES[32] == "ppm_avg_last_10"
    assert {str(dtype) for dtype in rows.dtypes[list(FEATURE_NAMES)]} == {"float64"}


def test_context_beside_the_features():
    rows = made(DAY)
    assert rows["days_rest"].tolist() == [2, 2, pd.NA]
    assert rows["games_played_season"].tolist() == [12, 1, 0]
    assert rows["feature_version"].tolist() == ["v2_33features"] * 3


@pytest.mark.parametrize(
    ("trend", "step"),
    [(5, 2), (4.999, 1), (2, 1), (1.999, 0), (-1.999, 0), (-2, -1), (-4.999, -1), (-5, -2), (NAN, NAN)],
)
def test_golden_recent_trend(trend, step):
    found = feature_values.recent_trend(np.array([trend], dtype=float))
    assert found.tolist() == pytest.approx([step], nan_ok=True)


@pytest.mark.parametrize(
    ("recent", "season", "games", "step"),
    [
        (36, 30, 30, 2),
        (33, 30, 30, 1),
        (32.99, 30, 30, 0),
        (27, 30, 30, -1),
        (24, 30, 30, -2),
        (30, 30, 10, NAN),
        (24.2, 22, 11, 1),
        (NAN, NAN, 0, NAN),
    ],
)
def test_golden_minutes_change(recent, season, games, step):
    values = (np.array([value], dtype=float) for value in (recent, season))
    assert feature_values.minutes_change(*values, np.array([games])).tolist() == pytest.approx([step], nan_ok=True)


def test_rest_advantage_is_limited_and_the_opposite_for_the_opponent():
    own, other = np.array([0.0, 9.0, 1.0, NAN]), np.array([5.0, 1.0, 2.0, 1.0])
    assert feature_values.rest_advantage(own, other)[:3].tolist() == [-2, 2, -1]
    assert feature_values.rest_advantage(other, own)[:3].tolist() == [2, -2, 1]
    assert np.isnan(feature_values.rest_advantage(own, other)[3])


def test_injury_risk_by_status():
    statuses = pd.Series(["available", "probable", "questionable", "doubtful", "out", None], dtype="str")
    assert feature_values.injury_risk(statuses).tolist() == pytest.approx([0, 1, 2, 3, 3, NAN], nan_ok=True)


def test_a_status_without_a_risk_is_refused_by_name():
    with pytest.raises(ValueError, match=r"injury_status \['day_to_day'\] has no risk"):
        feature_values.injury_risk(pd.Series(["out", "day_to_day"], dtype="str"))


@pytest.mark.parametrize(("phase", "flag"), [("playoffs", 1.0), ("play_in", 0.0), ("cup_final", 0.0), ("regular", 0.0)])
def test_only_the_playoffs_are_playoff_games(phase, flag):
    assert made(DAY, upcoming=TWO_DAYS.assign(season_phase=phase))["playoff_game"].tolist() == [flag] * 3


def test_away_and_back_to_back():
    rows = made(DAY, upcoming=TWO_DAYS.assign(home_game=False, back_to_back=True))
    assert rows["home_away"].tolist() == [0.0] * 3
    assert rows["back_to_back"].tolist() == [1.0] * 3


def test_a_line_without_an_opening_line_has_no_move():
    unopened = TWO_DAYS.assign(opening_points_line=np.nan)
    anna = made(DAY, upcoming=unopened).iloc[0]
    assert anna["has_vegas_line"] == 1.0
    assert anna["missing_feature_count"] == 2
    assert anna[["vegas_opening_line", "vegas_line_move"]].isna().all()


def test_meetings_with_the_opponent_are_earlier_games_of_this_season():
    assert made(NEXT_DAY).iloc[0]["games_vs_opponent"] == 3.0
    assert made(NEXT_DAY).iloc[0]["avg_points_vs_opponent"] == (15 + 20 + 50) / 3
    last_season = PLAYER_GAMES.assign(season_year=2021).iloc[[10]].assign(game_date=midnights("2022-03-01")[0])
    with_last_season = pd.concat([PLAYER_GAMES, last_season], ignore_index=True)
    assert_frame_equal(made(DAY, player_games=with_last_season), made(DAY), check_exact=True)


def test_copies_equal_their_sources_bit_for_bit():
    rows = made(DAY, NEXT_DAY)
    players = SHOT_ZONES.rename(columns={"analysis_date": "game_date"})
    opponent = DEFENSE_ZONES.rename(columns={"analysis_date": "game_date", "team_abbr": "opponent_team_abbr"})
    for source, key, names in (
        (CACHE.rename(columns={"cache_date": "game_date"}), "player_lookup", FROM_CACHE),
        (FACTORS, "player_lookup", FROM_FACTORS),
        (players, "player_lookup", FROM_SHOT_ZONES),
        (opponent, "opponent_team_abbr", FROM_OPPONENT_DEFENSE),
    ):
        wanted = source.set_index(["game_date", key]).reindex(pd.MultiIndex.from_frame(rows[["game_date", key]]))
        for feature, column in names.items():
            np.testing.assert_array_equal(rows[feature], wanted[column].astype("float64"), err_msg=feature)


def test_days_without_rows_say_why():
    days = midnights("2022-10-31", "2022-11-18")
    found = transform(GAMES, TWO_DAYS, CACHE, FACTORS, SHOT_ZONES, DEFENSE_ZONES, PLAYER_GAMES, days)
    assert found.rows.empty
    assert tuple(found.rows.columns) == TABLE.column_names
    assert found.skip_reasons == {date(2022, 10, 31): "bootstrap", date(2022, 11, 18): "no_games"}


def test_a_range_equals_its_days():
    alone = [made(day) for day in (DAY, NEXT_DAY)]
    assert_frame_equal(made(DAY, NEXT_DAY), pd.concat(alone, ignore_index=True), check_exact=True)


def test_order_of_input_rows_changes_nothing():
    frames = (TWO_DAYS, CACHE, FACTORS, SHOT_ZONES, DEFENSE_ZONES, PLAYER_GAMES)
    shuffled = (frame.sample(frac=1, random_state=number) for number, frame in enumerate(frames))
    assert_frame_equal(transform(GAMES.iloc[::-1], *shuffled, BOTH).rows, made(DAY, NEXT_DAY), check_exact=True)


def test_games_of_the_day_and_later_do_not_matter():
    earlier = PLAYER_GAMES["game_date"] < DAY
    altered = PLAYER_GAMES.assign(points=PLAYER_GAMES["points"].where(earlier, 99))
    assert_frame_equal(made(DAY, player_games=altered), made(DAY), check_exact=True)
    assert_frame_equal(made(DAY, player_games=PLAYER_GAMES[earlier]), made(DAY), check_exact=True)


def test_no_column_tells_how_the_game_ended():
    outcomes = {"points", "minutes_played", "seconds_played", "win_flag", "is_dnp", "player_status"}
    assert outcomes.isdisjoint(TABLE.column_names)


def test_golden_rows_obey_the_rules_of_the_table():
    assert set(violations(TABLE, made(DAY, NEXT_DAY)).values()) == {0}


@pytest.mark.parametrize(
    ("rule", "column", "value"),
    [
        ("team_is_not_opponent", "opponent_team_abbr", "MIA"),
        ("M-04a", "missing_feature_count", 1),
        ("M-04a", "pct_three", None),
        ("M-04b", "feature_quality_score", 0.9),
        ("M-04c", "ppm_avg_last_10", None),
        ("M-05", "pct_paint", 0.31),
        ("M-05", "pct_mid_range", None),
        ("M-06a", "injury_risk", 1.5),
        ("M-06a", "recent_trend", 3.0),
        ("M-06a", "home_away", 0.5),
        ("M-06b", "fatigue_score", 37.0),
        ("M-06b", "pct_free_throw", 19.0),
        ("M-06c", "has_vegas_line", 0.0),
        ("M-06c", "vegas_line_move", None),
    ],
)
def test_a_wrong_value_breaks_its_rule(rule, column, value):
    rows = made(DAY)
    rows.loc[rows["player_lookup"] == "anna", column] = value
    assert violations(TABLE, rows)[rule] == 1
