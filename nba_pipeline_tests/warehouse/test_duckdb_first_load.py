"""Days that hold nothing yet: filled by a plain INSERT, verified like every other write."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from nba_pipeline.warehouse import merge_sql
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse
from nba_pipeline.warehouse.errors import ReadBackError
from nba_pipeline.warehouse.merge_sql import Write
from nba_pipeline_tests.warehouse.example_tables import (
    PLAYERS,
    D,
    changing,
    days,
    on,
    players,
    put,
    small_table,
    stored,
    warehouse_in,
)

NEXT = date(2024, 1, 16)


@pytest.fixture
def warehouse(tmp_path: Path) -> DuckDBWarehouse:
    """A warehouse whose file does not exist yet."""
    return warehouse_in(tmp_path)


def test_days_without_rows_are_filled_by_an_insert_beside_stored_days(
    warehouse: DuckDBWarehouse, statements: list[str]
) -> None:
    put(warehouse, PLAYERS, players(4), on(D))
    statements.clear()
    result = put(warehouse, PLAYERS, players(5, NEXT), on(NEXT))
    assert changing(statements) == ["insert into"]
    assert (result.partitions[NEXT].inserted, result.partitions[NEXT].rows) == (5, 5)
    assert len(stored(warehouse, PLAYERS)) == 9


def test_range_with_one_stored_day_is_merged(warehouse: DuckDBWarehouse, statements: list[str]) -> None:
    put(warehouse, PLAYERS, players(4), on(D))
    statements.clear()
    put(warehouse, PLAYERS, pd.concat([players(4), players(4, NEXT)]), on(D, NEXT))
    assert changing(statements) == ["merge into"]
    assert len(stored(warehouse, PLAYERS)) == 8


@pytest.mark.parametrize("mode", ["merge", "append", "replace"])
def test_row_lost_by_a_first_load_is_noticed_and_rolled_back(
    warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    table = small_table("any", mode)  # type: ignore[arg-type]
    replace = merge_sql.replace_statements

    def lossy(write: Write) -> tuple[str, str]:
        delete, insert = replace(write)
        return delete, f"{insert} where key <> 'b'"

    monkeypatch.setattr(merge_sql, "replace_statements", lossy)
    with pytest.raises(ReadBackError, match=r"raw\.any: the insert changed 1 rows, 2 were due"):
        put(warehouse, table, days((D, "a", 1), (D, "b", 1)), on(D))
    assert warehouse.stored_columns(table) is None


def test_wrong_content_of_a_first_load_is_noticed_and_rolled_back(
    warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = small_table("any")
    replace = merge_sql.replace_statements

    def wrong(write: Write) -> tuple[str, str]:
        return replace(write)[0], f"insert into {write.target} select * replace ('x' as key) from {write.staging}"

    monkeypatch.setattr(merge_sql, "replace_statements", wrong)
    with pytest.raises(ReadBackError, match="holds 1 rows, 1 were due, and 0 of the 1 rows sent"):
        put(warehouse, table, days((D, "a", 1)), on(D))
    assert warehouse.stored_columns(table) is None


def test_rows_read_without_an_order_are_the_rows_read_in_order(warehouse: DuckDBWarehouse) -> None:
    put(warehouse, PLAYERS, players(40), on(D))
    ordered, other = warehouse.read(PLAYERS), warehouse.read(PLAYERS, ordered=False)
    assert other.schema == ordered.schema
    assert other.sort_by([(name, "ascending") for name in PLAYERS.primary_key]).equals(ordered)
