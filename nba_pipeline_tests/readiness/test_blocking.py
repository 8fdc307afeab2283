"""Which partitions may not run because of what lies above them."""

from __future__ import annotations

from datetime import date

from nba_pipeline.orchestration.inputs import same_day, season_through, season_to_date, whole, window
from nba_pipeline.readiness.blocking import blocked_days, origin
from nba_pipeline.readiness.plan import days_between
from nba_pipeline.schema import Column, Table
from nba_pipeline.schema.fields import GAME_DATE

POINTS = Column("points", "INT64", "Points.", unit="points", source="test", required=True)
READER = Table("analytics", "reader", "one row", (GAME_DATE, POINTS), ("game_date",), "game_date")
SOURCE = Table("raw", "source", "one row", (GAME_DATE, POINTS), ("game_date",), "game_date")
SEED = Table("reference", "seed", "one row", (POINTS,), ("points",), None)

FAULT = date(2022, 1, 3)
FAULTS = {"raw.source": {FAULT: origin("raw.source", FAULT, "invariants: points")}}
DAYS = days_between(date(2022, 1, 1), date(2022, 1, 8))


def test_the_same_day_is_held_and_no_other() -> None:
    blocked = blocked_days(READER, [same_day(SOURCE, ("points",))], FAULTS, DAYS)
    assert blocked == {FAULT: "raw.source 2022-01-03: invariants: points"}


def test_a_look_back_table_is_held_on_every_later_date_but_not_on_the_date_itself() -> None:
    blocked = blocked_days(READER, [season_to_date(SOURCE, ("points",))], FAULTS, DAYS)
    assert list(blocked) == days_between(date(2022, 1, 4), date(2022, 1, 8))
    assert set(blocked.values()) == {"raw.source 2022-01-03: invariants: points"}


def test_a_window_through_the_date_holds_the_date_itself_too() -> None:
    blocked = blocked_days(READER, [season_through(SOURCE, ("points",))], FAULTS, DAYS)
    assert list(blocked) == days_between(FAULT, date(2022, 1, 8))


def test_a_short_window_is_free_again_when_the_fault_has_left_it() -> None:
    blocked = blocked_days(READER, [window(SOURCE, days=2, columns=("points",))], FAULTS, DAYS)
    assert list(blocked) == days_between(FAULT, date(2022, 1, 5))


def test_the_next_season_is_not_held() -> None:
    days = [date(2022, 6, 16), date(2022, 9, 30), date(2022, 10, 1), date(2022, 10, 18)]
    blocked = blocked_days(READER, [season_to_date(SOURCE, ("points",))], FAULTS, days)
    assert list(blocked) == [date(2022, 6, 16), date(2022, 9, 30)]


def test_the_first_faulty_date_is_named() -> None:
    later = date(2022, 1, 5)
    faults = {"raw.source": {day: origin("raw.source", day, "points") for day in (later, FAULT)}}
    blocked = blocked_days(READER, [season_to_date(SOURCE, ("points",))], faults, [date(2022, 1, 8)])
    assert blocked == {date(2022, 1, 8): "raw.source 2022-01-03: points"}


def test_a_table_without_partitions_holds_every_date() -> None:
    edges = [same_day(SOURCE, ("points",)), whole(SEED, ("points",))]
    blocked = blocked_days(
        READER, edges, {"reference.seed": {None: origin("reference.seed", None, "never materialised")}}, DAYS
    )
    assert list(blocked) == DAYS
    assert set(blocked.values()) == {"reference.seed: never materialised"}


def test_faults_of_tables_that_are_not_read_hold_nothing() -> None:
    edges = [same_day(SOURCE, ("points",))]
    assert blocked_days(READER, edges, {"raw.other": {FAULT: "failed"}, "raw.source": {}}, DAYS) == {}
