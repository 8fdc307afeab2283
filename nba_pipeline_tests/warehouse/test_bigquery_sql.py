"""SQL both engines share, in the words of one BigQuery address; and the counting statement, run by DuckDB."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import duckdb
import pytest

from nba_pipeline.errors import SettingsError
from nba_pipeline.warehouse.bigquery_address import BigQueryAddress, parse_bigquery
from nba_pipeline.warehouse.bigquery_sql import first_table, is_read_only, localised, named_dates
from nba_pipeline.warehouse.bigquery_statements import COUNTS, replace_script, scope_counts
from nba_pipeline.warehouse.merge_sql import Write
from nba_pipeline.warehouse.protocol import Scope
from nba_pipeline_tests.warehouse.example_tables import PLAYERS, D

Rows = list[tuple[str, str | None, str, str]]

ADDRESS = BigQueryAddress("nba-project", "dev_")


@pytest.mark.parametrize(
    ("shared", "stored"),
    [
        ("select 1 from nba_raw.games", "select 1 from `nba-project.dev_nba_raw.games`"),
        ("join nba_raw.a, nba_analytics.b", "join `nba-project.dev_nba_raw.a`, `nba-project.dev_nba_analytics.b`"),
        ("where source = 'nba_raw.games'", "where source = 'nba_raw.games'"),
        ("where name = 'O''Neal' or name = ''", "where name = 'O\\'Neal' or name = ''"),
        ("-- nba_raw.games\nselect 'it''s'", "-- nba_raw.games\nselect 'it\\'s'"),
        ("from dev_nba_raw.games", "from dev_nba_raw.games"),
        ("from `nba-project.nba_raw.games`", "from `nba-project.nba_raw.games`"),
        ("select t.nba_raw from t", "select t.nba_raw from t"),
    ],
)  # fmt: skip
def test_tables_get_their_stored_names_and_text_stays_text(shared: str, stored: str) -> None:
    assert localised(ADDRESS, shared) == stored


def test_label_and_cap_of_a_query_come_from_its_text() -> None:
    sql = "select 1 from nba_raw.a where d between date '2024-01-03' and date '2024-01-01' and e = DATE '2024-01-02'"
    assert (first_table(sql), named_dates(sql)) == ("nba_raw.a", (date(2024, 1, 1), date(2024, 1, 3)))
    assert (first_table("select 1"), named_dates("select 1")) == ("", (None, None))
    assert named_dates("select 1 from nba_raw.a where d >= date '0001-01-01'") == (None, None)
    assert named_dates("d between date '2024-01-01' and date '2024-01-01'") == (date(2024, 1, 1), date(2024, 1, 1))


@pytest.mark.parametrize(
    ("sql", "reads"),
    [
        ("select 1", True),
        ("\n-- why\n(with a as (select ';') select * from a);", True),
        ("delete from nba_raw.a where true", False),
        ("select 1; drop table nba_raw.a", False),
        ("merge into nba_raw.a", False),
        ("selected", False),
    ],
)
def test_only_one_statement_that_begins_like_a_query_is_a_query(sql: str, reads: bool) -> None:
    assert is_read_only(sql) is reads


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("bigquery://nba-project?endpoint=http://warehouse.example.com:9050", "spoken to without credentials"),
        ("bigquery://nba-project?endpoint=http://127.0.0.1:9050&storage_endpoint=10.0.0.1:9060", "names '10.0.0.1'"),
        ("bigquery://nba-project?endpoint=https://127.0.0.1:9050", "not of the form http://127.0.0.1:9050"),
        ("bigquery://nba-project?endpoint=http://127.0.0.1", "with its port"),
        ("bigquery://nba-project?endpoint=http://127.0.0.1:port", "no usable port"),
        ("bigquery://nba-project?storage_endpoint=127.0.0.1:9060", "storage_endpoint without endpoint"),
        ("bigquery://nba-project?location=a/b", "letters, digits and hyphens"),
    ],
)
def test_address_that_cannot_be_used_is_refused_with_a_sentence(url: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        parse_bigquery(url)


def test_address_names_project_prefix_location_and_local_server() -> None:
    url = "bigquery://nba-project?dataset_prefix=dev_&location=europe-west1&endpoint=http://localhost:9050"
    address = parse_bigquery(url)
    assert address == BigQueryAddress("nba-project", "dev_", "europe-west1", "http://localhost:9050")
    assert (address.dataset("nba_raw"), address.reads_by_rest) == ("dev_nba_raw", True)
    assert not parse_bigquery("bigquery://nba-project").reads_by_rest
    assert not parse_bigquery(f"{url}&storage_endpoint=localhost:9060").reads_by_rest


def counted(target: Rows, staged: Rows, *, partitioned: bool = True) -> dict[object, dict[str, int]]:
    """Non-zero counts per partition, of rows (game_date, player_lookup, game_id, row_hash)."""
    table = PLAYERS if partitioned else replace(PLAYERS, partition_column=None)
    scope = Scope(D, date(2024, 1, 17), kept=frozenset({date(2024, 1, 16)})) if partitioned else None
    write = Write(table, scope, "target", "staging", "duckdb")
    with duckdb.connect() as connection:
        for name, rows in (("target", target), ("staging", staged)):
            columns = "game_date date, player_lookup varchar, game_id varchar, row_hash varchar"
            connection.execute(f"create table {name} ({columns})")
            if rows:
                connection.executemany(f"insert into {name} values (?, ?, ?, ?)", rows)
        cursor = connection.execute(scope_counts(write, ["gone_game"]))
        names = [column[0] for column in cursor.description or ()]
        assert tuple(names[1:]) == COUNTS
        return {
            row[0]: {name: int(count) for name, count in zip(COUNTS, row[1:], strict=True) if count}
            for row in cursor.fetchall()
        }


def test_counts_tell_new_changed_unchanged_and_gone_rows_apart_per_day() -> None:
    found = counted(
        target=[
            ("2024-01-15", "same", "g", "a"),
            ("2024-01-15", "changed", "g", "b"),
            ("2024-01-15", "gone", "g", "c"),
            ("2024-01-15", "gone2", "gone_game", "d"),
            ("2024-01-16", "kept", "g", "e"),
            ("2024-01-18", "later", "g", "f"),
        ],
        staged=[
            ("2024-01-15", "same", "g", "a"),
            ("2024-01-15", "changed", "g", "z"),
            ("2024-01-17", "new", "g", "y"),
        ],
    )
    assert found == {
        D: {
            "stored": 4, "stored_obsolete": 1, "staged": 2, "known": 2, "same": 1, "gone": 2, "gone_obsolete": 1
        },
        date(2024, 1, 17): {"staged": 1},
    }  # fmt: skip


def test_counts_see_repeated_keys_on_either_side() -> None:
    found = counted(
        target=[
            ("2024-01-15", "twice", "g", "a"),
            ("2024-01-15", "twice", "g", "b"),
            *[("2024-01-15", "thrice", "g", "c")] * 3,
        ],
        staged=[("2024-01-15", "twice", "g", "b"), *[("2024-01-15", "again", "g", "d")] * 2],
    )
    assert found == {
        D: {"stored": 5, "staged": 3, "known": 1, "same": 1, "gone": 3, "stored_twice": 2, "staged_twice": 1}
    }


def test_counts_see_null_keys_and_a_table_without_partitions_is_one() -> None:
    found = counted(
        target=[("2024-01-15", None, "g", "a")], staged=[("2024-01-15", "new", "g", "a")], partitioned=False
    )
    assert found == {None: {"stored": 1, "staged": 1, "gone": 1, "null_keys": 1}}
    assert counted([], [], partitioned=False) == {None: {}}
    assert counted([], []) == {}


def test_replacement_is_one_transaction_over_the_scope() -> None:
    write = Write(PLAYERS, Scope(D, D), "`p.d.t`", "`p.s.staging`", "bigquery")
    steps = [step.split("\n")[0] for step in replace_script(write).split(";\n")]
    assert [step[:16] for step in steps] == [
        "begin transactio", "update `p.s.stag", "delete from `p.d", "insert into `p.d", "commit transacti"
    ]  # fmt: skip
    assert "between date '2024-01-15' and date '2024-01-15'" in steps[2]
