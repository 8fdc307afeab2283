"""The batching event log stores what Dagster's own SQLite storage stores."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline_tests.orchestration.toy import frame, rows_for, run_toy, toy_assets

ALL = frame(("2021-10-19", "BOS", 100, 0.5), ("2021-10-20", "BOS", 80, None), ("2021-10-21", "NYK", 70, 0.2))
EVENTS = "select dagster_event_type, step_key, asset_key, partition from event_logs order by id"
CHECKS = """select asset_key, check_name, partition, execution_status, materialization_event_storage_id is not null
from asset_check_executions order by asset_key, check_name, partition"""
TAGS = "select asset_key, key, value from asset_event_tags order by asset_key, event_id, key"


def history(home: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(home / "history" / "runs" / "index.db") as connection:
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("query", [EVENTS, CHECKS, TAGS], ids=["events", "checks", "tags"])
def test_a_batch_leaves_the_same_index_as_single_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    for size in ("0", "1000"):
        monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", size)
        with open_instance(tmp_path / size / "home") as instance:
            run_toy(tmp_path / size, instance, toy_assets(rows_for(ALL)), date(2021, 10, 19), date(2021, 10, 21))
    single, batched = (history(tmp_path / size / "home", query) for size in ("0", "1000"))
    assert batched == single
    assert len(batched) >= 6


def test_the_instance_can_be_opened_by_the_stock_storage_again(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    run_toy(tmp_path, instance, toy_assets(rows_for(ALL)), date(2021, 10, 19), date(2021, 10, 21))
    stock = tmp_path / "dagster_home" / "dagster.yaml"
    text = stock.read_text().replace("nba_pipeline.orchestration.event_log", "dagster._core.storage.event_log")
    stock.write_text(text.replace("BatchingSqliteEventLogStorage", "SqliteEventLogStorage"))
    with dg.DagsterInstance.from_config(str(tmp_path / "dagster_home")) as reopened:
        assert len(reopened.fetch_materializations(dg.AssetKey(["raw", "toy_scores"]), limit=10).records) == 3
