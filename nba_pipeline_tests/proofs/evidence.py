"""The proofs, written once for whatever look-back tables exist. Each returns what contradicts it, or nothing.

`whole` is the chain computed once over all dates of the book; every proof compares with it bit for bit. So a date
that is computed alone, or from inputs without a future, is at the same time compared with the date inside the range.
Does NOT belong here: a table, a statistic, a calendar date.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from nba_pipeline.calendar import season_year_of
from nba_pipeline.orchestration.differences import differences
from nba_pipeline.orchestration.partitions import partition_dates
from nba_pipeline.orchestration.recompute import instant_column
from nba_pipeline_tests.proofs.chain import Book, Made, Recipes, run_chain
from nba_pipeline_tests.proofs.changes import GAMES, Way, with_other_results, with_other_snapshots, without_knowledge
from nba_pipeline_tests.proofs.row_sets import ROW_SETS

WAYS: tuple[Way, ...] = ("deleted", "corrupted")
Whole = Mapping[str, Made]


def days_of(*days: object) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(days).sort_values().as_unit("us")


def batches(days: pd.DatetimeIndex) -> list[pd.DatetimeIndex]:
    """The days in groups with at most one day of each season: seasons cannot see each other, so they share a run."""
    ordered = days.sort_values()
    place = pd.Series(1, index=ordered).groupby(season_year_of(ordered)).cumsum()
    return [days_of(*ordered[place == n]) for n in sorted(place.unique())]


def look_ahead(book: Book, recipes: Recipes, whole: Whole, days: pd.DatetimeIndex) -> list[str]:
    """Tables whose rows of a day change when everything dated from that day on is deleted, or corrupted."""
    found = []
    for number, batch in enumerate(batches(days)):
        for way in WAYS:
            made = run_chain(without_knowledge(book, batch, way, seed=number), recipes, batch)
            found += contradictions(made, whole, batch, f"from the day on {way}")
    return found


def blindness(book: Book, recipes: Recipes, whole: Whole, days: pd.DatetimeIndex) -> list[str]:
    """Tables whose rows of a day stay the same although the newest games of the teams that play ended otherwise."""
    found = []
    for number, batch in enumerate(batches(days)):
        newest = {day: newest_game_dates(book, day) for day in batch}
        judged = days_of(*(day for day, dates in newest.items() if len(dates)))
        if len(judged):  # else season openers
            before = days_of(*{date for dates in newest.values() for date in dates})
            made = run_chain(with_other_results(book, before, seed=number), recipes, judged)
            found += unmoved(made, whole, judged, recipes, "other results of the newest games")
    return found


def deafness(book: Book, recipes: Recipes, whole: Whole, days: pd.DatetimeIndex) -> list[str]:
    """Tables that read quotes or reports and stay the same when others come in exactly at the tip-off."""
    made = run_chain(with_other_snapshots(book, days, seed=0), recipes, days)
    readers = _readers_of_snapshots(recipes)
    return unmoved(made, whole, days, readers, "other quotes and reports at the tip-off")


def range_dependence(book: Book, recipes: Recipes, whole: Whole, ranges: Iterable[tuple[str, str]]) -> list[str]:
    """Tables whose rows depend on the range they are computed in; a range of one day is a single run."""
    found = []
    for first, last in ranges:
        dates = partition_dates(pd.Timestamp(first).date(), pd.Timestamp(last).date())
        made = run_chain(book, recipes, dates)
        found += contradictions(made, whole, dates, f"computed from {first} to {last} alone")
        found += [
            f"{name} {day.date()}: {made[name].skip_reasons.get(day.date())} instead of {reason} for no rows"
            for name in recipes
            for day, reason in ((d, whole[name].skip_reasons.get(d.date())) for d in dates)
            if made[name].skip_reasons.get(day.date()) != reason
        ]
    return found


def order_dependence(book: Book, recipes: Recipes, whole: Whole, ranges: Iterable[tuple[str, str]]) -> list[str]:
    """Tables whose rows depend on the order in which rows and dates come."""
    rng = np.random.default_rng(7)

    def shuffled(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.iloc[rng.permutation(len(frame))].reset_index(drop=True)

    found = []
    for first, last in ranges:
        dates = partition_dates(pd.Timestamp(first).date(), pd.Timestamp(last).date())
        made = run_chain(book, recipes, dates, arrange=shuffled, asked=dates[rng.permutation(len(dates))])
        found += contradictions(made, whole, dates, "rows and dates shuffled")
    return found


def absent_rows(book: Book, recipes: Recipes, whole: Whole, days: pd.DatetimeIndex) -> list[str]:
    """Tables that lack a row which the games and players before a day call for, or have one too many."""
    rules = {recipe.table.row_count for recipe in recipes.values()}
    named = {(rule, day): ROW_SETS[rule](book, day) for rule in rules for day in days}
    found = []
    for name, recipe in recipes.items():
        table = recipe.table
        entity = next(column for column in table.primary_key if column != table.partition_column)
        rows = whole[name].on(days).rows.select([str(table.partition_column), entity]).to_pandas()
        stored = rows.groupby(pd.to_datetime(rows[table.partition_column]))[entity].agg(set)
        for day in days:
            expected, present = named[table.row_count, day], stored.get(day, set())
            lacking, surplus = sorted(expected - present), sorted(present - expected)
            if lacking or surplus:
                found.append(f"{name} {day.date()}: lacks {lacking[:5]}, {len(surplus)} too many {surplus[:5]}")
    return found


def contradictions(made: Whole, whole: Whole, dates: pd.DatetimeIndex, when: str) -> list[str]:
    """Every table that differs from the whole on the dates."""
    return [
        f"{name}, {when}: {difference}"
        for name, table in made.items()
        if (difference := differences(table.table, table.rows, whole[name].on(dates).rows))
    ]


def unmoved(made: Whole, whole: Whole, days: pd.DatetimeIndex, tables: Iterable[str], when: str) -> list[str]:
    """Every table and day of which no row differs from the whole, where there are rows at all."""
    found = []
    for name in tables:
        for day in days:
            own, before = made[name].on(days_of(day)), whole[name].on(days_of(day))
            if before.rows.num_rows and not differences(own.table, own.rows, before.rows):
                found.append(f"{name} {day.date()}: {before.rows.num_rows} rows are blind to {when}")
    return found


def newest_game_dates(book: Book, day: pd.Timestamp) -> pd.DatetimeIndex:
    """Dates of the newest earlier game of the season of every team that plays on the day."""
    games = book[GAMES]
    today = games[games["game_date"] == day]
    season = games[games["season_year"].isin(today["season_year"]) & (games["game_date"] < day)]
    teams = {*today["home_team_abbr"], *today["away_team_abbr"]}
    sides = pd.concat([season.set_index(f"{side}_team_abbr")["game_date"] for side in ("home", "away")])
    return days_of(*sides[sides.index.isin(teams)].groupby(level=0).max().unique())


def _readers_of_snapshots(recipes: Recipes) -> list[str]:
    """Tables that read a table of snapshots themselves."""
    return [
        name
        for name, recipe in recipes.items()
        if any(edge.table.partition_column and instant_column(edge.table) for edge in recipe.inputs.values())
    ]
