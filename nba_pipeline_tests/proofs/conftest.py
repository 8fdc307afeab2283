"""The made-up league, computed once for all tests of the proofs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.orchestration.partitions import partition_dates
from nba_pipeline.orchestration.recompute import look_back_recipes
from nba_pipeline_tests.proofs.chain import Book, Made, Recipes, complete, run_chain
from nba_pipeline_tests.proofs.evidence import days_of
from nba_pipeline_tests.proofs.league import made_up_league


@dataclass(frozen=True)
class Proven:
    """What the proofs are about: base tables, recipes, and all tables of all dates."""

    book: Book
    recipes: Recipes
    whole: dict[str, Made]
    days: pd.DatetimeIndex


@pytest.fixture(scope="session")
def league() -> Proven:
    recipes = look_back_recipes()
    book = complete(made_up_league(), recipes)
    days = days_of(*book["reference.games"]["game_date"].unique())
    whole = run_chain(book, recipes, partition_dates(days[0].date(), days[-1].date()))
    return Proven(book, recipes, whole, days)


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """An instance of the test's own that stores events in batches."""
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "1000")
    monkeypatch.setenv("DAGSTER_EMIT_PARTITION_SUBSET_IN_PLANNED_EVENTS", "1")
    with open_instance(tmp_path / "dagster_home") as opened:
        yield opened
