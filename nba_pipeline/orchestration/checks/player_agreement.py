"""Rules between the rows and the tables of a precompute date: teams, games and numbers that two tables both hold.

Does NOT belong here: copies (copied_features), levels of a season (feature_levels).
"""

from __future__ import annotations

from collections.abc import Callable

from nba_pipeline.orchestration.checks import thresholds as limit
from nba_pipeline.orchestration.checks.copied_features import CACHE, DEFENCE, FACTORS, SHOT_ZONES, UNIVERSE
from nba_pipeline.orchestration.checks.season_days import GAMES
from nba_pipeline.orchestration.checks.table_rules import TableRule, Window

PLAYED = "nba_analytics.player_game_summary"
OFFENCE = "nba_analytics.team_offense_game_summary"
DEFENCE_GAMES = "nba_analytics.team_defense_game_summary"
OF_TEAM = ("team_pace_last_10", "team_off_rating_last_10", "team_win_pct_season", "team_games_in_sample_10")


def _joined(
    source: str, source_date: str, wrong: str, *, how: str = "join", on: str = "u.player_lookup = t.player_lookup"
) -> Callable[[Window], str]:
    """Rows `t` and their row `u` of the same date of another table, where `wrong` holds."""

    def offences(window: Window) -> str:
        own_date = window.table.partition_column
        return (
            f"select t.{own_date} as partition_date, t.player_lookup as offender from {window.own} t\n"
            f"{how} {source} u on u.{source_date} = t.{own_date} and {on} and u.{source_date} {window.dates}\n"
            f"where t.{own_date} {window.dates} and ({wrong})"
        )

    return offences


def _apart(left: str, right: str) -> str:
    """Known on one side only, or further apart than rounding of the last bits explains."""
    return f"(({left} is null) <> ({right} is null) or abs({left} - ({right})) > {limit.FLOAT_OFF!r})"


def _any_apart(*names: str) -> str:
    return " or ".join(_apart(f"t.{name}", f"u.{name}") for name in names)


def _team_values(window: Window) -> str:
    several = " or ".join(f"count(distinct {name}) > 1" for name in OF_TEAM)
    return (
        f"select cache_date as partition_date, team_abbr as offender from {window.own}\n"
        f"where cache_date {window.dates} group by cache_date, team_abbr having {several}"
    )


def _falling_counts(window: Window) -> str:
    before = "lag(games_played_season) over (partition by season_year, player_lookup order by cache_date)"
    return (
        f"select cache_date as partition_date, player_lookup as offender from (\n"
        f"select cache_date, player_lookup, games_played_season, {before} as games_before from {window.own}\n"
        f"where cache_date {window.season}) where games_played_season < games_before and cache_date {window.dates}"
    )


def _league_values(window: Window) -> str:
    return (
        f"select game_date as partition_date, cast(count(distinct league_pace_last_10) as string) as offender\n"
        f"from {window.own} where game_date {window.dates}\n"
        f"group by game_date having count(distinct league_pace_last_10) > 1"
    )


def _mirrored(columns: str, wrong: str) -> Callable[[Window], str]:
    """Teams whose opponent's rows of the date do not say the same of their game."""

    def offences(window: Window) -> str:
        teams = (
            f"select distinct game_date, nba_game_id, team_abbr, opponent_team_abbr, {columns}\n"
            f"from {window.own} where game_date {window.dates}"
        )
        return (
            f"select t.game_date as partition_date, t.team_abbr as offender from ({teams}) t join ({teams}) u\n"
            f"on u.game_date = t.game_date and u.team_abbr = t.opponent_team_abbr\n"
            f"where u.nba_game_id <> t.nba_game_id or {wrong}"
        )

    return offences


def _other_dates(window: Window) -> str:
    """Dates on which one of the two has rows and the other has none."""
    return (
        f"select coalesce(a.day, b.day) as partition_date, case when a.day is null then '{DEFENCE}'\n"
        f"else '{window.own}' end as offender\n"
        f"from (select distinct analysis_date as day from {DEFENCE} where analysis_date {window.dates}) a\n"
        f"full outer join (select distinct game_date as day from {window.own} where game_date {window.dates}) b\n"
        f"on a.day = b.day where a.day is null or b.day is null"
    )


