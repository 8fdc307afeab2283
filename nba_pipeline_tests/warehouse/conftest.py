"""Fixtures of the warehouse tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from nba_pipeline.warehouse import duckdb_write
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse
from nba_pipeline_tests.warehouse.example_tables import warehouse_in


@pytest.fixture
def warehouse(tmp_path: Path) -> DuckDBWarehouse:
    """A warehouse whose file does not exist yet."""
    return warehouse_in(tmp_path)


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """First words of the statements a write executes."""
    seen: list[str] = []
    execute = duckdb_write.run

    def noted(connection: object, statement: str) -> object:
        seen.append(" ".join(statement.split()[:2]).lower())
        return execute(connection, statement)  # type: ignore[arg-type]

    monkeypatch.setattr(duckdb_write, "run", noted)
    return seen
