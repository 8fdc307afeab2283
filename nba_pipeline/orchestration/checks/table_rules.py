"""Rules over several rows or tables as data: a query that returns one row per offence, and how grave an offence is.

A rule rides with one table and is judged per partition; offences are counted and the first of them named. Queries use
only what both engines share and bound every scan by literals. Does NOT belong here: the rules, means over a period
(period_means).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from nba_pipeline.calendar import earliest_season_day
from nba_pipeline.orchestration.checks.sql import literal, whole
from nba_pipeline.orchestration.checks.thresholds import NAMED_KEYS
from nba_pipeline.orchestration.checks.verdicts import Check, Days, Problem, Severity, Verdict, judged
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse


@dataclass(frozen=True)
class Window:
    """The table a rule rides with and the partitions to judge, as SQL predicates that both engines prune by."""

    table: Table
    first: date
    last: date

    @property
    def own(self) -> str:
        return self.table.qualified_name

    @property
    def dates(self) -> str:
        """Exactly the partitions to judge."""
        return _between(self.first, self.last)

    @property
    def season(self) -> str:
        """From 1 October of the season of the first partition to the last partition."""
        return _between(earliest_season_day(self.first), self.last)

    @property
    def whole_seasons(self) -> str:
        """Every day of the seasons the partitions lie in, later ones too."""
        end = earliest_season_day(self.last)
        return _between(earliest_season_day(self.first), end.replace(year=end.year + 1) - timedelta(days=1))


@dataclass(frozen=True)
class TableRule:
    """`offences`: query with the columns partition_date and offender (a text that names the row or the values)."""

    id: str
    level: Severity
    offences: Callable[[Window], str]
    text: str


def rules_check(rules: Sequence[TableRule]) -> Check:
    """The rules as one check: a verdict per partition."""

    def check(warehouse: Warehouse, table: Table, days: Days) -> list[Verdict]:
        first, last = (days[0], days[-1]) if days else (None, None)
        if first is None or last is None:
            return []
        window = Window(table, first, last)
        found = [(rule, _offences(warehouse, rule, window)) for rule in rules]
        return [_verdict(day, found) for day in days]

    return check


def concluded(*checks: Check) -> Check:
    """Checks of the same partitions as one."""

    def check(warehouse: Warehouse, table: Table, days: Days) -> list[Verdict]:
        by_day = zip(*(one(warehouse, table, days) for one in checks), strict=True)
        return [_joined(verdicts) for verdicts in by_day]

    return check


def _joined(verdicts: Sequence[Verdict]) -> Verdict:
    problems: list[Problem] = [(v.severity, v.description) for v in verdicts if not v.passed]
    observed = {name: value for verdict in verdicts for name, value in verdict.observed.items()}
    return judged(verdicts[0].partition, problems, observed)


@dataclass(frozen=True)
class _Offences:
    count: int
    named: str


def _offences(warehouse: Warehouse, rule: TableRule, window: Window) -> dict[date, _Offences]:
    """Offences per partition, the first ones by name; one query."""
    sql = (
        f"select partition_date, offender, offences from (select partition_date, offender,\n"
        f"count(*) over (partition by partition_date) as offences,\n"
        f"row_number() over (partition by partition_date order by offender) as place\n"
        f"from ({rule.offences(window)})) where place <= {NAMED_KEYS} order by partition_date, offender"
    )
    found: dict[date, _Offences] = {}
    for row in warehouse.query(sql).to_pylist():
        earlier = found.get(row["partition_date"])
        named = f"{earlier.named}, {row['offender']}" if earlier else str(row["offender"])
        found[row["partition_date"]] = _Offences(whole(row, "offences"), named)
    return found


def _verdict(day: date | None, found: Sequence[tuple[TableRule, dict[date, _Offences]]]) -> Verdict:
    here = [(rule, offences[day]) for rule, offences in found if day is not None and day in offences]
    problems: list[Problem] = [
        (rule.level, f"{rule.id}: {offences.count} offence(s): {rule.text} {offences.named}") for rule, offences in here
    ]
    return judged(day, problems, {rule.id: offences.count for rule, offences in here})


def _between(first: date, last: date) -> str:
    return f"between {literal(first)} and {literal(last)}"