def _incomplete_games(window: Window) -> str:
    """Named by the first date that rests on them."""

    def rows(table: str, name: str, where: str = "true") -> str:
        return (
            f"left join (select game_date, nba_game_id, count(*) as {name} from {table}\n"
            f"where game_date {window.season} and {where} group by game_date, nba_game_id) {name}_of\n"
            f"on {name}_of.game_date = g.game_date and {name}_of.nba_game_id = g.nba_game_id"
        )

    return (
        f"select min(d.cache_date) as partition_date, g.game_id as offender from {GAMES} g join (\n"
        f"select distinct cache_date, season_year from {window.own} where cache_date {window.dates}) d\n"
        f"on d.season_year = g.season_year and d.cache_date > g.game_date\n"
        f"{rows(PLAYED, 'played', 'seconds_played > 0')}\n{rows(OFFENCE, 'offences')}\n"
        f"{rows(DEFENCE_GAMES, 'defences')}\n"
        f"where g.game_date {window.season} and g.is_final and (coalesce(played, 0) < {limit.PLAYED_PER_GAME}\n"
        f"or coalesce(offences, 0) <> 2 or coalesce(defences, 0) <> 2) group by g.game_id"
    )


_SIDES = [
    f"case when t.home_game then u.{home} else u.{away} end is distinct from t.{team}"
    for home, away, team in (
        ("home_team_abbr", "away_team_abbr", "team_abbr"),
        ("away_team_abbr", "home_team_abbr", "opponent_team_abbr"),
    )
]
_GAME_DIFFERS = " or ".join(["u.game_id is distinct from t.game_id", *_SIDES])
_RANKED_DIFFERS = (
    "t.team_pace_last_10 <> u.team_pace_last_10 or t.usage_rate_season is distinct from u.player_usage_rate_season\n"
    "or t.games_played_season <> u.games_played_season or t.team_games_in_sample_10 <> u.team_games_in_sample_10"
)

CACHE_RULES = (
    TableRule(
        "X-04",
        "block",
        _joined(
            SHOT_ZONES,
            "analysis_date",
            "(u.player_lookup is not null) <> (t.games_played_season >= 1)",
            how="left join",
        ),
        f"Whoever has played has a row in {SHOT_ZONES}, nobody else.",
    ),
    TableRule("D-04b", "error", _team_values, "The players of a team and date share its values."),
    TableRule("D-06", "error", _falling_counts, "Games played never fall within a season."),
    TableRule(
        "X-06_zones",
        "error",
        _joined(SHOT_ZONES, "analysis_date", "t.games_in_sample_10 <> u.games_in_sample_10"),
        f"The sample of ten is that of {SHOT_ZONES}.",
    ),
    TableRule(
        "X-07_cache",
        "error",
        _joined(
            UNIVERSE,
            "game_date",
            "t.games_played_season <> u.games_in_sample_season or "
            + _any_apart("points_avg_last_5", "points_avg_last_10", "points_avg_season"),
        ),
        f"Games and points are those of {UNIVERSE}.",
    ),
    TableRule(
        "X-08",
        "warn",
        _incomplete_games,
        f"A final game has two team rows of each kind and {limit.PLAYED_PER_GAME} players.",
    ),
)
FACTOR_RULES = (
    TableRule(
        "C-03",
        "block",
        _joined(GAMES, "game_date", _GAME_DIFFERS, how="left join", on="u.nba_game_id = t.nba_game_id"),
        f"Teams, side and game are those of {GAMES}.",
    ),
    TableRule(
        "X-03",
        "block",
        _joined(
            DEFENCE, "analysis_date", "u.team_abbr is null", how="left join", on="u.team_abbr = t.opponent_team_abbr"
        ),
        f"Every opponent has a row in {DEFENCE}.",
    ),
    TableRule("C-06_league", "error", _league_values, "One league pace per date, found:"),
    TableRule(
        "C-06_mirror",
        "error",
        _mirrored(
            "team_pace_last_10, opponent_pace_last_10, pace_score",
            "u.pace_score <> t.pace_score or u.team_pace_last_10 <> t.opponent_pace_last_10",
        ),
        "Both teams of a game have one pace score, their paces mirrored.",
    ),
    TableRule(
        "X-05",
        "error",
        _joined(CACHE, "cache_date", _RANKED_DIFFERS),
        f"Pace, usage and counters (X-06) are those of {CACHE}.",
    ),
    TableRule(
        "X-07_factors",
        "error",
        _joined(
            UNIVERSE,
            "game_date",
            f"{_apart('t.opponent_pace_last_10', 'u.opponent_pace_last_10')} or "
            f"{_apart('t.team_pace_last_10 - t.opponent_pace_last_10', 'u.pace_differential')}",
        ),
        f"Paces are those of {UNIVERSE}.",
    ),
)
STORE_RULES = (
    TableRule("X-01", "block", _other_dates, "The precompute tables have rows on the same dates; none in"),
    TableRule(
        "X-06",
        "error",
        _joined(FACTORS, "game_date", "t.games_played_season <> u.games_played_season"),
        f"Games played are those of {FACTORS}.",
    ),
    TableRule(
        "M-05b",
        "error",
        _mirrored(
            "rest_advantage, home_away", "t.rest_advantage + u.rest_advantage <> 0 or t.home_away + u.home_away <> 1"
        ),
        "Both teams of a game have opposite rest advantages, one of them is at home.",
    ),
)
