"""Two runs that refuse records of the same partition at the same moment: both are stored, neither fails."""

from __future__ import annotations

from collections import Counter

from nba_pipeline.warehouse.quarantine import TABLE
from nba_pipeline_tests.warehouse import quarantine_writers
from nba_pipeline_tests.warehouse.engines import Engine
from nba_pipeline_tests.warehouse.quarantine_writers import RECORDS, WRITES

SIDES = ("left", "right")


def test_refusals_of_two_runs_at_the_same_moment_are_stored_once_each(engine: Engine) -> None:
    warehouse, context = engine.warehouse("one"), quarantine_writers.processes()
    quarantine_writers.store_refusals(warehouse, "earlier")  # the protocol server cannot make a dataset twice at once
    start = context.Barrier(len(SIDES))
    arguments = [(engine.address("one"), side, start) for side in SIDES]
    writers = [context.Process(target=quarantine_writers.store_refusals_together, args=given) for given in arguments]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0, 0]
    stored = Counter(warehouse.read(TABLE, columns=["run_id"]).column("run_id").to_pylist())
    runs = {"earlier", *(f"{side}{number}" for side in SIDES for number in range(WRITES))}
    assert stored == dict.fromkeys(runs, RECORDS)
