"""Zone defence of the last 15 games, by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from nba_pipeline.analytics import team_defense_game_summary
from nba_pipeline.precompute.team_defense_zone_analysis import TABLE, transform
from nba_pipeline_tests.precompute.zone_tables import assert_rows, midnights, schedule, typed, typed_values, violations

DEFENSE = team_defense_game_summary.TABLE
NAMES = """game_date season_year team_abbr points_allowed defensive_rating opponent_pace opp_paint_attempts
opp_paint_makes opp_mid_range_attempts opp_mid_range_makes opp_three_attempts_pbp opp_three_makes_pbp blocks_paint
blocks_mid_range blocks_three_pt"""

FIVE_TEAMS = typed(
    DEFENSE,
    NAMES.replace("\n", " ")
    + """
2022-04-10 2021 BOS 200 200 120 90   90   9    9    9    9    9    9    9
2022-10-18 2022 BOS 100 105 100 40   24   20   8    30   10   5    1    0
2022-10-20 2022 BOS 110 111 98  NULL NULL NULL NULL NULL NULL NULL NULL NULL
2022-10-22 2022 BOS 120 114 102 60   36   20   10   40   18   3    0    1
2022-11-01 2022 BOS 130 130 104 50   30   10   2    30   12   4    0    0
2022-10-19 2022 MIA 90  99  97  50   25   10   4    30   9    6    0    0
2022-10-19 2022 NYK 130 125 104 50   35   10   5    20   11   2    1    1
2022-10-19 2022 DEN 105 108 99  10   6    0    0    10   4    0    0    0
2022-10-19 2022 CHI 112 110 101 NULL NULL NULL NULL NULL NULL NULL NULL NULL
""",
)
GAMES = schedule(
    "2022-04-10", "2022-10-18", "2022-10-19", "2022-10-20", "2022-10-22", "2022-10-31", "2022-11-01", "2022-11-02"
)

EXPECTED = typed(
    TABLE,
    """
