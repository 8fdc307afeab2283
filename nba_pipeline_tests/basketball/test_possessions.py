"""Possessions, game length, pace and ratings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nba_pipeline.basketball import possessions


def test_new_york_in_philadelphia_used_94_56_possessions() -> None:
    assert possessions.possessions(86, 24, 13, 15) == pytest.approx(94.56)
    assert possessions.possessions(92, 14, 12, 11) == pytest.approx(99.16)


def test_pace_of_an_overtime_game_uses_its_53_minutes() -> None:
    assert possessions.pace(94.56, 99.16, 265.0) == pytest.approx(87.722264, abs=1e-6)


def test_both_teams_of_a_game_have_exactly_the_same_pace() -> None:
    assert possessions.pace(130.12, 128.88, 290.0) == possessions.pace(128.88, 130.12, 290.0)


@pytest.mark.parametrize(
    ("minutes", "overtimes"), [(240, 0), (241, 0), (236, 0), (244, 0), (265, 1), (261, 1), (288, 2), (290, 2), (315, 3)]
)
def test_overtimes_are_read_from_whole_minute_sums(minutes: float, overtimes: int) -> None:
    assert possessions.overtime_periods(np.array([minutes], dtype=float)).tolist() == [overtimes]


def test_team_minutes_are_those_of_whole_overtimes() -> None:
    assert possessions.team_minutes(np.array([0.0, 1.0, 2.0])).tolist() == [240.0, 265.0, 290.0]


def test_rating_is_points_per_hundred_possessions() -> None:
    assert possessions.points_per_100_possessions(106.0, 98.76) == pytest.approx(107.330903, abs=1e-6)


def test_an_unknown_turnover_count_leaves_possessions_unknown() -> None:
    used = possessions.possessions(pd.Series([86.0]), pd.Series([24.0]), pd.Series([float("nan")]), pd.Series([15.0]))
    assert used.isna().all()
