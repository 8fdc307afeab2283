"""What the feature table holds: rows and labels per date, and NULL, zero and spread of every feature per season.

A label is the points of the same player and date in the player summaries, where he played. It is joined here for
reading only and stored nowhere. Does NOT belong here: judging, bounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from nba_pipeline.orchestration.checks.sql import Row, all_of, count_if, in_window, whole
from nba_pipeline.orchestration.partitions import FIRST_DAY
from nba_pipeline.schema import Column, Table
from nba_pipeline.warehouse import Warehouse

FEATURE_TABLE = "precompute.ml_feature_store"
LABEL_TABLE = "analytics.player_game_summary"
NOT_A_FEATURE = "feature_quality_score"  # the one FLOAT64 column that describes the row


@dataclass(frozen=True)
class DateCounts:
    """Rows of one date; `played`: of players who then played, `labelled`: of those with points."""

    day: date
    rows: int
    played: int
    labelled: int


@dataclass(frozen=True)
class FeatureProfile:
    """One feature over one season of the range (season None: over all of it).

    population: rows in which the feature is defined, of which `nulls` are NULL; zeros are of the `filled` rows.
    """

    feature: str
    season: int | None
    population: int
    nulls: int
    filled: int
    zeros: int
    std: float | None
    constant: bool

    @property
    def null_share(self) -> float:
        return self.nulls / self.population if self.population else 0.0

    @property
    def zero_share(self) -> float:
        return self.zeros / self.filled if self.filled else 0.0


def features(table: Table) -> list[Column]:
    """The feature columns, in the order of a feature matrix."""
    return [column for column in table.columns if column.type == "FLOAT64" and column.name != NOT_A_FEATURE]


def date_counts(warehouse: Warehouse, table: Table, labels: Table, first: date, last: date) -> list[DateCounts]:
    """Counts of every date of first..last with rows, ascending."""
    played = "l.seconds_played > 0"
    labelled = f"{in_window(labels, first, last, 'l')} and l.game_date = f.game_date"
    sql = (
        f"select f.game_date as day, count(*) as row_count, {count_if(played, 'played')},\n"
        f"{count_if(f'{played} and l.points is not null', 'labelled')}\n"
        f"from {table.qualified_name} f left join {labels.qualified_name} l\n"
        f"on {labelled} and l.player_lookup = f.player_lookup\n"
        f"where {in_window(table, first, last, 'f')} group by f.game_date order by f.game_date"
    )
    return [
        DateCounts(row["day"], whole(row, "row_count"), whole(row, "played"), whole(row, "labelled"))
        for row in warehouse.query(sql).to_pylist()
    ]


def feature_profiles(warehouse: Warehouse, table: Table, first: date, last: date) -> list[FeatureProfile]:
    """One profile per feature and season of first..last, then one per feature over all of it."""
    columns = features(table)
    where = f"from {table.qualified_name} where {in_window(table, first, last)}"
    measures = ", ".join(_measures(columns))
    seasons = warehouse.query(f"select season_year, {measures}\n{where} group by season_year order by season_year")
    total = warehouse.query(f"select {measures}\n{where}")
    rows: list[tuple[int | None, Row]] = [(row["season_year"], row) for row in seasons.to_pylist()]
    rows.append((None, total.to_pylist()[0]))
    return [_profile(column, season, row, n) for season, row in rows for n, column in enumerate(columns)]


def _measures(columns: Sequence[Column]) -> list[str]:
    measures = []
    for n, column in enumerate(columns):
        defined = all_of(column.nulls.population if column.nulls else ())
        measures.append(count_if(defined, f"population_{n}"))
        measures.append(count_if(f"{defined} and {column.name} is null", f"nulls_{n}"))
        measures.append(count_if(f"{column.name} = 0", f"zeros_{n}"))
        measures.append(f"count({column.name}) as filled_{n}, stddev_samp({column.name}) as std_{n}")
        measures.append(f"min({column.name}) as least_{n}, max({column.name}) as greatest_{n}")
    return measures


def _profile(column: Column, season: int | None, row: Row, n: int) -> FeatureProfile:
    std = row[f"std_{n}"]
    return FeatureProfile(
        feature=column.name,
        season=season,
        population=whole(row, f"population_{n}"),
        nulls=whole(row, f"nulls_{n}"),
        filled=whole(row, f"filled_{n}"),
        zeros=whole(row, f"zeros_{n}"),
        std=None if std is None else float(str(std)),
        constant=row[f"least_{n}"] == row[f"greatest_{n}"],
    )


def season_spans(warehouse: Warehouse, table: Table) -> dict[int, tuple[date, date]]:
    """Season -> first and last stored date."""
    sql = (
        f"select season_year, min(game_date) as first_day, max(game_date) as last_day from {table.qualified_name}\n"
        f"where {in_window(table, FIRST_DAY, date.max)} group by season_year"
    )
    return {row["season_year"]: (row["first_day"], row["last_day"]) for row in warehouse.query(sql).to_pylist()}
