from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nba_pipeline.schema.frames import empty_frame
from nba_pipeline.warehouse import PartitionCounts, WriteOptions, conform, merge_sql
from nba_pipeline.warehouse.ddl import create_schema, create_table
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse
from nba_pipeline.warehouse.duckdb_file import opened
from nba_pipeline.warehouse.errors import ContractError, SchemaDriftError
from nba_pipeline.warehouse.merge_sql import Write
from nba_pipeline_tests.warehouse.example_tables import (
    PLAYERS,
    D,
    changing,
    column,
    day_after,
    days,
    instants,
    keys,
    on,
    players,
    put,
    small_table,
    stored,
    tally,
    warehouse_in,
)

SMALL = small_table("small")
NEXT = day_after(D)


def test_first_write_inserts_every_row(warehouse: DuckDBWarehouse) -> None:
    result = put(warehouse, PLAYERS, players(), on(D))
    assert result.partitions == {D: PartitionCounts(rows=240, inserted=240)}
    assert (result.write_mode, result.attempts, result.job_ids) == ("merge", 1, ())
    assert warehouse.read(PLAYERS).to_pylist() == conform(PLAYERS, players(), on(D)).rows.drop(["row_hash"]).to_pylist()


def test_same_rows_again_change_nothing_and_keep_every_instant(
    warehouse: DuckDBWarehouse, statements: list[str]
) -> None:
    put(warehouse, PLAYERS, players(), on(D))
    before, version = instants(warehouse, PLAYERS), conform(PLAYERS, players(), on(D)).versions
    statements.clear()
    shuffled = players().sample(frac=1, random_state=1)
    assert tally(put(warehouse, PLAYERS, shuffled, on(D))) == (0, 0, 0, 240)
    assert instants(warehouse, PLAYERS) == before
    assert conform(PLAYERS, shuffled, on(D)).versions == version
    assert changing(statements) == []


def test_one_changed_cell_updates_one_row(warehouse: DuckDBWarehouse) -> None:
    put(warehouse, PLAYERS, players(), on(D))
    before = instants(warehouse, PLAYERS)
    changed = players()
    changed.loc[7, "points"] = 99
    assert tally(put(warehouse, PLAYERS, changed, on(D))) == (0, 1, 0, 239)
    after = instants(warehouse, PLAYERS)
    assert [key for key in after if after[key] != before[key]] == [(D, "player007")]
    assert after[(D, "player007")] > before[(D, "player007")]  # type: ignore[operator]
    assert stored(warehouse, PLAYERS)[7][4] == 99


def test_changed_row_gets_null_where_the_value_is_gone(warehouse: DuckDBWarehouse) -> None:
    put(warehouse, SMALL, days((D, "a", 1)), on(D))
    assert tally(put(warehouse, SMALL, days((D, "a", None)), on(D))) == (0, 1, 0, 0)
    assert stored(warehouse, SMALL) == [(D, "a", None)]


def test_vanished_row_is_deleted_and_the_next_day_is_left_alone(warehouse: DuckDBWarehouse) -> None:
    put(warehouse, PLAYERS, pd.concat([players(), players(240, NEXT)]), on(D, NEXT))
    before = instants(warehouse, PLAYERS)
    result = put(warehouse, PLAYERS, players(239), on(D))
    assert result.partitions == {D: PartitionCounts(rows=239, deleted=1, unchanged=239)}
    after = instants(warehouse, PLAYERS)
    assert set(before) - set(after) == {(D, "player239")}
    assert all(after[key] == before[key] for key in after)


def test_insert_update_delete_and_unchanged_are_counted_per_day(warehouse: DuckDBWarehouse) -> None:
    put(warehouse, SMALL, days((D, "a", 1), (D, "b", 1), (NEXT, "a", 1)), on(D, NEXT))
    rows = days((D, "a", 1), (D, "c", 1), (NEXT, "a", 2), (NEXT, "b", 2))
    result = put(warehouse, SMALL, rows, on(D, NEXT))
    assert result.partitions == {
        D: PartitionCounts(rows=2, inserted=1, deleted=1, unchanged=1),
        NEXT: PartitionCounts(rows=2, inserted=1, updated=1),
    }


