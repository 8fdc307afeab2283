"""What the processes do that write refusals at the same moment."""

from __future__ import annotations

import multiprocessing
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import Barrier

from nba_pipeline.warehouse import Warehouse, WriteOptions, open_warehouse
from nba_pipeline.warehouse.quarantine import quarantine_batch
from nba_pipeline_tests.warehouse.example_tables import D, on

RECORDS, WRITES = 5, 3
START_WITHIN_SECONDS = 30


def processes() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def store_refusals(warehouse: Warehouse, run: str) -> None:
    """The refusals of one run, all of one date."""
    refused = {"partition_date": D, "action": "reject_row", "rule": "bad_value"}
    records = [{**refused, "position": f"/{number}"} for number in range(RECORDS)]
    warehouse.write(quarantine_batch(records, "raw.box", run, on(D)), WriteOptions(run_id=run))


def store_refusals_together(address: str, run: str, start: Barrier) -> None:
    """Several writes, each of a run of its own and begun when the other writer begins one."""
    warehouse = open_warehouse(address)
    for number in range(WRITES):
        start.wait(START_WITHIN_SECONDS)
        store_refusals(warehouse, f"{run}{number}")
