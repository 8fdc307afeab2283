"""The outcome of one check for one partition, before Dagster sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse
from nba_pipeline.warehouse.errors import StatementError

Severity = Literal["pass", "warn", "error", "block"]
ORDER: tuple[Severity, ...] = ("pass", "warn", "error", "block")
Days = Sequence[date | None]
"""Partitions to judge, ascending; [None] for a table without partitions."""

Observed = Mapping[str, str | int | float | bool]
Problem = tuple[Severity, str]


@dataclass(frozen=True)
class Verdict:
    """`observed` holds numbers and texts for the metadata; `description` is one sentence for a person."""

    partition: date | None
    severity: Severity = "pass"
    description: str = ""
    observed: Observed = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return self.severity == "pass"


Check = Callable[[Warehouse, Table, Days], list[Verdict]]


def judged(partition: date | None, problems: Sequence[Problem], observed: Observed) -> Verdict:
    """The verdict that names every problem and is as grave as the gravest."""
    severity: Severity = max((level for level, _ in problems), key=ORDER.index, default="pass")
    return Verdict(partition, severity, "; ".join(text for _, text in problems if text), observed)


def merged(first: Verdict, second: Verdict) -> Verdict:
    """Two verdicts on one partition as one."""
    problems = [(verdict.severity, verdict.description) for verdict in (first, second) if not verdict.passed]
    return judged(first.partition, problems, {**first.observed, **second.observed})


def failing_when_unevaluable(check: Check, severity: Severity) -> Check:
    """The check, with a failing verdict for every partition where the warehouse refuses its query."""

    def evaluated(warehouse: Warehouse, table: Table, days: Days) -> list[Verdict]:
        try:
            return check(warehouse, table, days)
        except StatementError as error:
            text = f"could not be evaluated: {str(error).splitlines()[0]}"
            return [Verdict(day, severity, text) for day in days]

    return evaluated


def worst(verdicts: Sequence[Verdict]) -> Severity:
    """The gravest severity among the verdicts; `pass` when there are none."""
    return max((verdict.severity for verdict in verdicts), key=ORDER.index, default="pass")


def count_by_severity(verdicts: Sequence[Verdict]) -> dict[Severity, int]:
    return {severity: sum(verdict.severity == severity for verdict in verdicts) for severity in ORDER}