def test_empty_batch_deletes_what_the_window_holds(warehouse: DuckDBWarehouse) -> None:
    put(warehouse, SMALL, days((D, "a", 1), (D, "b", 1), (NEXT, "a", 1)), on(D, NEXT))
    assert tally(put(warehouse, SMALL, empty_frame(SMALL), on(D))) == (0, 0, 2, 0)
    assert stored(warehouse, SMALL) == [(NEXT, "a", 1)]


def test_empty_batch_on_an_empty_day_runs_no_changing_statement(
    warehouse: DuckDBWarehouse, statements: list[str]
) -> None:
    put(warehouse, SMALL, days((NEXT, "a", 1)), on(NEXT))
    statements.clear()
    christmas_eve = date(2023, 12, 24)
    result = put(warehouse, SMALL, empty_frame(SMALL), on(christmas_eve))
    assert result.partitions == {christmas_eve: PartitionCounts(rows=0)}
    assert changing(statements) == []


def test_kept_days_stay_as_they_are(warehouse: DuckDBWarehouse) -> None:
    last = day_after(D, 2)
    put(warehouse, SMALL, days((D, "a", 1), (NEXT, "a", 1), (last, "a", 1)), on(D, last))
    result = put(warehouse, SMALL, days((D, "a", 2)), on(D, last, kept=[NEXT]))
    assert list(result.partitions) == [D, last]
    assert stored(warehouse, SMALL) == [(D, "a", 2), (NEXT, "a", 1)]


def test_player_renamed_under_another_key_is_one_insert_and_one_delete(warehouse: DuckDBWarehouse) -> None:
    put(warehouse, SMALL, days((D, "jimmybutler", 1)), on(D))
    assert tally(put(warehouse, SMALL, days((D, "jimmybutleriii", 1)), on(D))) == (1, 0, 1, 0)


def test_unpartitioned_table_is_merged_as_a_whole(warehouse: DuckDBWarehouse) -> None:
    whole = small_table("whole", partitioned=False)
    put(warehouse, whole, keys(("a", 1), ("b", 1)), None)
    result = put(warehouse, whole, keys(("a", 2), ("c", 1)), None)
    assert result.partitions == {None: PartitionCounts(rows=2, inserted=1, updated=1, deleted=1)}
    assert stored(warehouse, whole) == [("a", 2), ("c", 1)]


def test_reordered_columns_keep_their_values(warehouse: DuckDBWarehouse) -> None:
    frame = players()
    put(warehouse, PLAYERS, frame, on(D))
    assert tally(put(warehouse, PLAYERS, frame[frame.columns[::-1]], on(D))) == (0, 0, 0, 240)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda rows: rows.assign(height=1),
        lambda rows: rows.drop(columns="minutes_played"),
        lambda rows: rows.assign(points=10.7),
        lambda rows: rows.assign(points="ten"),
        lambda rows: rows.assign(player_lookup=[None, *rows["player_lookup"][1:]]),
        lambda rows: rows.assign(player_lookup="jaysontatum"),
        lambda rows: rows.assign(game_date=pd.Timestamp(NEXT)),
    ],
    ids=["extra", "missing", "fraction", "text", "null_key", "repeated_key", "next_day"],
)
def test_rows_that_do_not_fit_leave_the_table_as_it_was(warehouse: DuckDBWarehouse, spoil: object) -> None:
    put(warehouse, PLAYERS, players(), on(D))
    before = warehouse.read(PLAYERS, columns=[c.name for c in PLAYERS.stored_columns]).to_pylist()
    with pytest.raises(ContractError):
        put(warehouse, PLAYERS, spoil(players()), on(D))  # type: ignore[operator]
    assert warehouse.read(PLAYERS, columns=[c.name for c in PLAYERS.stored_columns]).to_pylist() == before


