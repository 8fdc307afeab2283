"""The engines the contract tests run on, and a way past the warehouse to spoil what an engine stores.

Does NOT belong here: tests of one engine alone, faults on the way to it (nba_pipeline_tests/bigquery).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse, open_warehouse
from nba_pipeline.warehouse.duckdb_file import opened
from nba_pipeline_tests.bigquery.server import HOST, Server

NAMES = ("duckdb", "bigquery")


class Engine(Protocol):
    """Makes warehouses of one kind."""

    def address(self, name: str) -> str:
        """Where the warehouse of this name is, for another process."""

    def warehouse(self, name: str) -> Warehouse:
        """The warehouse of this name; nothing is stored in it before the first write."""

    def execute(self, name: str, table: Table, statement: Callable[[str], str]) -> None:
        """Run the statement that `statement` makes of the stored table's name, as a stranger would."""


@dataclass(frozen=True)
class DuckDBEngine:
    """One file per warehouse in a folder."""

    folder: Path

    def path(self, name: str) -> Path:
        return self.folder / name / "nba.duckdb"

    def address(self, name: str) -> str:
        return f"duckdb:///{self.path(name)}"

    def warehouse(self, name: str) -> Warehouse:
        return open_warehouse(self.address(name))

    def execute(self, name: str, table: Table, statement: Callable[[str], str]) -> None:
        with opened(self.path(name), read_only=False, wait_seconds=1) as connection:
            connection.execute(statement(table.qualified_name))


@dataclass(frozen=True)
class BigQueryEngine:
    """One dataset prefix per warehouse on the protocol server, by way of a proxy's port."""

    server: Server
    proxy_port: int
    prefix: str

    def address(self, name: str) -> str:
        return self.server.address(f"{self.prefix}{name}_", rest_port=self.proxy_port)

    def warehouse(self, name: str) -> Warehouse:
        return open_warehouse(self.address(name))

    def execute(self, name: str, table: Table, statement: Callable[[str], str]) -> None:
        options = {"api_endpoint": f"http://{HOST}:{self.server.rest_port}"}
        with bigquery.Client(self.server.project, AnonymousCredentials(), client_options=options) as client:
            stored = f"`{self.server.project}.{self.prefix}{name}_{table.dataset}.{table.name}`"
            client.query(statement(stored), location="US").result()
