"""Small tables and frames the warehouse tests share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from nba_pipeline.schema import Column, Condition, Domain, Table
from nba_pipeline.schema.column import Type
from nba_pipeline.schema.table import WriteMode
from nba_pipeline.warehouse import Scope, Warehouse, WriteOptions, WriteResult, conform, quarantine
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse

D = date(2024, 1, 15)
TEAMS = ("BOS", "MIA", "NYK", "DEN")
WITHOUT_PARTITIONS = {"whole", "venues"}  # so that who reads a statement knows what to expect of it


def column(
    name: str,
    kind: Type,
    *,
    required: bool = False,
    domain: Domain | None = None,
    allowed: tuple[str, ...] = (),
) -> Column:
    return Column(name, kind, "Test.", unit="test", source="test", required=required, domain=domain, allowed=allowed)


PLAYERS = Table(
    layer="analytics",
    name="player_example",
    grain="one row per player per game date",
    columns=(
        column("game_date", "DATE", required=True),
        column("player_lookup", "STRING", required=True),
        column("game_id", "STRING"),
        column("team_abbr", "STRING", required=True, allowed=TEAMS),
        column("points", "INT64", domain=Domain(0, 110, "reject_row")),
        column("minutes_played", "FLOAT64"),
        column("usage_rate", "FLOAT64", domain=Domain(0, 1, "null_cell", (Condition("minutes_played", ">=", 5),))),
        column("is_starter", "BOOL"),
        column("tip_off_at", "TIMESTAMP"),
    ),
    primary_key=("game_date", "player_lookup"),
    partition_column="game_date",
    cluster_by=("player_lookup",),
    large=True,
)


def small_table(name: str, mode: WriteMode = "merge", *, partitioned: bool = True) -> Table:
    day = (column("game_date", "DATE", required=True),) if partitioned else ()
    assert partitioned == (name not in WITHOUT_PARTITIONS), f"{name}: list it in WITHOUT_PARTITIONS, or do not"
    return Table(
        layer="raw",
        name=name,
        grain="one row per key",
        columns=(*day, column("key", "STRING", required=True), column("value", "INT64")),
        primary_key=(*(c.name for c in day), "key"),
        partition_column="game_date" if partitioned else None,
        write_mode=mode,
    )


def partition_of(name: str) -> str | None:
    """Partition column of an example table or of the quarantine by its name; staging tables have none."""
    if name == quarantine.TABLE.name:
        return quarantine.TABLE.partition_column
    return None if name in WITHOUT_PARTITIONS or "staging" in name else "game_date"


def players(count: int = 240, day: date = D) -> pd.DataFrame:
    number = np.arange(count)
    return pd.DataFrame(
        {
            "game_date": pd.Timestamp(day),
            "player_lookup": [f"player{n:03d}" for n in number],
            "game_id": f"{day:%Y%m%d}_BOS_MIA",
            "team_abbr": [TEAMS[n % 4] for n in number],
            "points": number % 40,
            "minutes_played": 20.0 + number % 20,
            "usage_rate": 0.2,
            "is_starter": number % 5 == 0,
            "tip_off_at": pd.Timestamp(day, tz="UTC") + pd.Timedelta(hours=23),
        }
    )


def days(*rows: tuple[date, str, int | None]) -> pd.DataFrame:
    """Rows of a partitioned small_table."""
    frame = pd.DataFrame(rows, columns=["game_date", "key", "value"])
    return frame.astype({"game_date": "datetime64[us]", "value": "Int64"})


def keys(*rows: tuple[str, int | None]) -> pd.DataFrame:
    """Rows of an unpartitioned small_table."""
    return pd.DataFrame(rows, columns=["key", "value"]).astype({"value": "Int64"})


def on(day: date, last: date | None = None, *, kept: Sequence[date] = ()) -> Scope:
    return Scope(day, last or day, frozenset(kept))


def day_after(day: date, number: int = 1) -> date:
    return day + timedelta(days=number)


def warehouse_in(folder: Path) -> DuckDBWarehouse:
    return DuckDBWarehouse(folder / "nba.duckdb")


def put(
    warehouse: Warehouse,
    table: Table,
    rows: pd.DataFrame,
    scope: Scope | None,
    options: WriteOptions | None = None,
) -> WriteResult:
    return warehouse.write(conform(table, rows, scope), options or WriteOptions())


def stored(warehouse: Warehouse, table: Table) -> list[tuple[object, ...]]:
    """Business rows in key order."""
    return [tuple(row.values()) for row in warehouse.read(table).to_pylist()]


def instants(warehouse: Warehouse, table: Table) -> dict[tuple[object, ...], object]:
    """Key -> processed_at."""
    rows = warehouse.read(table, columns=[*table.primary_key, "processed_at"]).to_pylist()
    return {tuple(row[key] for key in table.primary_key): row["processed_at"] for row in rows}


def tally(result: WriteResult, day: date | None = D) -> tuple[int, int, int, int]:
    """inserted, updated, deleted, unchanged."""
    count = result.partitions[day]
    return count.inserted, count.updated, count.deleted, count.unchanged


def changing(statements: list[str]) -> list[str]:
    """Those of the executed statements that change rows."""
    return [s for s in statements if s.split()[0] in ("merge", "delete", "insert", "update")]
