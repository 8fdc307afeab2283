"""Columns and column builders that the team and the player table of upcoming games share.

Does NOT belong here: columns only one of them has, computing them.
"""

from __future__ import annotations

from dataclasses import replace

from nba_pipeline.schema import Column, Condition, Domain, NullCeiling
from nba_pipeline.schema.column import Type
from nba_pipeline.schema.fields import SEASON_TYPE

GAMES = "nba_reference.games"
VENUES = "nba_reference.games, nba_reference.venues"
EARLIER_GAMES = "nba_reference.games, earlier games of the season"
GAME_LINES = "raw.odds_api_game_lines"
INJURIES = "raw.nbac_injury_report, raw.nbac_injury_report_teams"
PLAYER_GAMES = "nba_analytics.player_game_summary, earlier games of the season"
OFFENSE = "nba_analytics.team_offense_game_summary, earlier games of the season"
DEFENSE = "nba_analytics.team_defense_game_summary, earlier games of the season"
NO_LINES = "lines exist only where odds are collected"
NO_REPORTS = "injury reports exist only where they are collected"

HAS_EARLIER_GAME = (Condition("game_number_in_season", ">", 1),)
NEVER_NULL = NullCeiling(season=0, date=0, block=0, population=HAS_EARLIER_GAME)
ALL_BUT_OPENERS = NullCeiling(season=0.013, date=0.05)
TIP_OFF_NULLS = NullCeiling(season=0.01, date=0.5)
VENUE_NULLS = NullCeiling(season=0.03, date=0.5)
LEG_NULLS = NullCeiling(season=0.03, date=0, error=0.03)
LEGS_NULLS = NullCeiling(season=0.05, date=0.5)

REST_LIMITS = (0, 10)
SPREAD_LIMITS, SPREAD_DOMAIN = (-25, 25), Domain(-40, 40, "null_cell")
TOTAL_LIMITS, TOTAL_DOMAIN = (190, 270), Domain(150, 320, "null_cell")
MOVEMENT_LIMITS = (-5, 5)
MOST_LEG_MILES = 5000  # measured 4,136
MOST_ZONE_HOURS = 9  # measured 7
PACE_LIMITS, RATING_LIMITS = (82, 120), (65, 165)


def flag(name: str, description: str, source: str, **more: object) -> Column:
    return Column(name, "BOOL", description, unit="flag", source=source, required=True, **more)  # type: ignore[arg-type]


def counter(name: str, description: str, unit: str, source: str, maximum: float | None = None) -> Column:
    """A count every row has."""
    return Column(name, "INT64", description, unit=unit, source=source, required=True, minimum=0, maximum=maximum)


def rest(name: str, description: str, nulls: NullCeiling) -> Column:
    low, high = REST_LIMITS
    return Column(name, "INT64", description, unit="days", source=EARLIER_GAMES, nulls=nulls, minimum=low, maximum=high)


def form(name: str, description: str, unit: str, source: str, limits: tuple[float, float]) -> Column:
    """A team's last ten games; NULL only for its first game of the season."""
    low, high = limits
    return Column(
        name, "FLOAT64", description, unit=unit, source=source, nulls=ALL_BUT_OPENERS, minimum=low, maximum=high
    )


def market(name: str, type_: Type, description: str, unit: str, **more: object) -> Column:
    return Column(name, type_, description, unit=unit, source=GAME_LINES, may_be_constant=NO_LINES, **more)  # type: ignore[arg-type]


def _points(
    name: str, description: str, limits: tuple[float, float], domain: Domain | None, nulls: NullCeiling | None = None
) -> Column:
    low, high = limits
    return market(name, "FLOAT64", description, "points", minimum=low, maximum=high, domain=domain, nulls=nulls)


def spread(name: str, description: str, nulls: NullCeiling | None = None) -> Column:
    return _points(name, description, SPREAD_LIMITS, SPREAD_DOMAIN, nulls)


def total(name: str, description: str, nulls: NullCeiling | None = None) -> Column:
    return _points(name, description, TOTAL_LIMITS, TOTAL_DOMAIN, nulls)


def listed(name: str, description: str, source: str = INJURIES) -> Column:
    """Players in the report in force; NULL for a team that has not reported."""
    return Column(
        name, "INT64", description, unit="players", source=source, minimum=0, maximum=20, may_be_constant=NO_REPORTS
    )


def report_instant() -> Column:
    return Column(
        "injury_report_at",
        "TIMESTAMP",
        "Instant of the report in force: the newest the team had submitted up to tip-off; NULL before it reports.",
        unit="UTC instant",
        source="raw.nbac_injury_report_teams",
        may_be_constant=NO_REPORTS,
    )


SEASON_PHASE = replace(SEASON_TYPE, name="season_phase")
HOME_GAME = flag("home_game", "The team is the home team of the schedule.", GAMES)
TIP_OFF_AT = Column(
    "tip_off_at",
    "TIMESTAMP",
    "Scheduled tip-off; NULL while no time is fixed.",
    unit="UTC instant",
    source=GAMES,
    nulls=TIP_OFF_NULLS,
)
