"""Where files land, where tables live, where Dagster keeps its history: the only module that reads the environment.

NBA_LANDING: a folder or `gs://bucket/prefix`. NBA_WAREHOUSE: `duckdb:///path` or `bigquery://project?dataset_prefix=`,
whose options are those of warehouse/bigquery_address.py.
DAGSTER_HOME: a folder. Each has a default below `.nba` of the working directory, so that nothing has to be set.
Does NOT belong here: opening any of them, other options of commands, credentials.
"""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nba_pipeline.errors import SettingsError
from nba_pipeline.warehouse.bigquery_address import BigQueryAddress, parse_bigquery

DEFAULT_LANDING = ".nba/landing"
DEFAULT_WAREHOUSE = "duckdb:///.nba/warehouse.duckdb"
DEFAULT_DAGSTER_HOME = ".nba/dagster_home"

WAREHOUSE_FORMS = "duckdb:///path/to/file.duckdb or bigquery://project?dataset_prefix=name_"

# Dagster's own switches, read by it from the environment of every process that writes events.
DAGSTER_SWITCHES = {
    "DAGSTER_DISABLE_TELEMETRY": "1",
    "DAGSTER_EVENT_BATCH_SIZE": "1000",  # events a write; one by one costs 11 to 53 ms an event on SQLite
}


@dataclass(frozen=True)
class Settings:
    """Resolved settings: local paths are absolute, so that every process of a run means the same place."""

    landing: str
    warehouse: str
    dagster_home: Path

    @property
    def engine(self) -> Literal["duckdb", "bigquery"]:
        return "duckdb" if self.warehouse.startswith("duckdb:") else "bigquery"

    @property
    def duckdb_path(self) -> Path:
        """The DuckDB file; a SettingsError on another engine."""
        if self.engine != "duckdb":
            raise SettingsError(f"NBA_WAREHOUSE={self.warehouse} is not a DuckDB file.")
        return Path(self.warehouse.removeprefix("duckdb:///"))

    @property
    def bigquery(self) -> BigQueryAddress:
        """The BigQuery address; a SettingsError on another engine."""
        if self.engine != "bigquery":
            raise SettingsError(f"NBA_WAREHOUSE={self.warehouse} is not a BigQuery project.")
        return parse_bigquery(self.warehouse)


def load_settings(
    landing: str | None = None, warehouse: str | None = None, dagster_home: str | None = None
) -> Settings:
    """Settings from the arguments, then the environment, then the defaults; a blank value counts as not given."""
    return Settings(
        landing=_landing(landing or os.environ.get("NBA_LANDING") or DEFAULT_LANDING),
        warehouse=_warehouse(warehouse or os.environ.get("NBA_WAREHOUSE") or DEFAULT_WAREHOUSE),
        dagster_home=_absolute(dagster_home or os.environ.get("DAGSTER_HOME") or DEFAULT_DAGSTER_HOME),
    )


def export_settings(settings: Settings, environment: MutableMapping[str, str] | None = None) -> None:
    """Put the settings and Dagster's switches where Dagster and the processes it starts look for them.

    A switch that is already set keeps its value.
    """
    target = os.environ if environment is None else environment
    target["NBA_LANDING"] = settings.landing
    target["NBA_WAREHOUSE"] = settings.warehouse
    target["DAGSTER_HOME"] = str(settings.dagster_home)
    for name, value in DAGSTER_SWITCHES.items():
        target.setdefault(name, value)


def _landing(value: str) -> str:
    scheme, separator, rest = value.partition("://")
    if not separator:
        return str(_absolute(value))
    if scheme == "file":
        return str(_absolute(rest))
    if scheme != "gs" or not rest.strip("/"):
        raise SettingsError(f"NBA_LANDING={value}: expected a folder or gs://bucket/prefix.")
    return value.rstrip("/")


def _warehouse(value: str) -> str:
    scheme, separator, rest = value.partition("://")
    if separator and scheme == "duckdb":
        return f"duckdb:///{_duckdb_file(value, rest)}"
    if separator and scheme == "bigquery":
        return _bigquery(value)
    raise SettingsError(f"NBA_WAREHOUSE={value}: expected {WAREHOUSE_FORMS}.")


def _duckdb_file(value: str, rest: str) -> Path:
    """The file named after `duckdb://`: relative with three slashes in all, absolute with four.

    Three slashes before a path whose first folder exists at the root of the file system and not in the working
    directory are read as absolute too: that is what is meant by duckdb:///srv/data/nba.duckdb.
    """
    name = rest.removeprefix("/")
    if not rest.startswith("/") or not name or name.endswith("/") or "?" in name:
        raise SettingsError(f"NBA_WAREHOUSE={value}: expected {WAREHOUSE_FORMS}, with three slashes and a file name.")
    path = _absolute(name)
    folders = Path(name).parts[:-1]
    if folders and not Path(name).is_absolute() and not Path(folders[0]).exists() and Path("/", folders[0]).is_dir():
        path = Path("/", name)
    if path.is_dir():
        raise SettingsError(f"NBA_WAREHOUSE={value}: {path} is a folder; name a file in it.")
    return path


def _bigquery(value: str) -> str:
    try:
        parse_bigquery(value)
    except SettingsError as error:
        raise SettingsError(f"NBA_WAREHOUSE={error}") from error
    return value


def _absolute(path: str) -> Path:
    return Path(os.path.abspath(Path(path).expanduser()))
