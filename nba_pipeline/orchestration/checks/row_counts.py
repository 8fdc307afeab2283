"""`row_count_vs_schedule`: rows of a date against the games and players that the schedule or the parent names.

Expectations are relative, never absolute: a finals date has one game and two teams. A rule is named by
`Table.row_count`. Does NOT belong here: what to do with the verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from nba_pipeline.expectations.accepted_gaps import games_left_out
from nba_pipeline.orchestration.checks.entity_counts import entities_rule, universe_keys_rule
from nba_pipeline.orchestration.checks.season_days import GAMES, today
from nba_pipeline.orchestration.checks.sql import bounds, count_if, in_window, literal, rows_by_partition, whole
from nba_pipeline.orchestration.checks.thresholds import (
    EVENTS_PER_GAME,
    LISTED_PER_TEAM,
    PLAYED_PER_TEAM,
    SETTLED_AFTER_DAYS,
)
from nba_pipeline.orchestration.checks.universe_counts import universe
from nba_pipeline.orchestration.checks.verdicts import Days, Problem, Severity, Verdict, judged
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse

SCHEDULE = "nba_raw.nbac_schedule"

Counts = Mapping[str, int]
Rule = Callable[[Warehouse, Table, Days], list[Verdict]]


def row_count_vs_schedule(warehouse: Warehouse, table: Table, days: Days) -> list[Verdict]:
    """Verdict per partition of the rule the table names."""
    return RULES[table.row_count](warehouse, table, days) if days else []


def _judge(
    warehouse: Warehouse, sql: str, days: Days, names: tuple[str, ...], problems: Callable[[Counts], list[Problem]]
) -> list[Verdict]:
    """Every day's counts, zero where the query names none, and the problems they show (`pass` is none)."""
    found = rows_by_partition(warehouse, sql)
    verdicts = []
    for day in days:
        counts = {name: whole(found.get(day), name) for name in names}
        verdicts.append(judged(day, [(level, text) for level, text in problems(counts) if level != "pass"], counts))
    return verdicts


def _if(applies: object, severity: Severity, text: str) -> Problem:
    return (severity if applies else "pass"), text


def _between(column: str, days: Days) -> str:
    first, last = bounds(days)
    if first is None or last is None:
        raise ValueError("row_count_vs_schedule needs a partitioned table")
    return f"{column} between {literal(first)} and {literal(last)}"


def _scheduled_games(warehouse: Warehouse, table: Table, days: Days) -> list[Verdict]:
    """The scheduled games that are not postponed and no others; old games are settled."""
    settled_until = literal(today() - timedelta(days=SETTLED_AFTER_DAYS))
    postponed = "and not is_postponed" if table.qualified_name == SCHEDULE else ""
    sql = (
        f"select coalesce(s.game_date, f.found_date) as partition_date, count(s.nba_game_id) as expected,\n"
        f"count(f.found_game) as found, {count_if('f.found_game is null', 'missing')},\n"
        f"{count_if('s.nba_game_id is null', 'extra')},\n"
        f"{count_if(f'not s.is_final and s.game_date <= {settled_until}', 'unsettled')}\n"
        f"from (select game_date, nba_game_id, is_final from {SCHEDULE}\n"
        f"where {_between('game_date', days)} and not is_postponed) s full outer join (\n"
        f"select game_date as found_date, nba_game_id as found_game from {table.qualified_name}\n"
        f"where {_between('game_date', days)} {postponed}) f\n"
        f"on f.found_date = s.game_date and f.found_game = s.nba_game_id group by 1"
    )

    def problems(row: Counts) -> list[Problem]:
        return [
            _if(row["missing"], "block", f"{row['found'] - row['extra']} of {row['expected']} games"),
            _if(row["extra"], "block", f"{row['extra']} game(s) that are not scheduled"),
            _if(row["unsettled"], "block", f"{row['unsettled']} game(s) neither final nor postponed"),
        ]

    return _judge(warehouse, sql, days, ("expected", "found", "missing", "extra", "unsettled"), problems)


