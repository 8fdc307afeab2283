"""Fixtures of the checks' tests: an empty warehouse file that rows are put into one by one."""

from __future__ import annotations

from pathlib import Path

import pytest

from nba_pipeline_tests.checks.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "warehouse.duckdb")
