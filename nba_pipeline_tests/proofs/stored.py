"""The look-back tables as assets over a warehouse that holds a book: what a run changes in the store.

The base tables are stored, not computed; they stand in the graph as they would if another process had made them.
Checks are left out: made-up numbers obey few rules, and what is written does not depend on them.
Does NOT belong here: expectations.
"""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from nba_pipeline.orchestration.io_manager import MergeIOManager
from nba_pipeline.orchestration.partitions import DAILY
from nba_pipeline.orchestration.resources import LandingResource, WarehouseResource
from nba_pipeline.orchestration.table_asset import asset_key, table_asset
from nba_pipeline.warehouse import Scope, Warehouse, WriteOptions, conform, open_warehouse
from nba_pipeline_tests.proofs.chain import Book, Recipes, base_tables, table_named

table_assets = importlib.import_module("nba_pipeline.orchestration.table_asset")  # the package shows a function
CHANGES = ("rows_inserted", "rows_updated", "rows_deleted")


def store(folder: Path, book: Book) -> Warehouse:
    """Write every table of the book, as its own asset would have."""
    warehouse = open_warehouse(url_of(folder))
    for name, rows in book.items():
        table, scope = table_named(name), None
        if table.partition_column and len(rows):
            days = rows[table.partition_column]
            scope = Scope(days.min().date(), days.max().date())
        warehouse.ensure(table)
        if scope or not table.partition_column:
            warehouse.write(conform(table, rows, scope), WriteOptions())
    return warehouse


def run(folder: Path, instance: dg.DagsterInstance, recipes: Recipes, first: date, last: date) -> dict[str, Counter]:
    """Materialise the tables over first..last in one run; per table, the rows stored and changed."""
    warehouse = WarehouseResource(url=url_of(folder))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_assets, "check_specs", lambda table, key: [])
        assets = [table_asset(recipe.table, recipe.transform, recipe.inputs) for recipe in recipes.values()]
    definitions = dg.Definitions(
        assets=[
            *assets,
            *(_stored_elsewhere(name) for name in base_tables(recipes)),
        ],
        resources={
            "warehouse": warehouse,
            "landing": LandingResource(root=str(folder / "landing")),
            "warehouse_io": MergeIOManager(warehouse=warehouse),
        },
        executor=dg.in_process_executor,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_assets, "evaluate_checks", lambda context, table, dates: iter(()))
        outcome = definitions.resolve_implicit_global_asset_job_def().execute_in_process(
            instance=instance,
            tags={
                "dagster/asset_partition_range_start": first.isoformat(),
                "dagster/asset_partition_range_end": last.isoformat(),
            },
        )
    return {name: _counted(outcome, recipes[name].table.name) for name in recipes}


def changed(counts: Mapping[str, Counter]) -> dict[str, int]:
    """Tables of which a run inserted, updated or deleted rows, and how many."""
    return {name: n for name, of_table in counts.items() if (n := sum(of_table[change] for change in CHANGES))}


def _counted(outcome: dg.ExecuteInProcessResult, table: str) -> Counter:
    totals: Counter = Counter()
    for event in outcome.asset_materializations_for_node(next(n for n in _nodes(outcome) if n.endswith(f"__{table}"))):
        totals.update({k: int(v.value) for k, v in event.metadata.items() if k in (*CHANGES, "rows")})  # type: ignore[arg-type,call-overload]
    return totals


def _nodes(outcome: dg.ExecuteInProcessResult) -> list[str]:
    return [event.step_key for event in outcome.all_node_events if event.step_key]


def _stored_elsewhere(name: str) -> dg.AssetSpec:
    table = table_named(name)
    return dg.AssetSpec(
        asset_key(table),
        partitions_def=DAILY if table.partition_column else None,
        metadata={"dagster/io_manager_key": "warehouse_io"},
    )


def url_of(folder: Path) -> str:
    return f"duckdb:///{folder}/warehouse.duckdb"
