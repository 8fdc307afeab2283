"""Fixtures of the machinery's tests: the toy tables in place of the catalog, an instance that stores in batches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from nba_pipeline import catalog
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline_tests.orchestration.toy import SCORES, TOTALS


@pytest.fixture(autouse=True)
def _toy_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "tables", lambda: {str(SCORES): SCORES, str(TOTALS): TOTALS})
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "1000")


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with open_instance(tmp_path / "dagster_home") as opened:
        yield opened
