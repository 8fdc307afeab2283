"""Shot zones of the last 10 and 20 played games, by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from nba_pipeline.analytics import player_game_summary
from nba_pipeline.precompute.player_shot_zone_analysis import TABLE, transform
from nba_pipeline.precompute.primary_scoring_zone import primary_scoring_zone
from nba_pipeline_tests.precompute.zone_tables import assert_rows, midnights, schedule, typed, typed_values, violations

PLAYERS = player_game_summary.TABLE

GOLDEN_INPUT = typed(
    PLAYERS,
    """
game_date season_year player_lookup team_abbr seconds_played paint_attempts paint_makes mid_range_attempts mid_range_makes three_attempts_pbp three_makes_pbp assisted_fg_makes unassisted_fg_makes
2022-04-10 2021 anna BOS 1800 9    9    0    0    0    0    9    0
2022-10-18 2022 anna BOS 1800 8    4    4    1    8    3    5    3
2022-10-20 2022 anna BOS NULL NULL NULL NULL NULL NULL NULL NULL NULL
2022-10-22 2022 anna BOS 1500 NULL NULL NULL NULL NULL NULL NULL NULL
2022-10-25 2022 anna MIA 1200 4    2    8    3    8    2    3    4
2022-11-01 2022 anna MIA 1200 20   20   0    0    0    0    20   0
2022-10-19 2022 bob  NYK 600  4    2    2    0    4    1    3    0
2022-10-19 2022 carl NYK 60   0    0    0    0    0    0    0    0
2022-10-19 2022 dave NYK NULL NULL NULL NULL NULL NULL NULL NULL NULL
2022-04-10 2021 ed   NYK 900  5    3    1    0    2    1    2    2
2022-10-22 2022 finn BOS 900  NULL NULL NULL NULL NULL NULL NULL NULL
""",  # noqa: E501
).assign(nba_player_id=pd.array([7] * 11, dtype="Int64"))
GAMES = schedule("2022-04-10", "2022-10-18", "2022-10-31", "2022-11-01", "2022-11-03")

EXPECTED = typed(
    TABLE,
    """
