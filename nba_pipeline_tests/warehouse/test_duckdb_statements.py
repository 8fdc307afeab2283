"""Which statements DuckDB runs for a write, and that one MERGE would have done the same."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from nba_pipeline.schema.frames import empty_frame
from nba_pipeline.warehouse import WriteOptions, conform, merge_sql
from nba_pipeline.warehouse.ddl import create_schema, create_table
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse
from nba_pipeline.warehouse.duckdb_file import opened
from nba_pipeline.warehouse.errors import StatementError
from nba_pipeline.warehouse.merge_sql import Write
from nba_pipeline_tests.warehouse.example_tables import PLAYERS, D, changing, on, players, put, stored, warehouse_in


@pytest.fixture
def warehouse(tmp_path: Path) -> DuckDBWarehouse:
    """A warehouse whose file does not exist yet."""
    return warehouse_in(tmp_path)


def test_first_write_starts_no_job(warehouse: DuckDBWarehouse) -> None:
    assert put(warehouse, PLAYERS, players(), on(D)).job_ids == ()


def test_same_rows_again_run_no_changing_statement(warehouse: DuckDBWarehouse, statements: list[str]) -> None:
    put(warehouse, PLAYERS, players(), on(D))
    statements.clear()
    put(warehouse, PLAYERS, players(), on(D))
    assert changing(statements) == []


def test_empty_batch_on_an_empty_day_runs_no_changing_statement(
    warehouse: DuckDBWarehouse, statements: list[str]
) -> None:
    put(warehouse, PLAYERS, players(), on(D))
    statements.clear()
    put(warehouse, PLAYERS, empty_frame(PLAYERS), on(date(2023, 12, 24)))
    assert changing(statements) == []


def test_season_is_written_by_one_statement(warehouse: DuckDBWarehouse, statements: list[str]) -> None:
    first, last = date(2021, 10, 19), date(2022, 6, 16)
    season = pd.date_range(first, last, freq="2D").astype("datetime64[us]")
    put(warehouse, PLAYERS, pd.concat([players(4).assign(game_date=day) for day in season]), on(first, last))
    assert len(changing(statements)) == 1


def test_single_merge_of_the_other_engine_has_the_same_effect(tmp_path: Path) -> None:
    """DuckDB deletes and merges in two statements, BigQuery merges in one: both leave the same rows."""
    old = players(200)
    new = players(240).iloc[20:].reset_index(drop=True)
    new.loc[:49, "points"] = 55
    warehouse = warehouse_in(tmp_path)
    options = WriteOptions(allow_shrink="test")
    put(warehouse, PLAYERS, old, on(D))
    put(warehouse, PLAYERS, new, on(D), options)
    write = Write(PLAYERS, on(D), PLAYERS.qualified_name, "staged", "duckdb")
    with opened(tmp_path / "single.duckdb", read_only=False, wait_seconds=1) as connection:
        connection.execute(create_schema(PLAYERS.dataset))
        connection.execute(create_table(PLAYERS, PLAYERS.qualified_name))
        for rows, changed in ((old, 200), (new, 40 + 50 + 20)):
            sent = conform(PLAYERS, rows, on(D)).rows
            connection.register("sent", sent)
            connection.execute("create or replace temp table staged as select *, now() as processed_at from sent")
            assert connection.execute(merge_sql.merge_statement(write)).fetchall() == [(changed,)]
    single = DuckDBWarehouse(tmp_path / "single.duckdb")
    assert stored(single, PLAYERS) == stored(warehouse, PLAYERS)


def test_refused_statement_is_told_in_one_line_and_logged_whole(
    warehouse: DuckDBWarehouse, caplog: pytest.LogCaptureFixture
) -> None:
    put(warehouse, PLAYERS, players(), on(D))
    statement = f"select points\nfrom {PLAYERS.qualified_name}\nwhere minuets_played > 10"
    with pytest.raises(StatementError) as caught:
        warehouse.query(statement)
    assert str(caught.value).endswith("Statement: select points ... (whole in the log)")
    assert statement in caplog.text
