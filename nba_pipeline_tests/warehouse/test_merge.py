"""What every engine must do: make the partitions of a write hold exactly the rows of the batch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest

from nba_pipeline.schema.frames import empty_frame
from nba_pipeline.warehouse import PartitionCounts, Warehouse, WriteOptions, conform
from nba_pipeline.warehouse.errors import ContractError, SchemaDriftError
from nba_pipeline_tests.warehouse.engines import Engine
from nba_pipeline_tests.warehouse.example_tables import (
    PLAYERS,
    D,
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
)

SMALL = small_table("small")
NEXT = day_after(D)


def test_first_write_inserts_every_row(warehouse: Warehouse) -> None:
    result = put(warehouse, PLAYERS, players(), on(D))
    assert result.partitions == {D: PartitionCounts(rows=240, inserted=240)}
    assert (result.write_mode, result.attempts) == ("merge", 1)
    assert warehouse.read(PLAYERS).to_pylist() == conform(PLAYERS, players(), on(D)).rows.drop(["row_hash"]).to_pylist()


def test_same_rows_again_change_nothing_and_keep_every_instant(warehouse: Warehouse) -> None:
    put(warehouse, PLAYERS, players(), on(D))
    before, version = instants(warehouse, PLAYERS), conform(PLAYERS, players(), on(D)).versions
    shuffled = players().sample(frac=1, random_state=1)
    assert tally(put(warehouse, PLAYERS, shuffled, on(D))) == (0, 0, 0, 240)
    assert instants(warehouse, PLAYERS) == before
    assert conform(PLAYERS, shuffled, on(D)).versions == version


def test_one_changed_cell_updates_one_row(warehouse: Warehouse) -> None:
    put(warehouse, PLAYERS, players(), on(D))
    before = instants(warehouse, PLAYERS)
    changed = players()
    changed.loc[7, "points"] = 99
    assert tally(put(warehouse, PLAYERS, changed, on(D))) == (0, 1, 0, 239)
    after = instants(warehouse, PLAYERS)
    assert [key for key in after if after[key] != before[key]] == [(D, "player007")]
    assert after[(D, "player007")] > before[(D, "player007")]  # type: ignore[operator]
    assert stored(warehouse, PLAYERS)[7][4] == 99


def test_changed_row_gets_null_where_the_value_is_gone(warehouse: Warehouse) -> None:
    put(warehouse, SMALL, days((D, "a", 1)), on(D))
    assert tally(put(warehouse, SMALL, days((D, "a", None)), on(D))) == (0, 1, 0, 0)
    assert stored(warehouse, SMALL) == [(D, "a", None)]


def test_vanished_row_is_deleted_and_the_next_day_is_left_alone(warehouse: Warehouse) -> None:
    put(warehouse, PLAYERS, pd.concat([players(), players(240, NEXT)]), on(D, NEXT))
    before = instants(warehouse, PLAYERS)
    result = put(warehouse, PLAYERS, players(239), on(D))
    assert result.partitions == {D: PartitionCounts(rows=239, deleted=1, unchanged=239)}
    after = instants(warehouse, PLAYERS)
    assert set(before) - set(after) == {(D, "player239")}
    assert all(after[key] == before[key] for key in after)


def test_insert_update_delete_and_unchanged_are_counted_per_day(warehouse: Warehouse) -> None:
    put(warehouse, SMALL, days((D, "a", 1), (D, "b", 1), (NEXT, "a", 1)), on(D, NEXT))
    rows = days((D, "a", 1), (D, "c", 1), (NEXT, "a", 2), (NEXT, "b", 2))
    result = put(warehouse, SMALL, rows, on(D, NEXT))
    assert result.partitions == {
        D: PartitionCounts(rows=2, inserted=1, deleted=1, unchanged=1),
        NEXT: PartitionCounts(rows=2, inserted=1, updated=1),
    }


def test_empty_batch_deletes_what_the_window_holds(warehouse: Warehouse) -> None:
    put(warehouse, SMALL, days((D, "a", 1), (D, "b", 1), (NEXT, "a", 1)), on(D, NEXT))
    assert tally(put(warehouse, SMALL, empty_frame(SMALL), on(D))) == (0, 0, 2, 0)
    assert stored(warehouse, SMALL) == [(NEXT, "a", 1)]


def test_empty_batch_on_an_empty_day_is_a_write_of_nothing(warehouse: Warehouse) -> None:
    put(warehouse, SMALL, days((NEXT, "a", 1)), on(NEXT))
    christmas_eve = date(2023, 12, 24)
    result = put(warehouse, SMALL, empty_frame(SMALL), on(christmas_eve))
    assert result.partitions == {christmas_eve: PartitionCounts(rows=0)}
    assert stored(warehouse, SMALL) == [(NEXT, "a", 1)]


def test_kept_days_stay_as_they_are(warehouse: Warehouse) -> None:
    last = day_after(D, 2)
    put(warehouse, SMALL, days((D, "a", 1), (NEXT, "a", 1), (last, "a", 1)), on(D, last))
    result = put(warehouse, SMALL, days((D, "a", 2)), on(D, last, kept=[NEXT]))
    assert list(result.partitions) == [D, last]
    assert stored(warehouse, SMALL) == [(D, "a", 2), (NEXT, "a", 1)]


def test_player_renamed_under_another_key_is_one_insert_and_one_delete(warehouse: Warehouse) -> None:
    put(warehouse, SMALL, days((D, "jimmybutler", 1)), on(D))
    assert tally(put(warehouse, SMALL, days((D, "jimmybutleriii", 1)), on(D))) == (1, 0, 1, 0)


def test_unpartitioned_table_is_merged_as_a_whole(warehouse: Warehouse) -> None:
    whole = small_table("whole", partitioned=False)
    put(warehouse, whole, keys(("a", 1), ("b", 1)), None)
    result = put(warehouse, whole, keys(("a", 2), ("c", 1)), None)
    assert result.partitions == {None: PartitionCounts(rows=2, inserted=1, updated=1, deleted=1)}
    assert stored(warehouse, whole) == [("a", 2), ("c", 1)]


def test_reordered_columns_keep_their_values(warehouse: Warehouse) -> None:
    frame = players()
    put(warehouse, PLAYERS, frame, on(D))
    assert tally(put(warehouse, PLAYERS, frame[frame.columns[::-1]], on(D))) == (0, 0, 0, 240)


SPOILT: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "extra column": lambda rows: rows.assign(height=1),
    "missing column": lambda rows: rows.drop(columns="minutes_played"),
    "fraction": lambda rows: rows.assign(points=10.7),
    "text": lambda rows: rows.assign(points="ten"),
    "NULL in the key": lambda rows: rows.assign(player_lookup=[None, *rows["player_lookup"][1:]]),
    "repeated key": lambda rows: rows.assign(player_lookup="jaysontatum"),
    "next day": lambda rows: rows.assign(game_date=pd.Timestamp(NEXT)),
}


def test_rows_that_do_not_fit_leave_the_table_as_it_was(warehouse: Warehouse) -> None:
    put(warehouse, PLAYERS, players(), on(D))
    every_column = [column.name for column in PLAYERS.stored_columns]
    before = warehouse.read(PLAYERS, columns=every_column)
    for spoil in SPOILT.values():
        with pytest.raises(ContractError):
            put(warehouse, PLAYERS, spoil(players()), on(D))
    assert warehouse.read(PLAYERS, columns=every_column).equals(before)


def test_batch_that_repeats_a_key_is_refused_by_the_writer_too(warehouse: Warehouse) -> None:
    batch = conform(SMALL, days((D, "a", 1), (D, "b", 1)), on(D))
    doubled = type(batch)(SMALL, batch.rows.take([0, 1, 0]), batch.scope, batch.versions)
    with pytest.raises(ContractError, match=r"\(2024-01-15, a\) 2 times"):
        warehouse.write(doubled, WriteOptions())
    assert stored(warehouse, SMALL) == []


def test_season_is_written_at_once_and_counted_per_day(warehouse: Warehouse) -> None:
    first, last = date(2021, 10, 19), date(2022, 6, 16)
    season = pd.date_range(first, last, freq="2D").astype("datetime64[us]")
    rows = pd.concat([players(4).assign(game_date=day) for day in season], ignore_index=True)
    result = put(warehouse, PLAYERS, rows, on(first, last))
    assert len(result.partitions) == 241
    assert sum(count.rows for count in result.partitions.values()) == len(rows) == 4 * len(season)


def test_range_write_and_daily_writes_store_the_same_rows(engine: Engine) -> None:
    every = [day_after(D, number) for number in range(5)]
    rows = pd.concat([players(20, day) for day in every], ignore_index=True)
    ranged, daily = engine.warehouse("range"), engine.warehouse("daily")
    put(ranged, PLAYERS, rows, on(every[0], every[-1]))
    for day in reversed(every):
        put(daily, PLAYERS, rows[rows["game_date"] == pd.Timestamp(day)], on(day))
    names = [*PLAYERS.column_names, "row_hash"]
    assert ranged.read(PLAYERS, columns=names).equals(daily.read(PLAYERS, columns=names))


def test_stored_table_with_other_columns_is_refused(warehouse: Warehouse) -> None:
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


def test_ensure_creates_the_table_once(warehouse: Warehouse) -> None:
    assert warehouse.stored_columns(PLAYERS) is None
    warehouse.ensure(PLAYERS)
    warehouse.ensure(PLAYERS)
    assert warehouse.stored_columns(PLAYERS) == {c.name: c.type for c in PLAYERS.stored_columns}
    assert warehouse.stored_columns(SMALL) is None


def test_text_with_quotes_accents_and_line_breaks_survives(warehouse: Warehouse) -> None:
    table = small_table("texts")
    rows = days((D, "it's; drop table --", 1), (D, 'a"b', 2), (D, "Dončić\n\t", 3), (D, "", 4))
    put(warehouse, table, rows, on(D))
    assert sorted(row[1] for row in stored(warehouse, table)) == sorted(rows["key"])  # type: ignore[type-var]


def test_extreme_numbers_survive(warehouse: Warehouse) -> None:
    frame = players(3).assign(minutes_played=[5e-324, -0.0, 1.7976931348623157e308])
    put(warehouse, PLAYERS, frame, on(D))
    values = warehouse.read(PLAYERS, columns=["minutes_played"]).column(0).to_numpy()
    np.testing.assert_array_equal(values, frame["minutes_played"])
