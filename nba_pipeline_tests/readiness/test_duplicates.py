"""Keys stored more than once: what is found, which copy stays, and a repair that loses nothing."""

from __future__ import annotations

from datetime import date
from io import StringIO
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from rich.console import Console

from nba_pipeline import catalog
from nba_pipeline.commands.duplicates import run_duplicates
from nba_pipeline.readiness import duplicates
from nba_pipeline.readiness.duplicates import KeyCount, duplicated, key_counts, repair
from nba_pipeline.schema import Table
from nba_pipeline.settings import load_settings
from nba_pipeline.warehouse import quarantine
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse
from nba_pipeline.warehouse.errors import ReadBackError, ShrinkError
from nba_pipeline_tests.warehouse.example_tables import days, keys, on, put, small_table, stored, warehouse_in

TABLE = small_table("small")
WHOLE = small_table("whole", partitioned=False)
FIRST, SECOND, THIRD, FOURTH = (date(2025, 11, day) for day in (10, 11, 12, 14))
RANGE = (FIRST, FOURTH)
EARLIER, LATER = "2025-11-20 00:00:00+00", "2030-11-21 00:00:00+00"


def copy_row(
    warehouse: DuckDBWarehouse, table: Table, key: str, value: int | None, at: str, row_hash: str = "0"
) -> None:
    """One more row under a stored key, as only a fault could make it."""
    day = "game_date, " if table.partition_column else ""
    with duckdb.connect(warehouse.path) as connection:
        connection.execute(
            f"insert into {table.qualified_name} select distinct {day}key, {value if value is not None else 'null'}, "
            f"'{row_hash}', timestamptz '{at}' from {table.qualified_name} where key = '{key}'"
        )


@pytest.fixture
def spoilt(tmp_path: Path) -> DuckDBWarehouse:
    """Seven keys on four dates; on the first and the third date keys have two or three copies: 3 groups, 4 surplus."""
    warehouse = warehouse_in(tmp_path)
    rows = days(
        (FIRST, "a", None), (FIRST, "b", 2), (SECOND, "c", 3), (THIRD, "d", 4), (THIRD, "e", 5), (FOURTH, "f", 6),
        (FOURTH, "g", 7),
    )  # fmt: skip
    put(warehouse, TABLE, rows, on(FIRST, FOURTH))
    copy_row(warehouse, TABLE, "a", 1, EARLIER)  # fewer NULLs than the stored row
    copy_row(warehouse, TABLE, "d", 44, LATER)  # as full as the stored row, and newer
    copy_row(warehouse, TABLE, "e", 55, EARLIER)
    copy_row(warehouse, TABLE, "e", 56, EARLIER, row_hash="1")  # of the same age as the copy before
    return warehouse


CLEAN = [
    (FIRST, "a", 1), (FIRST, "b", 2), (SECOND, "c", 3), (THIRD, "d", 44), (THIRD, "e", 5), (FOURTH, "f", 6),
    (FOURTH, "g", 7),
]  # fmt: skip


def test_partitions_with_repeated_keys_are_counted(spoilt: DuckDBWarehouse) -> None:
    found = duplicated(key_counts(spoilt, TABLE, *RANGE))
    assert found == {FIRST: KeyCount(3, 2, 1), THIRD: KeyCount(5, 2, 2)}
    assert sum(count.surplus for count in found.values()) == 4


def test_a_table_that_is_not_stored_has_no_duplicates(tmp_path: Path) -> None:
    assert key_counts(warehouse_in(tmp_path), TABLE, *RANGE) == {}


def test_a_repair_leaves_the_fullest_then_the_newest_copy_of_every_key(spoilt: DuckDBWarehouse) -> None:
    done = repair(spoilt, TABLE, *RANGE, "run1")
    assert done is not None
    assert (done.partitions, done.rows, done.keys, done.removed) == ((FIRST, THIRD), 8, 4, 4)
    assert stored(spoilt, TABLE) == CLEAN
    assert duplicated(key_counts(spoilt, TABLE, *RANGE)) == {}


def test_of_copies_of_the_same_age_the_greater_hash_stays(tmp_path: Path) -> None:
    warehouse = warehouse_in(tmp_path)
    put(warehouse, TABLE, days((FIRST, "a", None)), on(FIRST))
    for value, row_hash in ((1, "1"), (3, "3"), (2, "2")):
        copy_row(warehouse, TABLE, "a", value, EARLIER, row_hash)
    repair(warehouse, TABLE, *RANGE, "run1")
    assert stored(warehouse, TABLE) == [(FIRST, "a", 3)]


def test_removed_copies_are_in_quarantine(spoilt: DuckDBWarehouse) -> None:
    repair(spoilt, TABLE, *RANGE, "run1")
    rows = spoilt.read(quarantine.TABLE).to_pylist()
    assert [(r["partition_date"], r["original_value"]) for r in rows] == [
        (FIRST, "2025-11-10, a"), (THIRD, "2025-11-12, d"), (THIRD, "2025-11-12, e"), (THIRD, "2025-11-12, e"),
    ]  # fmt: skip
    assert {(r["source_table"], r["run_id"], r["action"], r["rule"]) for r in rows} == {
        (str(TABLE), "run1", "duplicate", "duplicate")
    }
    assert '"value": null' in rows[0]["row_text"]


