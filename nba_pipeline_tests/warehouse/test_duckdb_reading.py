from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from nba_pipeline.errors import SettingsError
from nba_pipeline.schema.frames import arrow_schema, frame_from_arrow
from nba_pipeline.warehouse import open_warehouse
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse
from nba_pipeline.warehouse.errors import ContractError, StatementError
from nba_pipeline_tests.warehouse.example_tables import (
    PLAYERS,
    D,
    day_after,
    days,
    keys,
    on,
    players,
    put,
    small_table,
    warehouse_in,
)

SMALL = small_table("small")
LAST = day_after(D, 2)


@pytest.fixture
def warehouse(tmp_path: Path) -> DuckDBWarehouse:
    warehouse = warehouse_in(tmp_path)
    rows = days((LAST, "a", 3), (D, "b", None), (D, "a", 1), (day_after(D), "a", 2))
    put(warehouse, SMALL, rows, on(D, LAST))
    return warehouse


def test_rows_come_in_key_order_with_the_declared_types(warehouse: DuckDBWarehouse) -> None:
    found = warehouse.read(SMALL)
    assert found.schema == arrow_schema(SMALL.columns)
    assert found.column("value").to_pylist() == [1, None, 2, 3]


def test_only_the_asked_days_and_columns_are_read(warehouse: DuckDBWarehouse) -> None:
    found = warehouse.read(SMALL, columns=["value", "key"], first=day_after(D), last=LAST)
    assert found.to_pydict() == {"value": [2, 3], "key": ["a", "a"]}
    assert warehouse.read(SMALL, columns=["value"], last=D).to_pydict() == {"value": [1, None]}
    assert warehouse.read(SMALL, first=LAST, last=D).num_rows == 0


def test_system_columns_are_read_when_named(warehouse: DuckDBWarehouse) -> None:
    found = warehouse.read(SMALL, columns=["row_hash", "processed_at"], last=D)
    assert found.schema.field("processed_at").type == pa.timestamp("us", tz="UTC")
    assert all(len(digits) == 16 for digits in found.column("row_hash").to_pylist())


def test_undeclared_column_is_refused(warehouse: DuckDBWarehouse) -> None:
    with pytest.raises(ContractError, match=r"raw.small: column\(s\) height are not declared"):
        warehouse.read(SMALL, columns=["height"])


def test_dates_do_not_matter_to_an_unpartitioned_table(warehouse: DuckDBWarehouse) -> None:
    whole = small_table("whole", partitioned=False)
    put(warehouse, whole, keys(("a", 1)), None)
    assert warehouse.read(whole, first=D, last=D).num_rows == 1


def test_absent_table_and_absent_file_have_no_rows(warehouse: DuckDBWarehouse, tmp_path: Path) -> None:
    nowhere = warehouse_in(tmp_path / "absent")
    for store in (warehouse, nowhere):
        assert store.read(PLAYERS).schema == arrow_schema(PLAYERS.columns)
        assert store.read(PLAYERS).num_rows == 0
        assert store.stored_columns(PLAYERS) is None
    assert not nowhere.path.exists()


def test_frame_survives_the_way_to_the_warehouse_and_back(warehouse: DuckDBWarehouse) -> None:
    put(warehouse, PLAYERS, players(5), on(D))
    frame = frame_from_arrow(PLAYERS, warehouse.read(PLAYERS))
    assert frame["tip_off_at"].dtype == pd.DatetimeTZDtype("us", "UTC")
    pd.testing.assert_frame_equal(frame, players(5), check_dtype=False)


def test_query_returns_rows_and_cannot_change_any(warehouse: DuckDBWarehouse) -> None:
    assert warehouse.query(f"select count(*) as n from {SMALL.qualified_name}").to_pylist() == [{"n": 4}]
    with pytest.raises(StatementError, match="read-only"):
        warehouse.query(f"delete from {SMALL.qualified_name}")
    assert warehouse.read(SMALL).num_rows == 4


def test_query_of_an_absent_table_or_file_is_an_error_with_the_statement(
    warehouse: DuckDBWarehouse, tmp_path: Path
) -> None:
    for store in (warehouse, warehouse_in(tmp_path / "absent")):
        with pytest.raises(StatementError, match=r"select 1 from nba_raw.nowhere"):
            store.query("select 1 from nba_raw.nowhere")
    assert warehouse_in(tmp_path / "absent").query("select 1 as one").to_pylist() == [{"one": 1}]


def test_address_names_a_duckdb_file(tmp_path: Path) -> None:
    opened = open_warehouse(f"duckdb:///{tmp_path}/nba.duckdb")
    assert isinstance(opened, DuckDBWarehouse)
    assert opened.path == tmp_path / "nba.duckdb"
    assert not opened.path.exists()
    assert open_warehouse("duckdb:///data/nba.duckdb") == DuckDBWarehouse(Path("data/nba.duckdb"))


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (
            "bigquery://project?dataset_prefix=x",
            "is not part of this version. Set NBA_WAREHOUSE=duckdb",
        ),
        ("data/nba.duckdb", "no warehouse address"),
        ("duckdb:///", "no warehouse address"),
        ("", "no warehouse address"),
    ],
)
def test_other_addresses_are_refused_with_what_to_set(url: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        open_warehouse(url)
