"""`null_regression`: a column that is filled less than it used to be, judged partition by partition in order of time.

The baseline is the pooled rate of the 90 days before, without the partitions that failed for the column, so that a
long loss never becomes the norm. Does NOT belong here: ceilings (null_rates), columns that were never filled
(constant_columns).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from nba_pipeline.orchestration.checks import thresholds as limit
from nba_pipeline.orchestration.checks.sql import all_of, count_if, grouped, rows_by_partition, whole
from nba_pipeline.orchestration.checks.verdicts import Problem, Severity, Verdict, judged
from nba_pipeline.schema import Column, Table
from nba_pipeline.warehouse import Warehouse

Counts = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SAMPLE_COUNTERS = (
    "games_played_season", "games_in_sample_season", "games_in_sample_10", "games_in_sample", "game_number_in_season",
)  # fmt: skip
"""Counters behind trailing values, of which a table has at most one: without games there is nothing to lose."""

OWN_POPULATIONS: Mapping[str, Mapping[str, str]] = {
    "analytics.player_game_summary": {
        "personal_fouls": "is_active and shot_zone_source is not null",  # sources without events print no fouls
        "points_line": "minutes_played >= 10 and game_date in ("
        "select game_date from nba_raw.odds_api_player_points_props)",
    }
}
"""Columns judged over other rows than their ceiling, or without having one."""

MAY_BE_EMPTY: Mapping[str, str] = {
    "days_since_2_plus_days_rest": "two full days off may not have happened yet, at the start of a season to nobody"
}
"""Columns that are not judged, and why."""


@dataclass(frozen=True)
class _History:
    """Per stored partition (rows, ascending) and watched column: rows in which it is defined, and those filled."""

    days: Sequence[date]
    columns: Sequence[str]
    population: Counts
    filled: Counts


@dataclass(frozen=True)
class _Loss:
    """One column of one partition against its baseline; `level` is pass for an improvement."""

    column: str
    level: Severity
    word: str
    filled: int
    population: int
    baseline: float
    since: date | None

    @property
    def ratio(self) -> float:
        return self.filled / self.population / self.baseline

    @property
    def sentence(self) -> str:
        rate = f"{self.filled} of {self.population} filled ({self.filled / self.population:.1%})"
        since = f" since {self.since}" if self.since else ""
        return f"{self.column}: {rate}, {self.baseline:.1%} before, ratio {self.ratio:.3f}, {self.word}{since}"


def populations(table: Table) -> dict[str, str]:
    """Watched column -> predicate of the rows in which it has to be filled: no column that may be empty on a date."""
    counter = next((name for name in SAMPLE_COUNTERS if name in table.by_name), None)
    settled = f" and {counter} > {limit.SETTLED_SAMPLE}" if counter else ""
    declared = {column.name: f"{_population(column)}{settled}" for column in table.columns if _is_watched(column)}
    return declared | dict(OWN_POPULATIONS.get(str(table), {}))


def null_regression(warehouse: Warehouse, table: Table) -> list[Verdict]:
    """A verdict per stored partition: below 90 % of the baseline is an error, below 95 % a warning."""
    history = _history(warehouse, table)
    failed: Flags = np.zeros(history.population.shape, dtype=bool)
    since: dict[str, date] = {}
    verdicts = []
    for place, day in enumerate(history.days):
        baseline = _baselines(history, failed, place)
        found = [
            loss
            for number in np.flatnonzero(history.population[place])
            if not np.isnan(baseline[number])
            and (loss := _judge(history, place, int(number), float(baseline[number]), since)) is not None
        ]
        failing = {loss.column for loss in found if loss.level != "pass"}
        failed[place] = [name in failing for name in history.columns]
        unknown = int(np.sum(np.isnan(baseline) & (history.population[place] > 0)))
        verdicts.append(_verdict(day, found, unknown))
    return verdicts


def _is_watched(column: Column) -> bool:
    nulls = column.nulls
    if column.required or nulls is None or column.name in MAY_BE_EMPTY:
        return False
    return nulls.error is not None or nulls.block is not None or (nulls.date is not None and nulls.date < 1)


def _population(column: Column) -> str:
    return all_of(column.nulls.population if column.nulls else ())


def _history(warehouse: Warehouse, table: Table) -> _History:
    predicates = populations(table)
    measures = []
    for number, (name, defined) in enumerate(predicates.items()):
        measures.append(count_if(defined, f"population_{number}"))
        measures.append(count_if(f"{defined} and {name} is not null", f"filled_{number}"))
    found = rows_by_partition(warehouse, grouped(table, measures, None, None)) if measures else {}
    days = sorted(day for day in found if day is not None)

    def counts(kind: str) -> Counts:
        rows = [[whole(found[day], f"{kind}_{number}") for number in range(len(predicates))] for day in days]
        return np.array(rows, dtype=np.int64).reshape(len(days), len(predicates))

    return _History(days, list(predicates), counts("population"), counts("filled"))


def _baselines(history: _History, failed: Flags, place: int) -> npt.NDArray[np.float64]:
    """Pooled populated rate per column before the partition; NaN where too little is stored."""
    earliest = history.days[place] - timedelta(days=limit.BASELINE_DAYS)
    start = bisect_left(history.days, earliest, hi=place)
    usable = (history.population[start:place] > 0) & ~failed[start:place]
    rows = np.where(usable, history.population[start:place], 0).sum(axis=0)
    filled = np.where(usable, history.filled[start:place], 0).sum(axis=0)
    enough = (usable.sum(axis=0) >= limit.BASELINE_PARTITIONS) & (rows >= limit.BASELINE_ROWS)
    baseline = np.where(enough, filled / np.maximum(rows, 1), np.nan)
    for number in np.flatnonzero(~enough & (history.population[place] > 0)):
        baseline[number] = _newest(history, failed, place, int(number))
    return baseline


def _newest(history: _History, failed: Flags, place: int, number: int) -> float:
    """Rate over the newest 30 sound partitions, whatever their season."""
    population = history.population[:place, number]
    sound = np.flatnonzero((population > 0) & ~failed[:place, number])[-limit.BASELINE_GAME_DATES :]
    rows = int(population[sound].sum())
    if len(sound) < limit.BASELINE_PARTITIONS or rows < limit.BASELINE_ROWS:
        return float("nan")
    return float(history.filled[sound, number].sum() / rows)


def _judge(history: _History, place: int, number: int, baseline: float, since: dict[str, date]) -> _Loss | None:
    """What is noteworthy of a column; keeps in `since` the first partition of a loss that lasts."""
    name, day = history.columns[number], history.days[place]
    filled, population = int(history.filled[place, number]), int(history.population[place, number])
    if not baseline:
        return None
    ratio = filled / population / baseline
    if ratio >= limit.DEGRADATION_BELOW:
        since.pop(name, None)
        improved = ratio >= limit.IMPROVEMENT_FROM
        return _Loss(name, "pass", "IMPROVEMENT", filled, population, baseline, None) if improved else None
    if (baseline * population - filled) < limit.LOST_ROWS:
        return None
    first = since.setdefault(name, day)
    level, word = ("error", "REGRESSION") if ratio < limit.REGRESSION_BELOW else ("warn", "DEGRADATION")
    return _Loss(name, level, word, filled, population, baseline, first)  # type: ignore[arg-type]


def _verdict(day: date, found: Sequence[_Loss], unknown: int) -> Verdict:
    problems: list[Problem] = [(loss.level, loss.sentence) for loss in found]
    if unknown:
        problems.append(("pass", f"not evaluated: {unknown} column(s) with too few partitions or rows before"))
    return judged(day, problems, {loss.column: round(loss.ratio, 6) for loss in found})
