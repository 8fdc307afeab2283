"""Team lines of every box-score form."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nba_pipeline.landing import Landing
from nba_pipeline.raw.errors import MissingInputError
from nba_pipeline.raw.nbac_team_boxscore import ARCHIVE_COLUMNS, LIVE, TABLE, TRADITIONAL, transform
from nba_pipeline.schema import TableRows
from nba_pipeline_tests.raw.box_samples import DAY, dates, game, live_box, schedule
from nba_pipeline_tests.raw.landing_samples import land

BOS_NYK = "0022300001"
AT = "20240116T090000Z"
HEADERS = ["GAME_ID", "TEAM_ID", "TEAM_ABBREVIATION", "MIN", "FGM", "FGA", "FG3M", "FG3A", "FTM", "FTA", "OREB", "DREB",
           "REB", "AST", "STL", "BLK", "TO", "PF", "PTS", "PLUS_MINUS"]  # fmt: skip


def build(root: Path, season: pd.DataFrame | None = None) -> TableRows:
    day = date.fromisoformat(DAY)
    landed = Landing(str(root)).landed((LIVE, TRADITIONAL), day, day, "nbac_team_boxscores", ARCHIVE_COLUMNS)
    return transform(landed, schedule(game(1, "BOS", "NYK")) if season is None else season, dates())


def numbers(points: int) -> list[object]:
    """40 field goals, 10 of them threes; free throws make up the points."""
    return [40, 90, 10, 30, points - 90, 20, 11, 24, 35, 27, 8, 2, 12, 19, points, 2]


def put_traditional(root: Path, *rows: list[object]) -> None:
    sets = [{"name": "TeamStats", "headers": HEADERS, "rowSet": list(rows)}]
    land({"resultSets": sets}, TRADITIONAL, DAY, BOS_NYK, AT, root)


def nyk(minutes: object = "240:00", points: int = 100) -> list[object]:
    return [BOS_NYK, 1610612752, "NYK", minutes, *numbers(points)]


def bos(minutes: object = "240:00", points: int = 98) -> list[object]:
    return [BOS_NYK, 1610612738, "BOS", minutes, *numbers(points)]


def test_two_rows_per_game_with_sides_from_the_schedule(tmp_path: Path) -> None:
    put_traditional(tmp_path, nyk(), bos())
    rows = build(tmp_path).rows.set_index("team_abbr")
    assert rows["is_home"].to_dict() == {"NYK": True, "BOS": False}
    assert rows["points"].to_dict() == {"NYK": 100, "BOS": 98}
    assert rows["turnovers"].to_dict() == {"NYK": 12, "BOS": 12}
    assert rows["turnovers_total"].isna().all()
    assert rows["overtime_periods"].to_dict() == {"NYK": 0, "BOS": 0}


@pytest.mark.parametrize(
    ("minutes", "overtimes"), [(237, 0), (243, 0), (263, 1), (265, 1), (266, 1), (288, 2), (316, 3), ("265:00", 1)]
)
def test_overtimes_come_from_the_team_minutes(tmp_path: Path, minutes: object, overtimes: int) -> None:
    put_traditional(tmp_path, nyk(minutes), bos(minutes))
    made = build(tmp_path)
    assert made.rejects.empty
    assert made.rows["overtime_periods"].tolist() == [overtimes] * 2


def test_without_minutes_the_overtimes_are_the_schedules(tmp_path: Path) -> None:
    put_traditional(tmp_path, nyk(None), bos(None))
    made = build(tmp_path, schedule(game(1, "BOS", "NYK", overtime_periods=2)))
    assert made.rows["overtime_periods"].tolist() == [2, 2]
    assert made.rows["minutes"].isna().all()


def test_live_rebounds_leave_team_rebounds_out(tmp_path: Path) -> None:
    land(live_box(BOS_NYK, "BOS", "NYK", [], []), LIVE, DAY, BOS_NYK, AT, tmp_path)
    rows = build(tmp_path).rows
    assert rows["total_rebounds"].tolist() == [4, 4]
    assert rows["turnovers"].tolist() == [12, 12]
    assert rows["turnovers_total"].tolist() == [14, 14]
    assert rows["minutes"].tolist() == [240.0, 240.0]


def test_points_other_than_the_schedules_are_refused(tmp_path: Path) -> None:
    put_traditional(tmp_path, nyk(points=101), bos())
    made = build(tmp_path)
    assert made.rows["team_abbr"].tolist() == ["BOS"]
    assert made.rejects[["rule", "column_name", "original_value"]].to_numpy().tolist() == [
        ["identity_failed", "points", "101"]
    ]


def test_minutes_between_two_overtimes_are_refused(tmp_path: Path) -> None:
    put_traditional(tmp_path, nyk(252), bos())
    assert build(tmp_path).rejects["rule"].tolist() == ["out_of_range"]


def test_a_game_with_one_team_is_refused_as_a_pair(tmp_path: Path) -> None:
    put_traditional(tmp_path, nyk(), [BOS_NYK, 1, "BOX", "240:00", *numbers(98)])
    with pytest.raises(MissingInputError, match=r"unknown_team.*pair_conflict, the file has not both teams"):
        build(tmp_path)


def test_an_empty_traditional_box_leaves_the_game_to_the_next_form(tmp_path: Path) -> None:
    put_traditional(tmp_path)
    write_archive(tmp_path, 1.0)
    made = build(tmp_path)
    assert made.rows["source_form"].unique().tolist() == ["archive"]
    assert made.counts["empty_payloads"] == {date(2024, 1, 15): 1}


def write_archive(root: Path, plus_minus: float) -> None:
    rows = [
        {
            "game_date": date.fromisoformat(DAY), "nba_game_id": BOS_NYK, "team_id": 1610612700 + n, "team_abbr": team,
            "opponent_team_abbr": other, "is_home": team == "NYK", "minutes": 241, "fgm": 40, "fga": 90, "fg3m": 10,
            "fg3a": 30, "ftm": points - 90, "fta": 20, "oreb": 11, "dreb": 24, "reb": 35, "ast": 27, "stl": 8, "blk": 2,
            "tov_players": 12, "tov_total": 13, "pf": 19, "pts": points, "plus_minus": plus_minus,
        }
        for n, team, other, points in ((52, "NYK", "BOS", 100), (38, "BOS", "NYK", 98))
    ]  # fmt: skip
    folder = root / "archive" / "nbac_team_boxscores"
    folder.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows), folder / "2023-24.parquet")


def test_the_archive_states_both_kinds_of_turnovers(tmp_path: Path) -> None:
    write_archive(tmp_path, 2.0)
    rows = build(tmp_path).rows
    assert rows["turnovers"].tolist() == [12, 12]
    assert rows["turnovers_total"].tolist() == [13, 13]
    assert rows["plus_minus"].tolist() == [2, 2]
    assert tuple(rows.columns) == TABLE.column_names


def test_a_fractional_plus_minus_is_unknown_and_counted(tmp_path: Path) -> None:
    write_archive(tmp_path, 2.6)
    made = build(tmp_path)
    assert made.rows["plus_minus"].isna().all()
    assert made.rejects.empty
    assert made.counts["plus_minus_not_whole"] == {date(2024, 1, 15): 2}
