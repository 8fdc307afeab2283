"""Zones, and-ones, passes and blocks credited to players and teams."""

from __future__ import annotations

import pandas as pd
import pytest

from nba_pipeline.analytics.play_by_play_columns import credit_players, opening_lineups, team_totals
from nba_pipeline.analytics.scoring_events import (
    BIGDATABALL_SOURCE,
    NBA_SOURCE,
    bigdataball_scoring_events,
    choose_sources,
    nba_scoring_events,
)
from nba_pipeline.schema.frames import STRING_DTYPE
from nba_pipeline_tests.analytics import builders as b

GAME = "0022300001"
A, B, C, D = 11, 12, 21, 22  # A and B play for NYK at home, C and D for MIN


def _games(away: int, home: int) -> pd.DataFrame:
    return b.games(b.game(GAME, "2023-10-25", "MIN", "NYK", (away, home)))


def _players() -> pd.DataFrame:
    people = {A: "playera", B: "playerb", C: "playerc", D: "playerd"}
    frame = pd.DataFrame({"game": 0, "nba_player_id": list(people), "player_lookup": list(people.values())})
    return frame.astype({"nba_player_id": "Int64", "player_lookup": STRING_DTYPE})


def _credit(script: b.Script, *, away: int, home: int) -> tuple[pd.DataFrame, pd.Series]:
    games = _games(away, home)
    candidates = {NBA_SOURCE: nba_scoring_events(script.frame(), games)}
    credited, stray = credit_players(_players(), choose_sources(games, candidates), candidates)
    return credited.set_axis(["A", "B", "C", "D"]), stray


@pytest.mark.parametrize("made", [True, False])
def test_single_free_throw_at_the_clock_of_the_own_basket_is_an_and_one_made_or_missed(made: bool) -> None:
    script = b.Script(GAME)
    script.shot("NYK", A)
    script.and_one("NYK", A, made=made)
    credited, _ = _credit(script, away=0, home=2 + made)
    assert credited["and1_count"].tolist() == [1, 0, 0, 0]


@pytest.mark.parametrize("kind", ["technical", "flagrant"])
@pytest.mark.parametrize("column", ["descriptor", "description"])
def test_penalty_free_throw_at_the_clock_of_the_own_basket_is_no_and_one(kind: str, column: str) -> None:
    script = b.Script(GAME)
    script.shot("NYK", A)
    script.and_one("NYK", A, **{column: f"A. Player {kind} Free Throw 1 of 1"})
    credited, _ = _credit(script, away=0, home=3)
    assert credited["and1_count"].tolist() == [0, 0, 0, 0]


def test_single_free_throw_without_an_own_basket_at_that_clock_is_no_and_one() -> None:
    script = b.Script(GAME)
    script.shot("NYK", A)
    script.free_throw("NYK", A, kind="1 of 1", description="A. Player transition take Free Throw 1 of 1")
    script.shot("NYK", B)
    script.and_one("NYK", A)
    credited, _ = _credit(script, away=0, home=6)
    assert credited["and1_count"].tolist() == [0, 0, 0, 0]


def test_makes_are_split_by_pass_and_shots_by_zone() -> None:
    script = b.Script(GAME)
    script.shot("NYK", A, 3, feet=25, assist_player_id=B)
    script.shot("NYK", A, 2, feet=15)
    script.shot("NYK", A, 2, made=False, feet=3)
    credited, _ = _credit(script, away=0, home=5)
    row = credited.loc["A"]
    assert (row["assisted_fg_makes"], row["unassisted_fg_makes"]) == (1, 1)
    assert (row["three_makes_pbp"], row["three_attempts_pbp"]) == (1, 1)
    assert (row["mid_range_makes"], row["mid_range_attempts"]) == (1, 1)
    assert (row["paint_makes"], row["paint_attempts"]) == (0, 1)


def test_block_counts_for_the_blocker_in_the_zone_of_the_shot_although_he_never_shoots() -> None:
    script = b.Script(GAME)
    script.shot("MIN", C, made=False, feet=15, block_player_id=B)
    script.shot("NYK", A)
    credited, _ = _credit(script, away=0, home=2)
    row = credited.loc["B"]
    assert row["mid_range_blocks"] == 1
    assert (
        row[["paint_blocks", "three_pt_blocks", "paint_attempts", "mid_range_attempts", "three_attempts_pbp"]].sum()
        == 0
    )


def test_game_whose_points_do_not_add_up_has_unknown_columns_and_not_zeros() -> None:
    script = b.Script(GAME)
    script.shot("NYK", A)
    credited, _ = _credit(script, away=0, home=3)
    assert credited.isna().all(axis=None)


