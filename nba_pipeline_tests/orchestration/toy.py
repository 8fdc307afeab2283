"""A two-table graph for tests of the machinery: scores land in `toy_scores`, `toy_totals` sums earlier ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import dagster as dg
import pandas as pd

from nba_pipeline.orchestration import same_day, table_asset
from nba_pipeline.orchestration.io_manager import MergeIOManager
from nba_pipeline.orchestration.partitions import DAILY
from nba_pipeline.orchestration.resources import LandingResource, WarehouseResource
from nba_pipeline.schema import Column, Condition, Invariant, NullCeiling, Table, TableRows
from nba_pipeline.schema.fields import GAME_DATE, TEAM_ABBR

SCORES = Table(
    layer="raw",
    name="toy_scores",
    grain="one row per team per date",
    columns=(
        GAME_DATE,
        TEAM_ABBR,
        Column("points", "INT64", "Points scored.", unit="points", source="test", required=True),
        Column(
            "rate",
            "FLOAT64",
            "A rate that may be missing.",
            unit="fraction",
            source="test",
            nulls=NullCeiling(date=0.5, error=0.9, population=(Condition("points", ">", 0),)),
            minimum=0,
            maximum=1,
        ),
    ),
    primary_key=("game_date", "team_abbr"),
    partition_column="game_date",
    invariants=(Invariant("TS-01", "points >= 0", "block", "points are not negative"),),
)
TOTALS = Table(
    layer="analytics",
    name="toy_totals",
    grain="one row per date",
    columns=(GAME_DATE, Column("points", "INT64", "Points of all teams.", unit="points", source="toy", required=True)),
    primary_key=("game_date",),
    partition_column="game_date",
)


def totals(scores: pd.DataFrame, dates: pd.DatetimeIndex) -> TableRows:
    made = scores.groupby("game_date", as_index=False)["points"].sum()
    empty = {day.date(): "no_games" for day in dates if day not in set(made["game_date"])}
    return TableRows(made, skip_reasons=empty)


def frame(*rows: tuple[str, str, int, float | None]) -> pd.DataFrame:
    days, teams, points, rates = zip(*rows, strict=True) if rows else ((), (), (), ())
    return pd.DataFrame(
        {
            "game_date": pd.to_datetime(list(days)).as_unit("us") if rows else pd.DatetimeIndex([]).as_unit("us"),
            "team_abbr": pd.Series(teams, dtype="object"),
            "points": pd.Series(points, dtype="int64"),
            "rate": pd.Series(rates, dtype="float64"),
        }
    )


def toy_assets(source: Callable[[pd.DatetimeIndex], TableRows]) -> list[dg.AssetsDefinition]:
    """The two assets; `source` makes the rows of toy_scores for the dates of a run."""

    def scores(dates: pd.DatetimeIndex) -> TableRows:
        return source(dates)

    return [
        table_asset(SCORES, scores, inputs={}),
        table_asset(TOTALS, totals, inputs={"scores": same_day(SCORES, ("game_date", "points"))}),
    ]


def rows_for(frame_of_all: pd.DataFrame) -> Callable[[pd.DatetimeIndex], TableRows]:
    """A source that returns the rows of the requested dates, and `no_games` for the others."""

    def source(dates: pd.DatetimeIndex) -> TableRows:
        chosen = frame_of_all[frame_of_all["game_date"].isin(dates)]
        empty = {day.date(): "no_games" for day in dates if day not in set(chosen["game_date"])}
        return TableRows(chosen, skip_reasons=empty)

    return source


def toy_resources(folder: Path) -> dict[str, object]:
    warehouse = WarehouseResource(url=f"duckdb:///{folder}/warehouse.duckdb")
    return {
        "warehouse": warehouse,
        "landing": LandingResource(root=str(folder / "landing")),
        "warehouse_io": MergeIOManager(warehouse=warehouse),
    }


def run_toy(
    folder: Path,
    instance: dg.DagsterInstance,
    assets: list[dg.AssetsDefinition],
    first: date,
    last: date,
    *,
    raise_on_error: bool = True,
) -> dg.ExecuteInProcessResult:
    """Materialise all toy assets over a range of partitions in one run."""
    job = dg.Definitions(
        assets=assets, resources=toy_resources(folder), executor=dg.in_process_executor
    ).resolve_implicit_global_asset_job_def()
    tags = {
        "dagster/asset_partition_range_start": first.isoformat(),
        "dagster/asset_partition_range_end": last.isoformat(),
    }
    return job.execute_in_process(instance=instance, tags=tags, raise_on_error=raise_on_error)


__all__ = ["DAILY", "SCORES", "TOTALS", "frame", "rows_for", "run_toy", "toy_assets", "toy_resources"]
