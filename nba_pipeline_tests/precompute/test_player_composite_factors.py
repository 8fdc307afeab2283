"""Fatigue, shot zones, pace and usage of a player's day, by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from nba_pipeline.analytics import team_offense_game_summary
from nba_pipeline.asof import History
from nba_pipeline.precompute import composite_scores, team_windows
from nba_pipeline.precompute.player_composite_factors import TABLE, transform
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
from nba_pipeline_tests.precompute.zone_tables import assert_rows, midnights, typed, typed_values, violations

NAN = float("nan")
EXPECTED = (
    """
player_lookup games_played_season fatigue_rest_penalty fatigue_games_penalty fatigue_minutes_penalty fatigue_b2b_penalty fatigue_score fatigue_adjustment paint_matchup_edge mid_range_matchup_edge three_pt_matchup_edge shot_zone_mismatch_score
anna 12 0 0 0 6 94  -0.3 0.6  -0.3 0.6  0.9
bob  1  0 0 0 0 100 0    NULL NULL NULL NULL
cal  0  0 0 0 0 100 0    NULL NULL NULL NULL
""",  # noqa: E501
    """
player_lookup team_pace_last_10 opponent_pace_last_10 league_pace_last_10 expected_pace_vs_league pace_score usage_rate_last_5 usage_rate_season usage_spike_score total_composite_adjustment missing_factor_count
anna 100 104 101 2 1 0.3  0.288571 0.342857 1.942857 0
bob  100 104 101 2 1 0    0        NULL     NULL     2
cal  100 104 101 2 1 NULL NULL     NULL     NULL     2
""",  # noqa: E501
)


def made(
    *days: str,
    player_games: pd.DataFrame = PLAYER_GAMES,
    team_games: pd.DataFrame = TEAM_GAMES,
    upcoming: pd.DataFrame = TWO_DAYS,
    shot_zones: pd.DataFrame = SHOT_ZONES,
    defense_zones: pd.DataFrame = DEFENSE_ZONES,
) -> pd.DataFrame:
    return transform(GAMES, upcoming, player_games, team_games, shot_zones, defense_zones, midnights(*days)).rows


def numbers(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


@pytest.mark.parametrize("block", EXPECTED)
def test_golden_rows(block):
    assert_rows(made(DAY), typed(TABLE, block))


def test_columns_are_those_of_the_table_in_order():
    rows = made(DAY)
    assert tuple(rows.columns) == TABLE.column_names
    assert rows["zone_games_in_sample_10"].tolist() == [2, 0, 0]
    assert rows["team_games_in_sample_10"].tolist() == [3, 3, 3]
    assert rows["opponent_games_in_sample_10"].tolist() == [1, 1, 1]
    assert rows["calculation_version"].tolist() == ["v2_4factors"] * 3
    assert rows["game_id"].tolist() == ["20221120_BOS_MIA"] * 3


@pytest.mark.parametrize(
    ("days_rest", "games", "minutes", "pairs", "penalties", "score", "adjustment"),
    [
        (2, 2, 60, 0, (0, 0, 0, 0), 100, 0),
        (1, 3, 100, 0, (5, 5, 5, 0), 85, -0.75),
        (0, 4, 140, 1, (15, 10, 15, 6), 54, -2.3),
        (0, 5, 200, 3, (15, 15, 20, 12), 38, -3.1),
        (1, 2, 80, 2, (5, 0, 0, 12), 83, -0.85),
        (9, 0, 0, 1, (0, 0, 0, 6), 94, -0.3),
        (NAN, 0, 0, 0, (0, 0, 0, 0), 100, 0),
    ],
)
def test_golden_fatigue(days_rest, games, minutes, pairs, penalties, score, adjustment):
    found = composite_scores.fatigue(numbers(days_rest), numbers(games), numbers(minutes), numbers(pairs))
    parts = (found.rest, found.games, found.minutes, found.back_to_backs)
    assert tuple(part[0] for part in parts) == penalties
    assert found.score.tolist() == [score]
    assert found.adjustment.tolist() == pytest.approx([adjustment], abs=1e-12)


@pytest.mark.parametrize(
    ("rates", "versus_league", "edges", "score"),
    [
        ((0.5, 0.2, 0.3), (0.04, -0.05, 0.02), (2, -1, 0.9), 1.9),
        ((1, 0, 0), (0.12, 0.01, 0.01), (12, 0, 0), 10),
        ((0.6, 0, 0.4), (-0.03, NAN, -0.01), (-1.8, 0, -0.6), -2.4),
        ((0.5, 0.1, 0.4), (0.01, NAN, 0.01), (0.5, NAN, 0.6), NAN),
        ((0, 0, 1), (0.05, 0.05, -0.08), (0, 0, -12), -10),
        ((NAN, NAN, NAN), (0.02, 0.02, 0.02), (NAN, NAN, NAN), NAN),
    ],
)
def test_golden_shot_zones(rates, versus_league, edges, score):
    found = [
        composite_scores.matchup_edge(zone, numbers(rate), numbers(versus))
        for zone, rate, versus in zip(("paint", "mid_range", "three_pt"), rates, versus_league, strict=True)
    ]
    assert [edge[0] for edge in found] == pytest.approx(list(edges), abs=1e-12, nan_ok=True)
    assert composite_scores.mismatch_score(*found)[0] == pytest.approx(score, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize(
    ("team", "opponent", "expected", "score"), [(102, 101, 3, 1.5), (98, 99.5, -2.5, -1.25), (105, 104, 9, 3)]
)
def test_golden_pace(team, opponent, expected, score):
    found = composite_scores.expected_pace(numbers(team), numbers(opponent), numbers(100))
    assert found.tolist() == [expected]
    assert composite_scores.pace_score(found).tolist() == [score]


def test_golden_league_pace_counts_every_game_of_every_window_once():
    team_games = pd.DataFrame(
        {
            "game_date": [*pd.date_range("2022-10-18", periods=10), *pd.date_range("2022-10-18", periods=5)],
            "season_year": 2022,
            "team_abbr": ["BOS"] * 10 + ["MIA"] * 5,
            "pace": [100.0] * 10 + [103.0] * 5,
        }
    )
    history = History(typed_values(team_offense_game_summary.TABLE, team_games), "team_abbr")
    assert team_windows.league_pace(history, pd.Series(midnights("2022-11-01", "2022-11-01"))).tolist() == [101.0] * 2


@pytest.mark.parametrize(
    ("games", "last_five", "season", "score"),
    [(12, 0.3, 0.26, 1.2), (40, 0.2, 0.32, -3), (6, 0.26, 0.25, 0.3), (5, 0.26, 0.26, NAN), (0, NAN, NAN, NAN)],
)
def test_golden_usage(games, last_five, season, score):
    found = composite_scores.usage_spike(np.array([games]), numbers(last_five), numbers(season))
    assert found[0] == pytest.approx(score, abs=1e-12, nan_ok=True)


WORKLOADS = st.tuples(*[st.integers(0, 30)] * 2, st.floats(0, 400), st.integers(0, 6))


@given(WORKLOADS, st.integers(0, 3), st.floats(0, 100))
def test_more_work_or_less_rest_never_makes_a_player_fresher(workload, which, more):
    heavier = list(workload)
    heavier[which] = max(workload[which] - more, 0) if which == 0 else workload[which] + more
    light, heavy = (composite_scores.fatigue(*(numbers(value) for value in values)) for values in (workload, heavier))
    assert heavy.score[0] <= light.score[0]
    assert 38 <= heavy.score[0] <= 100


SHARES, DIFFERENCES = st.floats(0, 1), st.floats(-0.3, 0.3)


@given(st.tuples(*[SHARES] * 3), st.tuples(*[DIFFERENCES] * 3), st.integers(0, 2), st.floats(0, 0.3))
def test_a_weaker_defence_never_lowers_the_mismatch(shares, versus_league, which, weaker):
    def score(values):
        edges = (
            composite_scores.matchup_edge(zone, numbers(share), numbers(value))
            for zone, share, value in zip(("paint", "mid_range", "three_pt"), shares, values, strict=True)
        )
        return composite_scores.mismatch_score(*edges)[0]

    raised = [value + weaker * (index == which) for index, value in enumerate(versus_league)]
    assert score(raised) >= score(versus_league) - 1e-12
    assert abs(score(raised)) <= 10


PACES = st.floats(85, 115)


@given(PACES, PACES, PACES, st.floats(0, 10))
def test_a_faster_team_never_lowers_the_pace_score(team, opponent, league, faster):
    def score(own, other):
        return composite_scores.pace_score(
            composite_scores.expected_pace(numbers(own), numbers(other), numbers(league))
        )[0]

    assert score(team + faster, opponent) >= score(team, opponent)
    assert score(team, opponent + faster) >= score(team, opponent)
    assert score(team, opponent) == score(opponent, team)
    assert abs(score(team, opponent)) <= 3


@given(st.integers(6, 82), SHARES, SHARES, SHARES)
def test_more_recent_usage_never_lowers_the_usage_score(games, recent, season, more):
    lower, higher = (
        composite_scores.usage_spike(np.array([games]), numbers(value), numbers(season))[0]
        for value in (recent, recent + more)
    )
    assert higher >= lower
    assert abs(higher) <= 3


def test_a_missing_row_of_the_opponent_leaves_the_edges_unknown_and_keeps_the_player():
    rows = made(DAY, defense_zones=DEFENSE_ZONES[DEFENSE_ZONES["team_abbr"] != "BOS"])
    assert rows["player_lookup"].tolist() == ["anna", "bob", "cal"]
    assert rows["shot_zone_mismatch_score"].isna().all()
    assert rows["missing_factor_count"].tolist() == [1, 2, 2]


def test_only_the_row_of_the_same_date_counts():
    row = made(NEXT_DAY).iloc[0]
    assert row["zone_games_in_sample_10"] == 3
    assert row["shot_zone_mismatch_score"] == pytest.approx(100 * (0.5 * 0.04 - 0.2 * 0.05 + 1.5 * 0.3 * 0.02))
    assert row["fatigue_score"] == 100 - 5 - 5 - 5 - 6


def test_days_without_rows_say_why():
    days = midnights("2022-10-31", "2022-11-18")
    found = transform(GAMES, TWO_DAYS, PLAYER_GAMES, TEAM_GAMES, SHOT_ZONES, DEFENSE_ZONES, days)
    assert found.rows.empty
    assert tuple(found.rows.columns) == TABLE.column_names
    assert found.skip_reasons == {date(2022, 10, 31): "bootstrap", date(2022, 11, 18): "no_games"}


def test_a_range_equals_its_days():
    alone = [made(day) for day in (DAY, NEXT_DAY)]
    assert_frame_equal(made(DAY, NEXT_DAY), pd.concat(alone, ignore_index=True), check_exact=True)


def test_order_of_input_rows_changes_nothing():
    frames = (TWO_DAYS, PLAYER_GAMES, TEAM_GAMES, SHOT_ZONES, DEFENSE_ZONES)
    shuffled = (frame.sample(frac=1, random_state=number) for number, frame in enumerate(frames))
    assert_frame_equal(transform(GAMES.iloc[::-1], *shuffled, BOTH).rows, made(DAY, NEXT_DAY), check_exact=True)


def test_games_of_the_day_and_later_do_not_matter():
    players, teams = PLAYER_GAMES["game_date"] < DAY, TEAM_GAMES["game_date"] < DAY
    altered = made(
        DAY,
        player_games=PLAYER_GAMES.assign(usage_rate=PLAYER_GAMES["usage_rate"].where(players, 0.9)),
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
        ("C-03", "opponent_team_abbr", "MIA"),
        ("C-04a", "fatigue_score", 93.0),
        ("C-04a", "fatigue_adjustment", -0.31),
        ("C-04b", "shot_zone_mismatch_score", 0.8),
        ("C-04b", "shot_zone_mismatch_score", None),
        ("C-04b", "paint_matchup_edge", None),
        ("C-04c", "expected_pace_vs_league", 2.1),
        ("C-04c", "pace_score", 1.1),
        ("C-04d", "usage_spike_score", 0.4),
        ("C-04e", "total_composite_adjustment", 2.0),
        ("C-04e", "total_composite_adjustment", None),
        ("C-04f", "missing_factor_count", 1),
        ("C-05", "usage_spike_score", None),
        ("C-05", "games_played_season", 5),
    ],
)
def test_a_wrong_value_breaks_its_rule(rule, column, value):
    rows = made(DAY)
    rows.loc[rows["player_lookup"] == "anna", column] = value
    assert violations(TABLE, rows)[rule] == 1
