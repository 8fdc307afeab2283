"""The state of all partitions of a check at once is the one that Dagster works out partition by partition."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluationPlanned
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionResolvedStatus as Resolved
from dagster._core.storage.asset_check_state import AssetCheckState, bulk_update_asset_check_state

from nba_pipeline.orchestration.check_states import asset_check_states
from nba_pipeline_tests.orchestration.toy import DAILY, frame, rows_for, run_toy, toy_assets

ROWS = frame(*((f"2021-10-{day}", "BOS", -5 if day == 20 else 100, 0.5) for day in range(19, 30)))
SCORES = dg.AssetKey(["raw", "toy_scores"])
INVARIANTS = dg.AssetCheckKey(SCORES, "invariants")
KEYS = [
    (INVARIANTS, DAILY),
    (dg.AssetCheckKey(SCORES, "unique_key"), DAILY),
    (dg.AssetCheckKey(SCORES, "never_evaluated"), DAILY),
    (dg.AssetCheckKey(SCORES, "of_the_whole_table"), None),
]


def planned(instance: dg.DagsterInstance, run_id: str, status: dg.DagsterRunStatus, *days: str) -> None:
    """A run that was to evaluate the check on `days`, and has come as far as `status`."""
    instance.add_run(dg.DagsterRun("warehouse", run_id, status=status))
    plan = AssetCheckEvaluationPlanned(
        asset_key=SCORES,
        check_name=INVARIANTS.name,
        partitions_subset=DAILY.subset_with_partition_keys(list(days)).to_serializable_subset(),
    )
    event = dg.DagsterEvent("ASSET_CHECK_EVALUATION_PLANNED", "warehouse", event_specific_data=plan)
    instance.event_log_storage.store_event(
        dg.EventLogEntry(
            error_info=None, user_message="", level=10, run_id=run_id, timestamp=time.time(), dagster_event=event
        )
    )


@pytest.fixture
def lived_in(tmp_path: Path, instance: dg.DagsterInstance) -> dg.DagsterInstance:
    """Passed but for the 20th, which failed, the 21st, written again since, and the 22nd to 25th, planned again."""
    run_toy(
        tmp_path, instance, toy_assets(rows_for(ROWS)), date(2021, 10, 19), date(2021, 10, 29), raise_on_error=False
    )
    instance.report_runless_asset_event(dg.AssetMaterialization(SCORES, partition="2021-10-21"))
    planned(instance, "under-way", dg.DagsterRunStatus.STARTED, "2021-10-22")
    planned(instance, "killed", dg.DagsterRunStatus.CANCELED, "2021-10-23")
    planned(instance, "broken", dg.DagsterRunStatus.FAILURE, "2021-10-24", "2021-10-25")
    return instance


def test_states_are_those_that_dagster_works_out(lived_in: dg.DagsterInstance) -> None:
    nothing = {key: AssetCheckState.empty() for key, _ in KEYS}
    assert asset_check_states(lived_in, KEYS) == bulk_update_asset_check_state(lived_in, KEYS, nothing)


def test_state_of_every_kind_of_outcome(lived_in: dg.DagsterInstance) -> None:
    subsets = asset_check_states(lived_in, KEYS)[INVARIANTS].subsets
    days = {status: sorted(subset.subset_value.get_partition_keys()) for status, subset in subsets.items()}
    assert days == {
        Resolved.SUCCEEDED: ["2021-10-19", *(f"2021-10-{day}" for day in range(26, 30))],
        Resolved.FAILED: ["2021-10-20"],
        Resolved.IN_PROGRESS: ["2021-10-22"],
        Resolved.SKIPPED: ["2021-10-23"],
        Resolved.EXECUTION_FAILED: ["2021-10-24", "2021-10-25"],
    }


def test_storage_of_the_instance_answers_with_them(lived_in: dg.DagsterInstance) -> None:
    assert lived_in.event_log_storage.get_asset_check_state(KEYS) == asset_check_states(lived_in, KEYS)


def test_partition_that_the_definition_no_longer_has_is_left_out(lived_in: dg.DagsterInstance) -> None:
    shorter = dg.DailyPartitionsDefinition("2021-10-21", timezone="America/New_York", end_offset=1)
    keys = [(INVARIANTS, shorter)]
    made = asset_check_states(lived_in, keys)
    assert made == bulk_update_asset_check_state(lived_in, keys, {INVARIANTS: AssetCheckState.empty()})
    assert made[INVARIANTS].subsets[Resolved.FAILED].is_empty
