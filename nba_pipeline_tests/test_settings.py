"""Settings: what counts when several places say something, and which values are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from nba_pipeline.errors import SettingsError
from nba_pipeline.settings import Settings, export_settings, load_settings
from nba_pipeline.warehouse.bigquery_address import BigQueryAddress


@pytest.fixture(autouse=True)
def working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("NBA_LANDING", "NBA_WAREHOUSE", "DAGSTER_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_defaults_lie_below_the_working_directory(working_directory: Path) -> None:
    assert load_settings() == Settings(
        landing=f"{working_directory}/.nba/landing",
        warehouse=f"duckdb:///{working_directory}/.nba/warehouse.duckdb",
        dagster_home=working_directory / ".nba" / "dagster_home",
    )


def test_environment_wins_over_the_defaults(monkeypatch: pytest.MonkeyPatch, working_directory: Path) -> None:
    monkeypatch.setenv("NBA_LANDING", "gs://nba-files/zone/")
    monkeypatch.setenv("NBA_WAREHOUSE", "bigquery://nba-project?dataset_prefix=dev_")
    monkeypatch.setenv("DAGSTER_HOME", "history")
    settings = load_settings()
    assert settings.landing == "gs://nba-files/zone"
    assert settings.engine == "bigquery"
    assert settings.bigquery == BigQueryAddress("nba-project", dataset_prefix="dev_")
    assert settings.dagster_home == working_directory / "history"


def test_arguments_win_over_the_environment(monkeypatch: pytest.MonkeyPatch, working_directory: Path) -> None:
    monkeypatch.setenv("NBA_LANDING", "elsewhere")
    monkeypatch.setenv("NBA_WAREHOUSE", "duckdb:///elsewhere.duckdb")
    settings = load_settings(landing="files", warehouse="duckdb:///tables.duckdb")
    assert settings.landing == str(working_directory / "files")
    assert settings.duckdb_path == working_directory / "tables.duckdb"


def test_blank_environment_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch, working_directory: Path) -> None:
    monkeypatch.setenv("NBA_WAREHOUSE", "")
    assert load_settings().duckdb_path == working_directory / ".nba" / "warehouse.duckdb"


def test_three_slashes_are_relative_and_four_are_absolute(working_directory: Path) -> None:
    absolute = working_directory / "deep" / "tables.duckdb"
    assert load_settings(warehouse=f"duckdb:///{absolute}").duckdb_path == absolute
    assert load_settings(warehouse="duckdb:///deep/tables.duckdb").duckdb_path == absolute


def test_three_slashes_before_a_folder_of_the_root_are_absolute(working_directory: Path) -> None:
    outside = working_directory.parent / "outside.duckdb"
    assert load_settings(warehouse=f"duckdb://{outside}").duckdb_path == outside


def test_resolved_settings_read_back_as_themselves(working_directory: Path) -> None:
    first = load_settings(landing="files", warehouse="duckdb:///tables.duckdb")
    assert load_settings(first.landing, first.warehouse, str(first.dagster_home)) == first


def test_home_folder_is_expanded(monkeypatch: pytest.MonkeyPatch, working_directory: Path) -> None:
    monkeypatch.setenv("HOME", str(working_directory / "me"))
    assert load_settings(landing="~/files").landing == str(working_directory / "me" / "files")


@pytest.mark.parametrize(
    "value",
    [
        "tables.duckdb",
        "duckdb:tables.duckdb",
        "duckdb://tables.duckdb",
        "duckdb:///",
        "duckdb:///folder/",
        "duckdb:///tables.duckdb?read_only=1",
        "postgres://host/database",
        "bigquery://",
        "bigquery://Bad_Project",
        "bigquery://nba-project/dataset",
        "bigquery://nba-project?prefix=dev_",
        "bigquery://nba-project?dataset_prefix=a-b",
        "bigquery://nba-project?endpoint=http://warehouse.example.com:9050",
        "bigquery://nba-project?endpoint=http://127.0.0.1:9050&storage_endpoint=warehouse.example.com:9060",
        "bigquery://nba-project?storage_endpoint=127.0.0.1:9060",
        "bigquery://nba-project?endpoint=127.0.0.1:9050",
    ],
)
def test_malformed_warehouse_is_refused_with_its_value(value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(warehouse=value)
    assert f"NBA_WAREHOUSE={value}" in str(refused.value)


def test_warehouse_that_is_a_folder_is_refused(working_directory: Path) -> None:
    (working_directory / "tables").mkdir()
    with pytest.raises(SettingsError, match="is a folder; name a file in it"):
        load_settings(warehouse="duckdb:///tables")


@pytest.mark.parametrize("value", ["s3://bucket/zone", "gs://", "gs:///"])
def test_landing_that_is_neither_folder_nor_bucket_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="expected a folder or gs://bucket/prefix"):
        load_settings(landing=value)


def test_asking_one_engine_for_the_others_address_is_an_error() -> None:
    with pytest.raises(SettingsError, match="is not a DuckDB file"):
        _ = load_settings(warehouse="bigquery://nba-project").duckdb_path
    with pytest.raises(SettingsError, match="is not a BigQuery project"):
        _ = load_settings(warehouse="duckdb:///tables.duckdb").bigquery


def test_exported_settings_are_found_again_by_another_process(working_directory: Path) -> None:
    environment = {"DAGSTER_EVENT_BATCH_SIZE": "50"}
    settings = load_settings(landing="files", dagster_home="history")
    export_settings(settings, environment)
    assert environment["NBA_LANDING"] == settings.landing
    assert environment["NBA_WAREHOUSE"] == settings.warehouse
    assert environment["DAGSTER_HOME"] == str(working_directory / "history")
    assert environment["DAGSTER_EVENT_BATCH_SIZE"] == "50"
    assert environment["DAGSTER_DISABLE_TELEMETRY"] == "1"
