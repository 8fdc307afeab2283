"""Tables as BigQuery resources: how a declared one is created, how a stored one differs from its declaration.

Creating and changing them takes no jobs. Does NOT belong here: rows, statements.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from google.api_core.exceptions import Conflict, NotFound
from google.cloud import bigquery

from nba_pipeline.schema import Column, Table
from nba_pipeline.warehouse.bigquery_address import BigQueryAddress
from nba_pipeline.warehouse.bigquery_jobs import CALL_SECONDS, NO_RETRY, Jobs
from nba_pipeline.warehouse.ddl import table_description
from nba_pipeline.warehouse.errors import SchemaDriftError

MAX_CLUSTER_COLUMNS = 4
TYPE_NAMES = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL"}  # older names of the same types


@dataclass(frozen=True)
class Tables:
    """The tables at one address."""

    address: BigQueryAddress
    jobs: Jobs

    @property
    def client(self) -> bigquery.Client:
        return self.jobs.client

    def reference(self, table: Table) -> bigquery.TableReference:
        return self.in_dataset(table.dataset, table.name)

    def in_dataset(self, dataset: str, name: str) -> bigquery.TableReference:
        place = bigquery.DatasetReference(self.address.project, self.address.dataset(dataset))
        return place.table(name)

    def stored(self, table: Table) -> bigquery.Table | None:
        """The stored table; None if it does not exist."""
        reference = self.reference(table)
        try:
            return self.jobs.call(
                str(table),
                f"get table {reference}",
                lambda: self.client.get_table(reference, retry=NO_RETRY, timeout=CALL_SECONDS),
            )
        except NotFound:
            return None

    def ensure(self, table: Table) -> None:
        """Create the table if it is absent; SchemaDriftError if the stored one is not the declared one."""
        stored = self.stored(table)
        if stored is None:
            self.create(declared_resource(table, self.reference(table)))
            return
        faults = drift(table, stored)
        if faults:
            raise SchemaDriftError(
                f"{table}: the stored table {self.reference(table)} is not the declared one: {'; '.join(faults)}. "
                "Nothing was written. `nba-pipeline migrate` adds new nullable columns; anything else needs a new "
                "table and a back-fill."
            )

    def create(self, resource: bigquery.Table) -> None:
        """Create a table, and its dataset if need be; one that another run created meanwhile is as good."""
        try:
            self._create_table(resource)
        except NotFound:
            dataset = bigquery.Dataset(bigquery.DatasetReference(resource.project, resource.dataset_id))
            dataset.location = self.address.location or None
            self._unless_there(f"create dataset {resource.dataset_id}", lambda: self._create_dataset(dataset))
            self._create_table(resource)

    def _create_table(self, resource: bigquery.Table) -> None:
        self._unless_there(
            f"create table {resource.reference}",
            lambda: self.client.create_table(resource, retry=NO_RETRY, timeout=CALL_SECONDS),
        )

    def _create_dataset(self, dataset: bigquery.Dataset) -> bigquery.Dataset:
        return self.client.create_dataset(dataset, retry=NO_RETRY, timeout=CALL_SECONDS)

    def _unless_there(self, what: str, create: object) -> None:
        assert callable(create)
        try:
            self.jobs.call(what, what, create)
        except Conflict:
            return


def staging_resource(table: Table, reference: bigquery.TableReference, expires: datetime) -> bigquery.Table:
    """A staging table of the declared columns that ends by itself."""
    resource = bigquery.Table(reference, schema=schema_fields(table))
    resource.expires = expires
    return resource


def schema_fields(table: Table) -> list[bigquery.SchemaField]:
    return [schema_field(column) for column in table.stored_columns]


def schema_field(column: Column) -> bigquery.SchemaField:
    return bigquery.SchemaField(
        column.name,
        column.type,
        mode="REQUIRED" if column.required else "NULLABLE",
        description=f"{column.description} Unit: {column.unit}."[:1024],
    )


def stored_types(stored: bigquery.Table) -> dict[str, tuple[str, bool]]:
    """Stored column -> type in the names of `schema.Type`, whether it is required."""
    return {
        field.name: (TYPE_NAMES.get(field.field_type, field.field_type), field.mode == "REQUIRED")
        for field in stored.schema
    }


def drift(table: Table, stored: bigquery.Table) -> list[str]:
    """What differs between the stored and the declared table, one sentence each. The order of columns is free."""
    found = stored_types(stored)
    declared: Mapping[str, tuple[str, bool]] = {c.name: (c.type, c.required) for c in table.stored_columns}
    faults = [f"{name} is declared but not stored" for name in declared if name not in found]
    faults += [f"{name} is stored but not declared" for name in found if name not in declared]
    for name, due in declared.items():
        if name in found and found[name] != due:
            was, now = (f"{kind}{' required' if required else ''}" for kind, required in (found[name], due))
            faults.append(f"{name} is stored as {was}, declared as {now}")
    return faults + _partitioning_faults(table, stored)


def _partitioning_faults(table: Table, stored: bigquery.Table) -> list[str]:
    partitioning = stored.time_partitioning
    part = partitioning.field if partitioning else None
    faults = []
    if part != table.partition_column:
        faults.append(f"it is partitioned by {part}, declared is {table.partition_column}")
    if partitioning and partitioning.expiration_ms:
        days = partitioning.expiration_ms / 86_400_000
        faults.append(f"its partitions expire after {days:g} days, which would delete history")
    return faults


def declared_resource(table: Table, reference: bigquery.TableReference) -> bigquery.Table:
    """The declared table: one partition a day, clustered, nothing ever expires."""
    resource = bigquery.Table(reference, schema=schema_fields(table))
    resource.description = table_description(table)
    if table.partition_column:
        resource.time_partitioning = bigquery.TimePartitioning(
            type_=bigquery.TimePartitioningType.DAY, field=table.partition_column
        )
        resource.require_partition_filter = table.large
    if table.cluster_by:
        resource.clustering_fields = list(table.cluster_by[:MAX_CLUSTER_COLUMNS])
    return resource
