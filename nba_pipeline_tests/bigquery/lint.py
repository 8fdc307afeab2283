"""Reads statements with a parser and says which break the rules of writing: literal dates on every scan of a
partitioned table, no `by source`, no `on false`, no streaming insert.

Does NOT belong here: making or sending a statement.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlglot
from sqlglot import exp

from nba_pipeline_tests.bigquery.wire import STREAMING, Request

REFUSED_FORMS = ("by source", "on false")
CHANGING = (exp.Merge, exp.Delete, exp.Update, exp.Insert)
WRITE_JOBS = "staging_"  # beginning of the ids of a write's jobs
DEMANDS = (exp.Between, exp.In, exp.EQ, exp.GTE, exp.GT, exp.LTE, exp.LT)
PartitionOf = Callable[[str], str | None]
Scan = tuple[exp.Table, str, exp.Expression | None]


def request_faults(request: Request, partition_of: PartitionOf) -> list[str]:
    """What is wrong with a request: a streaming insert, or a statement of a write that breaks a rule.

    partition_of gives the partition column of a table by its name, None if it has none.
    """
    if request.kind == STREAMING:
        return [f"streaming insert: {request.target}"]
    if not request.statement:
        return []
    return [
        fault
        for tree in sqlglot.parse(request.statement, dialect="bigquery")
        if tree and (isinstance(tree, CHANGING) or request.job_id.startswith(WRITE_JOBS))
        for fault in statement_faults(tree, request.statement, partition_of)
    ]


def statement_faults(tree: exp.Expression, statement: str, partition_of: PartitionOf) -> list[str]:
    """Refused forms in the statement, and scans of partitioned tables without literal dates."""
    text = " ".join(statement.lower().split())
    faults = [f"{form} in\n{statement}" for form in REFUSED_FORMS if form in text]
    return faults + [
        f"scan {alias} without literal dates in\n{statement}"
        for table, alias, condition in scans(tree)
        if (part := partition_of(table.name)) and not has_literal_dates(alias, part, condition, tree)
    ]


def scans(tree: exp.Expression) -> list[Scan]:
    """Every stored table read, its alias (its name without one), and the condition of the clause it stands in.

    A name without a dataset is not a stored table but a part of the statement that has a name.
    """
    found: list[Scan] = []
    for scan in tree.find_all(exp.Table):
        if not scan.db:
            continue
        clause = scan.find_ancestor(exp.Select, exp.Delete, exp.Merge, exp.Insert, exp.Update)
        if isinstance(clause, exp.Insert) or clause is None:
            continue  # written to, not read
        condition = clause.args.get("on" if isinstance(clause, exp.Merge) else "where")
        found.append((scan, scan.alias_or_name, condition))
    return found


def has_literal_dates(alias: str, part: str, condition: exp.Expression | None, tree: exp.Expression) -> bool:
    """Whether the condition demands, beside other things, that alias.part is bounded by literal dates.

    A SELECT may bound one side, or name the column without its alias; a changing statement may not.
    """
    demands = [condition.this if isinstance(condition, exp.Where) else condition]
    while any(isinstance(demand, exp.And | exp.Paren) for demand in demands):
        demands = [side for demand in demands for side in _sides(demand)]
    changes = isinstance(tree, CHANGING)
    return any(_is_date_demand(demand, alias, part, changes=changes) for demand in demands)


def _sides(demand: exp.Expression | None) -> tuple[exp.Expression | None, ...]:
    if isinstance(demand, exp.And):
        return demand.left, demand.right
    return (demand.this,) if isinstance(demand, exp.Paren) else (demand,)


def _is_date_demand(demand: exp.Expression | None, alias: str, part: str, *, changes: bool) -> bool:
    if not isinstance(demand, DEMANDS) or not isinstance(demand.this, exp.Column):
        return False
    column = demand.this
    if column.name != part or (column.table != alias and (changes or column.table)):
        return False
    if isinstance(demand, exp.Between):
        return all(_is_literal_date(demand.args[name]) for name in ("low", "high"))
    if isinstance(demand, exp.EQ):
        return _is_literal_date(demand.expression)
    if changes:
        return False
    listed = demand.expressions if isinstance(demand, exp.In) else [demand.expression]
    return bool(listed) and all(_is_literal_date(bound) for bound in listed)


def _is_literal_date(bound: exp.Expression) -> bool:
    return isinstance(bound, exp.Cast) and isinstance(bound.this, exp.Literal) and bound.is_type("date")
