"""True shooting, effective field goals and usage."""

from __future__ import annotations

import pandas as pd
import pytest

from nba_pipeline.basketball import shooting


def _one(value: float) -> pd.Series:
    return pd.Series([value], dtype="Int64")


def test_true_shooting_of_ten_points_on_nine_shots_and_three_free_throws() -> None:
    assert shooting.ts_pct(_one(10), _one(9), _one(3)).tolist() == [pytest.approx(0.484496, abs=1e-6)]


def test_effective_field_goals_count_a_three_one_and_a_half() -> None:
    assert shooting.efg_pct(_one(14), _one(3), _one(22)).tolist() == [pytest.approx(0.704545, abs=1e-6)]


def test_missing_every_shot_is_zero_and_not_unknown() -> None:
    assert shooting.ts_pct(_one(0), _one(5), _one(0)).tolist() == [0.0]
    assert shooting.efg_pct(_one(0), _one(0), _one(5)).tolist() == [0.0]


def test_a_player_without_an_attempt_has_no_percentage() -> None:
    assert shooting.ts_pct(_one(0), _one(0), _one(0)).isna().all()
    assert shooting.efg_pct(_one(0), _one(0), _one(0)).isna().all()


def test_usage_in_an_overtime_game_is_measured_against_53_minutes() -> None:
    usage = shooting.usage_rate(
        shooting.plays_used(_one(9), _one(3), _one(3)),
        pd.Series([2965 / 60]),
        team_used=pd.Series([109.56]),
        team_minutes=pd.Series([15900 / 60]),
    )
    assert usage.tolist() == [pytest.approx(0.130393, abs=1e-6)]


def test_a_stint_of_one_minute_may_exceed_one() -> None:
    usage = shooting.usage_rate(
        pd.Series([4.0]), pd.Series([1.0]), team_used=pd.Series([100.0]), team_minutes=pd.Series([240.0])
    )
    assert usage.tolist() == [pytest.approx(1.92)]


def test_no_time_on_the_floor_is_no_usage() -> None:
    usage = shooting.usage_rate(
        pd.Series([1.0]), pd.Series([0.0]), team_used=pd.Series([100.0]), team_minutes=pd.Series([240.0])
    )
    assert usage.isna().all()
