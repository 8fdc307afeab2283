"""A declared table as an asset: events, versions, checks, refusals."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import dagster as dg
import duckdb
import pandas as pd
import pytest
from dagster import DagsterEventType
from dagster._core.definitions.data_version import DATA_VERSION_TAG

from nba_pipeline.orchestration import table_asset
from nba_pipeline.orchestration.checks.evaluate import partition_checks
from nba_pipeline.schema import SchemaError, TableRows
from nba_pipeline_tests.orchestration.toy import SCORES, TOTALS, frame, rows_for, run_toy, toy_assets

FIRST, LAST = date(2021, 10, 19), date(2021, 10, 22)
SCORES_KEY = dg.AssetKey(["raw", "toy_scores"])
ALL = frame(
    ("2021-10-19", "BOS", 100, 0.5),
    ("2021-10-19", "NYK", 90, 0.4),
    ("2021-10-20", "BOS", 80, 0.3),
    ("2021-10-22", "NYK", 70, 0.2),
)


def versions(instance: dg.DagsterInstance, key: dg.AssetKey = SCORES_KEY) -> dict[str, str]:
    tags = instance.event_log_storage.get_latest_tags_by_partition(
        key, DagsterEventType.ASSET_MATERIALIZATION, [DATA_VERSION_TAG]
    )
    return {partition: found[DATA_VERSION_TAG] for partition, found in tags.items()}


def test_a_range_run_reports_one_event_per_partition_with_its_own_counts(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    run_toy(tmp_path, instance, toy_assets(rows_for(ALL)), FIRST, LAST)
    records = instance.fetch_materializations(SCORES_KEY, limit=100).records
    rows = {r.partition_key: r.asset_materialization.metadata["rows"].value for r in records}
    assert len(records) == 4
    assert rows == {"2021-10-19": 2, "2021-10-20": 1, "2021-10-21": 0, "2021-10-22": 1}


def test_an_empty_day_is_a_success_that_names_its_reason(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    run_toy(tmp_path, instance, toy_assets(rows_for(ALL)), FIRST, LAST)
    records = instance.fetch_materializations(SCORES_KEY, limit=100).records
    reasons = {r.partition_key: r.asset_materialization.metadata.get("skip_reason") for r in records}
    assert reasons["2021-10-21"].value == "no_games"
    assert reasons["2021-10-20"] is None


def test_a_partition_keeps_its_data_version_when_the_same_rows_are_written_alone(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    assets = toy_assets(rows_for(ALL))
    run_toy(tmp_path, instance, assets, FIRST, LAST)
    before = versions(instance)
    run_toy(tmp_path, instance, assets, date(2021, 10, 20), date(2021, 10, 20))
    assert versions(instance) == before
    assert len(set(before.values())) == 4


def test_a_correction_changes_the_data_version_of_its_partition_only(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    run_toy(tmp_path, instance, toy_assets(rows_for(ALL)), FIRST, LAST)
    before = versions(instance)
    corrected = ALL.assign(points=ALL["points"].where(ALL["game_date"] != "2021-10-22", 71))
    run_toy(tmp_path, instance, toy_assets(rows_for(corrected)), FIRST, LAST)
    after = versions(instance)
    assert {day for day in before if before[day] != after[day]} == {"2021-10-22"}


def test_every_partition_gets_its_own_evaluation_of_every_check(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    run_toy(tmp_path, instance, toy_assets(rows_for(ALL)), FIRST, LAST)
    for name in partition_checks(SCORES):
        infos = instance.event_log_storage.get_asset_check_partition_info([dg.AssetCheckKey(SCORES_KEY, name)])
        by_partition = {info.partition_key: info for info in infos if info.partition_key}
        assert sorted(by_partition) == ["2021-10-19", "2021-10-20", "2021-10-21", "2021-10-22"]
        assert all(info.latest_target_materialization_storage_id for info in by_partition.values())


def test_a_row_that_breaks_a_blocking_rule_stops_the_tables_below_and_is_named(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    broken = ALL.assign(points=ALL["points"].where(ALL["game_date"] != "2021-10-20", -1))
    result = run_toy(tmp_path, instance, toy_assets(rows_for(broken)), FIRST, LAST, raise_on_error=False)
    failed = [
        event.asset_check_evaluation_data
        for event in result.all_events
        if event.event_type is DagsterEventType.ASSET_CHECK_EVALUATION
        and not event.asset_check_evaluation_data.passed
        and event.asset_check_evaluation_data.partition
    ]
    assert [(check.check_name, check.partition) for check in failed] == [("invariants", "2021-10-20")]
    assert "TS-01: 1 row(s) break: points are not negative" in str(failed[0].description)
    assert instance.get_latest_materialization_event(dg.AssetKey(["analytics", "toy_totals"])) is None


def test_no_rows_without_a_reason_is_refused_and_nothing_is_written(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    silent = toy_assets(lambda dates: TableRows(ALL[ALL["game_date"].isin(dates)]))
    result = run_toy(tmp_path, instance, silent, FIRST, LAST, raise_on_error=False)
    assert not result.success
    failure = next(event for event in result.all_events if event.is_step_failure)
    assert "no rows for 1 date(s) without a reason: 2021-10-21" in str(failure.step_failure_data.error)
    assert instance.get_latest_materialization_event(SCORES_KEY) is None


def test_a_partition_whose_input_could_not_be_read_keeps_its_rows(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    run_toy(tmp_path, instance, toy_assets(rows_for(ALL)), FIRST, LAST)
    before = versions(instance)
    lost = ALL[ALL["game_date"] != "2021-10-19"]
    unread = frozenset({FIRST})
    reasons = {date(2021, 10, 21): "no_games"}
    run_toy(
        tmp_path, instance, toy_assets(lambda dates: TableRows(lost, skip_reasons=reasons, unread=unread)), FIRST, LAST
    )
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(*) from nba_raw.toy_scores").fetchall() == [(4,)]
    assert versions(instance) == before


def test_inputs_that_the_transform_does_not_take_are_refused_when_the_module_loads() -> None:
    def transform(gmaes: pd.DataFrame) -> pd.DataFrame:
        return gmaes

    with pytest.raises(SchemaError, match=r"transform takes \['gmaes'\] but inputs declares \[\]"):
        table_asset(TOTALS, transform, inputs={})


def test_the_columns_tab_has_units_and_sources_before_the_first_run() -> None:
    scores, _ = toy_assets(rows_for(ALL))
    schema = scores.metadata_by_key[SCORES_KEY]["dagster/column_schema"]
    points = next(column for column in schema.columns if column.name == "points")
    assert points.description == "Points scored. Unit: points. Source: test."
    assert [column.name for column in schema.columns][-2:] == ["row_hash", "processed_at"]
