"""One engine per process: it gives every file back, outlives no fork, and is replaced when it breaks."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import duckdb
import pytest

from nba_pipeline.warehouse.duckdb import DuckDBWarehouse
from nba_pipeline.warehouse.duckdb_file import ROW_GROUP_ROWS, opened, without_file
from nba_pipeline.warehouse.errors import StatementError
from nba_pipeline_tests.warehouse.example_tables import PLAYERS, D, day_after, days, on, players, put, small_table

SMALL = small_table("small")
GROUPS = "select count(distinct row_group_id) from pragma_storage_info('nba_analytics.player_example')"


def count(path: Path) -> int:
    with opened(path, read_only=True, wait_seconds=0) as connection:
        return int(connection.execute("select count(*) from nba_raw.small").fetchall()[0][0])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "nba.duckdb"
    put(DuckDBWarehouse(place), SMALL, days((D, "a", 1), (D, "b", 2)), on(D))
    return place


def test_connection_is_closed_at_the_end_of_its_block_and_runs_in_utc(path: Path) -> None:
    with opened(path, read_only=False, wait_seconds=0) as connection:
        assert connection.execute("select current_setting('TimeZone')").fetchall() == [("UTC",)]
    with pytest.raises(duckdb.ConnectionException):
        connection.execute("select 1")


def test_file_belongs_to_nobody_after_the_block(path: Path) -> None:
    assert count(path) == 2
    with duckdb.connect(path) as connection:
        assert connection.execute("select count(*) from nba_raw.small").fetchall() == [(2,)]


def test_blocks_of_one_thread_may_be_nested_in_the_same_mode_only(path: Path) -> None:
    with opened(path, read_only=True, wait_seconds=0) as outer:
        assert count(path) == 2
        with (
            pytest.raises(StatementError, match="open in another mode"),
            opened(path, read_only=False, wait_seconds=0),
        ):
            pass
        assert outer.execute("select count(*) from nba_raw.small").fetchall() == [(2,)]


def test_two_files_are_open_at_once_and_each_sees_its_own_tables(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "it's another.duckdb"
    put(DuckDBWarehouse(other), SMALL, days((D, "c", 3)), on(D))
    with opened(path, read_only=True, wait_seconds=0):
        assert count(other) == 1
        assert count(path) == 2
    with without_file() as connection, pytest.raises(duckdb.CatalogException):
        connection.execute("select * from nba_raw.small")


def test_what_was_not_committed_is_gone_when_the_block_ends(path: Path) -> None:
    with opened(path, read_only=False, wait_seconds=0) as connection:
        connection.execute("begin transaction")
        connection.execute("delete from nba_raw.small")
    assert count(path) == 2


@pytest.mark.parametrize("error", [duckdb.FatalException, duckdb.InternalException])
def test_engine_that_broke_is_not_used_again(path: Path, error: type[duckdb.Error]) -> None:
    with pytest.raises(error), opened(path, read_only=False, wait_seconds=0):
        raise error("database has been invalidated")
    assert count(path) == 2
    put(DuckDBWarehouse(path), SMALL, days((D, "a", 1)), on(D))
    assert count(path) == 1


def test_forked_process_starts_an_engine_of_its_own(path: Path) -> None:
    assert count(path) == 2
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply_async(count, (path,)).get(timeout=60) == 2
    assert count(path) == 2


def test_file_of_large_row_groups_is_written_on_in_small_ones(tmp_path: Path) -> None:
    warehouse = DuckDBWarehouse(tmp_path / "nba.duckdb")
    with duckdb.connect(warehouse.path) as connection:
        connection.execute("create schema nba_analytics")
    rows = 2 * ROW_GROUP_ROWS + 100
    put(warehouse, PLAYERS, players(rows, D), on(D))
    with duckdb.connect(warehouse.path, read_only=True) as connection:
        assert connection.execute(GROUPS).fetchall() == [(3,)]
    with duckdb.connect(warehouse.path) as connection:  # as a file of another client: everything in one large group
        connection.execute("create table moved as select * from nba_analytics.player_example")
        connection.execute("delete from nba_analytics.player_example")
        connection.execute("insert into nba_analytics.player_example select * from moved")
        connection.execute("drop table moved")
    put(warehouse, PLAYERS, players(rows, day_after(D)), on(day_after(D)))
    result = put(warehouse, PLAYERS, players(rows, D).assign(points=7), on(D))
    assert result.partitions[D].updated > ROW_GROUP_ROWS
    assert warehouse.read(PLAYERS, columns=("points",)).num_rows == 2 * rows
    assert set(warehouse.read(PLAYERS, first=D, last=D).column("points").to_pylist()) == {7}
