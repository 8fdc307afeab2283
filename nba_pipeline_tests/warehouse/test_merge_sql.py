"""Every rendered statement, read by a parser of each engine's language."""

from __future__ import annotations

import re

import pytest
import sqlglot
from sqlglot import exp

from nba_pipeline import catalog
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Scope, merge_sql
from nba_pipeline.warehouse.bigquery_statements import scope_counts
from nba_pipeline.warehouse.ddl import Dialect, create_schema, create_table
from nba_pipeline.warehouse.merge_sql import Write
from nba_pipeline.warehouse.quarantine import TABLE as QUARANTINE
from nba_pipeline_tests.bigquery.lint import PartitionOf, has_literal_dates, scans, statement_faults
from nba_pipeline_tests.warehouse.example_tables import PLAYERS, D, day_after, on, small_table

DIALECTS: tuple[Dialect, ...] = ("duckdb", "bigquery")
WHOLE = small_table("whole", partitioned=False)
TABLES = [PLAYERS, QUARANTINE, small_table("snapshots", "append"), WHOLE]
TARGET, STAGING = "the_target", "the_staging"


def written(table: Table, dialect: Dialect, scope: Scope | None = None) -> Write:
    chosen = (scope or on(D, day_after(D, 3), kept=[day_after(D)])) if table.partition_column else None
    return Write(table, chosen, f"a_dataset.{TARGET}", STAGING, dialect)


def statements(write: Write) -> list[str]:
    """All that run against BigQuery and DuckDB alike."""
    return [
        merge_sql.merge_statement(write),
        merge_sql.delete_gone_statement(write),
        merge_sql.upsert_statement(write),
        merge_sql.append_statement(write),
        *merge_sql.replace_statements(write),
        merge_sql.keep_instants_statement(write),
        merge_sql.duplicates_statement(write, staged=False),
        merge_sql.stored_counts(write, ["20240115_BOS_MIA"]),
        merge_sql.gone_counts(write, ["20240115_BOS_MIA"]),
        merge_sql.staged_counts(write),
        merge_sql.known_counts(write, same_content=True),
        scope_counts(write, ["20240115_BOS_MIA"]),
    ]


def partition_of(table: Table) -> PartitionOf:
    return lambda name: table.partition_column if name == TARGET else None


def target_scans(tree: exp.Expression) -> list[tuple[str, exp.Expression | None]]:
    return [(alias, condition) for table, alias, condition in scans(tree) if table.name == TARGET]


def faults(table: Table, dialect: Dialect) -> list[str]:
    """Statements that do not parse (an error), scan the target without literal dates, or use a refused form."""
    return [
        fault
        for statement in statements(written(table, dialect))
        for fault in statement_faults(sqlglot.parse_one(statement, dialect=dialect), statement, partition_of(table))
    ]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("table", TABLES, ids=str)
def test_every_scan_of_the_target_states_literal_dates_and_no_refused_form_is_used(
    table: Table, dialect: Dialect
) -> None:
    assert faults(table, dialect) == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_that_holds_for_every_table_of_the_project(dialect: Dialect) -> None:
    assert [fault for table in catalog.tables().values() for fault in faults(table, dialect)] == []


def test_statements_that_read_the_target_are_seen_to_do_so() -> None:
    counts = [
        len(target_scans(sqlglot.parse_one(text, dialect="duckdb"))) for text in statements(written(PLAYERS, "duckdb"))
    ]
    assert counts == [2, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1]


@pytest.mark.parametrize(
    "condition",
    [
        'T."game_date" = S."game_date"',
        "T.game_date between S.a and S.b",
        "true or T.game_date between date '2024-01-01' and date '2024-01-02'",
    ],
)
def test_scan_without_literal_dates_is_noticed(condition: str) -> None:
    tree = sqlglot.parse_one(f"delete from a_dataset.{TARGET} T where {condition}", dialect="duckdb")
    ((alias, where),) = target_scans(tree)
    assert not has_literal_dates(alias, "game_date", where, tree)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_kept_days_are_left_out_of_every_scan(dialect: Dialect) -> None:
    write = written(PLAYERS, dialect, on(D, day_after(D, 3), kept=[day_after(D, 2), day_after(D)]))
    for statement in statements(write):
        between = len(re.findall(r"between date '2024-01-15' and date '2024-01-18'", statement))
        assert statement.count("not in (date '2024-01-16', date '2024-01-17')") == between


@pytest.mark.parametrize("dialect", DIALECTS)
def test_merge_updates_every_column_but_the_key_and_inserts_every_column(dialect: Dialect) -> None:
    tree = sqlglot.parse_one(merge_sql.merge_statement(written(PLAYERS, dialect)), dialect=dialect)
    delete, update, insert = tree.args["whens"].expressions
    assert delete.args["then"].name == "delete"
    updated = [equal.this.name for equal in update.args["then"].expressions]
    inserted = [name.name for name in insert.args["then"].this.expressions]
    columns = [column.name for column in PLAYERS.stored_columns]
    assert updated == [name for name in columns if name not in PLAYERS.primary_key]
    assert inserted == columns


def test_engines_differ_in_quoting_only() -> None:
    duckdb, bigquery = (merge_sql.merge_statement(written(PLAYERS, dialect)) for dialect in DIALECTS)
    assert duckdb.replace('"', "`") == bigquery


def creation_faults(table: Table) -> list[str]:
    tree = sqlglot.parse_one(create_table(table, f"{table.dataset}.{table.name}"), dialect="duckdb")
    defined = {definition.name: definition for definition in tree.this.expressions}
    required = [name for name, definition in defined.items() if definition.find(exp.NotNullColumnConstraint)]
    due = [column.name for column in table.stored_columns]
    due_required = [column.name for column in table.stored_columns if column.required]
    compared = ((list(defined), due), (required, due_required))
    return [f"{table}: {found} != {want}" for found, want in compared if found != want]


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_table_is_created_with_its_columns_the_required_ones_not_null(table: Table) -> None:
    assert creation_faults(table) == []


def test_every_table_of_the_project_is_created_with_its_columns() -> None:
    assert [fault for table in catalog.tables().values() for fault in creation_faults(table)] == []


def test_schema_statement_parses() -> None:
    assert isinstance(sqlglot.parse_one(create_schema("nba_raw"), dialect="duckdb"), exp.Create)


def test_quote_in_a_game_id_stays_text() -> None:
    assert "in ('O''Neal')" in merge_sql.stored_counts(written(PLAYERS, "duckdb"), ["O'Neal"])
    assert """in ("O'Neal")""" in merge_sql.stored_counts(written(PLAYERS, "bigquery"), ["O'Neal"])