def test_batch_that_repeats_a_key_is_refused_by_the_writer_too(warehouse: DuckDBWarehouse) -> None:
    batch = conform(SMALL, days((D, "a", 1), (D, "b", 1)), on(D))
    doubled = type(batch)(SMALL, batch.rows.take([0, 1, 0]), batch.scope, batch.versions)
    with pytest.raises(ContractError, match=r"\(2024-01-15, a\) 2 times"):
        warehouse.write(doubled, WriteOptions())
    assert stored(warehouse, SMALL) == []


def test_season_is_written_by_one_statement_and_counted_per_day(
    warehouse: DuckDBWarehouse, statements: list[str]
) -> None:
    first, last = date(2021, 10, 19), date(2022, 6, 16)
    season = pd.date_range(first, last, freq="2D").astype("datetime64[us]")
    rows = pd.concat([players(4).assign(game_date=day) for day in season], ignore_index=True)
    result = put(warehouse, PLAYERS, rows, on(first, last))
    assert len(result.partitions) == 241
    assert sum(count.rows for count in result.partitions.values()) == len(rows) == 4 * len(season)
    assert changing(statements) == ["merge into"]


def test_range_write_and_daily_writes_store_the_same_rows(tmp_path: Path) -> None:
    every = [day_after(D, number) for number in range(14)]
    rows = pd.concat([players(20, day) for day in every], ignore_index=True)
    ranged, daily = warehouse_in(tmp_path / "range"), warehouse_in(tmp_path / "daily")
    put(ranged, PLAYERS, rows, on(every[0], every[-1]))
    for day in reversed(every):
        put(daily, PLAYERS, rows[rows["game_date"] == pd.Timestamp(day)], on(day))
    names = [*PLAYERS.column_names, "row_hash"]
    assert ranged.read(PLAYERS, columns=names).equals(daily.read(PLAYERS, columns=names))


def test_stored_table_with_other_columns_is_refused(warehouse: DuckDBWarehouse) -> None:
    warehouse.ensure(SMALL)
    retyped = small_table("small")
    object.__setattr__(
        retyped,
        "columns",
        (retyped.columns[0], retyped.columns[1], column("value", "FLOAT64", required=True), column("height", "INT64")),
    )
    with pytest.raises(SchemaDriftError) as caught:
        warehouse.ensure(retyped)
    assert "value is stored as INT64, declared as FLOAT64 required" in str(caught.value)
    assert "height is declared but not stored" in str(caught.value)


def test_ensure_creates_the_table_once(warehouse: DuckDBWarehouse) -> None:
    assert warehouse.stored_columns(PLAYERS) is None
    warehouse.ensure(PLAYERS)
    warehouse.ensure(PLAYERS)
    assert warehouse.stored_columns(PLAYERS) == {c.name: c.type for c in PLAYERS.stored_columns}
    assert warehouse.stored_columns(SMALL) is None


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
        connection.execute(create_table(PLAYERS, PLAYERS.qualified_name, "duckdb"))
        for rows, changed in ((old, 200), (new, 40 + 50 + 20)):
            sent = conform(PLAYERS, rows, on(D)).rows
            connection.register("sent", sent)
            connection.execute("create or replace temp table staged as select *, now() as processed_at from sent")
            assert connection.execute(merge_sql.merge_statement(write)).fetchall() == [(changed,)]
    single = DuckDBWarehouse(tmp_path / "single.duckdb")
    assert stored(single, PLAYERS) == stored(warehouse, PLAYERS)


def test_text_with_quotes_accents_and_line_breaks_survives(warehouse: DuckDBWarehouse) -> None:
    table = small_table("texts")
    rows = days((D, "it's; drop table --", 1), (D, 'a"b', 2), (D, "Dončić\n\t", 3), (D, "", 4))
    put(warehouse, table, rows, on(D))
    assert sorted(row[1] for row in stored(warehouse, table)) == sorted(rows["key"])  # type: ignore[type-var]


def test_extreme_numbers_survive(warehouse: DuckDBWarehouse) -> None:
    frame = players(3).assign(minutes_played=[5e-324, -0.0, 1.7976931348623157e308])
    put(warehouse, PLAYERS, frame, on(D))
    values = warehouse.read(PLAYERS, columns=["minutes_played"]).column(0).to_numpy()
    np.testing.assert_array_equal(values, frame["minutes_played"])
