"""From a warehouse address to the warehouse: `duckdb:///path`. Does NOT belong here: reading the environment."""

from __future__ import annotations

from pathlib import Path

from nba_pipeline.errors import SettingsError
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse
from nba_pipeline.warehouse.protocol import Warehouse

DUCKDB_SCHEME = "duckdb:///"
BIGQUERY_SCHEME = "bigquery://"
EXAMPLE = "NBA_WAREHOUSE=duckdb:///data/warehouse.duckdb"


def open_warehouse(url: str) -> Warehouse:
    """The warehouse at `duckdb:///relative/path` or `duckdb:////absolute/path`. Nothing is opened or created yet."""
    if url.startswith(BIGQUERY_SCHEME):
        raise SettingsError(f"{url}: the BigQuery backend is not part of this version. Set {EXAMPLE} instead.")
    path = url.removeprefix(DUCKDB_SCHEME)
    if path in (url, ""):
        raise SettingsError(f"{url!r} is no warehouse address. Set for example {EXAMPLE}.")
    return DuckDBWarehouse(Path(path))
