"""What every engine must do: refuse a write that loses too much, or that meets keys stored twice."""

from __future__ import annotations

import pandas as pd
import pytest

from nba_pipeline.schema.frames import empty_frame
from nba_pipeline.warehouse import Warehouse, WriteOptions
from nba_pipeline.warehouse.errors import DuplicateKeysStoredError, ShrinkError
from nba_pipeline_tests.warehouse.engines import Engine
from nba_pipeline_tests.warehouse.example_tables import (
    PLAYERS,
    D,
    day_after,
    days,
    on,
    players,
    put,
    small_table,
    stored,
    tally,
)

SMALL = small_table("small")
NEXT = day_after(D)
ON_PURPOSE = WriteOptions(allow_shrink="league withdrew the game")


def test_write_that_loses_a_sixth_of_a_day_fails_before_anything_changes(warehouse: Warehouse) -> None:
    put(warehouse, PLAYERS, players(), on(D))
    with pytest.raises(ShrinkError, match=r"2024-01-15: 40 of 240 stored rows would go, 24 may"):
        put(warehouse, PLAYERS, players(200), on(D))
    assert len(stored(warehouse, PLAYERS)) == 240


def test_operator_may_accept_the_loss(warehouse: Warehouse) -> None:
    put(warehouse, PLAYERS, players(), on(D))
    assert tally(put(warehouse, PLAYERS, players(200), on(D), ON_PURPOSE)) == (0, 0, 40, 200)


def test_four_rows_or_a_tenth_may_always_go(warehouse: Warehouse) -> None:
    put(warehouse, PLAYERS, pd.concat([players(10), players(100, NEXT)]), on(D, NEXT))
    for day, too_few, enough in ((D, 5, 6), (NEXT, 89, 90)):
        with pytest.raises(ShrinkError):
            put(warehouse, PLAYERS, players(too_few, day), on(day))
        assert put(warehouse, PLAYERS, players(enough, day), on(day)).partitions[day].rows == enough


def test_new_keys_do_not_hide_lost_ones(warehouse: Warehouse) -> None:
    put(warehouse, PLAYERS, players(20), on(D))
    with pytest.raises(ShrinkError, match="20 of 20"):
        put(warehouse, PLAYERS, players(40).iloc[20:], on(D))


def test_each_day_of_a_range_is_judged_alone(warehouse: Warehouse) -> None:
    put(warehouse, PLAYERS, pd.concat([players(200), players(10, NEXT)]), on(D, NEXT))
    with pytest.raises(ShrinkError, match=r"too much. 2024-01-16: 5 of 10 stored rows would go, 4 may. Nothing"):
        put(warehouse, PLAYERS, pd.concat([players(200), players(5, NEXT)]), on(D, NEXT))


def test_rows_of_a_game_the_schedule_no_longer_lists_do_not_count(warehouse: Warehouse) -> None:
    frame = players(60)
    frame.loc[:29, "game_id"] = "20240115_GSW_UTA"  # postponed on the day
    put(warehouse, PLAYERS, frame, on(D))
    remaining = frame.iloc[30:]
    with pytest.raises(ShrinkError):
        put(warehouse, PLAYERS, remaining, on(D))
    options = WriteOptions(obsolete_games=frozenset({"20240115_GSW_UTA"}))
    with pytest.raises(ShrinkError, match="6 of 30 stored rows would go, 4 may"):
        put(warehouse, PLAYERS, remaining.iloc[6:], on(D), options)
    assert tally(put(warehouse, PLAYERS, remaining, on(D), options)) == (0, 0, 30, 30)


def test_emptying_a_full_day_is_a_loss_too(warehouse: Warehouse) -> None:
    put(warehouse, PLAYERS, players(20), on(D))
    with pytest.raises(ShrinkError, match="20 of 20"):
        put(warehouse, PLAYERS, empty_frame(PLAYERS), on(D))


def test_unpartitioned_table_is_guarded_as_a_whole(warehouse: Warehouse) -> None:
    whole = small_table("whole", partitioned=False)
    frame = pd.DataFrame({"key": list("abcdefgh"), "value": range(8)})
    put(warehouse, whole, frame, None)
    with pytest.raises(ShrinkError, match="the table: 5 of 8"):
        put(warehouse, whole, frame.iloc[5:], None)


def store_twice(engine: Engine, key: str, value: int) -> None:
    """A second row under a stored key, as only a fault could make it."""
    engine.execute(
        "one",
        SMALL,
        lambda name: (
            f"insert into {name} (game_date, key, value, row_hash, processed_at) "
            f"select game_date, key, {value}, 'other', processed_at from {name} "
            f"where key = '{key}' and game_date = date '{D}'"
        ),
    )


def test_key_stored_twice_in_the_window_stops_the_write_and_names_the_repair(
    warehouse: Warehouse, engine: Engine
) -> None:
    put(warehouse, SMALL, days((D, "a", 1), (NEXT, "b", 1)), on(D, NEXT))
    store_twice(engine, "a", 2)
    with pytest.raises(DuplicateKeysStoredError, match=r"\(2024-01-15, a\) 2 times.*duplicates --tables small"):
        put(warehouse, SMALL, days((D, "a", 3)), on(D))
    assert len(stored(warehouse, SMALL)) == 3
    put(warehouse, SMALL, days((NEXT, "b", 2)), on(NEXT))  # the neighbour is not affected


def test_repair_leaves_one_row_per_key_and_keeps_its_instant(warehouse: Warehouse, engine: Engine) -> None:
    put(warehouse, SMALL, days((D, "a", 1), (D, "b", 1), (NEXT, "b", 1)), on(D, NEXT))
    kept = warehouse.read(SMALL, columns=["key", "value", "processed_at"], last=D).to_pylist()
    store_twice(engine, "a", 2)
    result = put(warehouse, SMALL, days((D, "a", 1), (D, "b", 1)), on(D), WriteOptions(repair_duplicates=True))
    assert result.write_mode == "replace"
    assert tally(result) == (0, 0, 1, 2)
    assert warehouse.read(SMALL, columns=["key", "value", "processed_at"], last=D).to_pylist() == kept
    assert stored(warehouse, SMALL)[2] == (NEXT, "b", 1)


def test_repair_that_would_lose_a_key_fails(warehouse: Warehouse, engine: Engine) -> None:
    put(warehouse, SMALL, days((D, "a", 1), (D, "b", 1)), on(D))
    store_twice(engine, "a", 2)
    with pytest.raises(ShrinkError, match="1 of 3 stored rows would go, 0 may"):
        put(warehouse, SMALL, days((D, "a", 1)), on(D), WriteOptions(repair_duplicates=True))
    assert len(stored(warehouse, SMALL)) == 3
