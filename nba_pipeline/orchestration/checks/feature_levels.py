"""Levels of the player tables over a date or a season: spread, means, correlations, and the alarm for look-ahead.

The label is joined here for judging only. Does NOT belong here: single rows, NULL rates.
"""

from __future__ import annotations

from collections.abc import Callable

from nba_pipeline.calendar import earliest_season_day
from nba_pipeline.orchestration.checks import thresholds as limit
from nba_pipeline.orchestration.checks.copied_features import CACHE
from nba_pipeline.orchestration.checks.period_means import PeriodMean
from nba_pipeline.orchestration.checks.season_days import GAMES, today
from nba_pipeline.orchestration.checks.sql import literal
from nba_pipeline.orchestration.checks.table_rules import TableRule, Window
from nba_pipeline.schema import Column

LABELS = "nba_analytics.player_game_summary"
NOT_A_FEATURE = "feature_quality_score"
FREE_TO_BE_CONSTANT = frozenset(
    {"injury_risk", "vegas_points_line", "vegas_opening_line", "vegas_line_move", "has_vegas_line"}
)
FLAGS = frozenset({"home_away", "back_to_back", "playoff_game"})


def of_season(measure: str, wrong: str, *, where: str = "true", join: str = "") -> Callable[[Window], str]:
    """Seasons with enough dates in which `wrong` holds, named by their newest date; `measure` is told."""

    def offences(window: Window) -> str:
        own_date = f"t.{window.table.partition_column}"
        joined = join.format(own_date=own_date, season=window.season)
        return (
            f"select max({own_date}) as partition_date, cast(round({measure}, 4) as string) as offender\n"
            f"from {window.own} t {joined} where {own_date} {window.season} and {where} group by t.season_year\n"
            f"having count(distinct {own_date}) >= {limit.SEASON_GAME_DATES} and {wrong}"
        )

    return offences


def _deviation(rule: str, score: str, least: float) -> TableRule:
    measure = f"stddev_samp(t.{score})"
    return TableRule(
        f"{rule}_{score}_deviation",
        "warn",
        of_season(measure, f"{measure} <= {least}"),
        f"{score} deviates by more than {least} in a season:",
    )


def _mean(rule: str, amount: str, low: float, high: float, text: str, known: str = "true") -> PeriodMean:
    """Mean of an expression over the rows of a season in which it is known."""

    def sums(window: Window) -> str:
        own_date = window.table.partition_column
        return (
            f"select {own_date} as partition_date, sum({amount}) as amount, count({amount}) as weight\n"
            f"from {window.own} where {own_date} {window.season} and {known} group by {own_date}"
        )

    return PeriodMean(rule, "warn", "season", sums, low, high, text, least_dates=limit.SEASON_GAME_DATES)


def _share(rule: str, condition: str, score: str, most: float, text: str) -> PeriodMean:
    amount = f"case when {condition} then 1.0 else 0.0 end"
    return _mean(rule, amount, 0, most, f"share of {score} {text}", f"{score} is not null")


def _features(columns: tuple[Column, ...]) -> list[str]:
    return [
        column.name
        for column in columns
        if column.type == "FLOAT64" and column.name != NOT_A_FEATURE and column.name not in FREE_TO_BE_CONSTANT
    ]


def _few_values(window: Window) -> str:
    """Features of a finished season with too few values; one value is no deviation at all.

    Judged where the window reaches the last playoff game of the season: before it `playoff_game` rightly has one value.
    """
    over = f"game_date < {literal(earliest_season_day(today()))}"
    weak = [
        f"case when count(distinct {name}) < {limit.DISTINCT_FLAGS if name in FLAGS else limit.DISTINCT_VALUES}\n"
        f"then ' {name}' else '' end"
        for name in _features(window.table.columns)
    ]
    finals = (
        f"select season_year, max(game_date) as last_game from {GAMES}\n"
        f"where game_date {window.whole_seasons} and season_type = 'playoffs' group by season_year"
    )
    return (
        f"select partition_date, offender from (select season_year, max(game_date) as partition_date,\n"
        f"concat({', '.join(weak)}) as offender from {window.own} where game_date {window.season} and {over}\n"
        f"group by season_year having count(distinct game_date) >= {limit.SEASON_GAME_DATES}) t\n"
        f"join ({finals}) f on f.season_year = t.season_year and t.partition_date >= f.last_game where offender <> ''"
    )


def _leak_correlation(window: Window) -> str:
    """Blocks of 30 game dates of a season, from its first processed date on."""
    place = "row_number() over (partition by season_year order by game_date) - 1"
    blocks = (
        f"select game_date, season_year, place - mod(place, {limit.TREND_GAME_DATES}) as block from (\n"
        f"select game_date, season_year, {place} as place from (select distinct game_date, season_year\n"
        f"from {window.own} where game_date {window.season}))"
    )
    correlation = "corr(t.points_avg_last_5, l.points)"
    return (
        f"select max(d.game_date) as partition_date, cast(round({correlation}, 4) as string) as offender\n"
        f"from ({blocks}) d join {window.own} t on t.game_date = d.game_date and t.game_date {window.season}\n"
        f"join {LABELS} l on l.game_date = t.game_date and l.player_lookup = t.player_lookup\n"
        f"and l.game_date {window.season} where l.seconds_played > 0 and t.points_avg_last_5 is not null\n"
        f"group by d.season_year, d.block\n"
        f"having count(*) >= {limit.LEAK_ROWS} and {correlation} >= {limit.LEAK_CORRELATION}"
    )


