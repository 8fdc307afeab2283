"""The store of all tables behind one protocol. Does NOT belong here: a table, a formula, Dagster."""

from nba_pipeline.warehouse.address import open_warehouse
from nba_pipeline.warehouse.conform import conform, scope_days
from nba_pipeline.warehouse.protocol import Batch, PartitionCounts, Scope, Warehouse, WriteOptions, WriteResult

__all__ = [
    "Batch",
    "PartitionCounts",
    "Scope",
    "Warehouse",
    "WriteOptions",
    "WriteResult",
    "conform",
    "open_warehouse",
    "scope_days",
]
