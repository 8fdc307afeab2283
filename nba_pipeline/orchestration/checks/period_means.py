"""Means over a period as data: the pooled mean of a quantity over a date, week, month, season or 30 game dates.

The warehouse sums per date, the periods are cut here. A period is named by its newest date and judged once it has
enough rows. Does NOT belong here: the rules, rules on rows (table_rules).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from nba_pipeline.calendar import earliest_season_day
from nba_pipeline.orchestration.checks.season_days import today
from nba_pipeline.orchestration.checks.sql import rows_by_partition
from nba_pipeline.orchestration.checks.table_rules import Window
from nba_pipeline.orchestration.checks.thresholds import TREND_GAME_DATES
from nba_pipeline.orchestration.checks.verdicts import Check, Days, Problem, Severity, Verdict, judged
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse

Period = Literal["date", "week", "month", "season", "newest game dates"]
PERIOD_OF: Mapping[str, Callable[[date], Hashable]] = {
    "date": lambda day: day,
    "week": lambda day: day.isocalendar()[:2],
    "month": lambda day: (day.year, day.month),
    "season": earliest_season_day,
}


@dataclass(frozen=True)
class PeriodMean:
    """`sums`: query with partition_date, amount and weight; amount / weight over the period lies in low..high.

    A period with a weight below `least`, or (a season) with fewer than `least_dates` dates, is not judged.
    """

    id: str
    level: Severity
    period: Period
    sums: Callable[[Window], str]
    low: float
    high: float
    text: str
    least: float = 1
    least_dates: int = 1


@dataclass(frozen=True)
class _Pooled:
    newest: date
    dates: int
    amount: float
    weight: float


def means_check(rules: Sequence[PeriodMean]) -> Check:
    """The rules as one check: the verdict of a period is that of its newest date."""

    def check(warehouse: Warehouse, table: Table, days: Days) -> list[Verdict]:
        first, last = (days[0], days[-1]) if days else (None, None)
        if first is None or last is None:
            return []
        problems: dict[date, list[Problem]] = {}
        observed: dict[date, dict[str, float]] = {}
        for rule in rules:
            for pooled in _pooled(rule, rows_by_partition(warehouse, rule.sums(Window(table, first, last)))):
                mean = pooled.amount / pooled.weight
                if not rule.low <= mean <= rule.high:
                    observed.setdefault(pooled.newest, {})[rule.id] = round(mean, 6)
                    problems.setdefault(pooled.newest, []).append((rule.level, _sentence(rule, pooled, mean)))
        return [judged(day, problems.get(day, []) if day else [], observed.get(day, {}) if day else {}) for day in days]

    return check


def _sentence(rule: PeriodMean, pooled: _Pooled, mean: float) -> str:
    over = f"{pooled.weight:g} over the {rule.period}"
    return f"{rule.id}: {rule.text}: {mean:.4f} ({pooled.amount:g} of {over}), not {rule.low:g} to {rule.high:g}"


def _pooled(rule: PeriodMean, rows: Mapping[date | None, Mapping[str, object]]) -> Iterator[_Pooled]:
    """Every period that is judged: no week or month that still runs, no trailing dates of two seasons."""
    daily = [
        _Pooled(day, 1, float(str(row["amount"] or 0)), float(str(row["weight"] or 0)))
        for day, row in sorted(rows.items(), key=lambda item: item[0] or date.min)
        if day is not None
    ]
    groups: dict[Hashable, list[_Pooled]] = {}
    of_period = PERIOD_OF.get(rule.period, earliest_season_day)
    for one in daily:
        groups.setdefault(of_period(one.newest), []).append(one)
    running = of_period(today()) if rule.period in ("week", "month") else None
    for group in (days for period, days in groups.items() if period != running):
        if rule.period == "newest game dates":
            windows = [group[end - TREND_GAME_DATES : end] for end in range(TREND_GAME_DATES, len(group) + 1)]
        else:
            windows = [group]
        for window in windows:
            amount, weight = sum(one.amount for one in window), sum(one.weight for one in window)
            if weight > 0 and weight >= rule.least and len(window) >= rule.least_dates:
                yield _Pooled(window[-1].newest, len(window), amount, weight)
