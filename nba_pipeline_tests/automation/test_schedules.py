"""What the clock requests: closing empty dates, deadlines, and nothing when there is nothing to do."""

from __future__ import annotations

from datetime import date, datetime

import dagster as dg
import pandas as pd
import pytest

from nba_pipeline.catalog import table_modules, tables
from nba_pipeline.orchestration.feed_rules import Pace
from nba_pipeline.orchestration.horizon import NEW_YORK, window
from nba_pipeline.orchestration.landing_rules import RESULT_FEEDS
from nba_pipeline.orchestration.landing_sensor import watched_tables
from nba_pipeline.orchestration.partitions import DAILY
from nba_pipeline.orchestration.schedules import (
    CRON,
    Morning,
    checks_request,
    closing_request,
    pregame_request,
    results_request,
    schedules,
)
from nba_pipeline_tests.automation.landing_zone import games

ASSETS = [module.asset for module in table_modules().values()]
TABLES = tuple(tables().values())
WATCHED = tuple(watched_tables(ASSETS))
PARTITIONED = {str(table) for table in TABLES if table.partition_column}
WHOLE = {"reference.seasons", "reference.teams", "reference.venues", "reference.players_registry",
         "reference.player_aliases"}  # fmt: skip


@pytest.fixture
def blank() -> dg.DagsterInstance:
    return dg.DagsterInstance.ephemeral()


def morning(instance: dg.DagsterInstance, schedule: pd.DataFrame, today: str) -> Morning:
    return Morning(instance, schedule, date.fromisoformat(today), Pace(), TABLES, WATCHED)


def requested(request: dg.RunRequest | dg.SkipReason) -> tuple[set[str], str, str]:
    assert isinstance(request, dg.RunRequest)
    names = {".".join(key.path) for key in request.asset_selection or ()}
    tags = request.tags
    first, last = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
    return names, tags.get(first, ""), tags.get(last, "")


def test_days_without_games_are_closed_in_one_run_of_every_table(blank: dg.DagsterInstance) -> None:
    around = games(("2024-02-15", 1, "final"), ("2024-02-22", 2, "scheduled"))
    names, first, last = requested(closing_request(morning(blank, around, "2024-02-18")))
    assert names == PARTITIONED | WHOLE
    assert (first, last) == ("2024-02-17", "2024-02-18")


def test_only_the_empty_one_of_yesterday_and_today_is_closed(blank: dg.DagsterInstance) -> None:
    played = games(("2024-01-15", 1, "final"), ("2024-01-16", 2, "postponed"))
    assert requested(closing_request(morning(blank, played, "2024-01-16")))[1:] == ("2024-01-16", "2024-01-16")


def test_tables_without_partitions_are_made_every_day_of_the_season(blank: dg.DagsterInstance) -> None:
    played = games(("2024-01-15", 1, "final"), ("2024-01-16", 2, "scheduled"))
    assert requested(closing_request(morning(blank, played, "2024-01-16"))) == (WHOLE, "", "")


def test_off_season_day_is_one_run_and_nothing_else(blank: dg.DagsterInstance) -> None:
    summer = morning(blank, games(), "2023-07-15")
    assert requested(closing_request(summer)) == (PARTITIONED, "2023-07-14", "2023-07-15")
    others = [build(summer) for build in (results_request, pregame_request, checks_request)]
    assert all(isinstance(request, dg.SkipReason) for request in others)


def test_deadline_closes_optional_results_of_yesterday_that_never_came(blank: dg.DagsterInstance) -> None:
    report_materialized(blank, "raw.nbac_play_by_play", "2024-01-15")
    played = games(("2024-01-15", 1, "final"), ("2024-01-16", 2, "scheduled"))
    names, first, last = requested(results_request(morning(blank, played, "2024-01-16")))
    assert names == {"raw.nbac_gamebook_player_stats", "raw.nbac_shot_chart"}
    assert (first, last) == ("2024-01-15", "2024-01-15")


def test_later_deadline_closes_odds_injuries_rosters_and_lists_of_today(blank: dg.DagsterInstance) -> None:
    played = games(("2024-01-15", 1, "final"), ("2024-01-16", 2, "scheduled"))
    names, first, _ = requested(pregame_request(morning(blank, played, "2024-01-16")))
    assert {"raw.odds_api_game_lines", "raw.nbac_injury_report", "raw.espn_team_rosters"} <= names
    assert not {"raw.nbac_play_by_play", "raw.nbac_player_boxscores", "raw.nbac_schedule"} & names
    assert first == "2024-01-16"


def test_deadline_with_everything_taken_in_requests_nothing(blank: dg.DagsterInstance) -> None:
    for table in ("raw.nbac_play_by_play", "raw.nbac_gamebook_player_stats", "raw.nbac_shot_chart"):
        report_materialized(blank, table, "2024-01-15")
    played = games(("2024-01-15", 1, "final"), ("2024-01-16", 2, "scheduled"))
    assert isinstance(results_request(morning(blank, played, "2024-01-16")), dg.SkipReason)


def test_all_schedules_keep_eastern_time_on_both_days_the_clocks_change() -> None:
    made = schedules(TABLES, WATCHED, dg.DefaultScheduleStatus.STOPPED, Pace())
    assert {schedule.execution_timezone for schedule in made} == {"America/New_York"}
    assert {schedule.name for schedule in made} == set(CRON)


@pytest.mark.parametrize(("first", "last"), [("2022-03-11", "2022-03-15"), ("2022-11-04", "2022-11-08")])
def test_clock_change_gives_one_partition_per_calendar_day(first: str, last: str) -> None:
    keys = DAILY.get_partition_keys_in_range(dg.PartitionKeyRange(first, last))
    assert keys == [str(day.date()) for day in pd.date_range(first, last)]


@pytest.mark.parametrize(
    ("moment", "first", "last"),
    [
        ("2022-03-13T23:30", "2022-03-04", "2022-03-13"),
        ("2022-11-06T00:30", "2022-10-28", "2022-11-06"),
        ("2024-01-20T12:00", "2024-01-11", "2024-01-20"),
    ],
)
def test_horizon_is_ten_calendar_days_also_over_a_clock_change(moment: str, first: str, last: str) -> None:
    now = datetime.fromisoformat(moment).replace(tzinfo=NEW_YORK)
    assert window(now) == (date.fromisoformat(first), date.fromisoformat(last))


def test_every_table_of_results_is_known_as_such() -> None:
    by_name = {watched.name: watched for watched in WATCHED}
    rows_of_final_games = {str(table) for table in TABLES if table.layer == "raw" and "final_game" in table.row_count}
    assert rows_of_final_games <= {name for name, watched in by_name.items() if watched.holds_results}
    assert {feed for watched in WATCHED for feed in watched.feeds} >= RESULT_FEEDS


def report_materialized(instance: dg.DagsterInstance, table: str, day: str) -> None:
    instance.report_runless_asset_event(dg.AssetMaterialization(dg.AssetKey(table.split(".")), partition=day))
