"""What is still refused: the records of the newest run of every table and partition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from nba_pipeline.readiness.quarantine import QuarantineGroup, current_quarantine
from nba_pipeline.warehouse import WriteOptions
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse
from nba_pipeline.warehouse.quarantine import quarantine_batch

DAY, NEXT_DAY = date(2024, 1, 15), date(2024, 1, 16)


@pytest.fixture
def warehouse(tmp_path: Path) -> DuckDBWarehouse:
    return DuckDBWarehouse(tmp_path / "warehouse.duckdb")


def refuse(warehouse: DuckDBWarehouse, table: str, run: str, *records: Mapping[str, object]) -> None:
    batch = quarantine_batch([dict(record) for record in records], table, run)
    warehouse.ensure(batch.table)
    warehouse.write(batch, WriteOptions(run_id=run))


def record(day: date | None = DAY, rule: str = "bad_value", **more: object) -> dict[str, object]:
    return {"partition_date": day, "action": "reject_row", "rule": rule, **more}


def test_records_are_grouped_by_rule_and_say_where_and_what(warehouse: DuckDBWarehouse) -> None:
    where = {"source_file": "box.json", "position": "7", "column_name": "minutes", "original_value": "x"}
    refuse(warehouse, "raw.box", "run1", record(**where), record(NEXT_DAY), record(NEXT_DAY, "unknown_team"))
    found = current_quarantine(warehouse, DAY, NEXT_DAY, lambda table, day: "run1")
    groups = {group.rule: group for group in found["raw.box"]}
    assert groups["bad_value"].records == 2
    assert groups["bad_value"].examples[0] == "2024-01-15 box.json 7: column_name=minutes, original_value=x"
    assert groups["unknown_team"] == QuarantineGroup("unknown_team", 1, ("2024-01-16 : ",))


def test_records_of_an_earlier_run_of_the_partition_are_history(warehouse: DuckDBWarehouse) -> None:
    refuse(warehouse, "raw.box", "run1", record(), record(NEXT_DAY))
    refuse(warehouse, "raw.box", "run2", record(NEXT_DAY, "unknown_team"))
    newest = {DAY: "run1", NEXT_DAY: "run2"}
    found = current_quarantine(warehouse, DAY, NEXT_DAY, lambda table, day: newest[day])
    assert {group.rule: group.records for group in found["raw.box"]} == {"bad_value": 1, "unknown_team": 1}


def test_a_partition_repaired_without_records_has_none_left(warehouse: DuckDBWarehouse) -> None:
    refuse(warehouse, "raw.box", "run1", record())
    assert current_quarantine(warehouse, DAY, DAY, lambda table, day: "run2") == {}


def test_records_of_a_partition_that_was_never_written_are_kept(warehouse: DuckDBWarehouse) -> None:
    refuse(warehouse, "raw.box", "run1", record())
    assert current_quarantine(warehouse, DAY, DAY, lambda table, day: None)["raw.box"][0].records == 1


def test_dates_outside_the_range_are_left_out(warehouse: DuckDBWarehouse) -> None:
    refuse(warehouse, "raw.box", "run1", record(), record(NEXT_DAY))
    found = current_quarantine(warehouse, NEXT_DAY, NEXT_DAY, lambda table, day: "run1")
    assert found["raw.box"][0].records == 1


def test_a_table_without_partitions_is_read_whatever_the_day_of_its_write(warehouse: DuckDBWarehouse) -> None:
    refuse(warehouse, "reference.registry", "run1", record(None))
    refuse(warehouse, "reference.registry", "run2", record(None), record(None))
    found = current_quarantine(warehouse, DAY, DAY, lambda table, day: "run2", unpartitioned=["reference.registry"])
    assert found["reference.registry"][0].records == 2


def test_without_a_quarantine_table_nothing_is_refused(warehouse: DuckDBWarehouse) -> None:
    assert current_quarantine(warehouse, DAY, DAY, lambda table, day: None) == {}
