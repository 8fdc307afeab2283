"""Dagster resources: where data lands and where it is stored.

Does NOT belong here: reading the environment (settings.py), what is read or written.
"""

import dagster as dg

from nba_pipeline.landing import Landing
from nba_pipeline.warehouse import Warehouse, open_warehouse


class WarehouseResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The warehouse at `url`: `duckdb:///path` or `bigquery://project?dataset_prefix=`."""

    url: str

    def open(self) -> Warehouse:
        return open_warehouse(self.url)


class LandingResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The landing zone at `root`: a folder or `gs://bucket/prefix`."""

    root: str

    def open(self) -> Landing:
        return Landing(self.root)
