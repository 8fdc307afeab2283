"""Names of landed files."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nba_pipeline.landing.grammar import EXTENSIONS, date_of_path, file_path, parse_path, season_name

UNITS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9.-]{0,20}", fullmatch=True)
INSTANTS = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2099, 1, 1))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no failure
@given(UNITS, st.dates(), INSTANTS, st.sampled_from(EXTENSIONS), st.booleans())
def test_every_name_that_is_made_reads_back(
    unit: str, day: date, instant: datetime, extension: str, gzipped: bool
) -> None:
    fetched_at = instant.replace(microsecond=0, tzinfo=UTC)
    file = parse_path(file_path("nba_play_by_play", day, unit, fetched_at, extension, gzipped=gzipped))
    assert file is not None
    assert (file.feed, file.date, file.unit) == ("nba_play_by_play", day, unit)
    assert (file.fetched_at, file.extension) == (fetched_at, extension)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no failure
@given(st.text(max_size=60))
def test_any_text_is_a_landed_file_or_nothing(path: str) -> None:
    assert parse_path(path) is None


def test_the_documented_example() -> None:
    file = parse_path("payloads/nba_play_by_play/2025-01-15/0022400561__20250116T093000Z.json.gz")
    assert file is not None
    assert file.unit == "0022400561"
    assert file.fetched_at == datetime(2025, 1, 16, 9, 30, tzinfo=UTC)


def test_a_none_marker_is_recognised() -> None:
    file = parse_path("payloads/nba_injury_report/2024-01-04/1230__20240104T180000Z.none.json")
    assert file is not None
    assert file.is_none_marker
    assert file.unit == "1230"


@pytest.mark.parametrize(
    "path",
    [
        "payloads/feed/2025-01-15/unit_20250116T093000Z.json",
        "payloads/feed/2025-02-30/unit__20250116T093000Z.json",
        "payloads/feed/2025-01-15/unit__20250116T996000Z.json",
        "payloads/feed/2025-01-15/unit__20250116T093000Z.txt",
        "payloads/feed/2025-01-15/un it__20250116T093000Z.json",
        "payloads/feed/2025-01-15/deeper/unit__20250116T093000Z.json",
    ],
)
def test_other_names_do_not_match(path: str) -> None:
    assert parse_path(path) is None


def test_the_date_of_a_malformed_name_is_still_known() -> None:
    assert date_of_path("payloads/feed/2025-01-15/whatever.txt") == date(2025, 1, 15)
    assert date_of_path("payloads/feed/notes.txt") is None


def test_a_unit_outside_the_alphabet_is_refused() -> None:
    with pytest.raises(ValueError, match="do not form a file name"):
        file_path("feed", date(2025, 1, 15), "a/b", datetime(2025, 1, 16, tzinfo=UTC), "json")


def test_a_fetch_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        file_path("feed", date(2025, 1, 15), "all", datetime(2025, 1, 16), "json")


def test_seasons_are_named_by_both_years() -> None:
    assert season_name(2024) == "2024-25"
    assert season_name(1999) == "1999-00"
