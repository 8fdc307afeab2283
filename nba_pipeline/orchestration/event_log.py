"""SQLite event log that stores the events of one write in one transaction.

A range run reports one event per partition and check. Dagster's SQLite storage commits each of them twice (run
file and index file), 11 to 53 ms an event on disk; its Postgres storage inserts a batch at once. This storage does
the same for SQLite: same files, same schema, so an instance can go back to the stock class at any time. The files
are in write-ahead-log mode, where `synchronous = NORMAL` loses nothing when a process is killed and stays
consistent after a power cut. Batches form when `DAGSTER_EVENT_BATCH_SIZE` is above 0. Does NOT belong here: what an
event says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import sqlalchemy as db
from dagster import AssetCheckKey, DagsterEventType, EventLogEntry, PartitionsDefinition
from dagster._core.storage.asset_check_state import AssetCheckState
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy.engine import Connection, Engine

from nba_pipeline.orchestration.check_executions import insert_planned, replace_planned
from nba_pipeline.orchestration.check_states import asset_check_states

OPEN_FILES = 8  # the index and the newest runs
BATCHED = frozenset(
    {
        DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
        DagsterEventType.ASSET_MATERIALIZATION,
        DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED,
        DagsterEventType.ASSET_CHECK_EVALUATION,
    }
)


class BatchingSqliteEventLogStorage(SqliteEventLogStorage):
    """Dagster's SQLite storage with `store_event_batch` in one transaction per file."""

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Any
    ) -> BatchingSqliteEventLogStorage:
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock, self._engine(shard).connect() as connection, connection.begin():
            yield connection

    def _engine(self, shard: str) -> Engine:
        """The engine of a file, kept open: opening one costs more than storing an event."""
        engines = self._open_engines
        if shard not in engines:
            while len(engines) >= OPEN_FILES:
                engines.pop(next(name for name in engines if name != INDEX_SHARD_NAME)).dispose()
            arguments = {"timeout": SQLITE_BUSY_TIMEOUT_SECONDS}
            engine = db.create_engine(self.conn_string_for_shard(shard), connect_args=arguments)
            db.event.listen(engine, "connect", _no_wait_for_disk)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            engines[shard] = engine
        return engines[shard]

    @cached_property
    def _open_engines(self) -> dict[str, Engine]:
        return {}

    def wipe(self) -> None:
        self._close_engines()
        super().wipe()

    def dispose(self) -> None:
        self._close_engines()
        super().dispose()

    def _close_engines(self) -> None:
        while self._open_engines:
            self._open_engines.popitem()[1].dispose()

    def get_asset_check_state(
        self, keys: Sequence[tuple[AssetCheckKey, PartitionsDefinition | None]]
    ) -> Mapping[AssetCheckKey, AssetCheckState]:
        return asset_check_states(self._instance, keys)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store the events of one run, each kind in one transaction; kinds without a bulk form go one by one."""
        by_kind: dict[tuple[str, DagsterEventType | None], list[EventLogEntry]] = {}
        for event in events:
            by_kind.setdefault((event.run_id, event.dagster_event_type), []).append(event)
        for (_, kind), members in by_kind.items():
            if kind in BATCHED:
                self._store_kind(members, kind)
            else:
                for event in members:
                    self.store_event(event)

    def _store_kind(self, events: Sequence[EventLogEntry], kind: DagsterEventType | None) -> None:
        rows = [self._event_to_row(event) for event in events]
        with self.run_connection(events[0].run_id) as connection:
            connection.execute(SqlEventLogStorageTable.insert(), rows)
        with self.index_transaction() as connection:
            ids = _insert_returning_ids(connection, rows)
            if kind is DagsterEventType.ASSET_CHECK_EVALUATION:
                replace_planned(connection, events, [row["event"] for row in rows], ids)
                return
            if kind is DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED:
                insert_planned(connection, events, ids)
                return
            if kind is DagsterEventType.ASSET_MATERIALIZATION:
                self._store_asset_event_tags(connection, events, ids)
            newest = {event.get_dagster_event().asset_key: number for number, event in enumerate(events)}
            for number in newest.values():
                self._store_asset_event(connection, events[number], ids[number])


def _insert_returning_ids(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Ids of the inserted rows in their order: SQLite hands out ascending ids inside one transaction."""
    statement = SqlEventLogStorageTable.insert().returning(SqlEventLogStorageTable.c.id, sort_by_parameter_order=True)
    return [int(row[0]) for row in connection.execute(statement, rows)]


def _no_wait_for_disk(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous = NORMAL")
