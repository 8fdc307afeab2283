"""What every engine must do: return what is stored, typed and in key order, and change nothing by reading."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

from nba_pipeline.schema.frames import arrow_schema, frame_from_arrow
from nba_pipeline.warehouse import Warehouse
from nba_pipeline.warehouse.errors import ContractError, StatementError
from nba_pipeline_tests.warehouse.engines import Engine
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
)

SMALL = small_table("small")
LAST = day_after(D, 2)


@pytest.fixture
def warehouse(engine: Engine) -> Warehouse:
    """Three days of a small table."""
    warehouse = engine.warehouse("one")
    rows = days((LAST, "a", 3), (D, "b", None), (D, "a", 1), (day_after(D), "a", 2))
    put(warehouse, SMALL, rows, on(D, LAST))
    return warehouse


def test_rows_come_in_key_order_with_the_declared_types(warehouse: Warehouse) -> None:
    found = warehouse.read(SMALL)
    assert found.schema == arrow_schema(SMALL.columns)
    assert found.column("value").to_pylist() == [1, None, 2, 3]


def test_only_the_asked_days_and_columns_are_read(warehouse: Warehouse) -> None:
    found = warehouse.read(SMALL, columns=["value", "key"], first=day_after(D), last=LAST)
    assert found.to_pydict() == {"value": [2, 3], "key": ["a", "a"]}
    assert warehouse.read(SMALL, columns=["value"], last=D).to_pydict() == {"value": [1, None]}
    assert warehouse.read(SMALL, first=LAST, last=D).num_rows == 0


def test_system_columns_are_read_when_named(warehouse: Warehouse) -> None:
    found = warehouse.read(SMALL, columns=["row_hash", "processed_at"], last=D)
    assert found.schema.field("processed_at").type == pa.timestamp("us", tz="UTC")
    assert all(len(digits) == 16 for digits in found.column("row_hash").to_pylist())


def test_undeclared_column_is_refused(warehouse: Warehouse) -> None:
    with pytest.raises(ContractError, match=r"raw.small: column\(s\) height are not declared"):
        warehouse.read(SMALL, columns=["height"])


def test_dates_do_not_matter_to_an_unpartitioned_table(warehouse: Warehouse) -> None:
    whole = small_table("whole", partitioned=False)
    put(warehouse, whole, keys(("a", 1)), None)
    assert warehouse.read(whole, first=D, last=D).num_rows == 1


def test_absent_table_and_absent_warehouse_have_no_rows(warehouse: Warehouse, engine: Engine) -> None:
    nowhere = engine.warehouse("absent")
    for store in (warehouse, nowhere):
        assert store.read(PLAYERS).schema == arrow_schema(PLAYERS.columns)
        assert store.read(PLAYERS).num_rows == 0
        assert store.stored_columns(PLAYERS) is None


def test_frame_survives_the_way_to_the_warehouse_and_back(warehouse: Warehouse) -> None:
    put(warehouse, PLAYERS, players(5), on(D))
    frame = frame_from_arrow(PLAYERS, warehouse.read(PLAYERS))
    assert frame["tip_off_at"].dtype == pd.DatetimeTZDtype("us", "UTC")
    pd.testing.assert_frame_equal(frame, players(5), check_dtype=False)


def test_query_returns_rows_and_cannot_change_any(warehouse: Warehouse) -> None:
    assert warehouse.query(f"select count(*) as n from {SMALL.qualified_name}").to_pylist() == [{"n": 4}]
    with pytest.raises(StatementError, match="read-only"):
        warehouse.query(f"delete from {SMALL.qualified_name} where game_date = date '{D}'")
    assert warehouse.read(SMALL).num_rows == 4


def test_query_of_an_absent_table_is_an_error_with_the_statement(warehouse: Warehouse, engine: Engine) -> None:
    for store in (warehouse, engine.warehouse("absent")):
        with pytest.raises(StatementError, match=r"select 1 from \S*nba_raw.nowhere"):
            store.query("select 1 from nba_raw.nowhere")
    assert engine.warehouse("absent").query("select 1 as one").to_pylist() == [{"one": 1}]
