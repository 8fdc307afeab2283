"""PostgreSQL event log that stores planned partitions and the outcomes of checks in one transaction a batch.

Dagster's storage inserts materialisations in batches, but stores planned ones one by one and refuses a batch of check
evaluations; Dagster then says so on the error output and stores them one by one too. Same tables, so an instance can
go back to the stock class at any time. It needs the extra `production`; deploy/dagster.yaml names it. Does NOT belong
here: what an event says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dagster import AssetCheckKey, DagsterEventType, EventLogEntry, PartitionsDefinition
from dagster._core.storage.asset_check_state import AssetCheckState
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster._serdes import ConfigurableClassData
from dagster_postgres.event_log import PostgresEventLogStorage
from dagster_postgres.utils import pg_url_from_config

from nba_pipeline.orchestration.check_executions import replace_planned
from nba_pipeline.orchestration.check_states import asset_check_states

PLANNED = DagsterEventType.ASSET_MATERIALIZATION_PLANNED
CHECKED = DagsterEventType.ASSET_CHECK_EVALUATION


class BatchingPostgresEventLogStorage(PostgresEventLogStorage):
    """Dagster's PostgreSQL storage with batches of planned partitions and of check evaluations."""

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> BatchingPostgresEventLogStorage:
        return cls(
            postgres_url=pg_url_from_config(config_value),
            should_autocreate_tables=config_value.get("should_autocreate_tables", True),
            inst_data=inst_data,
        )

    def get_asset_check_state(
        self, keys: Sequence[tuple[AssetCheckKey, PartitionsDefinition | None]]
    ) -> Mapping[AssetCheckKey, AssetCheckState]:
        return asset_check_states(self._instance, keys)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store the events of one batch, those of one of the kinds above in one transaction."""
        kinds = {event.dagster_event_type for event in events}
        if kinds not in ({PLANNED}, {CHECKED}):
            super().store_event_batch(events)
            return
        rows = [self._event_to_row(event) for event in events]
        insert = SqlEventLogStorageTable.insert().returning(SqlEventLogStorageTable.c.id, sort_by_parameter_order=True)
        with self.index_transaction() as connection:
            ids = [int(row[0]) for row in connection.execute(insert, rows)]
            if kinds == {CHECKED}:
                replace_planned(connection, events, [row["event"] for row in rows], ids)
                return
            newest = {event.get_dagster_event().asset_key: number for number, event in enumerate(events)}
            for number in newest.values():
                self._store_asset_event(connection, events[number], ids[number])
