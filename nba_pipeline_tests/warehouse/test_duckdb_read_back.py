"""An engine that does something else than it was told: noticed, rolled back, not worked around."""

from __future__ import annotations

from pathlib import Path

import pytest

from nba_pipeline.warehouse import merge_sql
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse
from nba_pipeline.warehouse.errors import ReadBackError, StatementError
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

SMALL = small_table("small")


@pytest.fixture
def warehouse(tmp_path: Path) -> DuckDBWarehouse:
    """A warehouse whose file does not exist yet."""
    return warehouse_in(tmp_path)


def test_row_lost_by_the_engine_is_noticed_and_rolled_back(
    warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(warehouse, PLAYERS, players().assign(points=1), on(D))
    before = stored(warehouse, PLAYERS)
    upsert = merge_sql.upsert_statement
    due, lossy = "when matched and", "when matched and S.player_lookup <> 'player017' and"
    monkeypatch.setattr(merge_sql, "upsert_statement", lambda write: upsert(write).replace(due, lossy))
    with pytest.raises(ReadBackError, match="merge changed 239 rows, 240 were due"):
        put(warehouse, PLAYERS, players().assign(points=2), on(D))
    assert stored(warehouse, PLAYERS) == before


def test_wrong_content_behind_a_right_count_is_noticed_and_rolled_back(
    warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(warehouse, SMALL, days((D, "a", 1)), on(D))
    upsert = merge_sql.upsert_statement
    monkeypatch.setattr(
        merge_sql,
        "upsert_statement",
        lambda write: upsert(write).replace('"row_hash" = S."row_hash"', "row_hash = 'x'"),
    )
    with pytest.raises(ReadBackError, match=r"holds 1 rows, 1 were due, and 0 of the 1 rows sent"):
        put(warehouse, SMALL, days((D, "a", 2)), on(D))
    assert stored(warehouse, SMALL) == [(D, "a", 1)]


def test_failing_merge_is_tried_once_and_nothing_else_is_run_in_its_place(
    warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch, statements: list[str]
) -> None:
    put(warehouse, SMALL, days((D, "a", 1)), on(D))
    statements.clear()
    message = "UPDATE/MERGE must match at most one source row for each target row"
    monkeypatch.setattr(merge_sql, "upsert_statement", lambda write: f"select error('{message}')")
    with pytest.raises(StatementError, match="at most one source row") as caught:
        put(warehouse, SMALL, days((D, "a", 2)), on(D))
    assert "select error" in str(caught.value)
    assert statements[-1].startswith("select error")
    assert statements.count("create temp") == 1
    assert changing(statements) == []
    assert stored(warehouse, SMALL) == [(D, "a", 1)]


@pytest.mark.parametrize("mode", ["merge", "append", "replace"])
def test_lost_row_is_noticed_in_every_write_mode(
    warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    table = small_table("any", mode)  # type: ignore[arg-type]
    put(warehouse, table, days((D, "a", 1)), on(D))

    def lossy(write: merge_sql.Write) -> str:
        return f"insert into {write.target} select * from {write.staging} where false"

    monkeypatch.setattr(merge_sql, "upsert_statement", lossy)
    monkeypatch.setattr(merge_sql, "append_statement", lossy)
    delete_scope = merge_sql.replace_statements
    monkeypatch.setattr(merge_sql, "replace_statements", lambda write: (delete_scope(write)[0], lossy(write)))
    with pytest.raises(ReadBackError, match=r"raw.any: the (merge|append|insert) changed 0 rows"):
        put(warehouse, table, days((D, "a", 1), (D, "b", 1)), on(D))
    assert stored(warehouse, table) == [(D, "a", 1)]


def test_row_that_appears_from_nowhere_is_noticed(warehouse: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    put(warehouse, SMALL, days((D, "a", 1)), on(D))
    monkeypatch.setattr(
        merge_sql,
        "upsert_statement",
        lambda write: f"insert into {write.target} select * replace ('x' as key) from {write.staging} where key = 'b'",
    )
    with pytest.raises(ReadBackError, match=r"2024-01-15 holds 2 rows, 2 were due, and 1 of the 2 rows sent"):
        put(warehouse, SMALL, days((D, "a", 1), (D, "b", 1)), on(D))
    assert stored(warehouse, SMALL) == [(D, "a", 1)]
