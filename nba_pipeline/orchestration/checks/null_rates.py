"""`null_rates`: share of NULL per watched column, among the rows in which the column is defined."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from nba_pipeline.calendar import earliest_season_day, season_ranges
from nba_pipeline.orchestration.checks.season_days import first_settled_days, today
from nba_pipeline.orchestration.checks.sql import (
    Row,
    all_of,
    bounds,
    count_if,
    grouped,
    offending_keys,
    rows_by_partition,
    whole,
)
from nba_pipeline.orchestration.checks.verdicts import Days, Severity, Verdict, judged
from nba_pipeline.orchestration.checks.zone_coverage import coverage_text, thin_zone_days
from nba_pipeline.schema import Column, Table
from nba_pipeline.warehouse import Warehouse

LAYERS_SETTLING = ("reference", "analytics")
"""Layers whose ceilings for one date hold from day 14 of a season on; `never` (0) holds on every day."""


def watched_columns(table: Table) -> list[Column]:
    """Columns with a ceiling for one date."""
    return [c for c in table.columns if c.nulls and (c.nulls.date is not None or c.nulls.error is not None)]


def null_rates(warehouse: Warehouse, table: Table, days: Days) -> list[Verdict]:
    """One numeric entry per watched column, so that its history can be plotted; WARN above the ceiling of a date,
    ERROR above the hard one."""
    if not days:
        return []
    columns = watched_columns(table)
    found = rows_by_partition(warehouse, grouped(table, null_measures(columns), *bounds(days)))
    settled = _settled_days(warehouse, table, columns, days)
    thin = thin_zone_days(warehouse, table, days)
    above = [
        column
        for column in columns
        if any(_level(column, row, settled=day in settled) != "pass" for day, row in found.items() if day not in thin)
    ]
    named = {
        column.name: offending_keys(warehouse, table, f"{_population(column)} and {column.name} is null", *bounds(days))
        for column in above
    }
    return [
        _not_judged(columns, day, found.get(day), thin[day])
        if day in thin
        else _verdict(
            columns, day, found.get(day), {name: keys.get(day, "") for name, keys in named.items()}, day in settled
        )
        for day in days
    ]


def season_null_rates(warehouse: Warehouse, table: Table, days: Days) -> list[Verdict]:
    """One verdict per finished season that the days touch, over all its rows; a warning at most."""
    columns = [c for c in table.columns if c.nulls and c.nulls.season is not None]
    dates = [day for day in days if day is not None]
    if not columns or not dates:
        return []
    verdicts = []
    for start in sorted({earliest_season_day(first) for first, _ in season_ranges(dates[0], dates[-1])}):
        end = start.replace(year=start.year + 1) - timedelta(days=1)
        if end < today():
            verdicts.append(_season_verdict(warehouse, table, columns, start, end))
    return verdicts


def _season_verdict(warehouse: Warehouse, table: Table, columns: list[Column], start: date, end: date) -> Verdict:
    thin = thin_zone_days(warehouse, table, [end])
    if thin:
        return Verdict(start, description=coverage_text(thin[end]))
    totals = ", ".join(f"sum({kind}_{c.name}) as {kind}_{c.name}" for c in columns for kind in ("population", "nulls"))
    inner = grouped(table, null_measures(columns), start, end)
    row = warehouse.query(f"select {totals} from ({inner})").to_pylist()[0]
    problems: list[tuple[Severity, str]] = []
    observed: dict[str, float] = {}
    for column in columns:
        population, nulls = population_and_nulls(row, column)
        ceiling = column.nulls.season if column.nulls else None
        if not population or ceiling is None:
            continue
        observed[column.name] = round(nulls / population, 6)
        if nulls / population > ceiling:
            text = f"{nulls} of {population} NULL ({nulls / population:.2%}), ceiling of a season {ceiling:.2%}"
            problems.append(("warn", f"{column.name}: {text}"))
    return judged(start, problems, observed)


def null_measures(columns: Sequence[Column]) -> list[str]:
    """For every column the number of rows in which it is defined, and of those in which it is NULL."""
    measures = []
    for column in columns:
        measures.append(count_if(_population(column), f"population_{column.name}"))
        measures.append(count_if(f"{_population(column)} and {column.name} is null", f"nulls_{column.name}"))
    return measures


def population_and_nulls(row: Row | None, column: Column) -> tuple[int, int]:
    return whole(row, f"population_{column.name}"), whole(row, f"nulls_{column.name}")


def _population(column: Column) -> str:
    return all_of(column.nulls.population if column.nulls else ())


def _settled_days(warehouse: Warehouse, table: Table, columns: Sequence[Column], days: Days) -> set[date | None]:
    """The days on which the ceilings of a date are judged."""
    lenient = any(column.nulls and column.nulls.date for column in columns)
    if table.layer not in LAYERS_SETTLING or not lenient:
        return set(days)
    ends = first_settled_days(warehouse)
    return {day for day in days if day and day >= ends.get(earliest_season_day(day).year, date.max)}


def _verdict(
    columns: Sequence[Column], day: date | None, row: Row | None, named: dict[str, str], settled: bool
) -> Verdict:
    observed: dict[str, float] = {}
    problems: list[tuple[Severity, str]] = []
    for column in columns:
        population, nulls = population_and_nulls(row, column)
        if not population:
            continue
        observed[column.name] = round(nulls / population, 6)
        level = _level(column, row, settled=settled)
        if level != "pass" and column.nulls:
            ceiling = column.nulls.error if level == "error" else column.nulls.date
            text = f"{nulls} of {population} NULL ({nulls / population:.1%}), ceiling {ceiling:.1%}"
            problems.append((level, f"{column.name}: {text}: {named.get(column.name, '')}"))
    return judged(day, problems, observed)


def _not_judged(columns: Sequence[Column], day: date | None, row: Row | None, coverage: float) -> Verdict:
    """The rates without a judgement."""
    counts = {column.name: population_and_nulls(row, column) for column in columns}
    rates = {name: round(nulls / population, 6) for name, (population, nulls) in counts.items() if population}
    return Verdict(day, description=coverage_text(coverage), observed={**rates, "zone_coverage": round(coverage, 6)})


def _level(column: Column, row: Row | None, *, settled: bool) -> Severity:
    population, nulls = population_and_nulls(row, column)
    ceiling = column.nulls
    if ceiling is None or not population:
        return "pass"
    rate = nulls / population
    if ceiling.error is not None and rate > ceiling.error:
        return "error"
    if ceiling.date is not None and rate > ceiling.date and (settled or ceiling.date == 0):
        return "warn"
    return "pass"
