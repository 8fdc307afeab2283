from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from nba_pipeline.schema.rows import no_rejects
from nba_pipeline.warehouse import WriteOptions, conform
from nba_pipeline.warehouse.errors import ContractError
from nba_pipeline.warehouse.quarantine import TABLE, quarantine_batch
from nba_pipeline_tests.warehouse.example_tables import PLAYERS, D, day_after, on, players, tally, warehouse_in

NEXT = day_after(D)


def record(day: object, file: str | None, position: str | None, rule: str = "bad_value") -> dict[str, object]:
    return {
        "partition_date": day,
        "action": "reject_row",
        "rule": rule,
        "source_file": file,
        "position": position,
        "column_name": "points",
        "original_value": "x",
        "detail": "a number",
        "row_text": "{}",
    }


RECORDS = [
    record(D, "b.json", "/2"),
    record(NEXT, "a.json", "/1"),
    record(D, "b.json", "/1"),
    record(D, "a.json", "/9"),
]


def test_records_are_numbered_per_day_by_file_and_position() -> None:
    rows = quarantine_batch(RECORDS, "raw.box", "run1", on(D, NEXT)).rows.to_pylist()
    assert [(r["partition_date"], r["row_number"], r["source_file"], r["position"]) for r in rows] == [
        (D, 1, "a.json", "/9"),
        (D, 2, "b.json", "/1"),
        (D, 3, "b.json", "/2"),
        (NEXT, 1, "a.json", "/1"),
    ]
    assert {(r["source_table"], r["run_id"]) for r in rows} == {("raw.box", "run1")}


def test_order_of_the_records_does_not_matter() -> None:
    forwards = quarantine_batch(RECORDS, "raw.box", "run1", on(D, NEXT))
    backwards = quarantine_batch(RECORDS[::-1], "raw.box", "run1", on(D, NEXT))
    assert forwards.rows.equals(backwards.rows)


def test_frame_of_rejects_is_accepted_as_parsers_return_it() -> None:
    frame = pd.DataFrame(RECORDS)
    assert quarantine_batch(frame, "raw.box", "run1").rows.num_rows == 4
    assert quarantine_batch(no_rejects(), "raw.box", "run1").rows.num_rows == 0


def test_scope_spans_the_dates_of_the_records_unless_given() -> None:
    assert quarantine_batch(RECORDS, "raw.box", "run1").scope == on(D, NEXT)
    assert quarantine_batch(RECORDS[:1], "raw.box", "run1", on(D, NEXT)).scope == on(D, NEXT)


def test_record_of_an_unpartitioned_table_belongs_to_the_first_day() -> None:
    (row,) = quarantine_batch([record(None, None, None)], "reference.teams", "run1", on(D, NEXT)).rows.to_pylist()
    assert row["partition_date"] == D


def test_record_without_a_rule_is_refused() -> None:
    with pytest.raises(ContractError, match="rule"):
        quarantine_batch([record(D, "a.json", "/1") | {"rule": None}], "raw.box", "run1")


def test_each_run_adds_its_rows_and_the_same_run_adds_them_once(tmp_path: Path) -> None:
    warehouse = warehouse_in(tmp_path)
    results = [
        warehouse.write(quarantine_batch(RECORDS, "raw.box", run, on(D, NEXT)), WriteOptions())
        for run in ("run1", "run1", "run2")
    ]
    assert [tally(result) for result in results] == [(3, 0, 0, 0), (0, 0, 0, 3), (3, 0, 0, 0)]
    assert warehouse.read(TABLE).num_rows == 8


def test_what_the_value_rules_took_out_can_be_stored(tmp_path: Path) -> None:
    frame = players(240)
    frame.loc[0, "team_abbr"] = "EST"
    batch = conform(PLAYERS, frame, on(D))
    warehouse = warehouse_in(tmp_path)
    warehouse.write(quarantine_batch(batch.quarantine, str(PLAYERS), "run1", on(D)), WriteOptions())
    (row,) = warehouse.read(TABLE).to_pylist()
    assert (row["source_table"], row["column_name"], row["original_value"], row["rule"]) == (
        "analytics.player_example",
        "team_abbr",
        "EST",
        "bad_value",
    )
