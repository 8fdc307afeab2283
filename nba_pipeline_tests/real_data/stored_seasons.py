"""Every table of three real seasons in one DuckDB file, made from the declared edges and without a run of Dagster.

A table is computed once for all dates from the frames of its upstreams, conformed as a write would, and inserted.
Does NOT belong here: expectations.
"""

from __future__ import annotations

from collections.abc import Collection
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from nba_pipeline import catalog
from nba_pipeline.landing import Landing
from nba_pipeline.orchestration.landing_inputs import read_landed, read_schedule
from nba_pipeline.orchestration.partitions import partition_dates
from nba_pipeline.orchestration.recompute import columns_read, recipes
from nba_pipeline.orchestration.table_asset import file_inputs
from nba_pipeline.schema import Table
from nba_pipeline.schema.table import LAYERS
from nba_pipeline.warehouse import Scope, conform
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse
from nba_pipeline_tests.real_data.analytics_chain import FIRST, LAST

WRITTEN = "now()::timestamptz as processed_at"


def store_seasons(data: Path, path: Path, *, last: str = LAST, layers: Collection[str] = LAYERS) -> DuckDBWarehouse:
    """A warehouse with the tables of the layers from 2021-22 to the day `last` in the file `path`."""
    warehouse, landing = DuckDBWarehouse(path), Landing(str(data))
    dates = partition_dates(pd.Timestamp(FIRST).date(), pd.Timestamp(last).date())
    schedule = read_schedule(landing, dates)
    every, modules = recipes(), catalog.table_modules()
    sources = {name: [str(edge.table) for edge in recipe.inputs.values()] for name, recipe in every.items()}
    kept: dict[str, pd.DataFrame] = {}
    for name in TopologicalSorter(sources).static_order():
        recipe = every[name]
        if recipe.table.layer not in layers:
            continue
        frames: dict[str, Any] = {p: kept[str(e.table)][list(e.columns)] for p, e in recipe.inputs.items()}
        for parameter, spec in file_inputs(modules[name].asset).items():
            frames[parameter] = schedule if spec is None else read_landed(landing, spec, dates)
        rows = recipe.compute(frames, dates).rows
        _insert(warehouse, recipe.table, rows, dates)
        kept[name] = rows[list(columns_read(recipe.table, every.values()))]
    return warehouse


def _insert(warehouse: DuckDBWarehouse, table: Table, rows: pd.DataFrame, dates: pd.DatetimeIndex) -> None:
    scope = Scope(dates[0].date(), dates[-1].date()) if table.partition_column else None
    batch = conform(table, rows, scope).rows
    warehouse.ensure(table)
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.register("batch", batch)
        connection.execute(f"insert into {table.qualified_name} by name select *, {WRITTEN} from batch")
