"""The trailing zone defence against its source and against itself: sample sizes, one league value per date, zero sum.

Does NOT belong here: rules on single rows (the table declares them).
"""

from __future__ import annotations

from nba_pipeline.calendar import earliest_season_day
from nba_pipeline.orchestration.checks.sql import (
    Row,
    bounds,
    first_keys,
    grouped,
    in_window,
    literal,
    rows_by_partition,
    whole,
)
from nba_pipeline.orchestration.checks.thresholds import LEAGUE_SUM_OFF
from nba_pipeline.orchestration.checks.verdicts import Days, Problem, Verdict, judged
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse

ZONE_TABLE = "precompute.team_defense_zone_analysis"
DEFENSE = "nba_analytics.team_defense_game_summary"
ZONES = ("paint", "mid_range", "three_pt")


def sample_sizes(warehouse: Warehouse, table: Table, days: Days) -> list[Verdict]:
    """Every sample is the earlier games of the team, as many as the window holds (blocking)."""
    first, last = bounds(days)
    window = table.by_name["games_in_sample"].maximum
    if first is None or last is None or window is None:
        return []
    earlier = (
        f"select t.analysis_date as partition_date, t.team_abbr, t.games_in_sample, count(g.team_abbr) as earlier\n"
        f"from {table.qualified_name} t left join {DEFENSE} g on g.team_abbr = t.team_abbr\n"
        f"and g.season_year = t.season_year and g.game_date < t.analysis_date\n"
        f"and g.game_date between {literal(earliest_season_day(first))} and {literal(last)}\n"
        f"where {in_window(table, first, last, 't')} group by t.analysis_date, t.team_abbr, t.games_in_sample"
    )
    wrong = f"select * from ({earlier}) where games_in_sample <> least({literal(window)}, earlier)"
    counts = rows_by_partition(
        warehouse, f"select partition_date, count(*) as teams from ({wrong}) group by partition_date"
    )
    named = first_keys(warehouse, table, wrong) if counts else {}
    verdicts = []
    for day in days:
        teams = whole(counts.get(day), "teams")
        text = f"T-03: {teams} team(s) whose games_in_sample are not its earlier games: {named.get(day, '')}"
        problems: list[Problem] = [("block", text)] if teams else []
        verdicts.append(judged(day, problems, {"T-03": teams}))
    return verdicts


def league_values(warehouse: Warehouse, table: Table, days: Days) -> list[Verdict]:
    """Per date one league value per zone, from which the teams differ by nothing in sum (an error)."""
    measures = []
    for zone in ZONES:
        league = f"league_{zone}_pct_allowed"
        attempts = f"{zone}_attempts_allowed_per_game * zone_games_in_sample"
        measures.append(f"max({league}) - min({league}) as spread_{zone}")
        measures.append(f"sum({attempts} * {zone}_defense_vs_league_avg) as sum_{zone}")
    found = rows_by_partition(warehouse, grouped(table, measures, *bounds(days))) if days else {}
    return [judged(day, _league_problems(found.get(day)), {}) for day in days]


def _league_problems(row: Row | None) -> list[Problem]:
    problems: list[Problem] = []
    for zone in ZONES if row else ():
        spread, off = (float(str((row or {})[f"{kind}_{zone}"] or 0.0)) for kind in ("spread", "sum"))
        if spread:
            problems.append(("error", f"T-05: more than one league value of {zone} on the date"))
        if abs(off) > LEAGUE_SUM_OFF:
            problems.append(("error", f"T-06: differences of {zone} from the league sum up to {off:.6f}, not 0"))
    return problems
