"""Rows meet their game by (game_date, team) and by nothing else."""

from __future__ import annotations

import pandas as pd
import pytest

from nba_pipeline.raw.errors import ScheduleError
from nba_pipeline.raw.resolve import resolve_games
from nba_pipeline_tests.raw.box_samples import game, schedule

SEASON = schedule(
    game(1, "BOS", "NYK", "2023-10-24"),
    game(561, "HOU", "PHI", "2024-01-15"),
    game(562, "SAS", "ATL", "2024-01-15"),
    game(700, "CHI", "MIA", "2024-02-10", original_game_date=pd.Timestamp("2024-01-16")),
    game(1230, "DEN", "LAL", "2024-04-14"),
)


def resolve(*rows: dict[str, object]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows))
    frame["game_date"] = pd.to_datetime(frame["game_date"]).astype("datetime64[us]")
    optional = {name: name for name in ("opponent", "nba_game_id") if name in frame}
    return resolve_games(frame, SEASON, **optional)


def verdict(**row: object) -> tuple[str, str | None]:
    found = resolve({"game_date": "2024-01-15", "team": "PHI", **row}).iloc[0]
    return found["outcome"], None if pd.isna(found["reason"]) else found["reason"]


def test_a_resolved_row_gets_the_game_and_the_side_of_the_schedule() -> None:
    row = resolve({"game_date": "2024-01-15", "team": "philadelphia 76ers"}).iloc[0]
    assert row["game_id"] == "20240115_HOU_PHI"
    assert (row["nba_game_id"], row["season_year"]) == ("0022300561", 2023)
    assert (row["team_abbr"], row["opponent_team_abbr"], row["is_home"]) == ("PHI", "HOU", True)
    assert row["outcome"] == "resolved"
    assert pd.isna(row["reason"])


def test_the_visiting_team_is_not_home() -> None:
    row = resolve({"game_date": "2024-01-15", "team": "HOU"}).iloc[0]
    assert (row["opponent_team_abbr"], row["is_home"]) == ("PHI", False)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"team": "Los Angeles"}, ("unresolved", "unknown_team")),
        ({"team": None}, ("unresolved", "unknown_team")),
        ({"team": "EST"}, ("excluded", "not_nba_team")),
        ({"team": "RMD", "opponent": "ULM"}, ("excluded", "not_nba_team")),
        ({"team": "RMD", "opponent": "BOS"}, ("unresolved", "unknown_team")),
        ({"game_date": "2023-10-20"}, ("excluded", "out_of_season")),
        ({"game_date": "2024-07-01"}, ("excluded", "out_of_season")),
        ({"game_date": "2024-01-16", "team": "MIA"}, ("excluded", "moved_game")),
        ({"game_date": "2024-01-17", "team": "MIA"}, ("unresolved", "no_game_on_date")),
        ({"team": "BOS"}, ("unresolved", "no_game_on_date")),
        ({"opponent": "HOU"}, ("resolved", None)),
        ({"opponent": "ATL"}, ("unresolved", "pair_conflict")),
        ({"opponent": "Atlantis"}, ("unresolved", "unknown_team")),
        ({"nba_game_id": "0022300561"}, ("resolved", None)),
        ({"nba_game_id": 22300561}, ("resolved", None)),
        ({"nba_game_id": 22300561.0}, ("resolved", None)),
        ({"nba_game_id": "0022300562"}, ("unresolved", "id_conflict")),
        ({"nba_game_id": "0012300561"}, ("excluded", "not_counted_game")),
        ({"nba_game_id": "0032300001", "team": "EST"}, ("excluded", "not_counted_game")),
    ],
)
def test_outcomes(row: dict[str, object], expected: tuple[str, str | None]) -> None:
    assert verdict(**row) == expected


def test_unresolved_rows_carry_no_game() -> None:
    row = resolve({"game_date": "2024-01-15", "team": "BOS"}).iloc[0]
    assert row[["game_id", "nba_game_id", "season_year", "opponent_team_abbr", "is_home"]].isna().all()


def test_many_rows_keep_their_order_and_their_index() -> None:
    frame = pd.DataFrame({"game_date": pd.to_datetime(["2024-01-15"] * 4), "team": ["ATL", "HOU", "ATL", "XXX"]})
    frame.index = [9, 8, 7, 6]
    found = resolve_games(frame, SEASON)
    assert found.index.tolist() == [9, 8, 7, 6]
    assert found["opponent_team_abbr"].fillna("?").tolist() == ["SAS", "PHI", "SAS", "?"]


def test_a_second_game_of_a_team_on_a_date_is_a_schedule_defect() -> None:
    twice = schedule(game(1, "BOS", "NYK"), game(2, "BOS", "ATL"))
    with pytest.raises(ScheduleError, match=r"BOS has more than one game on 2024-01-15 .*0022300001.*0022300002"):
        resolve_games(pd.DataFrame({"game_date": [], "team": []}), twice)


def test_other_columns_of_the_schedule_can_be_carried() -> None:
    frame = pd.DataFrame({"game_date": pd.to_datetime(["2024-01-15", "2024-01-15"]), "team": ["PHI", "XXX"]})
    found = resolve_games(frame, SEASON, carry=("home_score",))
    assert found["home_score"].fillna(-1).tolist() == [100, -1]
