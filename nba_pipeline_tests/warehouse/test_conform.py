from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from nba_pipeline.schema import Domain
from nba_pipeline.schema.frames import arrow_schema, empty_frame
from nba_pipeline.warehouse import conform, scope_days
from nba_pipeline.warehouse.errors import ContractError, TooManyRejectsError
from nba_pipeline_tests.warehouse.example_tables import PLAYERS, D, day_after, days, keys, on, players, small_table

SMALL = small_table("small")


def test_batch_holds_the_declared_columns_in_contract_order_and_the_hash() -> None:
    frame = players(3)
    batch = conform(PLAYERS, frame[frame.columns[::-1]], on(D))
    assert batch.rows.column_names == [*PLAYERS.column_names, "row_hash"]
    assert batch.rows.select(PLAYERS.column_names).schema == arrow_schema(PLAYERS.columns)
    assert batch.rows.column("points").to_pylist() == [0, 1, 2]


def test_frame_is_not_changed() -> None:
    frame = players(3)
    before = frame.copy(deep=True)
    conform(PLAYERS, frame, on(D))
    pd.testing.assert_frame_equal(frame, before)


def test_empty_frame_makes_an_empty_batch_with_a_version_for_every_day() -> None:
    batch = conform(PLAYERS, empty_frame(PLAYERS), on(D, day_after(D)))
    assert batch.rows.num_rows == 0
    assert list(batch.versions) == [D, day_after(D)]


def test_version_of_a_day_does_not_depend_on_its_neighbours_or_the_order_of_rows() -> None:
    both = pd.concat([players(3), players(2, day_after(D))], ignore_index=True)
    alone = conform(PLAYERS, players(3), on(D)).versions[D]
    assert conform(PLAYERS, both[::-1], on(D, day_after(D))).versions[D] == alone


def test_missing_extra_and_repeated_columns_are_all_named() -> None:
    frame = players(2).drop(columns="points").assign(height=1)
    frame = pd.concat([frame, frame[["game_id"]]], axis=1)
    with pytest.raises(ContractError) as caught:
        conform(PLAYERS, frame, on(D))
    message = str(caught.value)
    assert "points missing" in message
    assert "height not in the contract" in message
    assert "game_id present twice" in message


def test_null_in_a_required_column_is_refused_with_the_keys() -> None:
    frame = players(15)
    frame.loc[:11, "team_abbr"] = None
    with pytest.raises(ContractError, match=r"team_abbr: required column is NULL in 12 of 15 rows.* and 2 more") as e:
        conform(PLAYERS, frame, on(D))
    assert "(2024-01-15, player009)" in str(e.value)
    assert "player010" not in str(e.value)


def test_null_key_is_refused() -> None:
    with pytest.raises(ContractError, match=r"key: key column is NULL in 1 of 2 rows: \(2024-01-15, NULL\)"):
        conform(SMALL, days((D, "a", 1), (D, None, 2)), on(D))  # type: ignore[arg-type]


def test_repeated_key_is_refused_with_the_key_and_no_row_is_chosen() -> None:
    with pytest.raises(ContractError, match=r"1 row\(s\) repeat the key .*\(2024-01-15, a\)"):
        conform(SMALL, days((D, "a", 1), (D, "b", 1), (D, "a", 1)), on(D))


def test_same_name_on_two_days_is_two_keys() -> None:
    batch = conform(SMALL, days((D, "a", 1), (day_after(D), "a", 1)), on(D, day_after(D)))
    assert batch.rows.num_rows == 2


@pytest.mark.parametrize("day", [day_after(D, -1), day_after(D, 2)])
def test_row_outside_the_scope_is_refused(day: date) -> None:
    with pytest.raises(ContractError, match=f"1 row.* outside the partitions being written.*{day}, b"):
        conform(SMALL, days((D, "a", 1), (day, "b", 1)), on(D, day_after(D)))


