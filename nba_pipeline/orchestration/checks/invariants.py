"""`invariants`: blocking row rules, references, hard NULL ceilings, fractions written as percentages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from nba_pipeline import catalog
from nba_pipeline.orchestration.checks.null_rates import null_measures, population_and_nulls
from nba_pipeline.orchestration.checks.row_rules import Broken, RowRule, broken_rules, declared_rules
from nba_pipeline.orchestration.checks.season_days import GAMES
from nba_pipeline.orchestration.checks.sql import (
    Row,
    all_of,
    bounds,
    count_if,
    grouped,
    in_window,
    literal,
    offending_keys,
    rows_by_partition,
    whole,
)
from nba_pipeline.orchestration.checks.thresholds import PERCENT_ABOVE, PERCENT_SHARE
from nba_pipeline.orchestration.checks.verdicts import Days, Problem, Verdict, judged
from nba_pipeline.orchestration.checks.zone_coverage import thin_zone_days
from nba_pipeline.schema import Column, Reference, Table
from nba_pipeline.warehouse import Warehouse

TEAM_OF_GAME = ("game_date", "game_id", "nba_game_id", "team_abbr", "opponent_team_abbr", "home_game")


def has_invariants(table: Table) -> bool:
    rules = declared_rules(table, ("block",)) or table.references or _names_team_of_game(table)
    return bool(rules or _ceilings(table) or _fractions(table))


def invariants(warehouse: Warehouse, table: Table, days: Days) -> list[Verdict]:
    """What blocks a partition because of its own rows. Rules of lower level are in the whole-table `value_ranges`."""
    if not days:
        return []
    rules = broken_rules(warehouse, table, declared_rules(table, ("block",)), *bounds(days))
    shares = _share_counts(warehouse, table, days)
    thin = thin_zone_days(warehouse, table, days)
    dangling = [_dangling(warehouse, table, rule, days) for rule in _lookups(table, days)]
    verdicts = []
    for day in days:
        broken = [*rules.get(day, []), *(by_day[day] for by_day in dangling if day in by_day)]
        problems: list[Problem] = [(found.rule.level, found.sentence) for found in broken]
        problems += _share_problems(table, shares.get(day), ceilings=day not in thin)
        verdicts.append(judged(day, problems, {found.rule.id: found.rows for found in broken}))
    return verdicts


def _ceilings(table: Table) -> list[Column]:
    return [column for column in table.columns if column.nulls and column.nulls.block is not None]


def _fractions(table: Table) -> list[Column]:
    return [column for column in table.columns if column.type == "FLOAT64" and column.unit == "fraction"]


def _share_counts(warehouse: Warehouse, table: Table, days: Days) -> dict[date | None, Row]:
    measures = null_measures(_ceilings(table))
    for column in _fractions(table):
        known = f"{all_of(column.range_when)} and {column.name} is not null"
        measures.append(count_if(known, f"known_{column.name}"))
        measures.append(count_if(f"{known} and {column.name} > {PERCENT_ABOVE!r}", f"percent_{column.name}"))
    return rows_by_partition(warehouse, grouped(table, measures, *bounds(days))) if measures else {}


def _share_problems(table: Table, row: Row | None, *, ceilings: bool) -> list[Problem]:
    problems: list[Problem] = []
    for column in _ceilings(table) if ceilings else ():
        population, nulls = population_and_nulls(row, column)
        ceiling = column.nulls.block if column.nulls else None
        if population and ceiling is not None and nulls / population > ceiling:
            share = f"{nulls} of {population} NULL ({nulls / population:.1%})"
            problems.append(("block", f"{column.name}: {share}, ceiling {ceiling:.1%}"))
    for column in _fractions(table):
        known, percent = whole(row, f"known_{column.name}"), whole(row, f"percent_{column.name}")
        if known and percent / known > PERCENT_SHARE:
            text = f"{percent} of {known} value(s) above {PERCENT_ABOVE}: a percentage was written, not a fraction"
            problems.append(("block", f"{column.name}: {text}"))
    return problems


def _lookups(table: Table, days: Days) -> list[RowRule]:
    """Rules that look a row up in another table: declared references, and the team of its game."""
    rules = [_reference_rule(reference, days) for reference in table.references]
    return [*rules, _team_rule(days)] if _names_team_of_game(table) else rules


def _names_team_of_game(table: Table) -> bool:
    return table.layer == "analytics" and set(TEAM_OF_GAME) <= set(table.column_names)


def _reference_rule(reference: Reference, days: Days) -> RowRule:
    target = catalog.tables()[reference.target]
    pairs = [f"r.{other} = t.{own}" for own, other in zip(reference.columns, reference.target_columns, strict=True)]
    known = " and ".join(f"t.{own} is not null" for own in reference.columns)
    found = f"select 1 from {target.qualified_name} r where {in_window(target, *bounds(days), 'r')}"
    return RowRule(
        f"in_{target.name}",
        "block",
        f"{known} and not exists ({found} and {' and '.join(pairs)})",
        f"{', '.join(reference.columns)} exist in {reference.target}.",
    )


def _team_rule(days: Days) -> RowRule:
    """The team, its opponent and its side are those of the game."""
    first, last = bounds(days)
    within = f"g.game_date between {literal(first)} and {literal(last)} and " if first and last else ""
    sides = [
        f"exists (select 1 from {GAMES} g where {within}g.game_date = t.game_date and g.game_id = t.game_id "
        f"and g.nba_game_id = t.nba_game_id and g.{own}_team_abbr = t.team_abbr "
        f"and g.{other}_team_abbr = t.opponent_team_abbr and t.home_game = {home})"
        for own, other, home in (("home", "away", "true"), ("away", "home", "false"))
    ]
    return RowRule(
        "team_of_game", "block", f"not ({' or '.join(sides)})", "Team, opponent and home flag are those of the game."
    )


def _dangling(warehouse: Warehouse, table: Table, rule: RowRule, days: Days) -> dict[date | None, Broken]:
    sql = grouped(table, ["count(*) as row_count"], *bounds(days), where=rule.violated)
    counts: Sequence[tuple[date | None, int]] = [
        (day, whole(row, "row_count")) for day, row in rows_by_partition(warehouse, sql).items()
    ]
    if not any(count for _, count in counts):
        return {}
    keys = offending_keys(warehouse, table, rule.violated, *bounds(days))
    return {day: Broken(rule, count, keys.get(day, "")) for day, count in counts if count}
