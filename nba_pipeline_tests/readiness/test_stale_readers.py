"""A stale partition makes those stale that read it: one look at the graph is enough to plan them all."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from nba_pipeline import catalog
from nba_pipeline.readiness.needs import Ledgers, needed_partitions
from nba_pipeline.warehouse import open_warehouse
from nba_pipeline_tests.orchestration.toy import run_toy
from nba_pipeline_tests.random_operations.graph import DAYS, EDGES, FORM, SCORES, TABLES, TOTALS, Landed, assets

LAST, HOLE = DAYS[5], DAYS[2]
WINDOW = DAYS[:6]
SCHEDULE = pd.DataFrame(
    {
        "game_date": pd.DatetimeIndex(pd.to_datetime(list(WINDOW))).as_unit("us"),
        "season_year": 2021,
        "is_final": True,
        "is_postponed": False,
        "home_team_abbr": "BOS",
        "away_team_abbr": "NYK",
    }
)


@pytest.fixture
def instance(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dg.DagsterInstance:
    """All three tables of six days are there, but those of the third day."""
    monkeypatch.setattr(catalog, "tables", lambda: {str(table): table for table in TABLES})
    for day in WINDOW:
        Landed(tmp_path).put(day, {"BOS": 100})
    instance = dg.DagsterInstance.ephemeral()
    for first, last in ((DAYS[0], DAYS[1]), (DAYS[3], LAST)):
        run_toy(tmp_path, instance, assets(tmp_path), first, last)
    return instance


def needed(instance: dg.DagsterInstance, folder: Path, only: str) -> dict[str, set[date]]:
    made = assets(folder)
    versions = {".".join(asset.key.path): str(next(iter(asset.code_versions_by_key.values()))) for asset in made}
    ledgers = Ledgers(instance, open_warehouse(f"duckdb:///{folder}/warehouse.duckdb"), SCHEDULE)
    found = needed_partitions(ledgers, TABLES, WINDOW, only, versions, EDGES)  # type: ignore[arg-type]
    return {str(table): days for table, days in found.items()}


def test_only_missing_plans_the_missing_date_alone(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    found = needed(instance, tmp_path, "missing")
    assert found[str(SCORES)] == found[str(TOTALS)] == {HOLE}
    assert HOLE in found[str(FORM)]
    assert not {day for day in found[str(FORM)] if day > HOLE}


def test_only_stale_also_plans_later_dates_that_look_back_at_the_missing_one(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    found = needed(instance, tmp_path, "stale")
    assert found[str(SCORES)] == found[str(TOTALS)] == {HOLE}
    assert {day for day in found[str(FORM)] if day >= HOLE} == {day for day in WINDOW if day >= HOLE}
