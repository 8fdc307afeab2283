"""Levels of the zone analyses over a date or a season. Does NOT belong here: rules on single rows."""

from __future__ import annotations

from collections.abc import Callable

from nba_pipeline.orchestration.checks import thresholds as limit
from nba_pipeline.orchestration.checks.feature_levels import of_season
from nba_pipeline.orchestration.checks.period_means import PeriodMean
from nba_pipeline.orchestration.checks.table_rules import TableRule, Window

VERSUS_LEAGUE = ("paint_defense_vs_league_avg", "mid_range_defense_vs_league_avg", "three_pt_defense_vs_league_avg")
CORRELATION = "corr(t.paint_defense_vs_league_avg, t.defensive_rating_last_15)"


def _flat_dates(window: Window) -> str:
    flat = [
        f"case when stddev_samp({name}) < {least!r} then ' {name}' else '' end"
        for name, least in (
            ("defensive_rating_last_15", limit.RATING_DEVIATION),
            *((name, limit.ZONE_DEVIATION) for name in VERSUS_LEAGUE),
        )
    ]
    return (
        f"select partition_date, offender from (select analysis_date as partition_date, concat({', '.join(flat)})\n"
        f"as offender from {window.own} where analysis_date {window.dates}\n"
        f"group by analysis_date having count(*) >= {limit.TEAMS})\n"
        f"where offender <> ''"
    )


def _fewer_rows(window: Window) -> str:
    before = "lag(players) over (partition by season_year order by analysis_date)"
    return (
        f"select analysis_date as partition_date, concat(cast(players as string), ' after ',\n"
        f"cast(players_before as string)) as offender from (select analysis_date, players, {before} as players_before\n"
        f"from (select analysis_date, season_year, count(*) as players from {window.own}\n"
        f"where analysis_date {window.season} group by analysis_date, season_year))\n"
        f"where players < players_before and analysis_date {window.dates}"
    )


def _rate(name: str) -> Callable[[Window], str]:
    def sums(window: Window) -> str:
        return (
            f"select analysis_date as partition_date, sum({name}) as amount, count({name}) as weight\n"
            f"from {window.own} where analysis_date {window.dates} and total_shots_last_10 >= {limit.SAMPLE_SHOTS}\n"
            f"group by analysis_date"
        )

    return sums


def _zone_games(window: Window) -> str:
    return (
        f"select analysis_date as partition_date, sum(zone_games_in_sample_10) as amount,\n"
        f"sum(games_in_sample_10) as weight from {window.own} where analysis_date {window.season}\n"
        f"group by analysis_date"
    )


DEFENCE_LEVELS = (
    TableRule("T-08", "warn", _flat_dates, "Teams differ from each other on every date, too alike:"),
    TableRule(
        "T-09",
        "warn",
        of_season(CORRELATION, f"{CORRELATION} <= {limit.PAINT_RATING_CORRELATION}"),
        "A weak paint defence is a weak defence, correlation of a season:",
    ),
)
PLAYER_LEVELS = (TableRule("S-07", "warn", _fewer_rows, "The number of players never falls within a season:"),)
PLAYER_MEANS = (
    *(
        PeriodMean(
            f"S-08_{kind}", "warn", "date", _rate(f"{kind}_rate_last_10"), low, high, f"mean {kind} rate",
            least=limit.SAMPLE_PLAYERS,
        )
        for kind, (low, high) in (
            ("paint", limit.PAINT_RATE), ("three_pt", limit.THREE_RATE), ("assisted", limit.ASSISTED_RATE),
        )
    ),
    PeriodMean(
        "S-08_zone_games", "warn", "season", _zone_games, limit.ZONE_GAMES_OF_SAMPLE, 1,
        "share of sample games with zones",
        least_dates=limit.SEASON_GAME_DATES,
    ),
)  # fmt: skip
