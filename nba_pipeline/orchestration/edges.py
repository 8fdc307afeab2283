"""What an asset reads, recovered from its definition. Does NOT belong here: declaring inputs."""

from __future__ import annotations

import dagster as dg

from nba_pipeline import catalog
from nba_pipeline.orchestration.inputs import TableInput, table_input


def upstream_edges(asset: dg.AssetsDefinition) -> tuple[TableInput, ...]:
    """The table inputs of an asset, and its ordering dependencies as same-day edges without columns."""
    inputs = {definition.name: definition for definition in asset.node_def.input_defs}
    declared = [
        table_input(key, inputs[name].metadata)
        for name, key in asset.keys_by_input_name.items()
        if "edge" in inputs[name].metadata
    ]
    read = {str(edge.table) for edge in declared}
    tables = catalog.tables()
    others = sorted(".".join(key.path) for key in asset.dependency_keys if ".".join(key.path) not in read)
    return (*declared, *(TableInput(tables[name], "same_day", ()) for name in others))
