"""Fixtures of the checks' tests: an empty warehouse file that rows are put into one by one."""

from __future__ import annotations

from pathlib import Path

import pytest

from nba_pipeline import catalog
from nba_pipeline_tests.checks.store import JUDGED_TABLES, Store


@pytest.fixture(autouse=True)
def _tables_of_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """References are looked up among the tables these tests use; the whole catalog takes seconds to import."""
    monkeypatch.setattr(catalog, "tables", lambda: JUDGED_TABLES)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "warehouse.duckdb")
