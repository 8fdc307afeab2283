"""Seasons and game dates, from a schedule of a few games."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from nba_pipeline.calendar import (
    earliest_season_day,
    expected_dates,
    game_dates,
    processable_dates,
    season_ranges,
    season_starts,
    season_year_of,
    season_years,
    skip_reasons,
)
from nba_pipeline_tests.readiness.five_seasons import FIRST, LAST, SEASONS, dates_of_season


def schedule(*days: str) -> pd.DataFrame:
    game_date = pd.DatetimeIndex(days).as_unit("us")
    return pd.DataFrame({"game_date": game_date, "season_year": season_year_of(game_date)})


def days(*texts: str) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(texts).as_unit("us")


GAMES = schedule("2023-10-24", "2023-10-24", "2023-11-06", "2023-11-08", "2023-12-09", "2024-06-17", "2024-10-22")


def test_season_runs_from_october_to_september():
    assert season_year_of(days("2022-09-30", "2022-10-01", "2022-12-31", "2023-01-01")).tolist() == [
        2021,
        2022,
        2022,
        2022,
    ]


def test_no_season_starts_before_its_first_of_october():
    assert earliest_season_day(date(2024, 6, 17)) == date(2023, 10, 1)
    assert earliest_season_day(date(2024, 10, 1)) == date(2024, 10, 1)


def test_a_range_is_cut_every_first_of_october():
    assert season_ranges(date(2022, 6, 16), date(2023, 10, 24)) == [
        (date(2022, 6, 16), date(2022, 9, 30)),
        (date(2022, 10, 1), date(2023, 9, 30)),
        (date(2023, 10, 1), date(2023, 10, 24)),
    ]
    assert season_ranges(date(2022, 6, 16), date(2022, 6, 15)) == []


def test_season_of_no_days_is_empty():
    assert season_year_of(days()).tolist() == []


def test_game_dates_are_distinct_sorted_and_inside_the_window():
    shuffled = GAMES.iloc[[5, 1, 3, 0, 2, 4, 6]]
    found = game_dates(shuffled, date(2023, 10, 24), date(2023, 12, 8))
    assert found.equals(days("2023-10-24", "2023-11-06", "2023-11-08"))


def test_season_starts_with_its_first_game_and_bootstraps_fourteen_days():
    starts = season_starts(GAMES)
    assert starts["season_year"].tolist() == [2023, 2024]
    assert starts["first_game_date"].tolist() == days("2023-10-24", "2024-10-22").tolist()
    assert starts["bootstrap_last_date"].tolist() == days("2023-11-06", "2024-11-04").tolist()


def test_day_thirteen_is_bootstrap_and_a_later_game_date_is_processable():
    asked = pd.date_range("2023-10-01", "2024-10-31", unit="us")
    assert processable_dates(GAMES, asked).equals(days("2023-11-08", "2023-12-09", "2024-06-17"))


def test_dates_come_out_sorted_and_distinct_whatever_the_order_asked():
    assert processable_dates(GAMES, days("2023-12-09", "2023-11-08", "2023-12-09")).equals(
        days("2023-11-08", "2023-12-09")
    )


def test_expected_dates_of_a_result_table_include_the_bootstrap():
    asked = pd.date_range("2023-10-23", "2023-11-08", unit="us")
    assert expected_dates("game", GAMES, asked).equals(days("2023-10-24", "2023-11-06", "2023-11-08"))
    assert expected_dates("processable", GAMES, asked).equals(days("2023-11-08"))


def test_season_of_a_missing_day_is_missing():
    found = season_years(pd.Series(pd.to_datetime(["2023-09-30", None, "2023-10-01"])))
    assert found.astype("Int64").tolist() == [2022, pd.NA, 2023]


def test_expected_dates_refuses_an_unknown_kind():
    with pytest.raises(ValueError, match="unknown kind 'weekly'"):
        expected_dates("weekly", GAMES, days("2023-11-08"))  # type: ignore[arg-type]


def test_skip_reasons_separate_off_days_from_bootstrap():
    asked = days("2023-10-23", "2023-10-24", "2023-11-06", "2023-11-07", "2023-11-08")
    assert skip_reasons(GAMES, asked, bootstrap=True) == {
        date(2023, 10, 23): "no_games",
        date(2023, 10, 24): "bootstrap",
        date(2023, 11, 6): "bootstrap",
        date(2023, 11, 7): "no_games",
    }


def test_skip_reasons_without_bootstrap_name_only_off_days():
    asked = days("2023-10-23", "2023-10-24", "2023-11-07")
    assert skip_reasons(GAMES, asked, bootstrap=False) == {
        date(2023, 10, 23): "no_games",
        date(2023, 11, 7): "no_games",
    }


def test_a_schedule_without_games_has_no_seasons_and_only_off_days():
    nothing = schedule()
    assert season_starts(nothing).empty
    assert processable_dates(nothing, days("2023-07-01")).empty
    assert skip_reasons(nothing, days("2023-07-01"), bootstrap=True) == {date(2023, 7, 1): "no_games"}


def test_five_seasons_hold_920_game_dates_of_which_850_are_processable() -> None:
    games = schedule(*(str(day.date()) for season in SEASONS for day in dates_of_season(season)))
    played = game_dates(games, FIRST, LAST)
    assert len(played) == 920
    assert pd.Series(played).groupby(season_year_of(played)).size().to_dict() == {
        2021: 213,
        2022: 212,
        2023: 208,
        2024: 214,
        2025: 73,
    }
    every_day = pd.date_range(FIRST, LAST).as_unit("us")
    assert len(every_day) == 1538
    assert len(processable_dates(games, every_day)) == 850
    reasons = pd.Series(skip_reasons(games, every_day, bootstrap=True))
    assert reasons.value_counts().to_dict() == {"no_games": 1538 - 920, "bootstrap": 70}
    assert pd.Timestamp("2022-02-20") not in played
    assert pd.Timestamp("2023-11-07") not in played
    assert pd.Timestamp("2023-12-09") in played