analysis_date team_abbr season_year games_in_sample zone_games_in_sample paint_pct_allowed_last_15 paint_attempts_allowed_per_game paint_points_allowed_per_game paint_blocks_per_game league_paint_pct_allowed paint_defense_vs_league_avg mid_range_pct_allowed_last_15 mid_range_defense_vs_league_avg three_pt_pct_allowed_last_15 three_pt_defense_vs_league_avg defensive_rating_last_15 opponent_points_per_game opponent_pace strongest_zone weakest_zone
2022-11-01 BOS 2022 3 2 0.6  50   60   4    0.6 0    0.45 0         0.4  0    110 110 100 paint     three
2022-11-01 CHI 2022 1 0 NULL NULL NULL NULL 0.6 NULL NULL NULL      NULL NULL 110 112 101 NULL      NULL
2022-11-01 DEN 2022 1 1 0.6  10   12   0    0.6 0    NULL NULL      0.4  0    108 105 99  paint     three
2022-11-01 MIA 2022 1 1 0.5  50   50   6    0.6 -0.1 0.4  -0.05     0.3  -0.1 99  90  97  paint     mid_range
2022-11-01 NYK 2022 1 1 0.7  50   70   2    0.6 0.1  0.5  0.05      0.55 0.15 125 130 104 mid_range three
2022-11-02 BOS 2022 4 3 0.6  50   60   4    0.6 0    0.4  -0.014286 0.4  0    115 115 101 mid_range three
""",  # noqa: E501
)


def test_golden_league_of_five_teams_on_its_first_processable_dates():
    made = transform(GAMES, FIVE_TEAMS, midnights("2022-11-01", "2022-11-02"))
    first_day = made.rows[made.rows["analysis_date"] == "2022-11-01"]
    boston_later = made.rows[(made.rows["analysis_date"] == "2022-11-02") & (made.rows["team_abbr"] == "BOS")]
    assert_rows(pd.concat([first_day, boston_later]), EXPECTED)
    assert made.skip_reasons == {}


def test_league_values_pool_the_windows_of_all_teams():
    rows = transform(GAMES, FIVE_TEAMS, midnights("2022-11-01")).rows
    assert rows["league_mid_range_pct_allowed"].tolist() == [27 / 60] * 5
    assert rows["league_three_pt_pct_allowed"].tolist() == [52 / 130] * 5


def test_zone_averages_divide_by_games_with_play_by_play():
    boston = transform(GAMES, FIVE_TEAMS, midnights("2022-11-01")).rows.iloc[0]
    assert boston["mid_range_attempts_allowed_per_game"] == 20.0
    assert boston["mid_range_blocks_per_game"] == 0.5
    assert boston["three_pt_attempts_allowed_per_game"] == 35.0
    assert boston["three_pt_blocks_per_game"] == 0.5


def test_columns_are_those_of_the_table_in_order_and_type():
    rows = transform(GAMES, FIVE_TEAMS, midnights("2022-11-01")).rows
    assert tuple(rows.columns) == TABLE.column_names
    assert rows.dtypes["analysis_date"] == "datetime64[us]"


def test_days_without_rows_say_why():
    made = transform(GAMES, FIVE_TEAMS, midnights("2022-10-18", "2022-10-21", "2022-10-31"))
    assert made.rows.empty
    assert tuple(made.rows.columns) == TABLE.column_names
    assert made.skip_reasons == {
        date(2022, 10, 18): "bootstrap",
        date(2022, 10, 21): "no_games",
        date(2022, 10, 31): "bootstrap",
    }


def sixteen_games() -> pd.DataFrame:
    """Games 1 .. 16 on consecutive days: 100 + k points, 20 + k of 40 paint attempts made."""
    k = range(1, 17)
    return typed_values(
        DEFENSE,
        pd.DataFrame(
            {
                "game_date": pd.date_range("2022-10-18", periods=16),
                "season_year": 2022,
                "team_abbr": "BOS",
                "points_allowed": [100 + game for game in k],
                "defensive_rating": 110.0,
                "opponent_pace": 100.0,
                "opp_paint_attempts": 40,
                "opp_paint_makes": [20 + game for game in k],
                **dict.fromkeys(["opp_mid_range_attempts", "opp_three_attempts_pbp"], 10),
                **dict.fromkeys(["opp_mid_range_makes", "opp_three_makes_pbp"], 4),
                **dict.fromkeys(["blocks_paint", "blocks_mid_range", "blocks_three_pt"], 1),
            }
        ),
    )


def test_golden_window_holds_the_last_fifteen_games():
    defense = sixteen_games()
    games = pd.concat([defense, schedule("2022-11-03")])
    rows = transform(games, defense, midnights("2022-11-02", "2022-11-03")).rows
    assert rows["games_in_sample"].tolist() == [15, 15]
    assert rows["opponent_points_per_game"].tolist() == [108.0, 109.0]
    assert rows["paint_pct_allowed_last_15"].tolist() == [420 / 600, 435 / 600]


def test_a_league_of_equals_calls_paint_strongest_and_three_weakest():
    row = transform(sixteen_games(), sixteen_games(), midnights("2022-11-02")).rows.iloc[0]
    assert (row["strongest_zone"], row["weakest_zone"]) == ("paint", "three")


@pytest.mark.parametrize("day", ["2022-11-01", "2022-11-02"])
def test_a_range_equals_its_days(day):
    both = transform(GAMES, FIVE_TEAMS, midnights("2022-11-01", "2022-11-02")).rows
    alone = transform(GAMES, FIVE_TEAMS, midnights(day)).rows
    assert_frame_equal(both[both["analysis_date"] == day].reset_index(drop=True), alone, check_exact=True)


def test_order_of_input_rows_changes_nothing():
    asked = midnights("2022-11-01", "2022-11-02")
    shuffled = FIVE_TEAMS.sample(frac=1, random_state=7)
    assert_frame_equal(
        transform(GAMES.iloc[::-1], shuffled, asked).rows, transform(GAMES, FIVE_TEAMS, asked).rows, check_exact=True
    )


def test_games_of_the_day_and_later_do_not_matter():
    asked = midnights("2022-11-01")
    later = FIVE_TEAMS["game_date"] >= "2022-11-01"
    altered = FIVE_TEAMS.assign(points_allowed=FIVE_TEAMS["points_allowed"].where(~later, 999))
    expected = transform(GAMES, FIVE_TEAMS, asked).rows
    assert_frame_equal(transform(GAMES, altered, asked).rows, expected, check_exact=True)
    assert_frame_equal(transform(GAMES, FIVE_TEAMS[~later], asked).rows, expected, check_exact=True)


def test_golden_rows_obey_the_rules_of_the_table():
    rows = transform(GAMES, FIVE_TEAMS, midnights("2022-11-01", "2022-11-02")).rows
    assert violations(TABLE, rows) == {"T-03": 0, "T-04": 0, "T-05": 0, "T-07": 0}


@pytest.mark.parametrize(
    ("rule", "column", "value"),
    [
        ("T-03", "zone_games_in_sample", 4),
        ("T-03", "games_in_sample", 16),
        ("T-04", "mid_range_blocks_per_game", -1.0),
        ("T-05", "three_pt_defense_vs_league_avg", 0.01),
        ("T-07", "weakest_zone", "paint"),
        ("T-07", "weakest_zone", None),
    ],
)
def test_a_wrong_value_breaks_its_rule(rule, column, value):
    rows = transform(GAMES, FIVE_TEAMS, midnights("2022-11-01")).rows
    rows.loc[rows["team_abbr"] == "BOS", column] = value
    assert violations(TABLE, rows)[rule] == 1
