"""What the process of the kill test does; it is forked from a server that has everything imported."""

from __future__ import annotations

import os
import signal

import pandas as pd

from nba_pipeline.warehouse import open_warehouse
from nba_pipeline.warehouse.bigquery_write import BigQueryWrite
from nba_pipeline_tests.warehouse.example_tables import PLAYERS, D, on, put


def write_and_die_before_the_merge(address: str, rows: pd.DataFrame) -> None:
    """Stage the rows and be killed when the change is due."""

    def die(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    BigQueryWrite._change = die  # type: ignore[assignment, method-assign]
    put(open_warehouse(address), PLAYERS, rows, on(D))