def _errors_of_mean(window: Window) -> str:
    return (
        f"select t.game_date as partition_date, sum(abs(t.points_avg_last_10 - l.points)) as amount,\n"
        f"count(t.points_avg_last_10) as weight from {window.own} t\n"
        f"join {LABELS} l on l.game_date = t.game_date and l.player_lookup = t.player_lookup\n"
        f"and l.game_date {window.season} where t.game_date {window.season} and l.seconds_played > 0\n"
        f"group by t.game_date"
    )


def _quality(window: Window) -> str:
    return (
        f"select game_date as partition_date, sum(feature_quality_score) as amount, count(*) as weight\n"
        f"from {window.own} where game_date {window.season} group by game_date"
    )


def _unknown_lines(window: Window) -> str:
    """On dates with quotes."""
    unknown = "sum(case when vegas_points_line is null then 1 else 0 end)"
    return (
        f"select game_date as partition_date, {unknown} as amount, count(*) as weight from {window.own}\n"
        f"where game_date {window.dates} group by game_date having {unknown} < count(*)"
    )


MISMATCH, PACE, USAGE = "shot_zone_mismatch_score", "pace_score", "usage_spike_score"
MISMATCH_END, SCORE_END = 10, 3  # ends of the scales
FACTOR_LEVELS = (
    _deviation("C-07", "fatigue_score", limit.FATIGUE_DEVIATION),
    _deviation("C-07", MISMATCH, limit.MISMATCH_DEVIATION),
    _deviation("C-07", PACE, limit.PACE_DEVIATION),
    _deviation("C-07", USAGE, limit.USAGE_DEVIATION),
)
FACTOR_MEANS = tuple(
    mean
    for score, mean_limit, end, at_end in (
        (MISMATCH, limit.MISMATCH_MEAN, MISMATCH_END, limit.MISMATCH_AT_LIMIT),
        (PACE, limit.PACE_MEAN, SCORE_END, limit.PACE_AT_LIMIT),
        (USAGE, limit.USAGE_MEAN_SCORE, SCORE_END, limit.USAGE_AT_LIMIT),
    )
    for mean in (
        _mean(f"C-07_{score}_mean", score, -mean_limit, mean_limit, f"mean {score}"),
        _share(f"C-07_{score}_zero", f"{score} = 0", score, limit.EXACT_ZERO_SHARE, "exactly 0"),
        _share(f"C-07_{score}_end", f"abs({score}) >= {end}", score, at_end, "at the end of its scale"),
    )
)
TREND_CORRELATION = "corr(t.recent_trend, u.points_trend_last_5)"
STORE_LEVELS = (
    TableRule("M-08_values", "warn", _few_values, "Every feature of a whole season has several values, too few:"),
    _deviation("M-08", "team_win_pct", limit.WIN_PCT_DEVIATION),
    TableRule(
        "M-08_trend",
        "warn",
        of_season(
            TREND_CORRELATION,
            f"{TREND_CORRELATION} <= {limit.TREND_CORRELATION}",
            join=f"join {CACHE} u on u.cache_date = {{own_date}} and u.player_lookup = t.player_lookup\n"
            f"and u.cache_date {{season}}",
        ),
        "recent_trend follows the trend it is made of, correlation of a season:",
    ),
    TableRule(
        "M-09_correlation",
        "error",
        _leak_correlation,
        f"The mean of earlier games does not know the game: correlation below {limit.LEAK_CORRELATION}, found",
    ),
)
STORE_MEANS = (
    PeriodMean(
        "M-09_error", "error", "season", _errors_of_mean, limit.LEAK_ERROR, float("inf"),
        "mean absolute error of points_avg_last_10", least=limit.LEAK_ROWS,
    ),
    _mean("M-08_home", "home_away", *limit.HOME_SHARE, "share of home games"),
    _mean("M-08_back_to_back", "back_to_back", *limit.SEASON_BACK_TO_BACKS, "share of back-to-backs"),
    _mean("M-10_season", NOT_A_FEATURE, limit.QUALITY_OF_SEASON, 1, "mean feature_quality_score"),
    PeriodMean("M-10_date", "warn", "date", _quality, limit.QUALITY_OF_DATE, 1, "mean feature_quality_score"),
    PeriodMean(
        "unknown_lines", "warn", "date", _unknown_lines, 0, limit.LINE_NULL_SHARE, "share of rows without a line"
    ),
)  # fmt: skip