def test_row_on_a_kept_day_is_refused() -> None:
    with pytest.raises(ContractError, match="kept by this write"):
        conform(SMALL, days((D, "a", 1)), on(D, day_after(D), kept=[D]))


def test_scope_must_fit_the_table() -> None:
    with pytest.raises(ContractError, match="daily partitions but no scope"):
        conform(SMALL, days((D, "a", 1)), None)
    with pytest.raises(ContractError, match="no partitions but a scope"):
        conform(small_table("whole", partitioned=False), keys(("a", 1)), on(D))
    with pytest.raises(ContractError, match="after it ends"):
        conform(SMALL, days(), on(D, day_after(D, -1)))


def test_scope_days_leave_out_the_kept_ones() -> None:
    assert scope_days(on(D, day_after(D, 2), kept=[day_after(D)])) == (D, day_after(D, 2))
    assert scope_days(None) == (None,)


def test_unpartitioned_table_has_one_version() -> None:
    batch = conform(small_table("whole", partitioned=False), keys(("a", 1)), None)
    assert list(batch.versions) == [None]


def test_nan_becomes_null() -> None:
    frame = players(2).assign(minutes_played=[np.nan, 20.0])
    assert conform(PLAYERS, frame, on(D)).rows.column("minutes_played").to_pylist() == [None, 20.0]


def test_infinity_is_a_division_by_zero_and_not_a_missing_value() -> None:
    frame = players(12).assign(minutes_played=[20.0, *[np.inf] * 11])
    message = (
        r"analytics.player_example.minutes_played: infinite in 11 of 12 rows: \(2024-01-15, player001\); .*"
        r"\(2024-01-15, player010\) and 1 more. A division by zero reached the writer"
    )
    with pytest.raises(ContractError, match=message):
        conform(PLAYERS, frame, on(D))


def test_ratio_outside_its_domain_is_emptied_where_the_rule_applies() -> None:
    """usage_rate 13.298 at 34 minutes is a fault, at 0.1 minutes it is arithmetic."""
    frame = players(240)
    frame.loc[[0, 1], "usage_rate"] = 13.298
    frame.loc[[0, 1], "minutes_played"] = [34.0, 0.1]
    batch = conform(PLAYERS, frame, on(D))
    assert batch.rows.num_rows == 240
    assert batch.rows.column("usage_rate").to_pylist()[:3] == [None, 13.298, 0.2]
    assert batch.cells_nulled == {D: 1}
    assert batch.rows_rejected == {}
    (record,) = batch.quarantine
    assert (record["action"], record["rule"], record["column_name"]) == ("null_cell", "out_of_range", "usage_rate")
    assert record["original_value"] == "13.298"
    assert record["partition_date"] == D
    assert record["detail"] == "expected 0 to 1, minutes_played >= 5"
    assert '"player_lookup": "player000"' in str(record["row_text"])


def test_hash_is_of_the_emptied_row() -> None:
    frame = players(1).assign(usage_rate=13.298, minutes_played=34.0)
    emptied = players(1).assign(usage_rate=np.nan, minutes_played=34.0)
    hashes = [conform(PLAYERS, rows, on(D)).rows.column("row_hash").to_pylist() for rows in (frame, emptied)]
    assert hashes[0] == hashes[1]


def test_unknown_team_takes_its_row_out() -> None:
    frame = players(240)
    frame.loc[0, "team_abbr"] = "EST"
    batch = conform(PLAYERS, frame, on(D))
    assert batch.rows.num_rows == 239
    assert batch.rows_rejected == {D: 1}
    assert batch.quarantine[0]["rule"] == "bad_value"
    assert batch.quarantine[0]["detail"] == "expected one of BOS, MIA, NYK, DEN"


def test_ten_unknown_teams_fail_the_write() -> None:
    frame = players(240)
    frame.loc[:9, "team_abbr"] = "EST"
    with pytest.raises(TooManyRejectsError, match=r"2024-01-15: 10 of 240 rows, 4.8 may. .*team_abbr must be one of"):
        conform(PLAYERS, frame, on(D))


