"""From a warehouse address to the warehouse: `duckdb:///path` or `bigquery://project?dataset_prefix=`.

Does NOT belong here: reading the environment.
"""

from __future__ import annotations

import importlib
from pathlib import Path

from nba_pipeline.errors import SettingsError
from nba_pipeline.warehouse.bigquery_address import SCHEME, parse_bigquery
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse
from nba_pipeline.warehouse.protocol import Warehouse

DUCKDB_SCHEME = "duckdb:///"
EXAMPLE = "NBA_WAREHOUSE=duckdb:///data/warehouse.duckdb"


def open_warehouse(url: str, run_id: str = "", client: object = None) -> Warehouse:
    """The warehouse at the address. Nothing is opened or created yet.

    run_id: for the labels of BigQuery's jobs. client: of BigQuery, instead of one with the default credentials.
    """
    if url.startswith(SCHEME):
        backend = importlib.import_module("nba_pipeline.warehouse.bigquery")  # its libraries take a second to load
        warehouse: Warehouse = backend.BigQueryWarehouse(parse_bigquery(url), run_id, client)
        return warehouse
    path = url.removeprefix(DUCKDB_SCHEME)
    if path in (url, ""):
        raise SettingsError(f"{url!r} is no warehouse address. Set for example {EXAMPLE}.")
    return DuckDBWarehouse(Path(path))
