"""How new a source is: by landed files, by the instants of observation in the rows, per partition."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd

from nba_pipeline.landing import Landed, LandedFile
from nba_pipeline.landing.grammar import parse_path
from nba_pipeline.orchestration.source_instants import newest_files, newest_observations, newest_of
from nba_pipeline.raw import nbac_injury_report
from nba_pipeline_tests.orchestration.toy import SCORES, frame

DAY, NEXT_DAY = date(2024, 1, 15), date(2024, 1, 16)
DAYS = pd.DatetimeIndex([DAY, NEXT_DAY]).as_unit("us")


def landed(*paths: str) -> Landed:
    files = [file for path in paths if (file := parse_path(path))]
    assert len(files) == len(paths)
    return Landed(tuple(files), pd.DataFrame(), _unread)


def _unread(file: LandedFile) -> bytes:
    raise AssertionError(f"{file.path} was opened: its name says how new it is")


def at(day: int, hour: int) -> datetime:
    return datetime(2024, 1, day, hour, tzinfo=UTC)


def test_the_newest_file_of_each_date_counts_whatever_feed_it_is_of() -> None:
    box = landed(
        "payloads/nba_boxscore_live/2024-01-15/0022300001__20240116T060000Z.json",
        "payloads/nba_boxscore_live/2024-01-15/0022300001__20240117T090000Z.json",
        "payloads/nba_boxscore_live/2024-01-14/0022300000__20240119T060000Z.json",
    )
    other = landed("payloads/nba_leaguegamelog/2024-01-16/regular__20240117T070000Z.json")
    assert newest_files([box, other], DAYS) == {DAY: at(17, 9), NEXT_DAY: at(17, 7)}


def test_a_schedule_is_a_source_of_every_date_of_its_season() -> None:
    schedules = landed(
        "payloads/nba_schedule/2024-01-10/2023-24__20240110T050000Z.json",
        "payloads/nba_schedule/2024-01-12/2022-23__20240112T050000Z.json",
    )
    assert newest_files([schedules], DAYS) == {DAY: at(10, 5), NEXT_DAY: at(10, 5)}


def test_a_table_that_keeps_every_snapshot_is_as_new_as_its_newest_observation() -> None:
    rows = pd.DataFrame(
        {
            "report_date": pd.DatetimeIndex(["2024-01-15", "2024-01-15", "2024-01-16"]).as_unit("us"),
            "report_at": pd.DatetimeIndex(
                ["2024-01-15 22:30", "2024-01-15 18:00", "2024-01-16 17:00"], tz="UTC"
            ).as_unit("us"),
        }
    )
    found = newest_observations(nbac_injury_report.TABLE, rows)
    assert found == {DAY: datetime(2024, 1, 15, 22, 30, tzinfo=UTC), NEXT_DAY: at(16, 17)}


def test_rows_without_an_instant_in_their_key_say_nothing() -> None:
    assert newest_observations(SCORES, frame((str(DAY), "BOS", 100, 0.5))) == {}


def test_of_two_sources_the_later_counts() -> None:
    assert newest_of({DAY: at(16, 6)}, {DAY: at(15, 6), NEXT_DAY: at(17, 6)}) == {DAY: at(16, 6), NEXT_DAY: at(17, 6)}
