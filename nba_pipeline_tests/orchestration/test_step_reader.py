"""One connection for the inputs of a step: shared between them, closed whatever happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from nba_pipeline.orchestration.step_reader import StepReader
from nba_pipeline.schema import Column, Table
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse
from nba_pipeline.warehouse.errors import StatementError

CITIES = Table(
    layer="reference",
    name="toy_cities",
    grain="one row per city",
    description="Test.",
    columns=(Column("city", "STRING", "Test.", unit="text", source="test", required=True),),
    primary_key=("city",),
    partition_column=None,
    write_mode="replace",
)


@pytest.fixture
def warehouse(tmp_path: Path) -> DuckDBWarehouse:
    """A file that holds the table; it can be opened for writing only while nobody reads."""
    stored = DuckDBWarehouse(tmp_path / "w.duckdb", lock_wait_seconds=0.0)
    stored.ensure(CITIES)
    return stored


def is_free(warehouse: DuckDBWarehouse) -> bool:
    try:
        warehouse.ensure(CITIES)
    except StatementError:
        return False
    return True


def test_inputs_of_a_step_share_one_connection_that_its_last_one_closes(warehouse: DuckDBWarehouse) -> None:
    reader = StepReader()
    with reader.of("a", 2, warehouse) as first:
        assert first.read(CITIES).num_rows == 0
    assert not is_free(warehouse)
    with reader.of("a", 2, warehouse) as second:
        assert second is first
    assert is_free(warehouse)


def test_failing_input_closes_the_connection(warehouse: DuckDBWarehouse) -> None:
    reader = StepReader()
    with pytest.raises(StatementError), reader.of("a", 2, warehouse) as first:
        first.query("select * from no_such_table")
    assert is_free(warehouse)


def test_step_that_ended_early_leaves_nothing_to_the_next_one(warehouse: DuckDBWarehouse) -> None:
    reader = StepReader()
    with reader.of("a", 3, warehouse) as first:
        pass
    with reader.of("b", 1, warehouse) as second:
        assert second is not first
    assert is_free(warehouse)


def test_closing_frees_the_file_for_the_write(warehouse: DuckDBWarehouse) -> None:
    reader = StepReader()
    with reader.of("a", 3, warehouse):
        pass
    reader.close()
    assert is_free(warehouse)
