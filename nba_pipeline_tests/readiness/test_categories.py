"""Why something failed, by category: from the class of an error, from a check, from the newest failed run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from nba_pipeline import catalog
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.readiness.categories import category_of_check, category_of_error, category_of_last_failure
from nba_pipeline.warehouse.errors import ShrinkError
from nba_pipeline_tests.orchestration.toy import SCORES, TOTALS, run_toy, toy_assets


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    monkeypatch.setattr(catalog, "tables", lambda: {str(SCORES): SCORES, str(TOTALS): TOTALS})
    with open_instance(tmp_path / "dagster_home") as opened:
        yield opened


@pytest.mark.parametrize(
    ("error", "category"),
    [
        ("ShrinkError", "data"),
        ("SchemaDriftError", "code"),
        ("QuotaError", "quota"),
        ("LockTimeoutError", "infrastructure"),
        ("ReadBackError", "write_failure"),
        ("MissingInputError", "data_missing"),
        ("KeyError", "code"),
    ],
)
def test_an_error_has_the_category_of_its_class(error: str, category: str) -> None:
    assert category_of_error(error) == category


def test_a_check_finds_bad_data_or_look_ahead() -> None:
    assert (category_of_check("invariants"), category_of_check("leakage")) == ("data_quality", "leakage")


def test_the_newest_failed_run_of_a_table_tells_the_category(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    assert category_of_last_failure(instance, SCORES) == "code"

    def shrinks(dates: pd.DatetimeIndex) -> pd.DataFrame:
        raise ShrinkError("raw.toy_scores: lost too many rows")

    day = pd.Timestamp("2021-10-19").date()
    run_toy(tmp_path, instance, toy_assets(shrinks), day, day, raise_on_error=False)
    assert category_of_last_failure(instance, SCORES) == "data"