def _games_sql(
    table: Table, days: Days, schedule: str, measures: str, per_game: str, *, counted: str = "is_final"
) -> str:
    """One row per counted game with the sides that have rows, and one per date without nba_game_id for other rows.

    measures: over the rows of a team; per_game: over the teams of a game.
    """
    sides = " union all ".join(
        f"select game_date, {side}_team_abbr as team_abbr, nba_game_id from {schedule} "
        f"where {counted} and {_between('game_date', days)}"
        for side in ("home", "away")
    )
    return (
        f"select coalesce(e.game_date, f.found_date) as game_date, e.nba_game_id, count(e.team_abbr) as expected,\n"
        f"count(f.found_team) as sides, {per_game} from ({sides}) e full outer join (\n"
        f"select game_date as found_date, team_abbr as found_team, {measures} from {table.qualified_name}\n"
        f"where {in_window(table, *bounds(days))} group by game_date, team_abbr) f\n"
        f"on f.found_date = e.game_date and f.found_team = e.team_abbr\n"
        f"group by coalesce(e.game_date, f.found_date), e.nba_game_id"
    )


def _players_rule(schedule: str, faulty: Severity, listed: tuple[int, int] | None) -> Rule:
    """Both teams of every final game with 5 to 15 players each who played; `listed` bounds the rows of a team.

    faulty: how grave it is that a final game has no rows, or that rows belong to none.
    """
    low, high = PLAYED_PER_TEAM
    unusual = f"f.listed < {listed[0]} or f.listed > {listed[1]}" if listed else "false"

    def rule(warehouse: Warehouse, table: Table, days: Days) -> list[Verdict]:
        games = _games_sql(
            table,
            days,
            schedule,
            # a whole-minute source prints 0 for an appearance under half a minute: it does not count as played
            f"count(*) as listed, {count_if('seconds_played > 0', 'played')}",
            f"{count_if(f'f.played < {low} or f.played > {high}', 'outside')}, {count_if(unusual, 'unusual')}",
        )
        sql = _per_date(table, games, outside="outside", unusual="unusual")

        def problems(row: Counts) -> list[Problem]:
            few = f"fewer than {low} or more than {high}"
            return [
                _if(row["half"], "block", f"{row['half']} game(s) with one team only"),
                _if(row["outside"], "block", f"{row['outside']} team(s) with {few} who played"),
                _if(row["absent"], faulty, _absent_text(row)),
                _if(row["extra"], faulty, f"{row['extra']} team(s) with rows but without a game that counts"),
                _if(row["unusual"], "warn", f"{row['unusual']} team(s) with an unusual number of rows, not {listed}"),
            ]

        names = ("expected", "found", "absent", "half", "extra", "outside", "unusual")
        return _judge(warehouse, sql, days, names, problems)

    return rule


def _two_per_game_rule(schedule: str, faulty: Severity, *, counted: str = "is_final") -> Rule:
    """One row of each team of every counted game; `faulty` as for players."""

    def rule(warehouse: Warehouse, table: Table, days: Days) -> list[Verdict]:
        copies = ("count(*) as copies", "coalesce(sum(f.copies), 0) as copies")
        games = _games_sql(table, days, schedule, *copies, counted=counted)
        sql = _per_date(table, games, found="copies", uneven="case when sides > 0 and copies <> 2 then 1 else 0 end")

        def problems(row: Counts) -> list[Problem]:
            uneven = row["half"] or row["uneven"]
            text = f"game(s) without exactly two rows: {row['found']} of {row['expected']} team rows"
            return [
                _if(uneven, "block", f"{max(row['half'], row['uneven'])} {text}"),
                _if(row["absent"], faulty, _absent_text(row)),
                _if(row["extra"], faulty, f"{row['extra']} team(s) with rows but without a game that counts"),
            ]

        return _judge(warehouse, sql, days, ("expected", "found", "absent", "half", "extra", "uneven"), problems)

    return rule


