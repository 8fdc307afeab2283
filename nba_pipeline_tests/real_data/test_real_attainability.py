"""Every threshold against three real seasons: none is out of reach, and what they warn of is known by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from nba_pipeline import catalog
from nba_pipeline.orchestration.checks.evaluate import partition_checks
from nba_pipeline.orchestration.checks.null_rates import season_null_rates
from nba_pipeline.orchestration.checks.verdicts import Days, Verdict
from nba_pipeline.orchestration.whole_table_checks import evaluated, whole_table_check_functions
from nba_pipeline.readiness.plan import days_between
from nba_pipeline.schema import Table
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse
from nba_pipeline_tests.real_data.analytics_chain import FIRST, LAST
from nba_pipeline_tests.real_data.stored_seasons import store_seasons

pytestmark = pytest.mark.real_data

DAYS = days_between(date.fromisoformat(FIRST), date.fromisoformat(LAST))
KNOWN_WARNINGS = {
    # 19 play-in and cup games exist in no play-by-play archive; their box scores print no fouls
    ("raw.nbac_play_by_play", "row_count_vs_schedule"): 10,
    ("analytics.player_game_summary", "null_rates"): 10,
    ("analytics.player_game_summary", "reconciliation"): 10,
    ("analytics.team_defense_game_summary", "reconciliation"): 10,
    # spreads quoted while the game was running
    ("raw.odds_api_game_lines", "value_ranges"): 5,
    # usage above 0.60 in 5 rows, zones that miss the box score in 3; one team game of blocks by zone
    ("analytics.player_game_summary", "value_ranges"): 8,
    ("analytics.team_defense_game_summary", "value_ranges"): 1,
    # plus_minus of the source misses five times the margin
    ("analytics.team_offense_game_summary", "reconciliation"): 36,
    # days after the trade deadline, and the last day of a season, on which many play who had not
    ("analytics.upcoming_player_game_context", "row_count_vs_schedule"): 3,
    # no roster in the archive: nobody's age is known
    ("analytics.upcoming_player_game_context", "null_rates"): 591,
    ("analytics.upcoming_player_game_context", "null_rates_of_seasons"): 3,
}
"""(table, check) -> dates that warn."""


@pytest.fixture(scope="module")
def verdicts(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], list[Verdict]]:
    """(table, check) -> what did not pass, of every check of every table."""
    warehouse = store_seasons(shared_data, tmp_path_factory.mktemp("seasons") / "warehouse.duckdb")
    with warehouse.reading() as reader:
        return {
            (str(table), check): [verdict for verdict in found if not verdict.passed]
            for table in catalog.tables().values()
            for check, found in _judged(reader, table)
        }


def _judged(warehouse: DuckDBWarehouse, table: Table) -> Iterator[tuple[str, Sequence[Verdict]]]:
    days: Days = DAYS if table.partition_column else [None]
    for name, check in partition_checks(table).items():
        yield name, check(warehouse, table, days)
    yield "null_rates_of_seasons", season_null_rates(warehouse, table, days)
    for name, whole in whole_table_check_functions(table).items():
        yield name, evaluated(name, whole, warehouse, table)


def test_no_check_blocks_or_finds_an_error_in_three_real_seasons(
    verdicts: dict[tuple[str, str], list[Verdict]],
) -> None:
    grave = {
        place: f"{len(found)}: {found[0].partition} {found[0].description}"
        for place, verdicts_of in verdicts.items()
        if (found := [verdict for verdict in verdicts_of if verdict.severity in ("block", "error")])
    }
    assert len(verdicts) > 100
    assert grave == {}


def test_what_they_warn_of_is_known(verdicts: dict[tuple[str, str], list[Verdict]]) -> None:
    assert {place: len(found) for place, found in verdicts.items() if found} == KNOWN_WARNINGS
