"""A run of tables evaluates their partition checks and leaves whole-table checks to the run that is asked for them."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from pathlib import Path

import dagster as dg
import pytest
from dagster import reconstructable

from nba_pipeline import catalog
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.orchestration.run_tags import DIRTY_TAG, SHA_TAG, run_tags
from nba_pipeline.readiness.plan import PlannedRun
from nba_pipeline.readiness.runs import launch, launch_checks
from nba_pipeline_tests.orchestration.toy import SCORES, TOTALS
from nba_pipeline_tests.readiness.toy_job import FOLDER_VARIABLE, checked_toy_job, toy_checks_job

FIRST, LAST = date(2021, 10, 19), date(2021, 10, 21)
OUTCOMES = """select check_name, partition, execution_status from asset_check_executions
where asset_key = '["raw", "toy_scores"]' order by check_name, partition"""


def test_whole_table_checks_run_once_when_asked_for_and_never_with_a_range(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "tables", lambda: {str(SCORES): SCORES, str(TOTALS): TOTALS})
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "1000")
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    (tmp_path / "faults.json").write_text(json.dumps({"raise": [], "refuse": []}))
    with open_instance(tmp_path / "home") as instance:
        outcome = launch(
            reconstructable(checked_toy_job),
            instance,
            PlannedRun((SCORES,), FIRST, LAST),
            tags={},
            on_event=lambda _: None,
        )
        after_range = _outcomes(tmp_path / "home")
        run = instance.get_run_by_id(outcome.run_id)
        launch_checks(reconstructable(toy_checks_job), instance, [SCORES], tags={})
        recorded = [run.tags for run in instance.get_runs()]
    assert outcome.success
    assert run is not None
    assert len(recorded) == 2
    assert all(tags.items() >= run_tags("backfill").items() for tags in recorded)
    assert {SHA_TAG, DIRTY_TAG} <= set(run_tags("backfill"))
    assert {name for name, _, _ in after_range} == {"invariants", "null_rates", "unique_key"}
    assert {(day, status) for _, day, status in after_range if day} == {
        (f"2021-10-{day}", "SUCCEEDED") for day in (19, 20, 21)
    }
    assert run.asset_check_selection == {
        dg.AssetCheckKey(dg.AssetKey(["raw", "toy_scores"]), name)
        for name in ("invariants", "null_rates", "unique_key")
    }
    assert ("duplicates", None, "SUCCEEDED") in _outcomes(tmp_path / "home")


def _outcomes(home: Path) -> list[tuple[str, str | None, str]]:
    with sqlite3.connect(home / "history" / "runs" / "index.db") as connection:
        return connection.execute(OUTCOMES).fetchall()
