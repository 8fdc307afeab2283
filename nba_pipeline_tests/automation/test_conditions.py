"""Which partitions automation requests, on a toy graph with a real warehouse and a real instance."""

from __future__ import annotations

from datetime import date

import pytest

from nba_pipeline_tests.automation.toys import MARKS, NAMES, SUMS, TOPS, World

LOOKING_BACK = ("precompute.form", "precompute.trend", "precompute.features")


def november(first: int, last: int | None = None) -> list[date]:
    return [date(2021, 11, number) for number in range(first, (last or first) + 1)]


def test_idle_ticks_request_nothing(world: World) -> None:
    assert [world.tick() for _ in range(3)] == [{}, {}, {}]


def test_identical_content_runs_nothing_below(world: World) -> None:
    world.run([MARKS], date(2021, 11, 15))
    assert world.settle() == []


def test_correction_runs_its_date_and_exactly_the_later_dates_of_look_back_tables(world: World) -> None:
    world.source.points[date(2021, 11, 15)] = 102
    world.run([MARKS], date(2021, 11, 15))
    assert world.settle() == [
        {"analytics.sums": november(15)},
        {"analytics.tops": november(15)},
        dict.fromkeys(LOOKING_BACK, november(16, 20)),
    ]


def test_look_back_table_that_is_ready_waits_for_what_the_others_read(world: World) -> None:
    """Form reads sums alone; a run of its own would make the others wait for that run."""
    world.source.points[date(2021, 11, 15)] = 130
    world.run([MARKS, SUMS], date(2021, 11, 15))
    assert world.settle() == [{"analytics.tops": november(15)}, dict.fromkeys(LOOKING_BACK, november(16, 20))]


def test_table_that_did_not_change_stops_its_branch(world: World) -> None:
    """Tops are tens of points: 100 and 102 make the same 10."""
    world.source.points[date(2021, 11, 20)] = 102
    world.run([MARKS], date(2021, 11, 20))
    assert world.settle() == [{"analytics.sums": november(20)}, {"analytics.tops": november(20)}]
    assert world.settle() == []


def test_correction_older_than_the_horizon_runs_nothing(world: World) -> None:
    world.source.points[date(2021, 11, 10)] = 140
    world.run([MARKS], date(2021, 11, 10))
    assert world.settle() == []


def test_older_correction_of_a_table_that_is_looked_back_on_runs_nothing(world: World) -> None:
    world.source.points[date(2021, 11, 10)] = 140
    world.run([MARKS, SUMS, TOPS], date(2021, 11, 10))
    assert world.settle() == []


def test_oldest_date_of_the_horizon_is_corrected(world: World) -> None:
    world.source.points[date(2021, 11, 11)] = 140
    world.run([MARKS], date(2021, 11, 11))
    requested = world.settle()
    assert requested[0] == {"analytics.sums": november(11)}
    assert requested[-1]["precompute.trend"] == november(12, 20)


def test_new_day_flows_through_once(world: World) -> None:
    world.today = date(2021, 11, 21)
    world.source.points[world.today] = 100
    history = world.settle()
    assert history == [dict.fromkeys(LOOKING_BACK, november(21))]
    world.run([MARKS], world.today)
    history += world.settle()
    made = {name: days for requested in history for name, days in requested.items()}
    assert made == dict.fromkeys(("analytics.sums", "analytics.tops", *LOOKING_BACK), november(21))
    assert sum(len(days) for requested in history for days in requested.values()) == 5


def test_off_day_does_not_hold_what_follows(world: World) -> None:
    world.today = date(2021, 11, 22)
    world.source.points[date(2021, 11, 22)] = 100  # the 21st has no games
    world.run([MARKS], date(2021, 11, 21), world.today)
    made = {name: days for requested in world.settle() for name, days in requested.items()}
    assert made["precompute.features"] == november(21, 22)


def test_missing_input_date_holds_look_back_tables(world: World) -> None:
    world.today = date(2021, 11, 22)
    world.source.points |= {date(2021, 11, 21): 100, date(2021, 11, 22): 100}
    world.run([MARKS], world.today)
    made = {name: days for requested in world.settle() for name, days in requested.items()}
    assert made == {
        "analytics.sums": november(22),
        "analytics.tops": november(22),
        **dict.fromkeys(LOOKING_BACK, november(21)),
    }


def test_blocking_check_that_failed_holds_exactly_what_reads_its_date(world: World) -> None:
    world.source.points[date(2021, 11, 15)] = 600  # sums refuses 500 and more
    world.run([MARKS], date(2021, 11, 15))
    assert world.settle() == [{"analytics.sums": november(15)}]
    world.source.points[date(2021, 11, 18)] = 104
    world.run([MARKS], date(2021, 11, 18))
    assert world.settle() == [{"analytics.sums": november(18)}, {"analytics.tops": november(18)}]


def test_repaired_date_releases_what_was_held(world: World) -> None:
    world.source.points[date(2021, 11, 15)] = 600
    world.run([MARKS], date(2021, 11, 15))
    world.settle()
    world.source.points[date(2021, 11, 15)] = 110
    world.run([MARKS], date(2021, 11, 15))
    assert world.settle() == [
        {"analytics.sums": november(15), "analytics.tops": november(15)},  # tops was waiting since the first change
        dict.fromkeys(LOOKING_BACK, november(16, 20)),
    ]


def test_warning_holds_nothing(world: World) -> None:
    """An odd number of points has no rate: the NULL-rate check of every table warns or fails, and blocks none."""
    world.source.points[date(2021, 11, 15)] = 111
    world.run([MARKS], date(2021, 11, 15))
    assert [sorted(requested) for requested in world.settle()] == [
        ["analytics.sums"],
        ["analytics.tops"],
        sorted(LOOKING_BACK),
    ]


def test_update_of_an_unpartitioned_table_requests_nothing(world: World) -> None:
    world.source.names = ["ann", "bob"]
    world.run([NAMES], date(2021, 11, 15))
    assert world.settle() == []


@pytest.mark.parametrize("inputs_change_after", [False, True])
def test_failing_table_is_requested_once_until_its_input_changes(world: World, inputs_change_after: bool) -> None:
    world.today = date(2021, 11, 21)
    world.source.points[world.today] = 100
    world.source.failing = {world.today}
    world.run([MARKS], world.today)
    for _ in range(100 if not inputs_change_after else 6):
        world.tick()
    assert world.source.attempts == 1
    if inputs_change_after:
        world.source.points[world.today] = 120
        world.run([MARKS], world.today)
        world.settle()
        assert world.source.attempts == 2


def test_run_of_all_tables_of_a_date_still_requests_the_later_dates(world: World) -> None:
    world.source.points[date(2021, 11, 18)] = 130
    world.run([MARKS, SUMS, TOPS], date(2021, 11, 18))
    assert world.settle() == [
        dict.fromkeys(LOOKING_BACK, november(19, 20)),
    ]
