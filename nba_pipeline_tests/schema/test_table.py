"""A table whose parts do not fit together cannot be declared."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nba_pipeline.schema import (
    SYSTEM_COLUMNS,
    Column,
    Condition,
    Domain,
    NullCeiling,
    Reference,
    SchemaError,
    Table,
)
from nba_pipeline.schema.fields import GAME_DATE, PLAYER_LOOKUP, TEAM_ABBR

POINTS = Column("points", "INT64", "Points scored.", unit="points", source="box score")
LINES = Table(
    layer="raw",
    name="lines",
    grain="one row per player and game date",
    columns=(GAME_DATE, PLAYER_LOOKUP, TEAM_ABBR, POINTS),
    primary_key=("game_date", "player_lookup"),
    partition_column="game_date",
)


def test_names_of_a_table_follow_from_layer_and_name() -> None:
    assert (str(LINES), LINES.dataset, LINES.qualified_name) == ("raw.lines", "nba_raw", "nba_raw.lines")


def test_system_columns_are_stored_behind_the_business_columns() -> None:
    assert LINES.column_names == ("game_date", "player_lookup", "team_abbr", "points")
    assert LINES.stored_columns == (*LINES.columns, *SYSTEM_COLUMNS)
    assert LINES.by_name["points"] is POINTS


def test_duplicate_columns_are_refused_by_name() -> None:
    with pytest.raises(SchemaError, match=r"raw\.lines: column\(s\) \['points'\] declared twice"):
        replace(LINES, columns=(*LINES.columns, POINTS))


def test_system_column_in_a_declaration_is_refused() -> None:
    with pytest.raises(SchemaError, match=r"\['row_hash'\] are added by the writer"):
        replace(LINES, columns=(*LINES.columns, SYSTEM_COLUMNS[0]))


def test_empty_key_is_refused() -> None:
    with pytest.raises(SchemaError, match="primary key is empty"):
        replace(LINES, primary_key=())


def test_key_column_that_may_be_null_is_refused() -> None:
    with pytest.raises(SchemaError, match=r"key column\(s\) \['points'\] must be required=True"):
        replace(LINES, primary_key=("game_date", "player_lookup", "points"))


@pytest.mark.parametrize(
    "change",
    [
        {"primary_key": ("game_date", "player")},
        {"cluster_by": ("player",)},
        {"partition_column": "player"},
    ],
    ids=["key", "cluster", "partition"],
)
def test_key_cluster_or_partition_column_that_is_not_declared_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(SchemaError, match="key, partition or cluster column 'player' is not declared"):
        replace(LINES, **change)  # type: ignore[arg-type]


def test_key_without_the_partition_column_is_refused() -> None:
    with pytest.raises(SchemaError, match="the key must include the partition column 'game_date'"):
        replace(LINES, primary_key=("player_lookup",))


def test_partition_column_that_is_not_a_date_is_refused() -> None:
    with pytest.raises(SchemaError, match="partition column 'team_abbr' must be a DATE"):
        replace(LINES, primary_key=("team_abbr", "player_lookup"), partition_column="team_abbr")


def test_table_without_partition_needs_no_date() -> None:
    table = replace(LINES, columns=(PLAYER_LOOKUP, POINTS), primary_key=("player_lookup",), partition_column=None)
    assert table.partition_column is None


ON_UNKNOWN = (Condition("minutes", ">", 0),)


@pytest.mark.parametrize(
    "column",
    [
        replace(POINTS, nulls=NullCeiling(season=0.1, population=ON_UNKNOWN)),
        replace(POINTS, maximum=110, range_when=ON_UNKNOWN),
        replace(POINTS, domain=Domain(0, 110, "null_cell", when=ON_UNKNOWN)),
    ],
    ids=["null ceiling", "range", "domain"],
)
def test_condition_on_an_unknown_column_is_refused(column: Column) -> None:
    with pytest.raises(SchemaError, match=r"raw\.lines\.points: condition names unknown column\(s\) \['minutes'\]"):
        replace(LINES, columns=(*LINES.columns[:-1], column))


def test_reference_from_an_unknown_column_is_refused() -> None:
    with pytest.raises(SchemaError, match=r"reference names unknown column\(s\) \['game_id'\]"):
        replace(LINES, references=(Reference(("game_id",), "reference.games", ("game_id",)),))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"layer": "staging"}, "staging.lines: unknown layer"),
        ({"name": "Lines"}, "use a lower-case snake case table name"),
        ({"grain": " "}, "grain is blank; say what one row is"),
        ({"write_mode": "upsert"}, "unknown write mode 'upsert'"),
    ],
)
def test_malformed_table_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        replace(LINES, **change)  # type: ignore[arg-type]
