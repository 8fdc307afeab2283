"""A day of summer through the real tables: one run, every partition made empty, nothing written."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from nba_pipeline.catalog import table_modules, tables
from nba_pipeline.definitions import build_definitions
from nba_pipeline.orchestration.feed_rules import Pace
from nba_pipeline.orchestration.landing_sensor import watched_tables
from nba_pipeline.orchestration.resources import LandingResource
from nba_pipeline.orchestration.run_requests import WAREHOUSE_JOB
from nba_pipeline.orchestration.schedules import closing_request, morning_of
from nba_pipeline.sample import write_sample
from nba_pipeline.settings import load_settings

SUMMER = datetime(2025, 8, 1, 9, 30, tzinfo=UTC)  # 05:30 in New York
DAYS = ("2025-07-31", "2025-08-01")
WRITTEN = ("rows_inserted", "rows_updated", "rows_deleted")


@pytest.fixture
def landing(tmp_path: Path) -> str:
    """A league whose last game is in November."""
    root = str(tmp_path / "landing")
    write_sample(root, game_dates=16)
    return root


def test_summer_day_is_one_run_that_writes_nothing(tmp_path: Path, landing: str, instance: dg.DagsterInstance) -> None:
    defs = build_definitions(load_settings(landing, f"duckdb:///{tmp_path}/w.duckdb", str(tmp_path / "dagster_home")))
    watched = tuple(watched_tables([module.asset for module in table_modules().values()]))
    every = tuple(tables().values())
    request = closing_request(morning_of(instance, LandingResource(root=landing), SUMMER, every, watched, Pace()))
    assert isinstance(request, dg.RunRequest)
    done = defs.resolve_job_def(WAREHOUSE_JOB).execute_in_process(
        instance=instance, asset_selection=list(request.asset_selection or ()), tags=dict(request.tags)
    )
    made: dict[str, set[str | None]] = {}
    for event in done.all_events:
        if event.is_step_materialization:
            materialization = event.step_materialization_data.materialization
            made.setdefault(".".join(materialization.asset_key.path), set()).add(materialization.partition)
            counts = {
                name: materialization.metadata[name].value for name in WRITTEN if name in materialization.metadata
            }
            assert not any(counts.values()), materialization
            assert str(materialization.metadata["skip_reason"].value) in ("no_games", "source_has_no_rows")
    assert made == {str(table): set(DAYS) for table in every if table.partition_column}
    cursor = None
    for _ in range(2):
        looked = dg.evaluate_automation_conditions(defs, instance, evaluation_time=SUMMER, cursor=cursor)
        assert looked.total_requested == 0
        cursor = looked.cursor
