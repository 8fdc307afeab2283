"""Row-count rule of the player universe: enough players of every team that plays, nobody of the others.

Does NOT belong here: tables whose keys are those of the universe (entity_counts).
"""

from __future__ import annotations

from datetime import date

from nba_pipeline.calendar import earliest_season_day
from nba_pipeline.orchestration.checks.season_days import GAMES, first_settled_days
from nba_pipeline.orchestration.checks.sql import bounds, count_if, literal, rows_by_partition, whole
from nba_pipeline.orchestration.checks.thresholds import UNIVERSE_OF_PLAYED, UNIVERSE_PER_TEAM
from nba_pipeline.orchestration.checks.verdicts import Days, Problem, Verdict, judged
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse

PLAYERS = "nba_analytics.player_game_summary"


def universe(warehouse: Warehouse, table: Table, days: Days) -> list[Verdict]:
    """8 to 40 players of every playing team with an earlier game this season, and of no other team (blocking).

    From day 14 on a warning where too few of those who then played were among them; not judged before the game.
    """
    first, last = bounds(days)
    if first is None or last is None:
        raise ValueError("row_count_vs_schedule needs a partitioned table")
    low, high = UNIVERSE_PER_TEAM
    teams = rows_by_partition(warehouse, _teams_sql(table, first, last))
    played = rows_by_partition(warehouse, _played_sql(table, first, last))
    settled = first_settled_days(warehouse)
    verdicts = []
    for day in days:
        counts = {name: whole(teams.get(day), name) for name in ("expected", "found", "outside", "extra")}
        counts |= {name: whole(played.get(day), name) for name in ("played", "foreseen")}
        problems: list[Problem] = []
        if counts["outside"]:
            text = f"of {counts['expected']} team(s) with fewer than {low} or more than {high} players"
            problems.append(("block", f"{counts['outside']} {text}"))
        if counts["extra"]:
            problems.append(("block", f"{counts['extra']} team(s) with players but without a game or an earlier game"))
        late = day is not None and day >= settled.get(earliest_season_day(day).year, date.max)
        if late and counts["foreseen"] < UNIVERSE_OF_PLAYED * counts["played"]:
            problems.append(("warn", f"{counts['foreseen']} of {counts['played']} who then played were foreseen"))
        verdicts.append(judged(day, problems, counts))
    return verdicts


def _sides(columns: str, where: str) -> str:
    """Both teams of the games as rows."""
    return " union all ".join(
        f"select {columns}, {side}_team_abbr as team_abbr from {GAMES} where {where}" for side in ("home", "away")
    )


def _teams_sql(table: Table, first: date, last: date) -> str:
    low, high = UNIVERSE_PER_TEAM
    window = f"game_date between {literal(first)} and {literal(last)}"
    earlier = f"is_final and game_date >= {literal(earliest_season_day(first))} and game_date < {literal(last)}"
    earlier_sides = _sides("game_date, season_year", earlier)
    return (
        f"select coalesce(e.game_date, u.found_date) as partition_date, count(e.team_abbr) as expected,\n"
        f"sum(case when e.team_abbr is not null then u.players end) as found,\n"
        f"{count_if(f'e.team_abbr is not null and coalesce(u.players, 0) not between {low} and {high}', 'outside')},\n"
        f"{count_if('e.team_abbr is null', 'extra')} from (\n"
        f"select d.game_date, d.team_abbr from ({_sides('game_date, season_year', window)}) d join (\n"
        f"select season_year, team_abbr, min(game_date) as first_date from ({earlier_sides})\n"
        f"group by season_year, team_abbr) f\n"
        f"on f.season_year = d.season_year and f.team_abbr = d.team_abbr and f.first_date < d.game_date) e\n"
        f"full outer join (select game_date as found_date, team_abbr as found_team, count(*) as players\n"
        f"from {table.qualified_name} where {window} group by game_date, team_abbr) u\n"
        f"on u.found_date = e.game_date and u.found_team = e.team_abbr group by 1"
    )


def _played_sql(table: Table, first: date, last: date) -> str:
    """Of the players of the date who then played, how many are rows with the right team."""
    window = f"between {literal(first)} and {literal(last)}"
    return (
        f"select p.game_date as partition_date, count(*) as played, count(u.player_lookup) as foreseen\n"
        f"from {PLAYERS} p left join {table.qualified_name} u on u.game_date = p.game_date\n"
        f"and u.player_lookup = p.player_lookup and u.team_abbr = p.team_abbr and u.game_date {window}\n"
        f"where p.seconds_played > 0 and p.game_date {window} group by p.game_date"
    )
