"""The first weeks of 2021-22, as an operator runs them: back-fill, verify, re-run, one date alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from nba_pipeline_tests.commands.processes import Operator

FIRST, LAST, ALONE = "2021-10-19", "2021-11-05", "2021-11-03"
WINDOW = ("--from", FIRST, "--to", LAST)
STORED = """select schema_name || '.' || table_name from duckdb_tables()
where table_name <> 'quarantined_rows' order by 1"""


@pytest.fixture(scope="module")
def operator(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """Every table of 18 days of real data."""
    operator = Operator(shared_data, tmp_path_factory.mktemp("real_backfill"))
    done = operator.run("backfill", *WINDOW, "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    return operator


@pytest.fixture(scope="module")
def content(operator: Operator) -> Callable[[], dict[str, list[tuple[Any, ...]]]]:
    """Every stored row of every table, system columns included, in a fixed order."""

    def read() -> dict[str, list[tuple[Any, ...]]]:
        with duckdb.connect(str(operator.warehouse), read_only=True) as connection:
            names = [name for (name,) in connection.execute(STORED).fetchall()]
            return {name: connection.execute(f"select * from {name} order by row_hash").fetchall() for name in names}

    return read


def test_the_weeks_hold_as_many_rows_as_the_schedule_asks_for(
    content: Callable[[], dict[str, list[tuple[Any, ...]]]],
) -> None:
    rows = {name: len(found) for name, found in content().items()}
    games = rows["nba_raw.nbac_schedule"]
    assert games == 132
    assert rows["nba_reference.games"] == games
    assert rows["nba_analytics.team_offense_game_summary"] == 2 * games
    assert rows["nba_analytics.team_defense_game_summary"] == 2 * games
    assert rows["nba_precompute.team_defense_zone_analysis"] == 4 * 30


def test_verify_finds_nothing_missing_and_explains_each_warning(operator: Operator) -> None:
    printed = operator.run("verify", *WINDOW, "--json")
    assert printed.returncode == 2, printed.stdout + printed.stderr
    reports = json.loads(printed.stdout)
    assert {report["table"] for report in reports if report["level"] == "error"} == set()
    assert [report["missing"] + report["extra"] for report in reports if report["missing"] or report["extra"]] == []


def test_the_same_backfill_and_one_date_alone_change_no_row(
    operator: Operator, content: Callable[[], dict[str, list[tuple[Any, ...]]]]
) -> None:
    before = content()
    again = operator.run("backfill", *WINDOW, "--only", "all", "--yes")
    assert again.returncode == 0, again.stdout + again.stderr
    assert content() == before
    alone = operator.run("backfill", "--from", ALONE, "--to", ALONE, "--only", "all", "--yes")
    assert alone.returncode == 0, alone.stdout + alone.stderr
    assert content() == before