analysis_date player_lookup team_abbr games_in_sample_10 zone_games_in_sample_10 games_in_sample_20 zone_games_in_sample_20 total_shots_last_10 paint_rate_last_10 mid_range_rate_last_10 three_pt_rate_last_10 paint_pct_last_10 mid_range_pct_last_10 three_pt_pct_last_10 paint_attempts_per_game three_pt_attempts_per_game assisted_rate_last_10 unassisted_rate_last_10 primary_scoring_zone
2022-11-01 anna MIA 3 2 3 2 40   0.3  0.3  0.4  0.5  0.333333 0.3125 6    8    0.533333 0.466667 three
2022-11-01 bob  NYK 1 1 1 1 10   0.4  0.2  0.4  0.5  0        0.25   4    4    1        0        paint
2022-11-01 carl NYK 1 1 1 1 0    NULL NULL NULL NULL NULL     NULL   0    0    NULL     NULL     NULL
2022-11-01 finn BOS 1 0 1 0 NULL NULL NULL NULL NULL NULL     NULL   NULL NULL NULL     NULL     NULL
""",  # noqa: E501
)


def test_golden_trade_dnp_and_games_without_play_by_play():
    made = transform(GAMES, GOLDEN_INPUT, midnights("2022-11-01"))
    assert_rows(made.rows, EXPECTED)
    assert made.skip_reasons == {}
    assert made.rows["nba_player_id"].tolist() == [7, 7, 7, 7]
    assert made.rows["season_year"].tolist() == [2022] * 4


def test_columns_are_those_of_the_table_in_order():
    assert tuple(transform(GAMES, GOLDEN_INPUT, midnights("2022-11-01")).rows.columns) == TABLE.column_names


def test_a_game_of_the_day_counts_from_the_next_game_date():
    rows = transform(GAMES, GOLDEN_INPUT, midnights("2022-11-03")).rows
    anna = rows[rows["player_lookup"] == "anna"].iloc[0]
    assert (anna["games_in_sample_10"], anna["total_shots_last_10"]) == (4, 60)


def test_days_without_rows_say_why():
    made = transform(GAMES, GOLDEN_INPUT, midnights("2022-10-31", "2022-11-02"))
    assert made.rows.empty
    assert made.skip_reasons == {date(2022, 10, 31): "bootstrap", date(2022, 11, 2): "no_games"}


def twelve_games() -> pd.DataFrame:
    """Games k = 1 .. 12 on consecutive days: k paint attempts and 1 make, mid-range 1/0, threes 10/3."""
    return typed_values(
        PLAYERS,
        pd.DataFrame(
            {
                "game_date": pd.date_range("2022-10-22", periods=12),
                "season_year": 2022,
                "player_lookup": "gus",
                "nba_player_id": [None] * 12,
                "team_abbr": "NYK",
                "seconds_played": 1200,
                "paint_attempts": range(1, 13),
                "paint_makes": 1,
                "mid_range_attempts": 1,
                "mid_range_makes": 0,
                "three_attempts_pbp": 10,
                "three_makes_pbp": 3,
                "assisted_fg_makes": 4,
                "unassisted_fg_makes": 0,
            }
        ),
    )


def test_golden_two_windows_and_the_larger_of_two_candidates():
    row = transform(schedule("2022-10-18", "2022-11-03"), twelve_games(), midnights("2022-11-03")).rows.iloc[0]
    assert row["games_in_sample_10"] == 10
    assert row["total_shots_last_10"] == 185
    assert row["paint_rate_last_10"] == 75 / 185
    assert row["three_pt_rate_last_10"] == 100 / 185
    assert row["paint_pct_last_10"] == 10 / 75
    assert row["primary_scoring_zone"] == "three"
    assert row["games_in_sample_20"] == 12
    assert row["paint_rate_last_20"] == 78 / 210
    assert row["paint_pct_last_20"] == 12 / 78
    assert pd.isna(row["nba_player_id"])


@pytest.mark.parametrize(
    ("paint", "mid_range", "three", "zone"),
    [
        (60, 30, 60, "paint"),
        (45, 10, 45, "paint"),
        (59, 30, 61, "three"),
        (5, 50, 45, "mid_range"),
        (35, 35, 30, "mid_range"),
        (0, 0, 1, "three"),
        (39, 22, 39, "balanced"),
        (0, 0, 0, None),
        (40, 40, 20, "paint"),
        (20, 40, 40, "three"),
    ],
)
def test_golden_primary_zone(paint, mid_range, three, zone):
    found = primary_scoring_zone(np.array([paint]), np.array([mid_range]), np.array([three]))
    assert found.replace({np.nan: None}).tolist() == [zone]


def test_a_range_equals_its_days():
    both = transform(GAMES, GOLDEN_INPUT, midnights("2022-11-01", "2022-11-03")).rows
    alone = [transform(GAMES, GOLDEN_INPUT, midnights(day)).rows for day in ("2022-11-01", "2022-11-03")]
    assert_frame_equal(both, pd.concat(alone, ignore_index=True), check_exact=True)


def test_order_of_input_rows_changes_nothing():
    asked = midnights("2022-11-01", "2022-11-03")
    shuffled = GOLDEN_INPUT.sample(frac=1, random_state=7)
    assert_frame_equal(
        transform(GAMES, shuffled, asked).rows, transform(GAMES, GOLDEN_INPUT, asked).rows, check_exact=True
    )


def test_games_of_the_day_and_later_do_not_matter():
    asked = midnights("2022-11-01")
    earlier = GOLDEN_INPUT[GOLDEN_INPUT["game_date"] < "2022-11-01"]
    assert_frame_equal(
        transform(GAMES, earlier, asked).rows, transform(GAMES, GOLDEN_INPUT, asked).rows, check_exact=True
    )


def test_golden_rows_obey_the_rules_of_the_table():
    rows = transform(GAMES, GOLDEN_INPUT, midnights("2022-11-01", "2022-11-03")).rows
    assert violations(TABLE, rows) == {"S-03": 0, "S-04": 0, "S-05": 0, "S-06": 0}


@pytest.mark.parametrize(
    ("rule", "column", "value"),
    [
        ("S-03", "games_in_sample_20", 2),
        ("S-03", "zone_games_in_sample_10", 4),
        ("S-04", "paint_rate_last_10", None),
        ("S-04", "paint_rate_last_10", 0.31),
        ("S-04", "assisted_rate_last_10", None),
        ("S-05", "paint_pct_last_20", 1.5),
        ("S-05", "total_shots_last_10", 41),
        ("S-06", "primary_scoring_zone", "paint"),
        ("S-06", "primary_scoring_zone", "mid_range"),
        ("S-06", "primary_scoring_zone", "balanced"),
        ("S-06", "primary_scoring_zone", None),
    ],
)
def test_a_wrong_value_breaks_its_rule(rule, column, value):
    rows = transform(GAMES, GOLDEN_INPUT, midnights("2022-11-01")).rows
    rows.loc[rows["player_lookup"] == "anna", column] = value
    assert violations(TABLE, rows)[rule] == 1


def test_the_primary_zone_rule_agrees_with_the_computation_on_every_mix_of_shots():
    mixes = pd.DataFrame(
        [(paint, mid, three) for paint in range(21) for mid in range(21) for three in range(21)],
        columns=["paint_attempts", "mid_range_attempts", "three_attempts_pbp"],
    )
    defaults = {"season_year": 2022, "team_abbr": "NYK", "seconds_played": 60, "nba_player_id": 1}
    makes = dict.fromkeys(
        ["paint_makes", "mid_range_makes", "three_makes_pbp", "assisted_fg_makes", "unassisted_fg_makes"], 0
    )
    player_games = mixes.assign(
        game_date="2022-10-20", player_lookup=[f"p{number}" for number in mixes.index], **defaults, **makes
    )
    rows = transform(GAMES, typed_values(PLAYERS, player_games), midnights("2022-11-01")).rows
    assert len(rows) == 21**3
    assert violations(TABLE, rows)["S-06"] == 0