def test_a_second_repair_changes_nothing(spoilt: DuckDBWarehouse) -> None:
    repair(spoilt, TABLE, *RANGE, "run1")
    columns = [column.name for column in TABLE.stored_columns]
    before = spoilt.read(TABLE, columns=columns)
    assert repair(spoilt, TABLE, *RANGE, "run2") is None
    assert spoilt.read(TABLE, columns=columns).equals(before)
    assert spoilt.read(quarantine.TABLE).num_rows == 4


def test_partitions_without_duplicates_keep_every_row_as_it_is(spoilt: DuckDBWarehouse) -> None:
    columns = [column.name for column in TABLE.stored_columns]
    before = [spoilt.read(TABLE, columns=columns, first=day, last=day) for day in (SECOND, FOURTH)]
    repair(spoilt, TABLE, *RANGE, "run1")
    assert [spoilt.read(TABLE, columns=columns, first=day, last=day) for day in (SECOND, FOURTH)] == before


def test_a_repair_of_some_dates_leaves_the_others_for_later(spoilt: DuckDBWarehouse) -> None:
    repair(spoilt, TABLE, FIRST, SECOND, "run1")
    assert list(duplicated(key_counts(spoilt, TABLE, *RANGE))) == [THIRD]


def test_a_table_without_partitions_is_repaired_as_a_whole(tmp_path: Path) -> None:
    warehouse = warehouse_in(tmp_path)
    put(warehouse, WHOLE, keys(("a", 1), ("b", 2)), None)
    copy_row(warehouse, WHOLE, "a", 9, EARLIER)
    done = repair(warehouse, WHOLE, *RANGE, "run1")
    assert done is not None
    assert (done.partitions, done.removed) == ((None,), 1)
    assert stored(warehouse, WHOLE) == [("a", 1), ("b", 2)]


def test_a_rewrite_that_loses_a_key_is_rolled_back(spoilt: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    ranked = duplicates._ranked

    def losing(warehouse: DuckDBWarehouse, table: Table, partitions: tuple[date | None, ...]) -> pa.Table:
        rows = ranked(warehouse, table, partitions)
        return rows.filter(pa.array([key != "b" for key in rows.column("key").to_pylist()]))

    before = sorted(map(str, stored(spoilt, TABLE)))
    monkeypatch.setattr(duplicates, "_ranked", losing)
    with pytest.raises(ShrinkError, match="2025-11-10: 1 of 3 stored rows would go, 0 may"):
        repair(spoilt, TABLE, *RANGE, "run1")
    assert sorted(map(str, stored(spoilt, TABLE))) == before


def test_a_repair_during_which_another_partition_changes_is_not_called_proven(
    spoilt: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts, calls = duplicates.key_counts, []

    def counted(warehouse: DuckDBWarehouse, table: Table, first: date, last: date) -> duplicates.KeyCounts:
        if calls:
            put(spoilt, TABLE, days((SECOND, "c", 3), (SECOND, "new", 1)), on(SECOND))
        calls.append(first)
        return counts(warehouse, table, first, last)

    monkeypatch.setattr(duplicates, "key_counts", counted)
    with pytest.raises(ReadBackError, match="after the repair 2025-11-11 does not hold the keys of before"):
        repair(spoilt, TABLE, *RANGE, "run1")


def test_the_command_finds_repairs_and_names_what_to_run_next(
    spoilt: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "tables", lambda: {str(TABLE): TABLE})
    settings = load_settings(warehouse=f"duckdb:///{spoilt.path}")

    def command(*, with_repair: bool) -> tuple[int, str]:
        shown = StringIO()
        console = Console(width=150, file=shown)
        code = run_duplicates(settings, console, names="small", first=FIRST, last=FOURTH, with_repair=with_repair)
        return code, shown.getvalue()

    code, text = command(with_repair=False)
    assert code == 1
    assert "raw.small  11 rows, 3 key(s) stored more than once, 4 surplus row(s)" in text
    assert "2025-11-12  5 rows, 2 keys, 2 key(s) stored more than once, 3 surplus row(s)" in text
    assert "--repair replaces 2025-11-10, 2025-11-12 by one row per key" in text
    code, text = command(with_repair=True)
    assert code == 0
    assert "repaired: 8 rows became 4, the same keys; 4 row(s) in quarantine as run duplicates-" in text
    assert "nba-pipeline backfill --tables raw.small --from 2025-11-12 --to 2025-11-12 --only all" in text
    assert command(with_repair=True) == (0, "raw.small  7 rows, 0 key(s) stored more than once, 0 surplus row(s)\n")
