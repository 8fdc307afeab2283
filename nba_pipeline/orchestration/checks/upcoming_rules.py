"""Rules over the two sides of a coming game and over what player rows copy from team rows.

Does NOT belong here: rules on single rows (the tables declare them), the universe of players (universe_counts).
"""

from __future__ import annotations

from nba_pipeline.orchestration.checks import thresholds as limit
from nba_pipeline.orchestration.checks.period_means import PeriodMean
from nba_pipeline.orchestration.checks.table_rules import TableRule, Window

TEAM_CONTEXT = "nba_analytics.upcoming_team_game_context"
PLAYED = "nba_analytics.player_game_summary"

OPPOSITE = ("game_spread", "opening_spread", "spread_movement", "game_spread_consensus")
SHARED = (
    "game_id", "season_year", "season_phase", "neutral_site", "tip_off_at", "venue_time_zone", "game_total",
    "opening_total", "total_movement", "game_total_consensus", "game_spread_source", "game_total_source",
    "game_spread_at", "game_total_at",
)  # fmt: skip
"""Columns that the two rows of a game have in common."""

OF_TEAM = (
    "game_id", "nba_game_id", "season_year", "season_phase", "opponent_team_abbr", "home_game", "tip_off_at",
    "team_days_rest", "opponent_days_rest", "game_spread", "game_total",
)  # fmt: skip
OF_OPPONENT = {
    "opponent_pace_last_10": "pace_last_10",
    "opponent_def_rating_last_10": "defensive_rating_last_10",
    "opponent_ft_rate_allowed_last_10": "ft_rate_allowed_last_10",
}
"""Player column -> column of the opponent's team row."""


def _not_mirrored(window: Window) -> str:
    opposite = " or ".join(f"(t.{name} is null) <> (o.{name} is null) or t.{name} + o.{name} <> 0" for name in OPPOSITE)
    shared = " or ".join(f"t.{name} is distinct from o.{name}" for name in SHARED)
    return (
        f"select t.game_date as partition_date, t.team_abbr as offender from {window.own} t left join {window.own} o\n"
        f"on o.game_date = t.game_date and o.nba_game_id = t.nba_game_id and o.team_abbr = t.opponent_team_abbr\n"
        f"and o.game_date {window.dates}\n"
        f"where t.game_date {window.dates} and (o.team_abbr is null or o.opponent_team_abbr <> t.team_abbr\n"
        f"or o.home_game = t.home_game or t.opponent_days_rest is distinct from o.team_days_rest\n"
        f"or {opposite} or {shared})"
    )


def _miles(window: Window) -> str:
    """Judged where every leg of the fourteen days is stored."""
    return (
        f"select t.game_date as partition_date, t.team_abbr as offender from {window.own} t left join {window.own} l\n"
        f"on l.team_abbr = t.team_abbr and l.season_year = t.season_year and l.game_date < t.game_date\n"
        f"and l.game_date >= t.game_date - interval 14 day and l.game_date {window.season}\n"
        f"where t.game_date {window.dates}\n"
        f"group by t.game_date, t.team_abbr, t.games_in_last_14_days, t.miles_traveled_last_14_days\n"
        f"having count(l.team_abbr) = t.games_in_last_14_days\n"
        f"and ((t.miles_traveled_last_14_days is null) <> (count(l.travel_miles) < count(l.team_abbr))\n"
        f"or abs(t.miles_traveled_last_14_days - coalesce(sum(l.travel_miles), 0)) > {limit.MILES_OFF!r})"
    )


def _less_rest_than_team(window: Window) -> str:
    """Whoever played his last game for his team of today rested at least as long as it."""
    return (
        f"select t.game_date as partition_date, t.player_lookup as offender from {window.own} t join {PLAYED} p\n"
        f"on p.game_date = t.last_game_date and p.player_lookup = t.player_lookup and p.team_abbr = t.team_abbr\n"
        f"and p.game_date {window.season}\n"
        f"where t.game_date {window.dates} and t.days_rest < t.team_days_rest"
    )


def _team_facts(window: Window) -> str:
    differing = [f"t.{name} is distinct from w.{name}" for name in OF_TEAM]
    differing += [f"t.{copy} is distinct from o.{source}" for copy, source in OF_OPPONENT.items()]
    differing.append("t.pace_differential is distinct from w.pace_last_10 - o.pace_last_10")
    return (
        f"select t.game_date as partition_date, t.player_lookup as offender from {window.own} t\n"
        f"left join {TEAM_CONTEXT} w on w.game_date = t.game_date and w.team_abbr = t.team_abbr\n"
        f"and w.game_date {window.dates}\n"
        f"left join {TEAM_CONTEXT} o on o.game_date = t.game_date and o.team_abbr = w.opponent_team_abbr\n"
        f"and o.game_date {window.dates}\n"
        f"where t.game_date {window.dates} and (w.team_abbr is null or o.team_abbr is null or {' or '.join(differing)})"
    )


def _team_back_to_backs(window: Window) -> str:
    return (
        f"select game_date as partition_date, sum(case when team_back_to_back then 1 else 0 end) as amount,\n"
        f"count(*) as weight from {window.own} where game_date {window.season} and season_phase = 'regular'\n"
        f"group by game_date"
    )


def _player_back_to_backs(window: Window) -> str:
    return (
        f"select game_date as partition_date, sum(case when back_to_back then 1 else 0 end) as amount,\n"
        f"count(*) as weight from {window.own} where game_date {window.season} and games_in_sample_season > 0\n"
        f"group by game_date"
    )


TEAM_RULES = (
    TableRule("UT-01", "block", _not_mirrored, "The two rows of a game mirror each other."),
    TableRule("UT-05", "warn", _miles, "Miles of fourteen days are the sum of the legs stored."),
)
PLAYER_RULES = (
    TableRule("UP-02", "block", _less_rest_than_team, "A player who stayed rests at least as long as his team."),
    TableRule("UP-04", "block", _team_facts, "Copied team facts are those of the team rows."),
)
TEAM_MEANS = (
    PeriodMean(
        "UT-04",
        "warn",
        "month",
        _team_back_to_backs,
        *limit.MONTHLY_BACK_TO_BACKS,
        "share of back-to-backs",
        least=limit.MONTHLY_BACK_TO_BACK_ROWS,
    ),
)
PLAYER_MEANS = (
    PeriodMean(
        "UP-07",
        "warn",
        "season",
        _player_back_to_backs,
        *limit.SEASON_BACK_TO_BACKS,
        "share of back-to-backs",
        least_dates=limit.SEASON_GAME_DATES,
    ),
)
