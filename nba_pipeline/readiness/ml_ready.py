"""May a model be trained on the feature table? Complete, no look-ahead, no empty or constant feature, enough labels.

Does NOT belong here: printing, numbers (thresholds, column ceilings), imputing anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from dagster import DagsterInstance

from nba_pipeline.calendar import SEASON_FIRST_MONTH
from nba_pipeline.orchestration.checks.season_days import today
from nba_pipeline.orchestration.checks.thresholds import LABELLED_ROWS, LABELLED_SHARE, TRAINING_SHARES
from nba_pipeline.orchestration.checks.verdicts import Verdict
from nba_pipeline.orchestration.whole_table_checks import WholeTableCheck, evaluated, whole_table_check_functions
from nba_pipeline.readiness.coverage import Coverage, coverage
from nba_pipeline.readiness.feature_profile import (
    DateCounts,
    FeatureProfile,
    date_counts,
    feature_profiles,
    features,
    season_spans,
)
from nba_pipeline.readiness.plan import ranges_text
from nba_pipeline.schema import Column, Table
from nba_pipeline.warehouse import Warehouse

Part = Literal["train", "validation", "test"]
Checks = Callable[[Table], Mapping[str, WholeTableCheck]]
LEAKAGE, REGRESSION = "leakage", "null_regression"  # names of whole-table checks
NAMED = 3  # findings of one check spelt out


@dataclass(frozen=True)
class Split:
    """A stretch of dates with labels; the parts follow each other in time, so that no part sees a later one."""

    part: Part
    first: date
    last: date
    dates: int
    labelled: int


@dataclass
class MlReadiness:
    """Everything a person needs to decide. `problems` forbid training, `doubts` only warn."""

    first: date
    last: date
    coverage: Coverage
    dates: list[DateCounts] = field(default_factory=list)
    splits: list[Split] = field(default_factory=list)
    profiles: list[FeatureProfile] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(day.rows for day in self.dates)

    @property
    def labelled(self) -> int:
        return sum(day.labelled for day in self.dates)


def ml_ready(
    instance: DagsterInstance,
    warehouse: Warehouse,
    first: date,
    last: date,
    *,
    store: Table,
    labels: Table,
    above: Sequence[Table],
    checks: Checks = whole_table_check_functions,
) -> MlReadiness:
    """Judge the feature table `store` over first..last; `above` are the tables that must be complete with it."""
    tables = [*above, *(table for table in (store, labels) if table not in above)]
    report = MlReadiness(first, last, coverage(instance, warehouse, tables, first, last))
    report.problems += _incomplete(report.coverage)
    absent = [table for table in (store, labels) if warehouse.stored_columns(table) is None]
    if absent:
        report.problems += [f"{table}: not stored; back-fill it first" for table in absent]
        return report
    report.dates = date_counts(warehouse, store, labels, first, last)
    report.splits = splits(report.dates)
    report.profiles = feature_profiles(warehouse, store, first, last)
    report.problems += _leaks(warehouse, tables, checks)
    report.problems += _label_problems(report)
    report.doubts += _label_doubts(report)
    if report.rows:
        whole_seasons = _whole_seasons(warehouse, store, first, last)
        for column in features(store):
            _judge_feature(report, column, whole_seasons)
        report.doubts += _regressions(warehouse, store, checks)
    return report


def splits(dates: Sequence[DateCounts]) -> list[Split]:
    """Training, validation and test: 70, 15 and the remaining percent of the dates with labels, in order of time."""
    labelled = [day for day in dates if day.labelled]
    training, validation = (int(len(labelled) * share + 1e-9) for share in TRAINING_SHARES)
    cuts: tuple[tuple[Part, Sequence[DateCounts]], ...] = (
        ("train", labelled[:training]),
        ("validation", labelled[training : training + validation]),
        ("test", labelled[training + validation :]),
    )
    return [
        Split(part, days[0].day, days[-1].day, len(days), sum(day.labelled for day in days))
        for part, days in cuts
        if days
    ]


def _incomplete(report: Coverage) -> list[str]:
    found = [
        f"coverage: {table.table} {table.present}/{table.expected}, missing "
        f"{ranges_text(day for day in table.missing if day) or 'the whole table'}"
        for table in report.tables
        if table.missing
    ]
    found += [
        f"coverage: {table.table} failed, drifted or never materialised: {ranges_text(table.unsound)}"
        for table in report.tables
        if table.unsound
    ]
    if report.unknown:
        found.append(f"coverage: the schedule is not stored for {ranges_text(report.unknown)}")
    return found


def _leaks(warehouse: Warehouse, tables: Sequence[Table], checks: Checks) -> list[str]:
    """What the leakage check says of every table that has it; a check that no table has did not pass."""
    having = [table for table in tables if LEAKAGE in checks(table)]
    if not having:
        return [f"{LEAKAGE}: no table declares the check, so it has not passed"]
    return [text for table in having for text in _findings(warehouse, table, LEAKAGE, checks)]


def _regressions(warehouse: Warehouse, store: Table, checks: Checks) -> list[str]:
    return _findings(warehouse, store, REGRESSION, checks) if REGRESSION in checks(store) else []


def _findings(warehouse: Warehouse, table: Table, name: str, checks: Checks) -> list[str]:
    failing: list[Verdict] = [v for v in evaluated(name, checks(table)[name], warehouse, table) if not v.passed]
    if not failing:
        return []
    named = "; ".join(f"{v.partition or 'whole table'}: {v.description}" for v in failing[:NAMED])
    return [f"{name}: {table}, {len(failing)} finding(s): {named}"]


def _label_problems(report: MlReadiness) -> list[str]:
    unlabelled = [day for day in report.dates if day.played > day.labelled]
    found = []
    if unlabelled:
        rows = sum(day.played - day.labelled for day in unlabelled)
        found.append(
            f"labels: {rows} row(s) of players who played have no points: {ranges_text(d.day for d in unlabelled)}"
        )
    sizes = {split.part: split.labelled for split in report.splits}
    for part in ("train", "validation", "test"):
        if sizes.get(part, 0) < LABELLED_ROWS:
            found.append(f"labels: {part} has {sizes.get(part, 0):,} labelled rows, {LABELLED_ROWS:,} are needed")
    return found


def _label_doubts(report: MlReadiness) -> list[str]:
    share = report.labelled / report.rows if report.rows else 0.0
    if share >= LABELLED_SHARE:
        return []
    counted = f"{report.labelled:,} of {report.rows:,} rows ({share:.1%})"
    return [f"labels: {counted} are labelled, at least {LABELLED_SHARE:.0%} are usual"]


def _whole_seasons(warehouse: Warehouse, store: Table, first: date, last: date) -> set[int]:
    """Finished seasons of which every stored date lies in first..last: their ceilings of a season apply."""
    finished = {
        year: span
        for year, span in season_spans(warehouse, store).items()
        if date(year + 1, SEASON_FIRST_MONTH, 1) <= today()
    }
    return {year for year, (start, end) in finished.items() if first <= start and end <= last}


def _judge_feature(report: MlReadiness, column: Column, whole_seasons: set[int]) -> None:
    """NULL above the ceiling in a season, or one value throughout: a problem. One value in one season: a doubt."""
    profiles = [profile for profile in report.profiles if profile.feature == column.name]
    for profile in profiles:
        ceiling = _ceiling(column, profile, whole_seasons)
        if ceiling is not None and profile.null_share > ceiling:
            report.problems.append(
                f"{column.name}: {profile.null_share:.1%} NULL in season {profile.season} "
                f"({profile.nulls:,} of {profile.population:,}), ceiling {ceiling:.0%}"
            )
    constant = [profile for profile in profiles if profile.constant]
    if not constant or column.may_be_constant:
        return
    if any(profile.season is None for profile in constant):
        report.problems.append(f"{column.name}: constant feature, {_what(constant[-1])} in every row")
        return
    seasons = ", ".join(f"{profile.season} ({_what(profile)})" for profile in constant)
    report.doubts.append(f"{column.name}: constant within season {seasons}")


def _ceiling(column: Column, profile: FeatureProfile, whole_seasons: set[int]) -> float | None:
    """The ceiling of a season for a whole one, that of a date for a part of one; none for the range as a whole."""
    if column.nulls is None or profile.season is None:
        return None
    return column.nulls.season if profile.season in whole_seasons else column.nulls.date


def _what(profile: FeatureProfile) -> str:
    return "one value" if profile.filled else "NULL"
