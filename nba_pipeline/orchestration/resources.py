"""Dagster resources: where data lands and where it is stored.

Does NOT belong here: reading the environment (settings.py), what is read or written.
"""

from functools import lru_cache
from typing import Any

import dagster as dg
from google.auth.exceptions import DefaultCredentialsError
from pydantic import PrivateAttr

from nba_pipeline.errors import SettingsError
from nba_pipeline.landing import Landing
from nba_pipeline.warehouse import Warehouse, open_warehouse
from nba_pipeline.warehouse.bigquery_address import NO_CREDENTIALS, SCHEME, parse_bigquery


class WarehouseResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The warehouse at `url`: `duckdb:///path` or `bigquery://project?dataset_prefix=`.

    Google's own service is reached by the client of dagster-gcp's BigQueryResource. A server on this machine is not:
    that resource can name neither an endpoint nor a client without credentials, so the warehouse makes its own.
    """

    url: str

    _run_id: str = PrivateAttr(default="")

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        self._run_id = context.run.run_id if context.run else ""

    def open(self) -> Warehouse:
        if not self.url.startswith(SCHEME) or (address := parse_bigquery(self.url)).endpoint:
            return open_warehouse(self.url, self._run_id)
        return open_warehouse(self.url, self._run_id, _client(address.project, address.location))


class LandingResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The landing zone at `root`: a folder or `gs://bucket/prefix`."""

    root: str

    def open(self) -> Landing:
        return Landing(self.root)


@lru_cache(maxsize=4)
def _client(project: str, location: str) -> Any:
    """One client per process and project: each has its own connections."""
    from dagster_gcp import BigQueryResource  # takes a second to load, which DuckDB need not wait for

    try:
        with BigQueryResource(project=project, location=location or None).get_client() as client:
            return client
    except DefaultCredentialsError as error:
        raise SettingsError(f"bigquery://{project}: no credentials: {error} {NO_CREDENTIALS}") from error
