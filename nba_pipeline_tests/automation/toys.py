"""Six small tables with the edges of the real graph, and a world in which automation ticks and its requests run.

`marks` stands for a raw table, `sums` and `tops` are made from the same date, `form`, `trend` and `features` look
back over the season; `form` does not read `tops` and could start before the others. The world begins a month after
the first partition, so that a full look-back is short.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pandas as pd
from dagster._core.definitions.asset_daemon_cursor import AssetDaemonCursor

from nba_pipeline.orchestration import same_day, season_to_date, table_asset, whole
from nba_pipeline.orchestration.partitions import FIRST_DAY
from nba_pipeline.orchestration.run_tags import run_tags
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.readiness.plan import planned_runs
from nba_pipeline.schema import Column, Invariant, NullCeiling, Table, TableRows
from nba_pipeline.schema.fields import GAME_DATE
from nba_pipeline_tests.orchestration.toy import toy_resources

NEW_YORK = ZoneInfo("America/New_York")
POINTS = Column("points", "INT64", "Points.", unit="points", source="test", required=True)
HALF_KNOWN = Column(
    "rate", "FLOAT64", "A rate.", unit="fraction", source="test", nulls=NullCeiling(date=0.0), minimum=0, maximum=1
)


def _table(layer: str, name: str, *, invariants: tuple[Invariant, ...] = ()) -> Table:
    return Table(
        layer=layer,  # type: ignore[arg-type]
        name=name,
        grain="one row per date",
        columns=(GAME_DATE, POINTS, HALF_KNOWN),
        primary_key=("game_date",),
        partition_column="game_date",
        invariants=invariants,
    )


MARKS = _table("raw", "marks", invariants=(Invariant("M-1", "points >= 0", "block", "points are not negative"),))
SUMS = _table("analytics", "sums", invariants=(Invariant("S-1", "points < 500", "block", "points are below 500"),))
TOPS = _table("analytics", "tops")
FORM = _table("precompute", "form")
TREND = _table("precompute", "trend")
FEATURES = _table("precompute", "features")
NAMES = Table(
    layer="reference",
    name="names",
    grain="one row per name",
    columns=(Column("name", "STRING", "A name.", unit="text", source="test", required=True),),
    primary_key=("name",),
    partition_column=None,
)
TABLES = {str(table): table for table in (MARKS, NAMES, SUMS, TOPS, FORM, TREND, FEATURES)}
DAILY_TABLES = [table for table in TABLES.values() if table.partition_column]
READ = ("game_date", "points", "rate")


@dataclass
class Source:
    """What the raw table holds: points by date; a date without an entry has no games."""

    points: dict[date, int] = field(default_factory=dict)
    names: list[str] = field(default_factory=lambda: ["ann"])
    failing: set[date] = field(default_factory=set)
    attempts: int = 0


def toy_graph(source: Source) -> list[dg.AssetsDefinition]:
    """The assets; a date in `source.failing` makes `tops` raise."""

    def marks(dates: pd.DatetimeIndex) -> TableRows:
        days = [day.date() for day in dates]
        return _rows({day: source.points[day] for day in days if day in source.points}, days)

    def names() -> TableRows:
        return TableRows(pd.DataFrame({"name": pd.Series(source.names, dtype="object")}))

    def sums(marks: pd.DataFrame, names: pd.DataFrame, dates: pd.DatetimeIndex) -> TableRows:
        return _rows(_by_day(marks), [day.date() for day in dates])

    def tops(sums: pd.DataFrame, dates: pd.DatetimeIndex) -> TableRows:
        days = [day.date() for day in dates]
        source.attempts += bool(source.failing & set(days))
        if source.failing & set(days):
            raise ValueError(f"no tops on {sorted(source.failing)[0]}")
        return _rows({day: points // 10 for day, points in _by_day(sums).items()}, days)

    def form(sums: pd.DataFrame, dates: pd.DatetimeIndex) -> TableRows:
        return _rows(_earlier(_by_day(sums), dates), [day.date() for day in dates])

    def trend(sums: pd.DataFrame, tops: pd.DataFrame, dates: pd.DatetimeIndex) -> TableRows:
        return _rows(_earlier({**_by_day(sums), **_by_day(tops)}, dates), [day.date() for day in dates])

    def features(trend: pd.DataFrame, sums: pd.DataFrame, dates: pd.DatetimeIndex) -> TableRows:
        made = {day: points for day, points in _earlier(_by_day(sums), dates).items() if day in _by_day(trend)}
        return _rows(made, [day.date() for day in dates])

    return [
        table_asset(MARKS, marks, inputs={}),
        table_asset(NAMES, names, inputs={}),
        table_asset(SUMS, sums, inputs={"marks": same_day(MARKS, READ), "names": whole(NAMES, ("name",))}),
        table_asset(TOPS, tops, inputs={"sums": same_day(SUMS, READ)}),
        table_asset(FORM, form, inputs={"sums": season_to_date(SUMS, READ)}),
        table_asset(TREND, trend, inputs={"sums": season_to_date(SUMS, READ), "tops": season_to_date(TOPS, READ)}),
        table_asset(FEATURES, features, inputs={"trend": same_day(TREND, READ), "sums": season_to_date(SUMS, READ)}),
    ]


def _by_day(frame: pd.DataFrame) -> dict[date, int]:
    return {day.date(): int(points) for day, points in zip(frame["game_date"], frame["points"], strict=True)}


def _earlier(points: Mapping[date, int], dates: pd.DatetimeIndex) -> dict[date, int]:
    """Per date the sum of the points of all earlier dates; nothing for a date before the first."""
    days = [day.date() for day in dates if day.date() > min(points, default=date.max)]
    return {day: sum(value for earlier, value in points.items() if earlier < day) for day in days}


def _rows(points: Mapping[date, int], days: list[date]) -> TableRows:
    chosen = sorted(day for day in points if day in set(days))
    frame = pd.DataFrame(
        {
            "game_date": pd.DatetimeIndex(pd.to_datetime(chosen)).as_unit("us"),
            "points": pd.Series([points[day] for day in chosen], dtype="int64"),
            "rate": pd.Series([None if points[day] % 2 else 0.5 for day in chosen], dtype="float64"),
        }
    )
    return TableRows(frame, skip_reasons={day: "no_games" for day in days if day not in points})


Requested = dict[str, list[date]]


class World:
    """An instance, a warehouse and a clock; `tick` evaluates the conditions once and runs what they request."""

    def __init__(self, folder: Path, instance: dg.DagsterInstance, source: Source, today: date) -> None:
        self.instance, self.source, self.today = instance, source, today
        self.defs = dg.Definitions(
            assets=toy_graph(source), resources=toy_resources(folder), executor=dg.in_process_executor
        )
        self._job = self.defs.resolve_implicit_global_asset_job_def()
        self._cursor: AssetDaemonCursor | None = None
        self._seconds = 0

    @property
    def now(self) -> datetime:
        """Noon in New York and half a minute per tick."""
        return datetime.combine(self.today, time(12), NEW_YORK) + timedelta(seconds=self._seconds)

    def run(self, tables: Iterable[Table], first: date, last: date | None = None) -> bool:
        """Materialise tables over a range in one run, as an operator or the landing sensor would."""
        tables = list(tables)
        dated = [table for table in tables if table.partition_column]
        window = {
            "dagster/asset_partition_range_start": first.isoformat(),
            "dagster/asset_partition_range_end": (last or first).isoformat(),
        }
        job = self._job if dated else self.defs.resolve_implicit_global_asset_job_def()
        result = job.execute_in_process(
            instance=self.instance, asset_selection=[asset_key(table) for table in tables],
            tags={**run_tags("automation"), **(window if dated else {})}, raise_on_error=False,
        )  # fmt: skip
        return bool(result.success)

    def backfill(self) -> None:
        """Everything from the first partition to today."""
        assert self.run([NAMES], FIRST_DAY)
        assert self.run(DAILY_TABLES, FIRST_DAY, self.today)

    def look(self) -> Requested:
        """Evaluate the conditions once without running anything."""
        self._seconds += 30
        result = dg.evaluate_automation_conditions(
            self.defs, self.instance, evaluation_time=self.now, cursor=self._cursor
        )
        self._cursor = result.cursor
        requested = {
            name: sorted(date.fromisoformat(day) for day in result.get_requested_partitions(asset_key(table)) if day)
            for name, table in TABLES.items()
        }
        return {name: days for name, days in requested.items() if days}

    def tick(self) -> Requested:
        """Evaluate once and run the requests, neighbouring dates of the same tables in one run."""
        requested = self.look()
        wanted = {TABLES[name]: days for name, days in requested.items()}
        days = sorted({day for days in requested.values() for day in days})
        for planned in planned_runs(wanted, days):
            self.run(planned.tables, planned.days[0], planned.days[-1])
        return requested

    def settle(self) -> list[Requested]:
        """Tick until two ticks in a row request nothing; what each tick requested."""
        history: list[Requested] = []
        while len(history) < 12:
            requested = self.tick()
            if not requested and not self.tick():
                return history
            history.append(requested)
        raise AssertionError(f"automation does not come to rest: {history}")
