"""Games as one row per team, and the instant up to which inputs count."""

from __future__ import annotations

import pandas as pd

from nba_pipeline.reference.team_games import cutoff_at, final_games, team_games
from nba_pipeline_tests.analytics import builders as b

FINAL = b.game("0022300451", "2024-01-01", "MIN", "NYK", (106, 112))
OPEN = b.game("0022300452", "2024-01-01", "BOS", "MIA", None)


def test_both_teams_see_the_game_from_their_side() -> None:
    rows = team_games(b.games(FINAL)).set_index("team_abbr")
    assert rows.loc["NYK", ["home_game", "win_flag", "points", "opponent_points"]].tolist() == [True, True, 112, 106]
    assert rows.loc["MIN", ["home_game", "win_flag", "points", "opponent_points"]].tolist() == [False, False, 106, 112]


def test_game_without_a_result_has_no_winner() -> None:
    assert team_games(b.games(OPEN))["win_flag"].isna().all()


def test_only_ended_games_of_the_dates_are_final_games() -> None:
    rows = final_games(b.games(FINAL, OPEN), b.dates("2024-01-01"))
    assert rows["nba_game_id"].tolist() == ["0022300451"]


def test_game_without_a_time_is_cut_off_at_noon_in_new_york() -> None:
    games = b.games(FINAL, b.game("0022300700", "2024-07-01", "BOS", "MIA", None))
    games["tip_off_at"] = pd.Series(pd.NaT, index=games.index, dtype="datetime64[us, UTC]")
    assert cutoff_at(games).tolist() == [pd.Timestamp("2024-01-01 17:00Z"), pd.Timestamp("2024-07-01 16:00Z")]
