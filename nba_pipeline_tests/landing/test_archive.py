"""Reading the bulk archive of a window."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nba_pipeline.landing import Landing

FIRST, LAST = date(2023, 10, 24), date(2023, 10, 25)
COLUMNS = ("game_date", "nba_game_id", "minutes", "is_home", "qualifiers", "starter")


def write(root: Path, season: str, **columns: pa.Array) -> None:
    folder = root / "archive" / "odd_table"
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), folder / f"{season}.parquet")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(
        tmp_path,
        "2023-24",
        game_date=pa.array([date(2023, 10, 20), date(2023, 10, 24), date(2023, 10, 25), date(2023, 10, 26)]),
        nba_game_id=["a", "b", "c", "d"],
        minutes=pa.array([1, None, 3, 4]),
        is_home=pa.array([True, None, False, True]),
        qualifiers=pa.array([["x"], ["y", "z"], [], None]),
        unlisted=["p", "q", "r", "s"],
    )
    return tmp_path


def test_only_rows_of_the_window_and_listed_columns_are_read(root: Path) -> None:
    archive = Landing(str(root)).landed((), FIRST, LAST, "odd_table", COLUMNS).archive
    assert archive.columns.tolist() == [*COLUMNS, "source_file", "row_number"]
    assert archive["nba_game_id"].tolist() == ["b", "c"]
    assert archive["row_number"].tolist() == [1, 2]
    assert set(archive["source_file"]) == {"archive/odd_table/2023-24.parquet"}


def test_types_follow_the_frame_convention(root: Path) -> None:
    archive = Landing(str(root)).landed((), FIRST, LAST, "odd_table", COLUMNS).archive
    assert archive["game_date"].dtype == "datetime64[us]"
    assert archive["minutes"].dtype == "Int64"
    assert archive["is_home"].dtype == "boolean"
    assert isinstance(archive["nba_game_id"].dtype, pd.StringDtype)


def test_an_absent_column_is_missing_everywhere(root: Path) -> None:
    archive = Landing(str(root)).landed((), FIRST, LAST, "odd_table", COLUMNS).archive
    assert archive["starter"].isna().all()


def test_a_corrupt_file_is_reported_and_the_others_are_read(root: Path) -> None:
    (root / "archive" / "odd_table" / "2022-23.parquet").write_bytes(b"PAR1 not a parquet file")
    landed = Landing(str(root)).landed((), date(2023, 6, 1), LAST, "odd_table", COLUMNS)
    assert [path for path, _ in landed.archive_errors] == ["archive/odd_table/2022-23.parquet"]
    assert landed.archive["nba_game_id"].tolist() == ["a", "b", "c"]


def test_a_file_without_a_required_column_is_refused_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "archive" / "nbac_team_boxscores"
    folder.mkdir(parents=True)
    pq.write_table(pa.table({"game_date": [FIRST], "team_abbr": ["BOS"]}), folder / "2023-24.parquet")
    landed = Landing(str(tmp_path)).landed((), FIRST, LAST, "nbac_team_boxscores", ("game_date", "pts"))
    assert landed.archive.empty
    assert "['team_id', 'pts'] are missing" in landed.archive_errors[0][1]


def test_the_schedule_is_read_for_whole_seasons(tmp_path: Path) -> None:
    folder = tmp_path / "archive" / "nbac_schedule"
    folder.mkdir(parents=True)
    days = [date(2023, 10, 24), date(2024, 6, 17)]
    columns = ("nba_game_id", "game_status", "home_team_abbr", "away_team_abbr", "home_score", "away_score")
    pq.write_table(pa.table({"game_date": days, **{name: ["1", "2"] for name in columns}}), folder / "2023-24.parquet")
    landed = Landing(str(tmp_path)).landed(("nba_schedule",), FIRST, FIRST, "nbac_schedule", ("game_date",))
    assert landed.archive["game_date"].dt.date.tolist() == days
