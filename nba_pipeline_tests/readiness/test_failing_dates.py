"""Thirteen dates of five seasons on which the player context cannot be computed: named, the others done, then mended.

The table, its checks and its edges are the real ones; the rows it reads are made up, stored, and recorded as done.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from nba_pipeline import catalog
from nba_pipeline.calendar import game_dates, processable_dates
from nba_pipeline.orchestration.edges import upstream_edges
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.orchestration.partitions import partition_dates
from nba_pipeline.readiness.plan import days_between
from nba_pipeline.readiness.state import stored_row_counts
from nba_pipeline_tests.commands.printed import account, troubles
from nba_pipeline_tests.commands.processes import Operator
from nba_pipeline_tests.proofs.stored import store
from nba_pipeline_tests.readiness.five_seasons import FIRST, LAST, book_of_five_seasons, land_schedule
from nba_pipeline_tests.readiness.history import materialised_at_once

pytestmark = pytest.mark.long

UPGC = "analytics.upcoming_player_game_context"
FAILING = (
    "2022-01-03", "2022-01-04", "2022-01-05", "2023-01-24", "2024-11-18", "2024-12-09", "2024-12-21", "2024-12-29",
    "2025-01-25", "2025-02-23", "2025-03-26", "2025-03-28", "2025-12-13",
)  # fmt: skip
BROKEN = f"""
from nba_pipeline.analytics import upcoming_player_game_context as module
universe = module.universe

def broken(listings, final, teams):
    bad = sorted(set(teams["game_date"].dt.strftime("%Y-%m-%d")) & set({FAILING!r}))
    if bad:
        raise ValueError(f"unusable listings on {{bad[0]}}")
    return universe(listings, final, teams)

module.universe = broken
"""


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """Everything the table reads is stored and done on all 1,538 partitions; the table itself was never made."""
    book = book_of_five_seasons()
    games = book["reference.games"]
    every = partition_dates(FIRST, LAST)
    assert (len(every), len(game_dates(games, FIRST, LAST)), len(processable_dates(games, every))) == (1538, 920, 850)
    operator = Operator(tmp_path / "landing", tmp_path)
    land_schedule(operator.landing, games)
    warehouse = store(tmp_path, book)
    days = days_between(FIRST, LAST)
    with open_instance(tmp_path / "dagster_home") as instance:
        for table in {edge.table for edge in upstream_edges(catalog.table_modules()[UPGC].asset)}:
            stored = stored_row_counts(warehouse, table, days) if table.partition_column else {}
            partitions = days if table.partition_column else [None]
            materialised_at_once(instance, table, {day: stored.get(day, 0) if day else 1 for day in partitions})
    return operator


def backfill(operator: Operator, before: str = "") -> tuple[int, str]:
    window = ("--from", FIRST.isoformat(), "--to", LAST.isoformat(), "--tables", UPGC)
    done = Operator(operator.landing, operator.folder, before=before).run("backfill", *window, "--yes")
    return done.returncode, done.stdout + done.stderr


def ranges_of_runs(operator: Operator) -> dict[str, tuple[date, date]]:
    """Run -> first and last partition."""
    with open_instance(operator.folder / "dagster_home") as instance:
        tags = {run.run_id: run.tags for run in instance.get_runs()}
    ends = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")
    return {
        run: (date.fromisoformat(of_run[ends[0]]), date.fromisoformat(of_run[ends[1]]))
        for run, of_run in tags.items()
        if ends[0] in of_run
    }


def test_thirteen_failing_dates_are_named_and_the_next_launch_runs_exactly_these(operator: Operator) -> None:
    code, printed = backfill(operator, BROKEN)
    assert code == 1, printed
    assert account(printed) == {UPGC: {"planned": 1538, "done": 897, "empty": 628, "failed": 13}}
    reason = "[code] ValueError: unusable listings on {}"
    assert troubles(printed, "failed") == [(UPGC, day, reason.format(day)) for day in FAILING]
    assert troubles(printed, "blocked") == []
    before = ranges_of_runs(operator)

    code, printed = backfill(operator)
    assert code == 0, printed
    assert account(printed) == {UPGC: {"planned": 13, "done": 13}}
    after = ranges_of_runs(operator)
    ran = [day for run in after.keys() - before.keys() for day in days_between(*after[run])]
    assert sorted(map(str, ran)) == list(FAILING)

    code, printed = backfill(operator)
    assert code == 0, printed
    assert account(printed) == {UPGC: {}}
    assert ranges_of_runs(operator) == after
