"""Every rendered statement, read by a parser of each engine's language."""

from __future__ import annotations

import re

import pytest
import sqlglot
from sqlglot import exp

from nba_pipeline import catalog
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Scope, merge_sql
from nba_pipeline.warehouse.ddl import Dialect, create_schema, create_table
from nba_pipeline.warehouse.merge_sql import Write
from nba_pipeline.warehouse.quarantine import TABLE as QUARANTINE
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
    ]


def scans(tree: exp.Expression) -> list[tuple[str, exp.Expression | None]]:
    """Alias of every scan of the target, and the condition of the clause it stands in."""
    found: list[tuple[str, exp.Expression | None]] = []
    for scan in tree.find_all(exp.Table):
        if scan.name != TARGET:
            continue
        clause = scan.find_ancestor(exp.Select, exp.Delete, exp.Merge, exp.Insert)
        if isinstance(clause, exp.Insert):
            continue  # written to, not read
        assert clause is not None
        found.append((scan.alias, clause.args.get("on" if isinstance(clause, exp.Merge) else "where")))
    return found


def has_literal_dates(alias: str, part: str, condition: exp.Expression | None) -> bool:
    """Whether the condition demands, beside other things, that alias.part lies between two literal dates."""
    demands = [condition.this if isinstance(condition, exp.Where) else condition]
    while any(isinstance(demand, exp.And) for demand in demands):
        demands = [side for d in demands for side in ((d.left, d.right) if isinstance(d, exp.And) else (d,))]
    return any(
        isinstance(demand, exp.Between)
        and isinstance(demand.this, exp.Column)
        and (demand.this.table, demand.this.name) == (alias, part)
        and all(bound.sql("duckdb").startswith("CAST('2024-01-") for bound in (demand.args["low"], demand.args["high"]))
        for demand in demands
    )


def faults(table: Table, dialect: Dialect) -> list[str]:
    """Statements that do not parse (an error), scan the target without literal dates, or use a refused form."""
    found = []
    for statement in statements(written(table, dialect)):
        text = " ".join(statement.lower().split())
        found += [f"{form} in\n{statement}" for form in ("by source", "on false") if form in text]
        scanned = scans(sqlglot.parse_one(statement, dialect=dialect)) if table.partition_column else []
        assert table.partition_column or scanned == []
        found += [
            f"scan {alias} without literal dates in\n{statement}"
            for alias, condition in scanned
            if not has_literal_dates(alias, str(table.partition_column), condition)
        ]
    return found


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
    counts = [len(scans(sqlglot.parse_one(text, dialect="duckdb"))) for text in statements(written(PLAYERS, "duckdb"))]
    assert counts == [2, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 1]


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
    ((alias, where),) = scans(tree)
    assert not has_literal_dates(alias, "game_date", where)


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


def creation_faults(table: Table, dialect: Dialect) -> list[str]:
    tree = sqlglot.parse_one(create_table(table, f"{table.dataset}.{table.name}", dialect), dialect=dialect)
    defined = {definition.name: definition for definition in tree.this.expressions}
    required = [name for name, definition in defined.items() if definition.find(exp.NotNullColumnConstraint)]
    due = [column.name for column in table.stored_columns]
    due_required = [column.name for column in table.stored_columns if column.required]
    compared = ((list(defined), due), (required, due_required))
    return [f"{table}: {found} != {want}" for found, want in compared if found != want]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("table", TABLES, ids=str)
def test_table_is_created_with_its_columns_the_required_ones_not_null(table: Table, dialect: Dialect) -> None:
    assert creation_faults(table, dialect) == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_table_of_the_project_is_created_with_its_columns(dialect: Dialect) -> None:
    assert [fault for table in catalog.tables().values() for fault in creation_faults(table, dialect)] == []


def test_bigquery_table_is_partitioned_clustered_filtered_described_and_never_expires() -> None:
    text = create_table(PLAYERS, "`p.d.t`", "bigquery")
    assert "partition by `game_date`\ncluster by `player_lookup`" in text
    assert "require_partition_filter = true" in text
    assert "`points` INT64 options (description = " in text
    assert 'description = "One row per player per game date.' in text
    assert "expiration" not in text


def test_bigquery_table_without_partitions_has_neither_partition_nor_filter() -> None:
    text = create_table(WHOLE, "`p.d.t`", "bigquery")
    assert "partition" not in text


@pytest.mark.parametrize("dialect", DIALECTS)
def test_schema_statement_parses(dialect: Dialect) -> None:
    assert isinstance(sqlglot.parse_one(create_schema("nba_raw"), dialect=dialect), exp.Create)


def test_quote_in_a_game_id_stays_text() -> None:
    assert "in ('O''Neal')" in merge_sql.stored_counts(written(PLAYERS, "duckdb"), ["O'Neal"])
    assert """in ("O'Neal")""" in merge_sql.stored_counts(written(PLAYERS, "bigquery"), ["O'Neal"])
