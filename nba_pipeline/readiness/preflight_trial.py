"""A trial: the first, the middle and the last game date of every table, computed from what is there, stored nowhere.

A table whose inputs the plan itself makes first cannot be tried and is listed. Does NOT belong here: writing, checks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa

from nba_pipeline.errors import PipelineError
from nba_pipeline.expectations.expected_days import expected_days
from nba_pipeline.landing import Landing
from nba_pipeline.orchestration.inputs import LandedInput, TableInput
from nba_pipeline.orchestration.landing_inputs import read_landed, read_schedule
from nba_pipeline.orchestration.partitions import FIRST_DAY, partition_dates
from nba_pipeline.orchestration.recompute import Recipe, recipes
from nba_pipeline.orchestration.table_asset import file_inputs
from nba_pipeline.readiness.plan import days_between
from nba_pipeline.readiness.state import stored_row_counts
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Scope, Warehouse, conform

RAISED_BY_TRANSFORMS = (
    PipelineError, ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError,
    pa.ArrowException,
)  # fmt: skip


@dataclass
class Trial:
    """Faults as (table, sentence); `untried`: tables that read what the plan makes first; `tried`: tables and dates."""

    faults: list[tuple[str, str]] = field(default_factory=list)
    untried: list[str] = field(default_factory=list)
    tried: dict[str, list[date]] = field(default_factory=dict)


@dataclass
class Bench:
    """What the trial reads; rows per stored date and the schedule of a date are looked up once."""

    warehouse: Warehouse
    landing: Landing
    schedule: pd.DataFrame
    last: date
    stored: dict[str, Mapping[date, int]] = field(default_factory=dict)
    schedules: dict[date, pd.DataFrame] = field(default_factory=dict)

    def has_rows(self, edge: TableInput, day: date) -> bool:
        """Whether everything that a row of the day reads over the edge is stored."""
        table = edge.table
        if table.partition_column is None:
            return self.warehouse.stored_columns(table) is not None
        first, last = edge.bounds(day, day)
        if first > last:
            return True
        if str(table) not in self.stored:
            self.stored[str(table)] = stored_row_counts(self.warehouse, table, days_between(FIRST_DAY, self.last))
        expected = expected_days(table, self.schedule, days_between(first, last)) or set()
        return expected <= self.stored[str(table)].keys()

    def files(self, spec: LandedInput | None, day: date) -> object:
        """Landed files of the day, or the schedule of its season for an input without feeds of its own."""
        dates = partition_dates(day, day)
        if spec is not None:
            return read_landed(self.landing, spec, dates)
        if day not in self.schedules:
            self.schedules[day] = read_schedule(self.landing, dates)
        return self.schedules[day]


def trial(bench: Bench, assets: Mapping[str, Any], needed: Mapping[Table, set[date]], played: set[date]) -> Trial:
    """Compute a few needed game dates of every table; nothing raised by a transform leaves this function."""
    outcome, made = Trial(), recipes()
    for table, wanted in needed.items():
        expected = expected_days(table, bench.schedule, sorted(wanted & played)) if wanted & played else set()
        due = sorted(wanted & played if expected is None else expected)
        recipe = made[str(table)]
        for day in sampled(due):
            if not all(bench.has_rows(edge, day) for edge in recipe.inputs.values()):
                outcome.untried.append(str(table))
                break
            fault = _fault(bench, recipe, assets[str(table)], day, empty_is_wrong=expected is not None)
            outcome.tried.setdefault(str(table), []).append(day)
            if fault:
                outcome.faults.append((str(table), f"{day}: {fault}"))
    return outcome


def sampled(days: Sequence[date]) -> list[date]:
    """First, middle and last, each once."""
    return sorted({days[0], days[len(days) // 2], days[-1]}) if days else []


def _compute(bench: Bench, recipe: Recipe, asset: Any, day: date) -> int:
    """Rows the table would have on the day, conformed as a write would."""
    frames: dict[str, Any] = dict(recipe.read(bench.warehouse, day, day))
    files: dict[str, Any] = {name: bench.files(spec, day) for name, spec in file_inputs(asset).items()}
    made = recipe.compute({**frames, **files}, partition_dates(day, day))
    return conform(recipe.table, made.rows, Scope(day, day, kept=made.unread)).rows.num_rows


def _fault(bench: Bench, recipe: Recipe, asset: Any, day: date, *, empty_is_wrong: bool) -> str:
    """What is wrong with the day's rows; blank when they could be written."""
    try:
        rows = _compute(bench, recipe, asset, day)
    except RAISED_BY_TRANSFORMS as error:
        return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
    return "" if rows or not empty_is_wrong else "computed no rows though the schedule has games"
