"""Whatever happens to a warehouse, no date is ever half written or doubled, and what is stale is known to be."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest
from dagster import reconstructable
from rich.console import Console

from nba_pipeline import catalog
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.readiness.backfill import Backfill
from nba_pipeline.readiness.needs import Ledgers, needed_partitions
from nba_pipeline.readiness.progress import BackfillProgress
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import open_warehouse
from nba_pipeline_tests.random_operations.daemon import Daemon, automatic_runs
from nba_pipeline_tests.random_operations.graph import (
    DAYS,
    EDGES,
    FOLDER_VARIABLE,
    FORM,
    SCORES,
    TABLES,
    TOTALS,
    Scores,
    assets,
    job,
)
from nba_pipeline_tests.random_operations.operations import World, catalogue, run_range, stored

pytestmark = pytest.mark.long

OPERATIONS = 200
SEED = 20211019
NO_GAMES = pd.DataFrame(
    {
        "game_date": pd.DatetimeIndex([]).as_unit("us"),
        "season_year": pd.Series([], dtype="int64"),
        "is_final": pd.Series([], dtype="bool"),
        "is_postponed": pd.Series([], dtype="bool"),
        "home_team_abbr": pd.Series([], dtype="str"),
        "away_team_abbr": pd.Series([], dtype="str"),
    }
)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(catalog, "tables", catalogue)
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "1000")
    daemon = Daemon(tmp_path)
    try:
        with open_instance(tmp_path / "dagster_home") as instance:
            daemon.start(instance)
        yield World(tmp_path, random.Random(SEED), daemon)
    finally:
        daemon.end()


def scores_by_day(folder: Path) -> dict[date, Scores]:
    """What is stored of each date; a team that is stored twice fails here."""
    found: dict[date, Scores] = defaultdict(dict)
    for day, team, points in stored(folder, SCORES.qualified_name, ("game_date", "team_abbr", "points")):
        assert team not in found[day], f"{team} is stored twice on {day}"
        found[day][team] = points
    return found


def one_row_a_day(folder: Path, table: Table, column: str) -> dict[date, int]:
    rows = stored(folder, table.qualified_name, ("game_date", column))
    assert len({day for day, _ in rows}) == len(rows), f"{table} stores a date twice"
    return dict(rows)


def assert_every_date_is_whole(world: World) -> None:
    """Each date holds exactly one of the versions that have landed for it: never a mixture, never a part."""
    for day, scores in scores_by_day(world.folder).items():
        assert scores in world.versions[day], f"{day} holds {scores}, which never landed"
    for day, points in one_row_a_day(world.folder, TOTALS, "points").items():
        assert points in {sum(version.values()) for version in world.versions[day]}
    one_row_a_day(world.folder, FORM, "earlier_points")


def stale(world: World) -> dict[Table, set[date]]:
    """Dates of the tables that are to be run again, as the back-fill with `--only stale` finds them."""
    made = assets(world.folder)
    versions = {".".join(asset.key.path): str(next(iter(asset.code_versions_by_key.values()))) for asset in made}
    with open_instance(world.folder / "dagster_home") as instance:
        warehouse = open_warehouse(f"duckdb:///{world.folder}/warehouse.duckdb")
        ledgers = Ledgers(instance, warehouse, NO_GAMES)
        return needed_partitions(ledgers, TABLES, DAYS, "stale", versions, EDGES)


def backfill_stale(world: World) -> None:
    needed = stale(world)
    with open_instance(world.folder / "dagster_home") as instance:
        plan = Backfill(instance, reconstructable(job), TABLES, EDGES, {}, needed, DAYS[0], DAYS[-1])
        with BackfillProgress(
            Console(quiet=True), {str(table): len(needed[table]) for table in TABLES}, set(DAYS)
        ) as bar:
            ledger = plan.run(bar, {})
    assert not ledger.failed
    assert not ledger.blocked


def test_two_hundred_operations_leave_no_duplicate_no_gap_and_no_difference(world: World) -> None:
    for number in range(OPERATIONS):
        operation = world.act()
        try:
            assert_every_date_is_whole(world)
        except AssertionError as error:
            raise AssertionError(f"after operation {number}, {operation}: {error}") from error
    with open_instance(world.folder / "dagster_home") as instance:
        world.daemon.wait_for_runs(instance)
        world.daemon.stop(instance, kill=False)
        made_by_itself = automatic_runs(instance, dg.DagsterRunStatus.SUCCESS)
        assert automatic_runs(instance, dg.DagsterRunStatus.FAILURE) == 0
    for day in sorted(world.unread):  # what the landing sensor does: a landed file is read once
        assert run_range(world.folder, day, day).success
    backfill_stale(world)
    assert not any(stale(world).values()), "a second look finds something left to do"
    newest = {day: world.landed.get(day) for day in DAYS}
    assert scores_by_day(world.folder) == {day: scores for day, scores in newest.items() if scores}
    sums = {day: sum(scores.values()) for day, scores in newest.items() if scores}
    assert one_row_a_day(world.folder, TOTALS, "points") == sums
    earlier = {day: sum(points for other, points in sums.items() if other < day) for day in DAYS}
    assert one_row_a_day(world.folder, FORM, "earlier_points") == {
        day: points for day, points in earlier.items() if any(other < day for other in sums)
    }
    operations = ("land", "run_again", "overlap", "kill", "restart")
    assert min(world.done.get(name, 0) for name in operations) >= 5, world.done
    assert min(world.daemon.stops.values()) >= 3, world.daemon.stops
    assert made_by_itself >= 20, "the daemon took hardly any part"
    print(f"{world.done}, daemon {world.daemon.stops}, {made_by_itself} runs by itself")
