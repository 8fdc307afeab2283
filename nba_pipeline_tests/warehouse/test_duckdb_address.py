"""From an address to a DuckDB file; nothing is opened or made by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from nba_pipeline.errors import SettingsError
from nba_pipeline.warehouse import open_warehouse
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse
from nba_pipeline_tests.warehouse.example_tables import PLAYERS, small_table, warehouse_in


def test_reading_makes_no_file(tmp_path: Path) -> None:
    nowhere = warehouse_in(tmp_path / "absent")
    assert nowhere.read(small_table("small")).num_rows == 0
    assert nowhere.stored_columns(PLAYERS) is None
    assert nowhere.query("select 1 as one").num_rows == 1
    assert not nowhere.path.exists()


def test_address_names_a_duckdb_file(tmp_path: Path) -> None:
    opened = open_warehouse(f"duckdb:///{tmp_path}/nba.duckdb")
    assert isinstance(opened, DuckDBWarehouse)
    assert opened.path == tmp_path / "nba.duckdb"
    assert not opened.path.exists()
    assert open_warehouse("duckdb:///data/nba.duckdb") == DuckDBWarehouse(Path("data/nba.duckdb"))


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("data/nba.duckdb", "no warehouse address"),
        ("duckdb:///", "no warehouse address"),
        ("", "no warehouse address"),
    ],
)
def test_other_addresses_are_refused_with_what_to_set(url: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        open_warehouse(url)
