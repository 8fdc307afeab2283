"""Columns of analytics.upcoming_player_game_context.

Does NOT belong here: computing them, rules on rows.
"""

from __future__ import annotations

from dataclasses import replace

from nba_pipeline.analytics.player_game_columns import LINE_DOMAIN, LINE_LIMITS, NO_PROPS, PROPS
from nba_pipeline.analytics.upcoming_columns import (
    ALL_BUT_OPENERS,
    HOME_GAME,
    INJURIES,
    NO_REPORTS,
    PACE_LIMITS,
    RATING_LIMITS,
    SEASON_PHASE,
    TIP_OFF_AT,
    flag,
    listed,
    report_instant,
    rest,
    spread,
    total,
)
from nba_pipeline.analytics.upcoming_columns import PLAYER_GAMES as EARLIER
from nba_pipeline.analytics.upcoming_workload_columns import SCORING, WORKLOAD
from nba_pipeline.raw import nbac_injury_report
from nba_pipeline.schema import Column, NullCeiling
from nba_pipeline.schema.column import Type
from nba_pipeline.schema.fields import (
    GAME_DATE,
    GAME_ID,
    NBA_GAME_ID,
    NBA_PLAYER_ID,
    OPPONENT_TEAM_ABBR,
    PLAYER_LOOKUP,
    SEASON_YEAR,
    TEAM_ABBR,
)

TEAM_CONTEXT = "nba_analytics.upcoming_team_game_context"
REGISTRY = "nba_reference.players_registry"
REPORT = nbac_injury_report.TABLE.by_name


def _market(name: str, type_: Type, description: str, unit: str, source: str = PROPS, **more: object) -> Column:
    return Column(name, type_, description, unit=unit, source=source, may_be_constant=NO_PROPS, **more)  # type: ignore[arg-type]


def _line(name: str, description: str) -> Column:
    low, high = LINE_LIMITS
    return _market(name, "FLOAT64", description, "points", minimum=low, maximum=high, domain=LINE_DOMAIN)


def _streak(name: str, description: str, source: str) -> Column:
    return _market(name, "INT64", description, "games", source, minimum=0)


def _opponent(name: str, description: str, unit: str, limits: tuple[float, float]) -> Column:
    low, high = limits
    return Column(
        name,
        "FLOAT64",
        description,
        unit=unit,
        source=TEAM_CONTEXT,
        nulls=ALL_BUT_OPENERS,
        minimum=low,
        maximum=high,
    )


def _copied(column: Column) -> Column:
    """A column of the team's row, as that row has it."""
    return replace(column, source=TEAM_CONTEXT)


