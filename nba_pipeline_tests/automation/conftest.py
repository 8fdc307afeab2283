"""Fixtures of the automation tests: a fresh instance, and the toy tables in place of the catalog where asked for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pytest

from nba_pipeline import catalog
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.orchestration.partitions import FIRST_DAY
from nba_pipeline_tests.automation.toys import TABLES, Source, World

TODAY = date(2021, 11, 20)


OFF_DAYS = {date(2021, 11, 14), date(2021, 11, 17)}


def _first_points() -> dict[date, int]:
    days = [FIRST_DAY + timedelta(days=n) for n in range((TODAY - FIRST_DAY).days + 1)]
    return {day: 100 for day in days if day not in OFF_DAYS}


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "1000")
    with open_instance(tmp_path / "dagster_home") as opened:
        yield opened


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with warehouse and history in which everything is made up to TODAY."""
    folder = tmp_path_factory.mktemp("finished")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_EVENT_BATCH_SIZE", "1000")
        patch.setattr(catalog, "tables", lambda: TABLES)
        with open_instance(folder / "dagster_home") as opened:
            World(folder, opened, Source(_first_points()), TODAY).backfill()
    return folder


@pytest.fixture
def world(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A month of points on every date but two, everything made up to TODAY and seen by automation once."""
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "1000")
    monkeypatch.setattr(catalog, "tables", lambda: TABLES)
    folder = tmp_path / "world"
    shutil.copytree(finished, folder)
    configuration = folder / "dagster_home" / "dagster.yaml"
    configuration.write_text(configuration.read_text().replace(str(finished), str(folder)))
    with open_instance(folder / "dagster_home") as opened:
        made = World(folder, opened, Source(_first_points()), TODAY)
        assert made.tick() == {}
        yield made
