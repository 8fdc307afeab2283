"""The file under several processes and under kill -9: always entirely old or entirely new."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path
from threading import Thread

import duckdb
import pytest

from nba_pipeline.warehouse import WriteOptions, duckdb_write
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse
from nba_pipeline.warehouse.errors import ConflictError, LockTimeoutError, StatementError
from nba_pipeline_tests.warehouse import writer_processes
from nba_pipeline_tests.warehouse.example_tables import (
    PLAYERS,
    D,
    days,
    on,
    players,
    put,
    small_table,
    stored,
    warehouse_in,
)

ROUNDS = 20
SMALL = small_table("small")
CONTEXT = writer_processes.processes()


def version_of(warehouse: DuckDBWarehouse) -> str:
    """Which version the table holds; fails if it is neither as a whole."""
    found = warehouse.query(
        f"select game_date, points, count(*) as n from {PLAYERS.qualified_name} group by all"
    ).to_pylist()
    (points,) = {row["points"] for row in found}
    version = {1: "old", 2: "new"}[points]
    assert [row["n"] for row in found] == [writer_processes.ROWS[version]] * 2
    return version


def staging_tables(warehouse: DuckDBWarehouse) -> list[str]:
    tables = warehouse.query("select table_name from duckdb_tables()").column("table_name").to_pylist()
    return [name for name in tables if name != PLAYERS.name]


def test_table_is_old_or_new_after_twenty_kills_at_any_moment(tmp_path: Path) -> None:
    warehouse = warehouse_in(tmp_path)
    writer_processes.write(warehouse.path, "old")
    moments = random.Random(7)
    for _ in range(ROUNDS):
        begun = CONTEXT.Event()
        writer = CONTEXT.Process(target=writer_processes.write_for_ever, args=(warehouse.path, begun))
        writer.start()
        assert begun.wait(60)
        time.sleep(moments.uniform(0, 0.25))
        writer.kill()
        writer.join()
        assert writer.exitcode == -signal.SIGKILL
        version_of(warehouse)
        assert staging_tables(warehouse) == []
    writer_processes.write(warehouse.path, "new")
    assert version_of(warehouse) == "new"


@pytest.mark.parametrize("step", ["duplicates_statement", "delete_gone_statement", "upsert_statement"])
def test_kill_between_staging_and_the_end_of_the_merge_leaves_the_old_rows(tmp_path: Path, step: str) -> None:
    warehouse = warehouse_in(tmp_path)
    writer_processes.write(warehouse.path, "old")
    writer = CONTEXT.Process(target=writer_processes.write_and_die_before, args=(warehouse.path, step))
    writer.start()
    writer.join(60)
    assert writer.exitcode == -signal.SIGKILL
    assert version_of(warehouse) == "old"
    assert staging_tables(warehouse) == []
    writer_processes.write(warehouse.path, "new")
    assert version_of(warehouse) == "new"


def test_two_processes_that_write_the_same_day_at_once_both_succeed_in_turn(tmp_path: Path) -> None:
    warehouse = warehouse_in(tmp_path)
    go = CONTEXT.Event()
    targets = [(warehouse.path, points, go) for points in (1, 2)]
    writers = [CONTEXT.Process(target=writer_processes.write_players_when_told, args=args) for args in targets]
    for writer in writers:
        writer.start()
    go.set()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0]
    rows = warehouse.read(PLAYERS)
    assert rows.num_rows == len(set(rows.column("player_lookup").to_pylist())) == 240
    assert set(rows.column("points").to_pylist()) in ({1}, {2})


def test_two_threads_that_write_the_same_day_at_once_take_turns(tmp_path: Path) -> None:
    warehouse = warehouse_in(tmp_path)
    writers = [Thread(target=put, args=(warehouse, PLAYERS, players().assign(points=p), on(D))) for p in (1, 2, 3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert warehouse.read(PLAYERS).num_rows == 240


def test_writer_waits_for_the_file_and_names_it_when_it_gives_up(tmp_path: Path) -> None:
    warehouse = warehouse_in(tmp_path)
    held, release = CONTEXT.Event(), CONTEXT.Event()
    holder = CONTEXT.Process(target=writer_processes.hold_open, args=(warehouse.path, held, release))
    holder.start()
    assert held.wait(60)
    impatient = DuckDBWarehouse(warehouse.path, lock_wait_seconds=0.2)
    with pytest.raises(LockTimeoutError, match=r"nba.duckdb: another process still has the file open after 0.2 s"):
        put(impatient, SMALL, days((D, "a", 1)), on(D))
    with pytest.raises(LockTimeoutError):
        impatient.read(SMALL)
    writer = Thread(target=put, args=(warehouse, SMALL, days((D, "a", 1)), on(D)))
    writer.start()
    release.set()
    writer.join(60)
    holder.join(60)
    assert stored(warehouse, SMALL) == [(D, "a", 1)]


def test_file_this_process_holds_elsewhere_is_an_error_at_once(tmp_path: Path) -> None:
    warehouse = warehouse_in(tmp_path)
    warehouse.ensure(SMALL)
    with (
        duckdb.connect(warehouse.path),
        pytest.raises(StatementError, match="process has the file open elsewhere"),
    ):
        warehouse.read(SMALL)


def test_file_that_is_no_database_is_an_error_at_once(tmp_path: Path) -> None:
    warehouse = warehouse_in(tmp_path)
    warehouse.path.write_bytes(b"not a database" * 1000)
    with pytest.raises(StatementError, match=r"cannot open the file"):
        warehouse.read(SMALL)


def failing(monkeypatch: pytest.MonkeyPatch, message: str, times: int) -> list[str]:
    """Let the first `times` attempts end with a transaction error; returns the staging tables of all attempts."""
    seen: list[str] = []
    apply = duckdb_write.apply

    def attempt(connection: object, write: object, *rest: object) -> object:
        seen.append(write.staging)  # type: ignore[attr-defined]
        if len(seen) <= times:
            raise duckdb.TransactionException(message)
        return apply(connection, write, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(duckdb_write, "apply", attempt)
    return seen


def test_conflict_is_tried_again_with_its_own_staging_and_growing_pauses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    warehouse = DuckDBWarehouse(tmp_path / "nba.duckdb", sleep=pauses.append)
    staging = failing(monkeypatch, "TransactionContext Error: Conflict on update!", 2)
    result = put(warehouse, SMALL, days((D, "a", 1)), on(D), WriteOptions(run_id="run-1"))
    assert result.attempts == 3
    assert len(set(staging)) == 3
    assert all(name.startswith("staging_small_run1_") for name in staging)
    assert 1 <= pauses[0] <= 3 <= 2 * pauses[1] <= 12
    assert stored(warehouse, SMALL) == [(D, "a", 1)]


def test_conflict_at_every_attempt_ends_the_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    warehouse = DuckDBWarehouse(tmp_path / "nba.duckdb", sleep=pauses.append)
    staging = failing(monkeypatch, "TransactionContext Error: Conflict on update!", 99)
    with pytest.raises(ConflictError, match="8 attempts"):
        put(warehouse, SMALL, days((D, "a", 1)), on(D))
    assert (len(staging), len(pauses)) == (8, 7)


def test_other_transaction_errors_are_not_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    staging = failing(monkeypatch, "TransactionContext Error: Failed to commit: disk full", 99)
    with pytest.raises(StatementError, match="disk full"):
        put(warehouse_in(tmp_path), SMALL, days((D, "a", 1)), on(D))
    assert len(staging) == 1
