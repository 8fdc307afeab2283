"""What every engine must do: append what is new, replace what is there."""

from __future__ import annotations

import pandas as pd
import pytest

from nba_pipeline.warehouse import PartitionCounts, Warehouse, WriteOptions
from nba_pipeline.warehouse.errors import ShrinkError
from nba_pipeline_tests.warehouse.example_tables import (
    D,
    day_after,
    days,
    instants,
    keys,
    on,
    put,
    small_table,
    stored,
    tally,
)

SNAPSHOTS = small_table("snapshots", "append")
STANDINGS = small_table("standings", "replace")
NEXT = day_after(D)


def test_append_inserts_ten_thousand_snapshots_once_and_reports_a_conflict(warehouse: Warehouse) -> None:
    rows = pd.DataFrame({"game_date": pd.Timestamp(D), "key": [f"s{n:05d}" for n in range(10_000)], "value": 1})
    assert tally(put(warehouse, SNAPSHOTS, rows, on(D))) == (10_000, 0, 0, 0)
    assert tally(put(warehouse, SNAPSHOTS, rows, on(D))) == (0, 0, 0, 10_000)
    before = instants(warehouse, SNAPSHOTS)
    rows.loc[5, "value"] = 2
    result = put(warehouse, SNAPSHOTS, rows, on(D))
    assert result.partitions == {D: PartitionCounts(rows=10_000, unchanged=9_999, conflicting=1)}
    assert not result.partitions[D].changed
    assert stored(warehouse, SNAPSHOTS)[5] == (D, "s00005", 1)
    assert instants(warehouse, SNAPSHOTS) == before


def test_append_keeps_rows_the_source_no_longer_has(warehouse: Warehouse) -> None:
    put(warehouse, SNAPSHOTS, days(*((D, key, 1) for key in "abcdefgh")), on(D))
    result = put(warehouse, SNAPSHOTS, days((D, "i", 1), (NEXT, "a", 1)), on(D, NEXT))
    assert result.partitions == {D: PartitionCounts(rows=9, inserted=1), NEXT: PartitionCounts(rows=1, inserted=1)}


def test_rebuild_replaces_the_scope_of_an_append_table(warehouse: Warehouse) -> None:
    put(warehouse, SNAPSHOTS, days((D, "a", 1), (D, "b", 1), (NEXT, "a", 1)), on(D, NEXT))
    before = instants(warehouse, SNAPSHOTS)
    result = put(warehouse, SNAPSHOTS, days((D, "a", 2), (D, "c", 1)), on(D), WriteOptions(rebuild=True))
    assert (result.write_mode, tally(result)) == ("replace", (1, 1, 1, 0))
    assert stored(warehouse, SNAPSHOTS) == [(D, "a", 2), (D, "c", 1), (NEXT, "a", 1)]
    assert instants(warehouse, SNAPSHOTS)[(NEXT, "a")] == before[(NEXT, "a")]


def test_rebuild_from_a_truncated_source_is_guarded(warehouse: Warehouse) -> None:
    put(warehouse, SNAPSHOTS, days(*((D, key, 1) for key in "abcdefgh")), on(D))
    with pytest.raises(ShrinkError):
        put(warehouse, SNAPSHOTS, days((D, "a", 1)), on(D), WriteOptions(rebuild=True))


def test_rebuild_means_nothing_to_a_merge_table(warehouse: Warehouse) -> None:
    table = small_table("merged")
    assert put(warehouse, table, days((D, "a", 1)), on(D), WriteOptions(rebuild=True)).write_mode == "merge"


def test_replace_overwrites_its_days_and_no_others(warehouse: Warehouse) -> None:
    put(warehouse, STANDINGS, days((D, "a", 1), (D, "b", 1), (NEXT, "a", 1)), on(D, NEXT))
    result = put(warehouse, STANDINGS, days((D, "a", 1), (D, "c", 3)), on(D))
    assert result.partitions == {D: PartitionCounts(rows=2, inserted=1, deleted=1, unchanged=1)}
    assert stored(warehouse, STANDINGS) == [(D, "a", 1), (D, "c", 3), (NEXT, "a", 1)]


def test_replace_keeps_the_instant_of_rows_that_did_not_change(warehouse: Warehouse) -> None:
    put(warehouse, STANDINGS, days((D, "a", 1), (D, "b", 1)), on(D))
    before = instants(warehouse, STANDINGS)
    put(warehouse, STANDINGS, days((D, "a", 1), (D, "b", 2)), on(D))
    after = instants(warehouse, STANDINGS)
    assert after[(D, "a")] == before[(D, "a")]
    assert after[(D, "b")] > before[(D, "b")]  # type: ignore[operator]
    assert tally(put(warehouse, STANDINGS, days((D, "a", 1), (D, "b", 2)), on(D))) == (0, 0, 0, 2)
    assert instants(warehouse, STANDINGS) == after


def test_replace_of_an_unpartitioned_table(warehouse: Warehouse) -> None:
    whole = small_table("venues", "replace", partitioned=False)
    put(warehouse, whole, keys(("a", 1), ("b", 1)), None)
    put(warehouse, whole, keys(("a", 1), ("c", 2)), None)
    assert stored(warehouse, whole) == [("a", 1), ("c", 2)]
