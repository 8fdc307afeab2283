"""The simulated sample in a DuckDB file and, the same rows, on the protocol server, under one history of runs.

Computed without runs of Dagster, which test_parity.py has on both warehouses. Does NOT belong here: expectations.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from dagster import DagsterInstance
from google.cloud import bigquery

from nba_pipeline import catalog
from nba_pipeline import cli as command_line
from nba_pipeline.landing import Landing
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.orchestration.landing_inputs import read_landed, read_schedule
from nba_pipeline.orchestration.partitions import partition_dates
from nba_pipeline.orchestration.recompute import recipes
from nba_pipeline.orchestration.table_asset import file_inputs
from nba_pipeline.sample import write_sample
from nba_pipeline.schema import Table
from nba_pipeline.settings import Settings, export_settings
from nba_pipeline.warehouse import Scope, Warehouse, WriteOptions, conform, open_warehouse
from nba_pipeline.warehouse.bigquery import BigQueryWarehouse
from nba_pipeline.warehouse.bigquery_tables import schema_fields
from nba_pipeline_tests.readiness.history import materialised
from nba_pipeline_tests.warehouse.engines import BigQueryEngine

GAME_DATES = 16
SEASON_START, FIRST, LAST = date(2024, 10, 22), date(2024, 11, 6), date(2024, 11, 7)  # features begin on FIRST
RANGE = ("--from", str(FIRST), "--to", str(LAST))


@dataclass(frozen=True)
class Answer:
    """How a command ended, and the lines it printed."""

    code: int
    lines: list[str]


@dataclass(frozen=True)
class StoredSample:
    """Where both warehouses and their history are."""

    folder: Path
    engine: BigQueryEngine
    name: str

    @property
    def landing(self) -> Path:
        return self.folder / "landing"

    @property
    def home(self) -> Path:
        return self.folder / "dagster_home"

    @property
    def addresses(self) -> dict[str, str]:
        return {"duckdb": f"duckdb:///{self.folder}/warehouse.duckdb", "bigquery": self.engine.address(self.name)}

    def bigquery(self) -> BigQueryWarehouse:
        warehouse = self.engine.warehouse(self.name)
        assert isinstance(warehouse, BigQueryWarehouse)
        return warehouse

    def duckdb(self) -> Warehouse:
        return open_warehouse(self.addresses["duckdb"])

    def load(self, table: Table) -> None:
        """The rows DuckDB stores added to the table on BigQuery, by one load job, which is faster than a write."""
        warehouse = self.bigquery()
        warehouse.ensure(table)
        rows = self.duckdb().read(table, columns=[column.name for column in table.stored_columns])
        if not rows.num_rows:
            return
        content = io.BytesIO()
        pq.write_table(rows, content, coerce_timestamps="us")
        config = bigquery.LoadJobConfig(source_format=bigquery.SourceFormat.PARQUET, schema=schema_fields(table))
        place = warehouse.tables.reference(table)
        warehouse.tables.client.load_table_from_file(content, place, rewind=True, job_config=config).result()

    def execute(self, table: Table, statement: Callable[[str], str]) -> None:
        """Change a table on BigQuery behind the pipeline's back."""
        self.engine.execute(self.name, table, statement)


def store_sample(folder: Path, engine: BigQueryEngine, name: str) -> StoredSample:
    """The whole sample stored on both, every table, and a history in which the dates of RANGE were materialised."""
    write_sample(str(folder / "landing"), game_dates=GAME_DATES)
    sample = StoredSample(folder, engine, name)
    _compute(sample)
    with open_instance(sample.home) as instance:
        for table in catalog.tables().values():
            sample.load(table)
            _materialise(instance, sample, table)
    return sample


def _compute(sample: StoredSample) -> None:
    """Every table of the sample in DuckDB, each made for all dates at once from the frames of those it reads."""
    landing, dates = Landing(str(sample.landing)), partition_dates(SEASON_START, LAST)
    every, modules, schedule = recipes(), catalog.table_modules(), read_schedule(landing, dates)
    sources = {name: [str(edge.table) for edge in recipe.inputs.values()] for name, recipe in every.items()}
    kept: dict[str, pd.DataFrame] = {}
    for name in TopologicalSorter(sources).static_order():
        recipe = every[name]
        frames: dict[str, Any] = {p: kept[str(e.table)][list(e.columns)] for p, e in recipe.inputs.items()}
        for parameter, spec in file_inputs(modules[name].asset).items():
            frames[parameter] = schedule if spec is None else read_landed(landing, spec, dates)
        kept[name] = recipe.compute(frames, dates).rows
        scope = Scope(SEASON_START, LAST) if recipe.table.partition_column else None
        sample.duckdb().write(conform(recipe.table, kept[name], scope), WriteOptions())


def _materialise(instance: DagsterInstance, sample: StoredSample, table: Table) -> None:
    if not table.partition_column:
        materialised(instance, table, [None], sample.duckdb().read(table, columns=table.primary_key).num_rows)
        return
    rows = sample.duckdb().read(table, columns=[table.partition_column], first=FIRST, last=LAST)
    days = rows.column(table.partition_column).to_pylist()
    for day in partition_dates(FIRST, LAST):
        materialised(instance, table, [day.date()], days.count(day.date()))


def answered(
    sample: StoredSample,
    engine: str,
    arguments: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Answer:
    """The command as a shell calls it, on the warehouse of an engine."""
    located = Settings(str(sample.landing), sample.addresses[engine], sample.home)
    exported: dict[str, str] = {}
    export_settings(located, exported)
    for name, value in exported.items():  # what the command exports itself must not outlive the test
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["nba-pipeline", *arguments])
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    assert isinstance(ended.value.code, int)
    said = capsys.readouterr()
    return Answer(ended.value.code, (said.out + said.err).splitlines())
