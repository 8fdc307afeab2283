"""What every engine must do: obey random writes against a plain dictionary that obeys the same rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from nba_pipeline.warehouse import PartitionCounts, Scope, Warehouse, WriteOptions, scope_days
from nba_pipeline.warehouse.errors import ShrinkError
from nba_pipeline_tests.warehouse.engines import DuckDBEngine, Engine
from nba_pipeline_tests.warehouse.example_tables import D, day_after, days, instants, put, small_table, stored

SMALL = small_table("small")
DAYS = [day_after(D, number) for number in range(4)]
KEYS = "abcdefg"
EXAMPLES, EXAMPLES_REMOTE = 20, 3  # a write takes 20 ms in a file, half a second on a server
Content = dict[tuple[date, str], int | None]


@dataclass(frozen=True)
class Step:
    scope: Scope
    rows: Content
    on_purpose: bool


@st.composite
def steps(draw: st.DrawFn) -> Step:
    first, last = sorted(draw(st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS))))
    kept = draw(st.frozensets(st.sampled_from(DAYS), max_size=2))
    scope = Scope(first, last, kept)
    writable = [day for day in DAYS if day in scope_days(scope)]
    keys = st.tuples(st.sampled_from(writable), st.sampled_from(KEYS)) if writable else st.nothing()
    rows = draw(st.dictionaries(keys, st.none() | st.integers(0, 2), max_size=16)) if writable else {}
    return Step(scope, rows, draw(st.booleans()))


def expected(held: Content, step: Step) -> tuple[Content, dict[date | None, PartitionCounts]] | None:
    """What the table holds after the step, and its counts; None when a day would lose more than four rows."""
    after = {key: value for key, value in held.items() if key[0] not in scope_days(step.scope)} | step.rows
    counts: dict[date | None, PartitionCounts] = {}
    for day in scope_days(step.scope):
        old = {key: value for key, value in held.items() if key[0] == day}
        new = {key: value for key, value in after.items() if key[0] == day}
        if len(old.keys() - new.keys()) > 4 and not step.on_purpose:
            return None
        both = old.keys() & new.keys()
        same = sum(old[key] == new[key] for key in both)
        counts[day] = PartitionCounts(
            rows=len(new),
            inserted=len(new.keys() - old.keys()),
            updated=len(both) - same,
            deleted=len(old.keys() - new.keys()),
            unchanged=same,
        )
    return after, counts


def test_any_sequence_of_merges_leaves_what_a_dictionary_would_hold(engine: Engine) -> None:
    names = (f"w{number}" for number in count())

    @settings(max_examples=EXAMPLES if isinstance(engine, DuckDBEngine) else EXAMPLES_REMOTE, deadline=None)
    @given(st.lists(steps(), min_size=1, max_size=6))
    def obeyed(sequence: list[Step]) -> None:
        warehouse, held = engine.warehouse(next(names)), Content()
        for step in sequence:
            held = checked(warehouse, held, step)

    obeyed()


def checked(warehouse: Warehouse, held: Content, step: Step) -> Content:
    """Write the step and compare everything with the dictionary; returns what is held then."""
    rows = days(*((day, key, value) for (day, key), value in step.rows.items()))
    options = WriteOptions(allow_shrink="test" if step.on_purpose else "")
    outcome, before = expected(held, step), instants(warehouse, SMALL)
    try:
        result = put(warehouse, SMALL, rows, step.scope, options)
    except ShrinkError:
        assert outcome is None
        assert instants(warehouse, SMALL) == before
        return held
    assert outcome is not None
    now, counts = outcome
    assert result.partitions == counts
    assert stored(warehouse, SMALL) == sorted((*key, value) for key, value in now.items())
    after = instants(warehouse, SMALL)
    kept = [key for key in now if key in held and held[key] == now[key]]
    assert all(after[key] == before[key] for key in kept)
    assert all(after[key] != before.get(key) for key in now if key not in kept)
    return now
