"""Queries of the rules are understood by both engines and never scan a partitioned table without bounds."""

from __future__ import annotations

from datetime import date

import pytest
import sqlglot
from sqlglot import exp

from nba_pipeline.orchestration.checks.across_tables import PERIOD_MEANS, TABLE_RULES
from nba_pipeline.orchestration.checks.table_rules import Window
from nba_pipeline_tests.checks.store import JUDGED_TABLES

FIRST, LAST = date(2024, 1, 14), date(2024, 1, 15)
QUERIES = [
    pytest.param(table, query, id=f"{table} {rule_id}")
    for table, query, rule_id in (
        *((table, rule.offences, rule.id) for table, rules in TABLE_RULES.items() for rule in rules),
        *((table, rule.sums, rule.id) for table, rules in PERIOD_MEANS.items() for rule in rules),
    )
]


@pytest.mark.parametrize(("table", "query"), QUERIES)
def test_both_engines_read_the_query(table: str, query: object) -> None:
    sql = query(Window(JUDGED_TABLES[table], FIRST, LAST))  # type: ignore[operator]
    for dialect in ("bigquery", "duckdb"):
        assert sqlglot.parse_one(sql, read=dialect)
    assert "//" not in sql
    assert "::" not in sql


@pytest.mark.parametrize(("table", "query"), QUERIES)
def test_every_scan_is_bounded_by_literals(table: str, query: object) -> None:
    tree = sqlglot.parse_one(query(Window(JUDGED_TABLES[table], FIRST, LAST)), read="bigquery")  # type: ignore[operator]
    scans = [scan for scan in tree.find_all(exp.Table) if scan.db]  # others are names of subqueries
    assert scans
    for scan in scans:
        select = scan.find_ancestor(exp.Select)
        assert select is not None
        compared = [
            between.this for between in select.find_all(exp.Between) if between.find_ancestor(exp.Select) is select
        ]
        bounded = {column.table for column in compared if isinstance(column, exp.Column)}
        assert scan.alias in bounded, f"{scan.sql()} is read whole"


def test_ids_are_unique_within_a_table() -> None:
    for table, rules in TABLE_RULES.items():
        ids = [*(rule.id for rule in rules), *(rule.id for rule in PERIOD_MEANS.get(table, ()))]
        assert len(ids) == len(set(ids))
