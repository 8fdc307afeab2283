"""The season 2021-22 with the box score of one team missing on one date: what is held by it, and what is not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from nba_pipeline import catalog
from nba_pipeline.orchestration.edges import upstream_edges
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.readiness.plan import days_between
from nba_pipeline.readiness.state import stored_row_counts
from nba_pipeline.schema import Table
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse
from nba_pipeline_tests.commands.printed import account, troubles
from nba_pipeline_tests.commands.processes import Operator
from nba_pipeline_tests.readiness.history import materialised_at_once
from nba_pipeline_tests.real_data.stored_seasons import store_seasons

pytestmark = [pytest.mark.real_data, pytest.mark.long]

FIRST, LAST = date(2021, 10, 19), date(2022, 6, 16)
HELD, AFTER = "2022-01-03", "2022-01-04..2022-06-16"
LOST = f"delete from nba_raw.nbac_player_boxscores where game_date = date '{HELD}' and team_abbr = 'MIL'"
ORIGIN = "analytics.player_game_summary 2022-01-03"
REFUSED = "[data_quality] row_count_vs_schedule: 1 game(s) with one team only"
SAME_DATE = ("team_offense_game_summary", "team_defense_game_summary")
CONTEXT = ("upcoming_team_game_context", "upcoming_player_game_context")
PRECOMPUTE = (
    "team_defense_zone_analysis", "player_shot_zone_analysis", "player_daily_cache", "player_composite_factors",
    "ml_feature_store",
)  # fmt: skip

# 241 partitions: 213 game dates and 28 days without games, 164 of them after the date, 2 of those before it.
ACCOUNT = {
    "analytics.player_game_summary": {"planned": 241, "done": 212, "empty": 28, "failed": 1},
    **{f"analytics.{name}": {"planned": 241, "done": 212, "empty": 28, "blocked": 1} for name in SAME_DATE},
    "analytics.upcoming_team_game_context": {"planned": 241, "done": 75, "empty": 2, "blocked": 164},
    # nobody has an earlier game on the first two dates, and the first fourteen are too early for features
    "analytics.upcoming_player_game_context": {"planned": 241, "done": 73, "empty": 4, "blocked": 164},
    **{f"precompute.{name}": {"planned": 241, "done": 61, "empty": 16, "blocked": 164} for name in PRECOMPUTE},
}


def planned_tables() -> dict[str, Table]:
    return {name: table for name, table in catalog.tables().items() if name in ACCOUNT}


@pytest.fixture(scope="module")
def operator(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """Everything above the ten tables is stored and done; the rows of one team are gone for good."""
    operator = Operator(shared_data, tmp_path_factory.mktemp("blocked_season"))
    warehouse = store_seasons(shared_data, operator.warehouse, last=LAST.isoformat(), layers=("raw", "reference"))
    with duckdb.connect(str(operator.warehouse)) as connection:
        assert connection.execute(LOST).fetchone() == (18,)
    _record(operator, warehouse)
    return operator


def _record(operator: Operator, warehouse: DuckDBWarehouse) -> None:
    modules, days = catalog.table_modules(), days_between(FIRST, LAST)
    read = {edge.table for name in ACCOUNT for edge in upstream_edges(modules[name].asset)}
    with open_instance(operator.folder / "dagster_home") as instance:
        for table in read - set(planned_tables().values()):
            stored = stored_row_counts(warehouse, table, days) if table.partition_column else {}
            every = days if table.partition_column else [None]
            materialised_at_once(instance, table, {day: stored.get(day, 0) if day else 1 for day in every})


def test_one_refused_date_of_player_games_holds_what_reads_it_and_nothing_else(operator: Operator) -> None:
    window = ("--from", FIRST.isoformat(), "--to", LAST.isoformat(), "--yes")
    done = operator.run("backfill", "--tables", ",".join(ACCOUNT), *window)
    assert done.returncode == 1, done.stdout + done.stderr
    assert account(done.stdout) == ACCOUNT
    assert troubles(done.stdout, "failed") == [("analytics.player_game_summary", HELD, REFUSED)]
    held = {name: HELD for name in ACCOUNT if name.partition(".")[2] in SAME_DATE}
    held |= {name: AFTER for name in ACCOUNT if name.partition(".")[2] in (*CONTEXT, *PRECOMPUTE)}
    blocked = troubles(done.stdout, "blocked")
    assert {name: days for name, days, _ in blocked} == held
    assert {reason for _, _, reason in blocked} == {f"{ORIGIN}: {REFUSED}"}
    assert len(blocked) == len(held), "a table is named once, with all its dates"