def _per_date(table: Table, games: str, found: str = "sides", **sums: str) -> str:
    """Counts per date over the games of `_games_sql`: found rows or teams, absent and half games, rows of no game.

    A game without rows that is an accepted gap of the table is not expected.
    """
    final = "nba_game_id is not null"
    gap = f"sides = 0 and {_left_out(table, 'nba_game_id')}"
    extra = "".join(f", sum(case when {final} then {value} else 0 end) as {name}" for name, value in sums.items())
    return (
        f"select game_date as partition_date, sum(case when {gap} then 0 else expected end) as expected,\n"
        f"sum(case when {final} then {found} else 0 end) as found,\n"
        f"{count_if(f'{final} and sides = 0 and not ({gap})', 'absent')},\n"
        f"{count_if(f'{final} and sides = 1', 'half')},\n"
        f"sum(case when {final} then 0 else sides end) as extra{extra} from ({games}) group by game_date"
    )


def _left_out(table: Table, game: str) -> str:
    """Predicate of the games that are accepted gaps of the table."""
    games = ", ".join(literal(nba_game_id) for nba_game_id in games_left_out(str(table)))
    return f"{game} in ({games})" if games else "false"


def _absent_text(row: Counts) -> str:
    return f"{row['absent']} game(s) without rows: {row['found']} of {row['expected']} teams"


def _events_of_final_games(warehouse: Warehouse, table: Table, days: Days) -> list[Verdict]:
    """Events per final game and whether the last running score is the final one; only ever a warning."""
    low, high = EVENTS_PER_GAME
    gap = f"e.events is null and {_left_out(table, 's.nba_game_id')}"
    sql = (
        f"select s.game_date as partition_date, {count_if(f'not ({gap})', 'expected')}, count(e.events) as found,\n"
        f"{count_if(f'e.events is null and not ({gap})', 'absent')},\n"
        f"{count_if(f'e.events < {low} or e.events > {high}', 'unusual')},\n"
        f"{count_if('e.home <> s.home_score or e.away <> s.away_score', 'unequal')}\n"
        f"from {SCHEDULE} s left join (select game_date, nba_game_id, count(*) as events, max(score_home) as home,\n"
        f"max(score_away) as away from {table.qualified_name} where {_between('game_date', days)}\n"
        f"group by game_date, nba_game_id) e on e.game_date = s.game_date and e.nba_game_id = s.nba_game_id\n"
        f"where s.is_final and {_between('s.game_date', days)} group by s.game_date"
    )

    def problems(row: Counts) -> list[Problem]:
        outside = f"fewer than {low} or more than {high} events"
        return [
            _if(row["absent"], "warn", f"{row['absent']} final game(s) without play-by-play"),
            _if(row["unusual"], "warn", f"{row['unusual']} game(s) with {outside}"),
            _if(row["unequal"], "warn", f"{row['unequal']} game(s) whose last score is not the final score"),
        ]

    return _judge(warehouse, sql, days, ("expected", "found", "absent", "unusual", "unequal"), problems)


RULES: Mapping[str, Rule] = {
    "scheduled_games": _scheduled_games,
    "players_of_final_games": _players_rule(SCHEDULE, "warn", None),
    "listed_players_of_final_games": _players_rule(GAMES, "block", LISTED_PER_TEAM),
    "two_per_final_game_raw": _two_per_game_rule(SCHEDULE, "warn"),
    "two_per_final_game": _two_per_game_rule(GAMES, "block"),
    "two_per_scheduled_game": _two_per_game_rule(GAMES, "block", counted="true"),
    "events_of_final_games": _events_of_final_games,
    "teams_with_earlier_game": entities_rule("nba_analytics.team_defense_game_summary", "team_abbr"),
    "players_with_earlier_game": entities_rule(
        "nba_analytics.player_game_summary", "player_lookup", played="seconds_played > 0"
    ),
    "universe": universe,
    "universe_keys": universe_keys_rule(),
}