def test_shot_of_somebody_without_a_box_row_is_counted_and_makes_no_row() -> None:
    script = b.Script(GAME)
    script.shot("NYK", 99)
    credited, stray = _credit(script, away=0, home=2)
    assert stray.tolist() == [1]
    assert credited["paint_attempts"].sum() == 0


def test_qualified_points_count_free_throws_and_threes() -> None:
    script = b.Script(GAME)
    script.free_throw("NYK", A, is_second_chance=True)
    script.shot("NYK", A, 3, feet=25, is_second_chance=True)
    script.shot("NYK", A, made=False, is_second_chance=True, is_paint_qualified=True)
    games = _games(0, 4)
    candidates = {NBA_SOURCE: nba_scoring_events(script.frame(), games)}
    home = team_totals(games, choose_sources(games, candidates), candidates).set_index("team_abbr").loc["NYK"]
    assert (home["second_chance_points"], home["points_in_paint"], home["fast_break_points"]) == (4, 0, 0)


def _bigdataball(*rows: dict[str, object]) -> pd.DataFrame:
    dtypes = {
        "nba_game_id": STRING_DTYPE,
        "period": "int64",
        "clock_seconds": "float64",
        "event_subtype": STRING_DTYPE,
        "description": STRING_DTYPE,
        "team_abbr": STRING_DTYPE,
        "player_lookup": STRING_DTYPE,
        "assist_player_lookup": STRING_DTYPE,
        "block_player_lookup": STRING_DTYPE,
        "is_field_goal": "bool",
        "shot_value": "Int64",
        "is_made": "boolean",
        "shot_distance_ft": "float64",
    }
    shared = {"nba_game_id": GAME, "period": 1, "is_field_goal": True, "shot_value": 2, "is_made": True}
    return b.typed([{**shared, **row} for row in rows], dtypes)


def test_second_source_fills_a_game_the_first_does_not_add_up_for_and_states_no_qualifiers() -> None:
    games = _games(2, 3)
    short = b.Script(GAME)
    short.shot("NYK", A)
    second = _bigdataball(
        {"clock_seconds": 245.0, "team_abbr": "MIN", "player_lookup": "playerc", "shot_distance_ft": 24.0},
        {"clock_seconds": 200.0, "team_abbr": "NYK", "player_lookup": "playera", "description": "A Tip Layup Shot"},
        {
            "clock_seconds": 200.0,
            "team_abbr": "NYK",
            "player_lookup": "playera",
            "event_subtype": "free throw 1/1",
            "description": "A Free Throw 1 of 1",
            "is_field_goal": False,
            "shot_value": 1,
        },
        {
            "clock_seconds": 100.0,
            "team_abbr": "MIN",
            "player_lookup": "playerd",
            "shot_distance_ft": 24.0,
            "is_made": False,
            "block_player_lookup": "playerb",
        },
    )
    candidates = {
        NBA_SOURCE: nba_scoring_events(short.frame(), games),
        BIGDATABALL_SOURCE: bigdataball_scoring_events(second, games),
    }
    sources = choose_sources(games, candidates)
    credited, _ = credit_players(_players(), sources, candidates)
    rows = credited.set_axis(["A", "B", "C", "D"])
    assert sources.tolist() == [BIGDATABALL_SOURCE]
    assert (rows.loc["A", "paint_makes"], rows.loc["A", "and1_count"], rows.loc["C", "mid_range_makes"]) == (1, 1, 1)
    assert rows.loc["B", "mid_range_blocks"] == 1
    teams = team_totals(games, sources, candidates)
    assert teams["points_in_paint"].isna().all()
    assert teams.set_index("team_abbr").loc["MIN", "mid_range_attempts"] == 2


def test_first_source_is_used_where_both_add_up() -> None:
    games = _games(0, 2)
    script = b.Script(GAME)
    script.shot("NYK", A)
    second = _bigdataball({"clock_seconds": 200.0, "team_abbr": "NYK", "player_lookup": "playera"})
    candidates = {
        NBA_SOURCE: nba_scoring_events(script.frame(), games),
        BIGDATABALL_SOURCE: bigdataball_scoring_events(second, games),
    }
    assert choose_sources(games, candidates).tolist() == [NBA_SOURCE]


def test_opening_lineup_is_the_one_of_the_first_event_of_period_one() -> None:
    rows = [
        {"nba_game_id": GAME, "period": 2, "clock_seconds": 720.0, "on_court_player_ids": "1|2"},
        {"nba_game_id": GAME, "period": 1, "clock_seconds": 700.0, "on_court_player_ids": "11|21"},
        {"nba_game_id": GAME, "period": 1, "clock_seconds": 600.0, "on_court_player_ids": "12|22"},
    ]
    lineups = opening_lineups(b.events(rows), order="event_order", line_up="on_court_player_ids")
    assert lineups["member"].tolist() == ["11", "21"]
