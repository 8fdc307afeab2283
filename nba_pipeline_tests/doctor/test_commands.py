"""`nba-pipeline doctor` and `nba-pipeline migrate` as a person calls them: lines, JSON, exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from nba_pipeline import catalog
from nba_pipeline import cli as command_line
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse

SEASONS = catalog.tables()["reference.seasons"]
NULLABLE = next(column.name for column in reversed(SEASONS.columns) if not column.required)
REQUIRED = next(column.name for column in SEASONS.columns if column.required)

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def warehouse(tmp_path: Path) -> DuckDBWarehouse:
    """A file with one declared table."""
    made = DuckDBWarehouse(tmp_path / "nba.duckdb")
    made.ensure(SEASONS)
    return made


@pytest.fixture
def run(
    warehouse: DuckDBWarehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Exit code and output of a command on that file."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NBA_LANDING", str(tmp_path / "landing"))
    monkeypatch.setenv("NBA_WAREHOUSE", f"duckdb:///{warehouse.path}")
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "1000")

    def called(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["nba-pipeline", *arguments])
        with pytest.raises(SystemExit) as ended:
            command_line.main()
        said = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, said.out + said.err

    return called


def drop(warehouse: DuckDBWarehouse, column: str) -> None:
    """Make the stored table one of an older declaration."""
    with duckdb.connect(warehouse.path) as connection:
        connection.execute(f"alter table {SEASONS.qualified_name} drop column {column}")


def test_doctor_prints_a_line_for_everything_and_what_to_do(run: Run) -> None:
    code, text = run("doctor")
    assert code == 2  # no instance, no landed files yet
    for subject in ("versions", "DAGSTER_HOME", "landing", "warehouse", "room", "clock", "tables"):
        assert subject in text
    assert "-> The first command that needs it creates it" in text
    assert "READY WITH WARNINGS" in text


def test_doctor_gives_the_same_as_json(run: Run) -> None:
    code, text = run("doctor", "--json")
    document = json.loads(text)
    assert (code, document["verdict"]) == (2, "READY WITH WARNINGS")
    assert {finding["level"] for finding in document["findings"]} == {"ok", "warn"}


def test_doctor_fails_on_a_drifted_table_until_it_is_migrated(run: Run, warehouse: DuckDBWarehouse) -> None:
    drop(warehouse, NULLABLE)
    code, text = run("doctor")
    assert code == 1
    assert f"{NULLABLE} is declared but not stored" in text
    assert run("migrate")[0] == 0
    assert run("doctor")[0] == 2
    assert warehouse.drift(SEASONS) == []


def test_a_dry_run_of_migrate_changes_nothing(run: Run, warehouse: DuckDBWarehouse) -> None:
    drop(warehouse, NULLABLE)
    code, text = run("migrate", "--dry-run")
    assert (code, f"would add  reference.seasons: {NULLABLE}" in text) == (0, True)
    assert warehouse.drift(SEASONS) == [f"{NULLABLE} is declared but not stored"]


def test_migrate_refuses_a_required_column_with_a_sentence(run: Run, warehouse: DuckDBWarehouse) -> None:
    drop(warehouse, REQUIRED)
    code, text = run("migrate")
    assert code == 1
    assert f"REFUSED  reference.seasons: {REQUIRED} is declared but not stored" in text
    code, text = run("migrate", "--json")
    (one,) = json.loads(text)
    assert (code, one["table"], one["columns"]) == (1, "reference.seasons", [])
