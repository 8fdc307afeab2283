"""Rules over the games of a season: identity and completeness of `games`, last period, games without play-by-play.

Does NOT belong here: sums of one game (reconciliation), games that are absent (row_counts).
"""

from __future__ import annotations

from datetime import timedelta

from nba_pipeline.calendar import earliest_season_day
from nba_pipeline.orchestration.checks import thresholds as limit
from nba_pipeline.orchestration.checks.period_means import PeriodMean
from nba_pipeline.orchestration.checks.season_days import GAMES, today
from nba_pipeline.orchestration.checks.sql import literal
from nba_pipeline.orchestration.checks.table_rules import TableRule, Window

EVENTS = "nba_raw.nbac_play_by_play"
UPCOMING = "nba_analytics.upcoming_player_game_context"


def _sides(columns: str, dates: str) -> str:
    return " union all ".join(
        f"select {columns}, {side}_team_abbr as team_abbr from {GAMES} where game_date {dates}"
        for side in ("home", "away")
    )


def _repeated_ids(window: Window) -> str:
    return (
        f"select t.game_date as partition_date, t.nba_game_id as offender from {GAMES} t join (\n"
        f"select nba_game_id from {GAMES} where game_date {window.whole_seasons}\n"
        f"group by nba_game_id having count(*) > 1) d on d.nba_game_id = t.nba_game_id where t.game_date {window.dates}"
    )


def _twice_a_date(window: Window) -> str:
    return (
        f"select game_date as partition_date, team_abbr as offender from ({_sides('game_date', window.dates)})\n"
        f"group by game_date, team_abbr having count(*) > 1"
    )


def _unfinished_counts(window: Window) -> str:
    """Regular games of every finished season that is stored from October to its playoffs, and those of its teams."""
    over = f"game_date < {literal(earliest_season_day(today()))}"
    seasons = (
        f"select season_year, max(game_date) as last_date,\n"
        f"sum(case when season_type = 'regular' then 1 else 0 end) as regular_games from {GAMES}\n"
        f"where game_date {window.whole_seasons} and {over} group by season_year\n"
        f"having extract(month from min(game_date)) = 10\n"
        f"and sum(case when season_type = 'playoffs' then 1 else 0 end) > 0"
    )
    teams = f"select * from ({_sides('game_date, season_year, season_type', window.whole_seasons)})"
    return (
        f"select last_date as partition_date, concat('all teams ', cast(regular_games as string)) as offender\n"
        f"from ({seasons}) where regular_games <> {limit.REGULAR_GAMES} union all\n"
        f"select s.last_date, concat(t.team_abbr, ' ', cast(count(*) as string)) from ({seasons}) s join ({teams}) t\n"
        f"on t.season_year = s.season_year where t.season_type = 'regular' group by s.last_date, t.team_abbr\n"
        f"having count(*) <> {limit.REGULAR_GAMES_OF_TEAM}"
    )


def _last_periods(window: Window) -> str:
    return (
        f"select t.game_date as partition_date, t.team_abbr as offender from {window.own} t join (\n"
        f"select game_date, nba_game_id, max(period) as last_period from {EVENTS} where game_date {window.dates}\n"
        f"group by game_date, nba_game_id) e on e.game_date = t.game_date and e.nba_game_id = t.nba_game_id\n"
        f"where t.game_date {window.dates} and t.shot_zone_source is not null\n"
        f"and t.overtime_periods <> e.last_period - {limit.PERIODS_WITHOUT_OVERTIME}"
    )


def _without_events(window: Window) -> str:
    """Games of the date, known to be over for long enough, of which no row has zones."""
    settled = literal(today() - timedelta(days=limit.SETTLED_AFTER_DAYS))
    return (
        f"select game_date as partition_date, nba_game_id as offender from {window.own}\n"
        f"where game_date {window.dates} and game_date <= {settled}\n"
        f"group by game_date, nba_game_id having count(shot_zone_source) = 0"
    )


def _events_share(window: Window) -> str:
    return (
        f"select game_date as partition_date, sum(case when zoned = 0 then 1 else 0 end) as amount,\n"
        f"count(*) as weight\n"
        f"from (select game_date, nba_game_id, count(shot_zone_source) as zoned from {window.own}\n"
        f"where game_date {window.season} group by game_date, nba_game_id) group by game_date"
    )


def _ratings(window: Window) -> str:
    return (
        f"select game_date as partition_date, sum(offensive_rating) as amount, count(offensive_rating) as weight\n"
        f"from {window.own} where game_date {window.season} group by game_date"
    )


def _unequal_lines(window: Window) -> str:
    return (
        f"select t.game_date as partition_date, t.player_lookup as offender from {window.own} t\n"
        f"join {UPCOMING} u on u.game_date = t.game_date and u.player_lookup = t.player_lookup\n"
        f"and u.game_date {window.dates}\n"
        f"where t.game_date {window.dates} and t.points_line is distinct from u.current_points_line"
    )


GAME_RULES = (
    TableRule("RF-01a", "block", _repeated_ids, "An nba_game_id lives on one date."),
    TableRule("RF-01b", "block", _twice_a_date, "A team plays once a date."),
    TableRule(
        "RF-01c",
        "block",
        _unfinished_counts,
        f"A finished season has {limit.REGULAR_GAMES:,} regular games, {limit.REGULAR_GAMES_OF_TEAM} of every team.",
    ),
)
EVENT_RULES = (
    TableRule("no_play_by_play", "warn", _without_events, "Every game that has been over for two days has zones."),
)
LAST_PERIOD = TableRule("TO-06b", "block", _last_periods, "The overtimes are those of the last period with an event.")
LINES = TableRule("UP-05", "warn", _unequal_lines, "The line of the summary is the one known before the game.")
EVENT_MEANS = (
    PeriodMean(
        "no_play_by_play_30_dates",
        "error",
        "newest game dates",
        _events_share,
        0,
        limit.GAMES_WITHOUT_EVENTS,
        "share of games without play-by-play",
    ),
)
RATING_MEAN = PeriodMean(
    "weekly_rating",
    "warn",
    "week",
    _ratings,
    *limit.WEEKLY_RATING,
    "mean offensive rating",
    least=limit.WEEKLY_RATING_ROWS,
)