IDENTITY = (
    GAME_DATE,
    replace(PLAYER_LOOKUP, source=f"{EARLIER}, {REGISTRY}"),
    replace(NBA_PLAYER_ID, source=REGISTRY, nulls=NullCeiling(season=0.01, date=0.01, error=0.05)),
    Column(
        "player_full_name",
        "STRING",
        "Name in the registry, else as printed with his newest listing.",
        unit="text",
        source=f"{REGISTRY}, {EARLIER}",
        required=True,
    ),
    *(_copied(column) for column in (GAME_ID, NBA_GAME_ID, SEASON_YEAR, SEASON_PHASE)),
    replace(TEAM_ABBR, description="NBA tricode of the team of his newest earlier listing.", source=EARLIER),
    *(_copied(column) for column in (OPPONENT_TEAM_ABBR, HOME_GAME, TIP_OFF_AT)),
    Column(
        "player_age",
        "FLOAT64",
        "Age on the day of the game, in years of 365.25 days.",
        unit="years",
        source=f"{REGISTRY}.birth_date",
        nulls=NullCeiling(season=0.50, date=0.60),
        minimum=18,
        maximum=46,
        may_be_constant="the archive has no birth dates",
    ),
)
AVAILABILITY = (
    Column(
        "injury_status",
        "STRING",
        "Status in the report in force; available when his team has reported without him, NULL before it reports.",
        unit="category",
        source=INJURIES,
        allowed=REPORT["injury_status"].allowed,
        may_be_constant=NO_REPORTS,
    ),
    Column(
        "on_injury_report",
        "BOOL",
        "The report in force of his team lists him; NULL before it reports.",
        unit="flag",
        source=INJURIES,
        may_be_constant=NO_REPORTS,
    ),
    Column(
        "injury_reason",
        "STRING",
        "Reason as printed with that listing.",
        unit="text",
        source="raw.nbac_injury_report.reason",
        may_be_constant=NO_REPORTS,
    ),
    Column(
        "injury_reason_category",
        "STRING",
        "Kind of that reason; g_league is duty elsewhere, no injury.",
        unit="category",
        source="raw.nbac_injury_report.reason_category",
        allowed=REPORT["reason_category"].allowed,
        may_be_constant=NO_REPORTS,
    ),
    report_instant(),
    listed("questionable_teammates", "Teammates listed as questionable or doubtful, himself excluded."),
    listed("probable_teammates", "Teammates listed as probable, himself excluded."),
    listed(
        "star_teammates_out",
        "Teammates out or doubtful with at least 5 played games and 18 points, or 28 minutes and 12 points, a game.",
        f"{INJURIES}, {EARLIER}",
    ),
)
MARKET = (
    flag("has_prop_line", "There is a points line before tip-off.", PROPS, may_be_constant=NO_PROPS),
    _line("current_points_line", "Points line at tip-off: last quote in time of the preferred source."),
    _line("opening_points_line", "First line of the same source, if older than current_points_line."),
    _market("line_movement", "FLOAT64", "current_points_line minus opening_points_line.", "points"),
    _market("points_line_source", "STRING", "Source of current_points_line as <api>:<book>.", "category"),
    _market("points_line_at", "TIMESTAMP", "Instant of the quote behind current_points_line.", "UTC instant"),
    _line("points_line_consensus", "Median of the last lines of all sources."),
    _market(
        "points_line_books",
        "INT64",
        "Sources with a line before tip-off, 0 without any.",
        "sources",
        required=True,
        minimum=0,
    ),
    _streak(
        "over_current_line_streak",
        "Newest games in a row with more points than current_points_line, equal ones skipped.",
        f"{EARLIER}, {PROPS}",
    ),
    _streak(
        "under_current_line_streak",
        "Newest games in a row with fewer points than current_points_line, equal ones skipped.",
        f"{EARLIER}, {PROPS}",
    ),
    _streak("prop_over_streak", "Newest games in a row over the line each had; NULL if none had one.", EARLIER),
    _streak("prop_under_streak", "Newest games in a row under the line each had; NULL if none had one.", EARLIER),
)
TEAM_FACTS = (
    _copied(rest("team_days_rest", "Full days since his team's previous game.", ALL_BUT_OPENERS)),
    _copied(rest("opponent_days_rest", "Full days since the opponent's previous game.", ALL_BUT_OPENERS)),
    _copied(spread("game_spread", "Spread of his team at tip-off, negative = favoured.")),
    _copied(total("game_total", "Total of the game at tip-off.")),
    _opponent(
        "pace_differential",
        "pace_last_10 of his team minus that of the opponent.",
        "possessions/48 min",
        (PACE_LIMITS[0] - PACE_LIMITS[1], PACE_LIMITS[1] - PACE_LIMITS[0]),
    ),
    _opponent("opponent_pace_last_10", "pace_last_10 of the opponent.", "possessions/48 min", PACE_LIMITS),
    _opponent(
        "opponent_def_rating_last_10",
        "defensive_rating_last_10 of the opponent.",
        "points/100 possessions",
        RATING_LIMITS,
    ),
    _opponent(
        "opponent_ft_rate_allowed_last_10",
        "ft_rate_allowed_last_10 of the opponent.",
        "attempts/attempt",
        (0, 1),
    ),
)
COLUMNS: tuple[Column, ...] = (*IDENTITY, *AVAILABILITY, *WORKLOAD, *SCORING, *MARKET, *TEAM_FACTS)
