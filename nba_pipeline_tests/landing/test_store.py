"""Landing payloads once, listing and reading them."""

from __future__ import annotations

import gzip
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fsspec.implementations.local import LocalFileSystem

from nba_pipeline.landing import Landing, LandingError
from nba_pipeline.landing.filesystem import UNFINISHED, write_once

DAY = date(2025, 1, 15)
FEED = "nba_boxscore_live"


def instant(hour: int) -> datetime:
    return datetime(2025, 1, 16, hour, tzinfo=UTC)


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(str(tmp_path))


def test_a_landed_payload_is_listed_and_read_back(landing: Landing) -> None:
    put = landing.put(FEED, DAY, "0022400561", instant(9), b'{"game": 1}')
    files, bad_names = landing.files((FEED,), DAY, DAY)
    assert put.outcome == "landed"
    assert [file.path for file in files] == [put.path]
    assert landing.read(files[0]) == b'{"game": 1}'
    assert bad_names == []


def test_the_same_bytes_again_are_unchanged(landing: Landing) -> None:
    first = landing.put(FEED, DAY, "0022400561", instant(9), b"{}")
    again = landing.put(FEED, DAY, "0022400561", instant(10), b"{}")
    assert (again.outcome, again.path) == ("unchanged", first.path)
    assert len(landing.files((FEED,), DAY, DAY)[0]) == 1


def test_a_correction_arrives_as_a_further_file(landing: Landing) -> None:
    landing.put(FEED, DAY, "0022400561", instant(9), b"1")
    landing.put(FEED, DAY, "0022400561", instant(10), b"2")
    landing.put(FEED, DAY, "0022400561", instant(11), b"1")
    assert len(landing.files((FEED,), DAY, DAY)[0]) == 3


def test_a_root_that_is_a_file_is_refused_by_name(tmp_path: Path) -> None:
    root = tmp_path / "landing.zip"
    root.write_bytes(b"")
    with pytest.raises(LandingError, match=r"landing.zip cannot be listed: .*Check NBA_LANDING"):
        Landing(str(root)).files((FEED,), DAY, DAY)
    with pytest.raises(LandingError, match=r"landing.zip cannot be listed"):
        Landing(str(root)).landed((), DAY, DAY, archive="nbac_schedule")


def test_a_landed_file_is_never_overwritten(landing: Landing) -> None:
    path = landing.put(FEED, DAY, "0022400561", instant(9), b"1").path
    with pytest.raises(LandingError, match=path):
        landing.put(FEED, DAY, "0022400561", instant(9), b"2")
    assert landing.read(landing.files((FEED,), DAY, DAY)[0][0]) == b"1"


def test_a_write_that_is_cut_off_leaves_no_file(
    landing: Landing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", cut_off)
    with pytest.raises(OSError, match="disk full"):
        landing.put(FEED, DAY, "0022400561", instant(9), b"1")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_unfinished_file_of_a_killed_process_is_not_seen(landing: Landing, tmp_path: Path) -> None:
    put = landing.put(FEED, DAY, "0022400561", instant(9), b"1")
    (tmp_path / put.path).with_name(f"{UNFINISHED}1").write_bytes(b"half")
    files, bad_names = landing.files((FEED,), DAY, DAY)
    assert ([file.path for file in files], bad_names) == ([put.path], [])


def test_of_processes_that_land_one_name_at_the_same_time_one_wins(tmp_path: Path) -> None:
    target = tmp_path / "payloads" / "a.json"

    def write(number: int) -> bool:
        try:
            write_once(LocalFileSystem(), str(target), b"%d" % number * 100_000)
        except FileExistsError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(write, range(8)))
    assert sum(won) == 1
    assert target.read_bytes() == b"%d" % won.index(True) * 100_000
    assert list(target.parent.iterdir()) == [target]


def test_large_text_is_gzipped_and_pdfs_never(landing: Landing) -> None:
    large = b"x" * 70_000
    text = landing.put(FEED, DAY, "a", instant(9), large)
    document = landing.put(FEED, DAY, "b", instant(9), large, extension="pdf")
    assert text.path.endswith(".json.gz")
    assert document.path.endswith(".pdf")
    assert [landing.read(file) for file in landing.files((FEED,), DAY, DAY)[0]] == [large, large]


def test_gzip_is_recognised_by_its_bytes_not_by_its_name(landing: Landing, tmp_path: Path) -> None:
    folder = tmp_path / "payloads" / FEED / "2025-01-15"
    folder.mkdir(parents=True)
    (folder / "a__20250116T090000Z.json").write_bytes(gzip.compress(b"packed"))
    (folder / "b__20250116T090000Z.json.gz").write_bytes(b"plain")
    assert [landing.read(file) for file in landing.files((FEED,), DAY, DAY)[0]] == [b"packed", b"plain"]


def test_a_truncated_gzip_file_is_an_error_that_names_it(landing: Landing, tmp_path: Path) -> None:
    folder = tmp_path / "payloads" / FEED / "2025-01-15"
    folder.mkdir(parents=True)
    (folder / "a__20250116T090000Z.json.gz").write_bytes(gzip.compress(b"packed" * 100)[:20])
    with pytest.raises(LandingError, match="a__20250116T090000Z"):
        landing.read(landing.files((FEED,), DAY, DAY)[0][0])


def test_only_the_window_is_listed_and_bad_names_are_reported(landing: Landing, tmp_path: Path) -> None:
    for day in (14, 15, 16):
        landing.put(FEED, date(2025, 1, day), "all", instant(9), b"1")
    (tmp_path / "payloads" / FEED / "2025-01-15" / "notes.txt").write_text("x")
    landed = landing.landed((FEED,), DAY, date(2025, 1, 16))
    assert [file.date.day for file in landed.files] == [15, 16]
    assert landed.bad_names == (f"payloads/{FEED}/2025-01-15/notes.txt",)


def test_a_long_window_lists_the_same_files_as_single_days(landing: Landing) -> None:
    days = [date(2025, 1, day) for day in range(1, 21)]
    for day in days:
        landing.put(FEED, day, "all", instant(9), b"1")
    files, _ = landing.files((FEED,), days[2], days[15])
    assert [file.date for file in files] == days[2:16]


def test_season_files_count_whatever_day_they_were_fetched(landing: Landing) -> None:
    landing.put("nba_schedule", date(2024, 9, 1), "2024-25", instant(9), b"1")
    landing.put("nba_schedule", date(2025, 9, 1), "2025-26", instant(9), b"2")
    files, _ = landing.files(("nba_schedule",), DAY, DAY)
    assert [file.unit for file in files] == ["2024-25"]


def test_an_absent_landing_is_empty(tmp_path: Path) -> None:
    landed = Landing(str(tmp_path / "nowhere")).landed((FEED,), DAY, DAY, "nbac_schedule", ("nba_game_id",))
    assert landed.files == ()
    assert landed.archive.columns.tolist() == ["nba_game_id", "source_file", "row_number"]
    assert landed.archive.empty
