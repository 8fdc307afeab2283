"""Row-count rules of the as-of tables: exactly the entities expected, on processable dates and on no other.

Does NOT belong here: rules that count games.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from nba_pipeline.calendar import earliest_season_day
from nba_pipeline.orchestration.checks.season_days import GAMES, first_settled_days
from nba_pipeline.orchestration.checks.sql import (
    Row,
    bounds,
    count_if,
    first_keys,
    in_window,
    literal,
    rows_by_partition,
    whole,
)
from nba_pipeline.orchestration.checks.verdicts import Days, Problem, Verdict, judged
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse

UNIVERSE = "nba_analytics.upcoming_player_game_context"


Rule = Callable[[Warehouse, Table, Days], list[Verdict]]
Expected = Callable[[Warehouse, date, date], str]
"""SQL of the expected pairs of a window: game_date, expected."""


def entities_rule(parent: str, entity: str, *, played: str = "true") -> Rule:
    """Exactly the entities with an earlier row of the parent this season that satisfies `played`."""
    return _key_sets_rule(entity, lambda warehouse, *window: _earlier_sql(warehouse, parent, entity, played, *window))


def universe_keys_rule() -> Rule:
    """Exactly the players of the universe of the date."""
    return _key_sets_rule(
        "player_lookup",
        lambda warehouse, first, last: (
            f"select u.game_date, u.player_lookup as expected from {UNIVERSE} u join (\n"
            f"{_processable_sql(warehouse, first, last)}) d on d.game_date = u.game_date\n"
            f"where u.game_date between {literal(first)} and {literal(last)}"
        ),
    )


def _key_sets_rule(entity: str, expected: Expected) -> Rule:
    def rule(warehouse: Warehouse, table: Table, days: Days) -> list[Verdict]:
        first, last = bounds(days)
        if first is None or last is None:
            raise ValueError("row_count_vs_schedule needs a partitioned table")
        pairs = _pairs_sql(table, entity, expected(warehouse, first, last), first, last)
        sql = (
            f"select partition_date, count(expected) as expected, count(stored) as found,\n"
            f"{count_if('stored is null', 'missing')}, {count_if('expected is null', 'extra')}\n"
            f"from ({pairs}) group by partition_date"
        )
        found = rows_by_partition(warehouse, sql)
        uneven = any(whole(row, "missing") or whole(row, "extra") for row in found.values())
        unmatched = f"select * from ({pairs}) where stored is null or expected is null"
        named = first_keys(warehouse, table, unmatched) if uneven else {}
        return [_verdict(day, found.get(day), named.get(day, "")) for day in days]

    return rule


def _verdict(day: date | None, row: Row | None, named: str) -> Verdict:
    counts = {name: whole(row, name) for name in ("expected", "found", "missing", "extra")}
    problems: list[Problem] = []
    if counts["missing"]:
        text = f"{counts['found'] - counts['extra']} of {counts['expected']} rows, {counts['missing']} missing"
        problems.append(("block", f"{text}: {named}"))
    if counts["extra"]:
        problems.append(("block", f"{counts['extra']} row(s) that are not expected: {named}"))
    return judged(day, problems, counts)


def _pairs_sql(table: Table, entity: str, expected: str, first: date, last: date) -> str:
    """One row per expected or stored (date, entity); the side that lacks it is NULL."""
    stored = (
        f"select {table.partition_column} as stored_date, {entity} as stored from {table.qualified_name} "
        f"where {in_window(table, first, last)}"
    )
    return (
        f"select coalesce(x.game_date, s.stored_date) as partition_date, x.expected, s.stored,\n"
        f"coalesce(x.expected, s.stored) as {entity}\n"
        f"from ({expected}) x full outer join ({stored}) s on s.stored_date = x.game_date and s.stored = x.expected"
    )


def _processable_sql(warehouse: Warehouse, first: date, last: date) -> str:
    """Game dates of the window after the bootstrap of their season."""
    settled = " or ".join(
        f"season_year = {season} and game_date >= {literal(day)}"
        for season, day in first_settled_days(warehouse).items()
    )
    return (
        f"select distinct game_date, season_year from {GAMES} "
        f"where game_date between {literal(first)} and {literal(last)} and ({settled or 'false'})"
    )


def _earlier_sql(warehouse: Warehouse, parent: str, entity: str, played: str, first: date, last: date) -> str:
    """Processable date and entity for every entity whose first game of the season is earlier."""
    return (
        f"select d.game_date, f.{entity} as expected from ({_processable_sql(warehouse, first, last)}) d join (\n"
        f"select season_year, {entity}, min(game_date) as first_date from {parent}\n"
        f"where {played} and game_date >= {literal(earliest_season_day(first))} and game_date < {literal(last)}\n"
        f"group by season_year, {entity}) f on f.season_year = d.season_year and f.first_date < d.game_date"
    )
