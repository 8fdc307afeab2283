"""What a team allowed: the opponent's row turned round."""

from __future__ import annotations

import pandas as pd
import pytest

from nba_pipeline.analytics import player_game_summary as pgs
from nba_pipeline.analytics import team_defense_game_summary as tdgs
from nba_pipeline.analytics import team_offense_game_summary as togs
from nba_pipeline.schema.frames import empty_frame, typed_frame
from nba_pipeline_tests.analytics import builders as b

DAY = "2024-01-01"
GAME = {
    "game_date": pd.Timestamp(DAY),
    "game_id": "20240101_MIN_NYK",
    "nba_game_id": "0022300451",
    "season_year": 2023,
    "season_type": "regular",
    "overtime_periods": 0,
    "team_minutes": 240.0,
    "pace": 99.54,
    "players_used": 10,
    "players_inactive": 3,
    "second_chance_points": 10,
    "fast_break_points": 11,
    "box_score_source": "nbac_team_boxscore",
    "turnovers_source": "team_total",
    "shot_zone_source": "nbac_play_by_play",
}
MINNESOTA = {
    **GAME,
    "team_abbr": "MIN",
    "opponent_team_abbr": "NYK",
    "home_game": False,
    "win_flag": False,
    "points_scored": 106,
    "margin_of_victory": -6,
    "fg_makes": 36,
    "fg_attempts": 76,
    "three_pt_makes": 11,
    "three_pt_attempts": 28,
    "ft_makes": 23,
    "ft_attempts": 29,
    "assists": 19,
    "steals": 6,
    "blocks": 4,
    "offensive_rebounds": 4,
    "defensive_rebounds": 30,
    "rebounds": 34,
    "personal_fouls": 22,
    "turnovers": 14,
    "player_turnovers": 13,
    "possessions": 98.76,
    "offensive_rating": 107.330903,
    "ts_pct": 0.597116,
    "efg_pct": 0.546053,
    "paint_makes": 21,
    "paint_attempts": 37,
    "mid_range_makes": 4,
    "mid_range_attempts": 11,
    "three_makes_pbp": 11,
    "three_attempts_pbp": 28,
    "points_in_paint": 48,
}
NEW_YORK = {
    **MINNESOTA,
    "team_abbr": "NYK",
    "opponent_team_abbr": "MIN",
    "home_game": True,
    "win_flag": True,
    "points_scored": 112,
    "margin_of_victory": 6,
    "steals": 7,
    "offensive_rebounds": 16,
    "defensive_rebounds": 33,
    "personal_fouls": 24,
    "offensive_rating": 111.642743,
}
FINAL = b.games(b.game("0022300451", DAY, "MIN", "NYK", (106, 112)))


def _players(blocks: int) -> pd.DataFrame:
    columns = ["game_date", "team_abbr", "is_dnp", "paint_blocks", "mid_range_blocks", "three_pt_blocks"]
    rows = [(DAY, "NYK", False, blocks, 0, 0), (DAY, "NYK", True, None, None, None), (DAY, "NYK", False, 1, 0, 0)]
    frame = pd.DataFrame(rows, columns=columns).astype({"game_date": "datetime64[us]"})
    return frame.astype(dict.fromkeys(columns[3:], "Int64"))


def _transform(*offense: dict[str, object], players: pd.DataFrame | None = None) -> pd.DataFrame:
    rows = typed_frame(togs.TABLE, pd.DataFrame(list(offense)))
    given = _players(3) if players is None else players
    return tdgs.transform(FINAL, rows, given, b.dates(DAY)).rows.set_index("team_abbr")


def test_defence_of_new_york_is_the_offence_of_minnesota() -> None:
    row = _transform(MINNESOTA, NEW_YORK).loc["NYK"]
    counts = {
        "points_allowed": 106,
        "opp_fg_makes": 36,
        "opp_fg_attempts": 76,
        "opp_three_pt_makes": 11,
        "opp_three_pt_attempts": 28,
        "opp_ft_makes": 23,
        "opp_ft_attempts": 29,
        "opp_offensive_rebounds": 4,
        "opp_rebounds": 34,
        "opp_assists": 19,
        "turnovers_forced": 14,
        "opp_paint_makes": 21,
        "opp_paint_attempts": 37,
        "opp_mid_range_makes": 4,
        "opp_mid_range_attempts": 11,
        "opp_three_makes_pbp": 11,
        "opp_three_attempts_pbp": 28,
        "points_in_paint_allowed": 48,
        "mid_range_points_allowed": 8,
        "three_pt_points_allowed": 33,
        "second_chance_points_allowed": 10,
        "fast_break_points_allowed": 11,
        "blocks_paint": 4,
        "blocks_mid_range": 0,
        "blocks_three_pt": 0,
        "blocks_total": 4,
        "steals": 7,
        "defensive_rebounds": 33,
        "fouls_committed": 24,
        "overtime_periods": 0,
        "margin_of_victory": 6,
    }
    assert {name: row[name] for name in counts} == counts
    measures = ["defensive_rating", "opponent_pace", "opponent_ts_pct", "opponent_efg_pct"]
    assert row[measures].astype(float).tolist() == pytest.approx([107.330903, 99.54, 0.597116, 0.546053], abs=1e-6)
    assert row["win_flag"]


def test_team_whose_players_blocked_nothing_has_zeros_in_a_game_with_play_by_play() -> None:
    rows = _transform(MINNESOTA, NEW_YORK)
    assert rows.loc["MIN", ["blocks_paint", "blocks_mid_range", "blocks_three_pt"]].tolist() == [0, 0, 0]


def test_blocks_and_zones_are_unknown_without_play_by_play() -> None:
    unknown = dict.fromkeys(
        ("shot_zone_source", "paint_makes", "mid_range_makes", "points_in_paint", "three_attempts_pbp")
    )
    rows = _transform({**MINNESOTA, **unknown}, {**NEW_YORK, **unknown})
    columns = ["blocks_paint", "opp_paint_makes", "mid_range_points_allowed", "points_in_paint_allowed"]
    assert rows[columns].isna().all(axis=None)
    assert rows.loc["NYK", "three_pt_points_allowed"] == 33


def test_day_without_games_is_an_empty_success_of_full_shape() -> None:
    made = tdgs.transform(b.games(), empty_frame(togs.TABLE), empty_frame(pgs.TABLE), b.dates(DAY))
    assert list(made.rows.columns) == list(tdgs.TABLE.column_names)
    assert made.skip_reasons == {pd.Timestamp(DAY).date(): "no_games"}


def test_missing_team_offence_on_a_day_with_a_final_game_is_not_called_a_day_without_games() -> None:
    made = tdgs.transform(FINAL, empty_frame(togs.TABLE), empty_frame(pgs.TABLE), b.dates(DAY))
    assert made.rows.empty
    assert made.skip_reasons == {}


def test_day_whose_games_are_not_final_is_an_empty_success() -> None:
    scheduled = b.games(b.game("0022300451", DAY, "MIN", "NYK", None))
    made = tdgs.transform(scheduled, empty_frame(togs.TABLE), empty_frame(pgs.TABLE), b.dates(DAY))
    assert made.skip_reasons == {pd.Timestamp(DAY).date(): "no_games"}
