"""When tables are due: one deadline for the alert about missing dates and for the freshness policy on the page."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from dagster._core.definitions.freshness import CronFreshnessPolicy

from nba_pipeline import catalog
from nba_pipeline.orchestration.deadlines import (
    EARLIER_GAMES,
    FEATURES_DUE,
    LATE_RESULTS_DUE,
    RESULTS_DUE,
    STANDINGS_DUE,
    Deadline,
    deadline_of,
    freshness_policy,
)
from nba_pipeline.schema import Table

TABLES = catalog.tables()
DUE = {
    "raw.nbac_schedule": RESULTS_DUE,
    "raw.nbac_team_boxscore": RESULTS_DUE,
    "reference.games": RESULTS_DUE,
    "analytics.player_game_summary": RESULTS_DUE,
    "analytics.team_defense_game_summary": RESULTS_DUE,
    "precompute.team_defense_zone_analysis": STANDINGS_DUE,
    "precompute.player_shot_zone_analysis": STANDINGS_DUE,
    "analytics.upcoming_team_game_context": FEATURES_DUE,
    "analytics.upcoming_player_game_context": FEATURES_DUE,
    "precompute.player_daily_cache": FEATURES_DUE,
    "precompute.ml_feature_store": FEATURES_DUE,
    "raw.odds_api_game_lines": FEATURES_DUE,
    "reference.teams": None,
}


def table(name: str) -> Table:
    return TABLES[name]


@pytest.mark.parametrize(("name", "due"), DUE.items())
def test_tables_are_due_by_what_they_are_made_of(name: str, due: Deadline | None) -> None:
    assert deadline_of(table(name)) == due


def test_an_optional_source_of_results_may_come_in_the_afternoon() -> None:
    assert deadline_of(table("raw.nbac_play_by_play"), ["nba_play_by_play"]) == LATE_RESULTS_DUE
    assert LATE_RESULTS_DUE.error == time(15)


def test_the_rules_that_mark_standings_are_rules_of_tables() -> None:
    assert {declared.row_count for declared in TABLES.values()} >= EARLIER_GAMES


def test_the_policy_on_the_page_fails_at_the_hour_from_which_the_alert_is_an_error() -> None:
    policy = freshness_policy(table("precompute.player_shot_zone_analysis"), [])
    assert isinstance(policy, CronFreshnessPolicy)
    assert (policy.deadline_cron, policy.timezone) == ("0 11 * * *", "America/New_York")
    assert policy.lower_bound_delta == timedelta(hours=11)


def test_a_table_without_partitions_has_no_policy() -> None:
    assert freshness_policy(table("reference.teams"), []) is None
