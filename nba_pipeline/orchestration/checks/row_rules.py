"""Rules on single rows: counted per partition, with the first keys that break each.

A row for which a rule is NULL passes. Does NOT belong here: the rules (tables declare them), Dagster.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from nba_pipeline.orchestration.checks.sql import (
    all_of,
    count_if,
    grouped,
    literal,
    offending_keys,
    rows_by_partition,
    whole,
)
from nba_pipeline.orchestration.checks.verdicts import Severity
from nba_pipeline.schema import Column, Table
from nba_pipeline.warehouse import Warehouse


@dataclass(frozen=True)
class RowRule:
    """`violated` is a predicate over one row of the table (alias `t`) that is true where the rule is broken."""

    id: str
    level: Severity
    violated: str
    text: str


@dataclass(frozen=True)
class Broken:
    """A rule that rows of a partition break: how many, and the first of their keys."""

    rule: RowRule
    rows: int
    keys: str

    @property
    def sentence(self) -> str:
        return f"{self.rule.id}: {self.rows} row(s) break: {self.rule.text} {self.keys}"


def declared_rules(table: Table, levels: Collection[str]) -> list[RowRule]:
    """The invariants the table declares at these levels."""
    return [
        RowRule(rule.id, rule.level, f"not ({rule.holds})", rule.description)
        for rule in table.invariants
        if rule.level in levels
    ]


def range_rules(table: Table) -> list[RowRule]:
    """A warning for every column with an expected range or set."""
    columns = [c for c in table.columns if c.minimum is not None or c.maximum is not None or c.allowed]
    return [RowRule(column.name, "warn", _outside(column), _expected(column)) for column in columns]


def broken_rules(
    warehouse: Warehouse, table: Table, rules: Sequence[RowRule], first: date | None, last: date | None
) -> dict[date | None, list[Broken]]:
    """Per stored partition the rules that rows break, in the order of the rules; one query, and one per broken rule."""
    if not rules:
        return {}
    measures = [count_if(rule.violated, f"broken_{number}") for number, rule in enumerate(rules)]
    found = rows_by_partition(warehouse, grouped(table, measures, first, last))
    broken: dict[date | None, list[Broken]] = {day: [] for day in found}
    for number, rule in enumerate(rules):
        counts = {day: whole(row, f"broken_{number}") for day, row in found.items()}
        if any(counts.values()):
            keys = offending_keys(warehouse, table, rule.violated, first, last)
            for day, count in counts.items():
                if count:
                    broken[day].append(Broken(rule, count, keys.get(day, "")))
    return broken


def _outside(column: Column) -> str:
    limits = []
    if column.minimum is not None:
        limits.append(f"{column.name} < {literal(column.minimum)}")
    if column.maximum is not None:
        limits.append(f"{column.name} > {literal(column.maximum)}")
    if column.allowed:
        limits.append(f"{column.name} not in ({', '.join(literal(value) for value in column.allowed)})")
    return f"{all_of(column.range_when)} and ({' or '.join(limits)})"


def _expected(column: Column) -> str:
    if column.allowed:
        return f"one of {', '.join(column.allowed)}."
    low = "" if column.minimum is None else f"at least {column.minimum}"
    high = "" if column.maximum is None else f"at most {column.maximum}"
    when = f" where {all_of(column.range_when)}" if column.range_when else ""
    return f"{' and '.join(limit for limit in (low, high) if limit)}{when}."
