"""Stored tables brought up to their declaration, on every engine: columns added, everything else refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nba_pipeline.readiness.migrate import migrate, planned
from nba_pipeline.warehouse import Warehouse
from nba_pipeline.warehouse.errors import SchemaDriftError
from nba_pipeline_tests.warehouse.engines import Engine
from nba_pipeline_tests.warehouse.example_tables import D, column, days, on, put, small_table, stored, tally

OLD = small_table("events")


NEW = replace(OLD, columns=(*OLD.columns, column("margin", "FLOAT64"), column("seen_at", "TIMESTAMP")))


@pytest.fixture
def warehouse(engine: Engine) -> Warehouse:
    """Two rows stored under the old declaration."""
    made = engine.warehouse("one")
    put(made, OLD, days((D, "a", 1), (D, "b", 2)), on(D))
    return made


def test_new_nullable_columns_are_added_and_hold_null(warehouse: Warehouse) -> None:
    with pytest.raises(SchemaDriftError, match=r"margin is declared but not stored.*nba-pipeline migrate"):
        warehouse.ensure(NEW)
    (done,) = migrate(warehouse, [NEW])
    assert (done.table, done.columns, done.refusal) == ("raw.events", ("margin", "seen_at"), "")
    assert stored(warehouse, NEW) == [(D, "a", 1, None, None), (D, "b", 2, None, None)]


def test_a_migrated_table_takes_rows_of_its_new_form(warehouse: Warehouse) -> None:
    migrate(warehouse, [NEW])
    rows = days((D, "a", 1), (D, "b", 2)).assign(margin=[0.5, None], seen_at=None)
    rows = rows.astype({"margin": "float64", "seen_at": "datetime64[us, UTC]"})
    put(warehouse, NEW, rows, on(D))
    assert stored(warehouse, NEW) == [(D, "a", 1, 0.5, None), (D, "b", 2, None, None)]
    assert tally(put(warehouse, NEW, rows, on(D))) == (0, 0, 0, 2)


def test_a_plan_names_the_columns_and_changes_nothing(warehouse: Warehouse) -> None:
    before = warehouse.stored_columns(OLD)
    (plan,) = planned(warehouse, [OLD, NEW])
    assert (plan.table, plan.columns) == ("raw.events", ("margin", "seen_at"))
    assert warehouse.stored_columns(OLD) == before


def test_a_second_migration_has_nothing_to_do(warehouse: Warehouse) -> None:
    migrate(warehouse, [NEW])
    assert migrate(warehouse, [NEW]) == []
    assert planned(warehouse, [NEW]) == []


REFUSED = {
    "value is stored but not declared": (*OLD.columns[:2], column("margin", "FLOAT64")),
    "value is stored as INT64, declared as STRING": (*OLD.columns[:2], column("value", "STRING")),
    "value is stored as INT64, declared as INT64 required": (*OLD.columns[:2], column("value", "INT64", required=True)),
    "margin is declared but not stored": (*OLD.columns, column("margin", "FLOAT64", required=True)),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_every_other_difference_is_refused_and_nothing_is_added(warehouse: Warehouse, reason: str) -> None:
    table = replace(OLD, columns=(*REFUSED[reason], column("further", "BOOL")))
    before = warehouse.stored_columns(OLD)
    for found in (planned(warehouse, [table]), migrate(warehouse, [table])):
        assert [(one.table, one.columns) for one in found] == [("raw.events", ())]
        assert reason in found[0].refusal
        assert "never dropped, retyped or made required" in found[0].refusal
    assert warehouse.stored_columns(OLD) == before


def test_a_table_that_is_not_stored_needs_no_migration(engine: Engine) -> None:
    empty = engine.warehouse("empty")
    assert planned(empty, [NEW]) == []
    assert migrate(empty, [NEW]) == []
    assert empty.stored_columns(NEW) is None