def test_row_that_breaks_two_rules_is_recorded_once() -> None:
    frame = players(240)
    frame.loc[0, ["team_abbr", "points"]] = ["EST", 500]
    batch = conform(PLAYERS, frame, on(D))
    assert (batch.rows.num_rows, len(batch.quarantine)) == (239, 1)


def test_rejected_row_is_not_also_recorded_for_its_cells() -> None:
    frame = players(240)
    frame.loc[0, ["points", "usage_rate", "minutes_played"]] = [500, 13.298, 34.0]
    batch = conform(PLAYERS, frame, on(D))
    assert [record["action"] for record in batch.quarantine] == ["reject_row"]
    assert batch.cells_nulled == {}


@pytest.mark.parametrize(
    ("rows", "wrong", "passes"), [(10, 1, True), (49, 1, True), (49, 2, False), (100, 2, True), (100, 3, False)]
)
def test_cells_of_one_column_may_be_emptied_up_to_one_or_two_percent(rows: int, wrong: int, passes: bool) -> None:
    frame = players(rows)
    frame.loc[: wrong - 1, "usage_rate"] = 28.5
    if passes:
        assert conform(PLAYERS, frame, on(D)).cells_nulled == {D: wrong}
    else:
        with pytest.raises(TooManyRejectsError, match="usage_rate"):
            conform(PLAYERS, frame, on(D))


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [("points", 500, "points must be 0 to 110"), ("usage_rate", 13.298, "usage_rate must be 0 to 1")],
)
def test_a_range_does_not_hide_a_date_that_would_be_refused_alone(column: str, value: float, rule: str) -> None:
    """20 of 2,000 rows are 1 % of the range and all of one date."""
    frame = pd.concat([players(20, day_after(D, number)) for number in range(100)], ignore_index=True)
    frame.loc[:19, column] = value
    alone = "2024-01-15: 20 of 20 rows, "
    with pytest.raises(TooManyRejectsError, match=f"{alone}.*{rule}"):
        conform(PLAYERS, frame, on(D, day_after(D, 99)))


def test_single_bad_rows_on_many_dates_hold_none_of_them() -> None:
    frame = pd.concat([players(20, day_after(D, number)) for number in range(10)], ignore_index=True)
    frame.loc[::20, "points"] = 500
    frame.loc[1::20, "usage_rate"] = 13.298
    batch = conform(PLAYERS, frame, on(D, day_after(D, 9)))
    each = {day_after(D, number): 1 for number in range(10)}
    assert (batch.rows_rejected, batch.cells_nulled) == (each, each)


def test_unpartitioned_table_is_judged_as_a_whole() -> None:
    whole = small_table("whole", partitioned=False)
    bounded = replace(whole.by_name["value"], domain=Domain(0, 5, "reject_row"))
    frame = keys(*((f"k{number}", 9 if number < 4 else 1) for number in range(10)))
    with pytest.raises(TooManyRejectsError, match="the table: 4 of 10 rows, 3 may"):
        conform(replace(whole, columns=(whole.by_name["key"], bounded)), frame, None)


def test_null_is_inside_every_domain() -> None:
    frame = players(2).assign(points=pd.array([None, 3], dtype="Int64"), usage_rate=[np.nan, 0.2])
    assert conform(PLAYERS, frame, on(D)).quarantine == ()


def test_counts_of_rejects_are_per_day() -> None:
    frame = pd.concat([players(100), players(100, day_after(D))], ignore_index=True)
    frame.loc[[0, 1, 100], "points"] = 111
    assert conform(PLAYERS, frame, on(D, day_after(D))).rows_rejected == {D: 2, day_after(D): 1}


def test_batch_rows_are_one_arrow_table() -> None:
    assert isinstance(conform(PLAYERS, players(1), on(D)).rows, pa.Table)
