"""Windows and the strict as-of join against plain loops over the earlier rows, bit for bit."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from nba_pipeline.asof import History, expand, ratio
from nba_pipeline.calendar import season_year_of

FIRST_DAY = pd.Timestamp("2022-09-10")  # the season changes on day 21


def frame(rows: list[tuple[str, int, int | None, float | None]]) -> pd.DataFrame:
    """Rows (player, day number, whole number, float) as a typed frame."""
    days = pd.DatetimeIndex([FIRST_DAY + pd.Timedelta(days=day) for _, day, _, _ in rows]).as_unit("us")
    return pd.DataFrame(
        {
            "game_date": days,
            "season_year": season_year_of(days),
            "player": pd.Series([player for player, *_ in rows], dtype="str"),
            "points": pd.array([points for _, _, points, _ in rows], dtype="Int64"),
            "pace": np.array([math.nan if pace is None else pace for *_, pace in rows], dtype="float64"),
        }
    )


def grid(*cells: tuple[str, int]) -> pd.DataFrame:
    return frame([(player, day, None, None) for player, day in cells])[["game_date", "season_year", "player"]]


rows_of_games = st.lists(
    st.tuples(
        st.sampled_from(["anna", "bob", "carl"]),
        st.integers(0, 45),
        st.none() | st.integers(0, 60),
        st.none() | st.floats(80, 120),
    ),
    unique_by=lambda row: row[:2],
    max_size=60,
)
every_cell = grid(*[(player, day) for player in ("anna", "bob", "carl", "dave") for day in range(0, 48)])


def earlier_rows(games: pd.DataFrame, cell: pd.Series) -> list[pd.Series]:
    """Newest first: the plain meaning of "earlier"."""
    rows = [
        row
        for _, row in games.iterrows()
        if row["player"] == cell["player"]
        and row["season_year"] == cell["season_year"]
        and row["game_date"] < cell["game_date"]
    ]
    return sorted(rows, key=lambda row: row["game_date"], reverse=True)


def newest_to_oldest_mean(window: list[pd.Series]) -> float:
    added, count = 0.0, 0
    for row in window:
        if not math.isnan(row["pace"]):
            added, count = added + row["pace"], count + 1
    return added / count if count else math.nan


def by_hand(games: pd.DataFrame, cell: pd.Series, last: int) -> tuple[object, ...]:
    season = earlier_rows(games, cell)
    window = season[:last]
    points = [int(row["points"]) for row in window if not pd.isna(row["points"])]
    n, total, squares = len(points), sum(points), sum(x * x for x in points)
    return (
        len(window),
        total,
        total / n if n else math.nan,
        newest_to_oldest_mean(window),
        math.sqrt((n * squares - total * total) / (n * (n - 1))) if n > 1 else math.nan,
        newest_to_oldest_mean(season),
    )


def measured(games: pd.DataFrame, cells: pd.DataFrame, last: int) -> pd.DataFrame:
    history = History(games, "player")
    as_of = history.as_of(cells)
    return pd.DataFrame(
        {
            "games": as_of.tally(history.count(last=last)),
            "points": as_of.tally(history.total("points", last=last)),
            "mean": as_of.number(history.mean("points", last=last)),
            "pace": as_of.number(history.mean("pace", last=last)),
            "std": as_of.number(history.sample_std("points", last=last)),
            "season_pace": as_of.number(history.mean("pace")),
            "last_7_days": as_of.count_within(7),
            "points_7_days": as_of.total_within("points", 7),
        },
        index=cells.index,
    )


@settings(max_examples=25, deadline=None)
@given(rows_of_games, st.integers(1, 7))
def test_windows_equal_plain_loops_over_the_earlier_rows(rows, last):
    games = frame(rows)
    cells = every_cell.iloc[::7]
    found = measured(games, cells, last)[["games", "points", "mean", "pace", "std", "season_pace"]]
    expected = pd.DataFrame(
        [by_hand(games, cell, last) for _, cell in cells.iterrows()], columns=found.columns, index=cells.index
    )
    assert_frame_equal(found, expected, check_exact=True)


@settings(max_examples=25, deadline=None)
@given(rows_of_games, st.integers(1, 16))
def test_calendar_windows_equal_plain_loops(rows, days):
    games, cells = frame(rows), every_cell.iloc[::7]
    history = History(games, "player")
    as_of = history.as_of(cells)
    since = pd.Timedelta(days=days)
    windows = [
        [row for row in earlier_rows(games, cell) if row["game_date"] >= cell["game_date"] - since]
        for _, cell in cells.iterrows()
    ]
    assert as_of.count_within(days).tolist() == [len(window) for window in windows]
    assert as_of.total_within("points", days).tolist() == [
        sum(int(row["points"]) for row in window if not pd.isna(row["points"])) for window in windows
    ]


@settings(max_examples=25, deadline=None)
@given(rows_of_games, st.randoms(use_true_random=False))
def test_order_of_input_and_grid_changes_nothing(rows, random):
    cells = every_cell.sample(frac=1, random_state=random.randint(0, 999))
    shuffled = random.sample(rows, len(rows))
    assert_frame_equal(measured(frame(shuffled), cells, 5).sort_index(), measured(frame(rows), every_cell, 5))


@settings(max_examples=25, deadline=None)
@given(rows_of_games, st.integers(0, 47))
def test_no_row_dated_on_or_after_the_day_matters(rows, day):
    altered = [(p, d, x, y) if d < day else (p, d, 99, 1e6) for p, d, x, y in rows]
    deleted = [row for row in rows if row[1] < day]
    cells = every_cell[every_cell["game_date"] == FIRST_DAY + pd.Timedelta(days=day)]
    expected = measured(frame(rows), cells, 5)
    assert_frame_equal(measured(frame(altered), cells, 5), expected, check_exact=True)
    assert_frame_equal(measured(frame(deleted), cells, 5), expected, check_exact=True)


@settings(max_examples=25, deadline=None)
@given(rows_of_games, st.lists(st.integers(0, 47), min_size=1, max_size=6, unique=True))
def test_a_range_of_days_equals_its_days_one_by_one(rows, days):
    def expanded(asked: list[int]) -> pd.DataFrame:
        history = History(frame(rows), "player")
        cells = expand(history, pd.DatetimeIndex([FIRST_DAY + pd.Timedelta(days=day) for day in asked]))
        pace = cells.number(history.mean("pace", last=3))
        return pd.DataFrame(
            {
                "date": cells.dates,
                "player": cells.column("player"),
                "pace": pace,
                "league": cells.total_by_date(np.nan_to_num(pace)),
            }
        )

    one_by_one = pd.concat([expanded([day]) for day in sorted(days)], ignore_index=True)
    assert_frame_equal(expanded(days), one_by_one, check_exact=True)


@settings(max_examples=25, deadline=None)
@given(rows_of_games)
def test_expand_gives_exactly_the_entities_with_an_earlier_row(rows):
    games = frame(rows)
    days = pd.date_range(FIRST_DAY, periods=48, unit="us")
    cells = expand(History(games, "player"), days)
    found = list(zip(cells.dates, cells.column("player"), cells.column("season_year"), strict=True))
    expected = sorted(
        (cell["game_date"], cell["player"], cell["season_year"])
        for _, cell in every_cell.iterrows()
        if earlier_rows(games, cell)
    )
    assert found == expected


ANNA = frame([("anna", 30, 10, 100.0), ("anna", 31, None, None), ("anna", 35, 30, 98.0), ("bob", 31, 4, 1.0)])


def test_a_game_counts_from_the_day_after_it():
    as_of = History(ANNA, "player").as_of(grid(("anna", 30), ("anna", 31), ("anna", 32)))
    assert as_of.known.tolist() == [False, True, True]
    assert as_of.tally(as_of.history.count()).tolist() == [0, 1, 2]


def test_last_season_is_not_earlier():
    history = History(frame([("anna", 20, 50, 90.0), ("anna", 22, 8, 91.0)]), "player")
    as_of = history.as_of(grid(("anna", 21), ("anna", 22), ("anna", 23)))
    assert as_of.known.tolist() == [False, False, True]
    assert as_of.number(history.mean("points")).tolist()[2] == 8.0


def test_columns_of_the_newest_row_are_null_without_one():
    as_of = History(ANNA, "player").as_of(grid(("anna", 36), ("anna", 32), ("dave", 36), ("bob", 31)))
    assert as_of.column("points").tolist() == [30, pd.NA, pd.NA, pd.NA]
    assert as_of.column("game_date").isna().tolist() == [False, False, True, True]
    assert as_of.days_since().tolist() == [1, 1, pd.NA, pd.NA]


def test_numbers_are_nan_and_tallies_zero_without_an_earlier_row():
    history = History(ANNA, "player")
    as_of = history.as_of(grid(("dave", 36)))
    assert math.isnan(as_of.number(history.total("points"))[0])
    assert as_of.tally(history.total("points")).tolist() == [0]
    assert as_of.count_within(30).tolist() == [0]


def test_back_stops_at_the_first_row_of_the_season():
    as_of = History(ANNA, "player").as_of(grid(("anna", 40)))
    assert [as_of.back(rows).days_since().tolist()[0] for rows in range(3)] == [5, 9, 10]
    assert as_of.back(3).days_since().isna().all()


def test_newest_row_that_satisfies_a_condition():
    history = History(ANNA, "player")
    scored_ten = history.rows["points"].eq(10).fillna(False).to_numpy(bool)
    as_of = history.as_of(grid(("anna", 40), ("bob", 40), ("anna", 30))).newest_where(scored_ten)
    assert as_of.days_since().tolist() == [10, pd.NA, pd.NA]


def test_days_between_rows_of_an_entity():
    since = History(ANNA, "player").days_since_previous()
    assert since[1:3].tolist() == [1.0, 4.0]
    assert np.isnan(since[[0, 3]]).all()


def test_a_run_ends_with_the_row_and_does_not_cross_entities():
    games = frame([("anna", 30 + day, points, 1.0) for day, points in enumerate([0, 1, 1, 0, 1])] + [("bob", 30, 1, 1)])
    history = History(games, "player")
    assert history.run(history.values("points") > 0).tolist() == [0, 1, 2, 0, 1, 1]


def test_where_selects_inside_the_window_without_lengthening_it():
    history = History(ANNA, "player")
    with_pace = history.known("pace")
    assert history.count(last=2, where=with_pace).tolist() == [1, 1, 1, 1]
    assert history.total("points", last=2, where=with_pace).tolist() == [10, 10, 30, 4]


def test_a_float_mean_does_not_depend_on_games_that_left_the_window():
    small = [("anna", 30 + day, 1, 0.1) for day in range(1, 4)]
    with_giant = History(frame([("anna", 30, 1, 1e16), *small]), "player")
    without = History(frame(small), "player")
    assert with_giant.mean("pace", last=2)[-1] == without.mean("pace", last=2)[-1] == 0.1


def test_flags_are_counted_as_whole_numbers():
    games = ANNA.assign(won=pd.array([True, None, True, False], dtype="boolean"))
    history = History(games, "player")
    assert history.mean("won").tolist() == [1.0, 1.0, 1.0, 0.0]


def test_a_grid_may_name_the_entity_otherwise():
    history = History(ANNA, "player")
    cells = grid(("anna", 36)).rename(columns={"player": "opponent", "game_date": "cache_date"})
    assert history.as_of(cells, entity="opponent", date="cache_date").tally(history.count()).tolist() == [3]


def test_two_columns_can_make_an_entity():
    games = ANNA.assign(opponent=["BOS", "MIA", "BOS", "BOS"])
    history = History(games, ["player", "opponent"])
    cells = grid(("anna", 36), ("anna", 36), ("bob", 36)).assign(opponent=["BOS", "MIA", "MIA"])
    assert history.as_of(cells).tally(history.count()).tolist() == [2, 1, 0]


def test_totals_by_date_are_given_to_every_row_of_the_date():
    cells = History(ANNA, "player").as_of(grid(("anna", 36), ("bob", 36), ("anna", 37)))
    assert cells.total_by_date(np.array([1, 2, 4])).tolist() == [3, 3, 4]


def test_totals_of_floats_by_date_do_not_depend_on_the_order_of_the_grid():
    values = {"anna": 1e16, "bob": -1e16, "carl": 1.0}
    history = History(frame([(player, 30, 1, 1.0) for player in values]), "player")
    for order in (["anna", "bob", "carl"], ["carl", "anna", "bob"]):
        cells = history.as_of(grid(*[(player, 36) for player in order]))
        assert cells.total_by_date(np.array([values[player] for player in order])).tolist() == [1.0, 1.0, 1.0]


def test_an_empty_history_knows_nobody():
    history = History(frame([]), "player")
    assert not history.as_of(grid(("anna", 36))).known.any()
    assert len(expand(history, pd.DatetimeIndex(["2022-10-20"])).dates) == 0
    assert history.mean("pace", last=3).tolist() == []


def test_ratio_is_nan_over_zero_and_zero_over_something():
    assert np.array_equal(ratio([0, 3, 0], [4, 0, 0]), [0.0, math.nan, math.nan], equal_nan=True)


def test_exact_sums_of_floats_are_refused():
    with pytest.raises(TypeError, match="total of pace: float64 values cannot be summed exactly"):
        History(ANNA, "player").total("pace")


def test_two_rows_of_an_entity_on_one_day_are_refused():
    with pytest.raises(ValueError, match="1 repeated day"):
        History(frame([("anna", 30, 1, 1.0), ("anna", 30, 2, 2.0)]), "player")


def test_a_row_without_its_entity_is_refused():
    with pytest.raises(ValueError, match="player is NULL in 1 row"):
        History(ANNA.assign(player=["anna", None, "anna", "bob"]), "player")


def test_a_time_of_day_is_refused():
    with pytest.raises(ValueError, match="time of day"):
        History(ANNA, "player").as_of(grid(("anna", 36)).assign(game_date=pd.Timestamp("2022-10-16 19:30")))


def test_a_grid_with_another_number_of_entity_columns_is_refused():
    with pytest.raises(ValueError, match="give as many columns"):
        History(ANNA, "player").as_of(grid(("anna", 36)), entity=["player", "team"])
