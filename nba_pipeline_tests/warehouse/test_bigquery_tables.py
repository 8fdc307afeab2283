"""Declared tables as BigQuery resources, what differs in a stored one, and which staging tables a sweep removes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from google.cloud import bigquery

from nba_pipeline import catalog
from nba_pipeline.warehouse.bigquery_address import BigQueryAddress
from nba_pipeline.warehouse.bigquery_jobs import Jobs
from nba_pipeline.warehouse.bigquery_migrate import add_missing_columns
from nba_pipeline.warehouse.bigquery_staging import MANY_SWEPT, staging_id, staging_tables, sweep
from nba_pipeline.warehouse.bigquery_tables import Tables, declared_resource, drift, staging_resource
from nba_pipeline.warehouse.errors import SchemaDriftError
from nba_pipeline_tests.warehouse.example_tables import PLAYERS, column, small_table

NOW = datetime(2024, 1, 15, 12, tzinfo=UTC)
RUN = "3f0c9d1e-77aa-4c1b-9f00-0123456789ab"
WHOLE = small_table("whole", partitioned=False)


class FakeClient:
    """Table metadata in memory."""

    def __init__(self, stored: bigquery.Table | None = None, staging: dict[str, datetime] | None = None) -> None:
        self.stored, self.staging, self.updated = stored, dict(staging or {}), [""]
        self.updated.clear()

    def get_table(self, *_: object, **__: object) -> bigquery.Table | None:
        return self.stored

    def update_table(self, table: bigquery.Table, fields: list[str], **_: object) -> None:
        assert fields == ["schema"]
        self.updated += [field.name for field in table.schema]

    def list_tables(self, dataset: str, **_: object) -> list[SimpleNamespace]:
        assert dataset == "nba-project.dev_nba_staging"
        return [SimpleNamespace(table_id=name, created=created) for name, created in self.staging.items()]

    def delete_table(self, reference: bigquery.TableReference, **_: object) -> None:
        del self.staging[reference.table_id]


def tables(client: FakeClient) -> Tables:
    return Tables(BigQueryAddress("nba-project", "dev_"), Jobs(cast(Any, client)))


def stored(table: object = PLAYERS, **changes: object) -> bigquery.Table:
    assert table in (PLAYERS, WHOLE)
    declared = PLAYERS if table is PLAYERS else WHOLE
    made = declared_resource(declared, tables(FakeClient()).reference(declared))
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def test_declared_table_is_partitioned_by_day_clustered_filtered_described_and_never_expires() -> None:
    made = stored().to_api_repr()
    assert made["tableReference"] == {
        "projectId": "nba-project", "datasetId": "dev_nba_analytics", "tableId": "player_example"
    }  # fmt: skip
    assert made["timePartitioning"] == {"type": "DAY", "field": "game_date"}
    assert made["requirePartitionFilter"] is True
    assert made["clustering"] == {"fields": ["player_lookup"]}
    assert made["description"].startswith("One row per player per game date")
    assert not {"expirationTime", "defaultPartitionExpirationMs"} & set(made)
    fields = {field["name"]: field for field in made["schema"]["fields"]}
    assert [(fields[name]["type"], fields[name]["mode"]) for name in ("game_date", "points", "row_hash")] == [
        ("DATE", "REQUIRED"), ("INT64", "NULLABLE"), ("STRING", "REQUIRED")
    ]  # fmt: skip


def test_every_table_of_the_project_is_created_as_it_is_declared() -> None:
    place = tables(FakeClient())
    made = {name: declared_resource(table, place.reference(table)) for name, table in catalog.tables().items()}
    assert {name: drift(catalog.tables()[name], table) for name, table in made.items()} == {name: [] for name in made}


def test_table_without_partitions_has_neither_partition_nor_filter() -> None:
    assert not {"timePartitioning", "requirePartitionFilter", "clustering"} & set(stored(WHOLE).to_api_repr())


def test_staging_table_ends_by_itself_and_has_the_stored_columns() -> None:
    reference = tables(FakeClient()).in_dataset("nba_staging", "staging_x")
    made = staging_resource(PLAYERS, reference, NOW)
    assert (made.expires, made.time_partitioning) == (NOW, None)
    assert [field.name for field in made.schema] == [c.name for c in PLAYERS.stored_columns]


def test_same_table_has_no_drift_whatever_the_order_and_the_names_of_types() -> None:
    assert drift(PLAYERS, stored()) == []
    older = {"INT64": "INTEGER", "FLOAT64": "FLOAT", "BOOL": "BOOLEAN"}
    fields = [bigquery.SchemaField(f.name, older.get(f.field_type, f.field_type), f.mode) for f in stored().schema]
    assert drift(PLAYERS, stored(schema=fields[::-1])) == []


def test_every_difference_is_told() -> None:
    fields = [field for field in stored().schema if field.name not in ("points", "team_abbr")]
    fields += [bigquery.SchemaField("team_abbr", "STRING"), bigquery.SchemaField("extra", "STRING")]
    expiring = bigquery.TimePartitioning(field="game_date", expiration_ms=90 * 86_400_000)
    assert drift(PLAYERS, stored(schema=fields, time_partitioning=expiring)) == [
        "points is declared but not stored",
        "extra is stored but not declared",
        "team_abbr is stored as STRING, declared as STRING required",
        "its partitions expire after 90 days, which would delete history",
    ]
    assert drift(PLAYERS, stored(time_partitioning=None)) == ["it is partitioned by None, declared is game_date"]


def test_migration_adds_new_nullable_columns_at_the_end() -> None:
    client = FakeClient(stored())
    wider = replace(PLAYERS, columns=(*PLAYERS.columns, column("assists", "INT64")))
    assert add_missing_columns(tables(client), wider) == ("assists",)
    assert client.updated == [*(c.name for c in PLAYERS.stored_columns), "assists"]


@pytest.mark.parametrize("required", [True, False])
def test_migration_refuses_everything_else_and_then_adds_nothing(required: bool) -> None:
    client = FakeClient(stored())
    wider = replace(PLAYERS, columns=(*PLAYERS.columns[:-1], column("assists", "INT64", required=required)))
    with pytest.raises(SchemaDriftError, match="tip_off_at is stored but not declared"):
        add_missing_columns(tables(client), wider)
    assert client.updated == []


def test_migration_of_a_table_that_is_right_or_absent_does_nothing() -> None:
    assert add_missing_columns(tables(FakeClient(stored())), PLAYERS) == ()


def test_sweep_removes_old_tables_of_ended_runs_only() -> None:
    old, young = NOW - timedelta(hours=7), NOW - timedelta(hours=5)
    left = {
        staging_id(PLAYERS, RUN, "00000001"): old,
        staging_id(PLAYERS, "a-run-that-ended", "00000002"): old,
        staging_id(PLAYERS, "a-run-that-ended", "00000003"): young,
        "somebody_elses_table": old,
    }
    client = FakeClient(staging=left)
    swept = sweep(tables(client), NOW, [RUN])
    assert [(one.table, one.run, one.name[-8:]) for one in swept.removed] == [
        ("player_example", "arunthatended", "00000002")
    ]
    assert swept.warning == ""
    assert len(client.staging) == 3
    assert len(staging_tables(tables(client))) == 2


def test_many_swept_tables_are_a_warning() -> None:
    left = {staging_id(PLAYERS, "gone", f"{n:08x}"): NOW - timedelta(days=1) for n in range(MANY_SWEPT + 1)}
    swept = sweep(tables(FakeClient(staging=left)), NOW, [])
    assert swept.warning == "21 staging tables were left over, of player_example: look for failing writes."
