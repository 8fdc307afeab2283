"""Columns of analytics.player_game_summary.

Does NOT belong here: computing them.
"""

from __future__ import annotations

from dataclasses import replace

from nba_pipeline.analytics.box_statistics import DESCRIPTIONS, PLAYER_STATISTICS, SHOOTING, ZONE_DESCRIPTIONS
from nba_pipeline.analytics.dnp_reasons import CATEGORIES
from nba_pipeline.schema import Column, Condition, Domain, NullCeiling
from nba_pipeline.schema.column import Type
from nba_pipeline.schema.fields import (
    GAME_DATE,
    GAME_ID,
    NBA_GAME_ID,
    NBA_PLAYER_ID,
    OPPONENT_TEAM_ABBR,
    PLAYER_LOOKUP,
    SEASON_TYPE,
    SEASON_YEAR,
    TEAM_ABBR,
)

GAMES = "nba_reference.games"
BOX = "winning box source"
PLAY_BY_PLAY = "play-by-play of the game"
PROPS = "raw.odds_api_player_points_props"
COMPUTED = "transform"
NO_PROPS = "no points props exist before the odds feed"

HAS_LINE = (Condition("is_dnp", "=", False),)
PLAYED = (Condition("is_active", "=", True),)
HAS_ZONES = (*HAS_LINE, Condition("shot_zone_source", "is not null"))
FIVE_MINUTES = (Condition("minutes_played", ">=", 5),)  # shorter stints reach usage rates above 1

ALWAYS = NullCeiling(season=0, date=0, block=0.01, population=HAS_LINE)
COUNTED = NullCeiling(season=0.005, date=0.005, error=0.02, population=PLAYED)
ZONED = NullCeiling(season=0, date=0, error=0.01, population=HAS_ZONES)

LONGEST_MINUTES = 63.5  # three overtimes and half a minute; measured at most 57
MAX_POINTS, IMPOSSIBLE_POINTS = 75, 110
IMPOSSIBLE_MINUTES = 80
LINE_LIMITS = (0.5, 45.0)
LINE_DOMAIN = Domain(0.5, 70.0, "null_cell")


def _flag(name: str, description: str, source: str = COMPUTED, **more: object) -> Column:
    return Column(name, "BOOL", description, unit="flag", source=source, **more)  # type: ignore[arg-type]


def _text(name: str, description: str, source: str, *, unit: str = "category", **more: object) -> Column:
    return Column(name, "STRING", description, unit=unit, source=source, **more)  # type: ignore[arg-type]


def _statistic(name: str, nulls: NullCeiling = COUNTED, *, unit: str = "count", minimum: float | None = 0) -> Column:
    source = BOX if name == "rebounds" else f"{BOX}: {PLAYER_STATISTICS[name]}"
    return Column(name, "INT64", DESCRIPTIONS[name], unit=unit, source=source, nulls=nulls, minimum=minimum)


def _event_count(name: str, description: str) -> Column:
    return Column(name, "INT64", description, unit="count", source=PLAY_BY_PLAY, nulls=ZONED, minimum=0)


def _share(name: str, description: str, nulls: NullCeiling, **more: object) -> Column:
    return Column(name, "FLOAT64", description, unit="fraction", source=COMPUTED, nulls=nulls, minimum=0, **more)  # type: ignore[arg-type]


def _market(name: str, type_: Type, description: str, unit: str, source: str = PROPS, **more: object) -> Column:
    return Column(name, type_, description, unit=unit, source=source, may_be_constant=NO_PROPS, **more)  # type: ignore[arg-type]


IDENTITY = (
    GAME_DATE,
    replace(PLAYER_LOOKUP, source="winning box source, nba_reference.players_registry"),
    GAME_ID,
    NBA_GAME_ID,
    SEASON_YEAR,
    SEASON_TYPE,
    replace(
        NBA_PLAYER_ID, source="box sources, players_registry", nulls=NullCeiling(season=0.01, date=0.01, error=0.05)
    ),
    _text(
        "player_full_name",
        "Name in the registry, else as printed.",
        "players_registry, box",
        unit="text",
        required=True,
    ),
    TEAM_ABBR,
    OPPONENT_TEAM_ABBR,
    _flag("home_game", "The player's team is the home team of the schedule.", GAMES, required=True),
    _flag("win_flag", "The player's team won.", GAMES, required=True),
)

AVAILABILITY = (
    _text(
        "player_status",
        "active: has a box line; dnp: dressed, did not enter; inactive: on the inactive list.",
        BOX,
        required=True,
        allowed=("active", "dnp", "inactive"),
    ),
    _flag("is_dnp", "The player has no box line; every statistic is NULL.", required=True),
    _flag("is_active", "The player played: more than 0 seconds.", required=True),
    _text(
        "dnp_reason",
        "Reason printed for not playing, of the winning source, else of the other one.",
        "raw.nbac_player_boxscores, raw.nbac_gamebook_player_stats",
        unit="text",
        may_be_constant="the archive states no reasons",
    ),
    _text(
        "dnp_reason_category",
        "Category of dnp_reason by its words; NULL without a text.",
        COMPUTED,
        allowed=CATEGORIES,
        may_be_constant="the archive states no reasons",
    ),
    _flag(
        "starter_flag",
        "The player started; FALSE for players without a box line.",
        "raw.nbac_player_boxscores.is_starter, else the ten on court at the first event of period 1",
        nulls=NullCeiling(season=0.02, date=0.10, population=HAS_LINE),
    ),
)

PLAYING_TIME = (
    Column(
        "seconds_played",
        "INT64",
        "Seconds on the floor; 0 for an appearance under half a minute in a whole-minute source.",
        unit="seconds",
        source=f"{BOX}: seconds_played",
        nulls=ALWAYS,
        minimum=0,
    ),
    Column(
        "minutes_played",
        "FLOAT64",
        "Minutes on the floor.",
        unit="minutes",
        source="seconds_played / 60",
        nulls=ALWAYS,
        minimum=0,
        maximum=LONGEST_MINUTES,
        domain=Domain(0, IMPOSSIBLE_MINUTES, "reject_row"),
    ),
)

STATISTICS = (
    replace(
        _statistic("points", ALWAYS, unit="points"),
        maximum=MAX_POINTS,
        domain=Domain(0, IMPOSSIBLE_POINTS, "reject_row"),
    ),
    _statistic("rebounds"),
    _statistic("offensive_rebounds"),
    _statistic("defensive_rebounds"),
    _statistic("assists"),
    _statistic("steals"),
    _statistic("blocks"),
    _statistic("turnovers"),
    _statistic("personal_fouls", NullCeiling(season=0.01, date=0.01, population=PLAYED)),
    _statistic(
        "plus_minus", NullCeiling(season=0.01, date=0.01, error=0.10, population=PLAYED), unit="points", minimum=None
    ),
    *(_statistic(name) for name in SHOOTING),
)

PLAY_BY_PLAY_COLUMNS = (
    *(_event_count(name, description) for name, description in ZONE_DESCRIPTIONS.items()),
    _event_count("assisted_fg_makes", "Field goals made off a pass."),
    _event_count("unassisted_fg_makes", "Field goals made without a pass."),
    _event_count("and1_count", "Single free throws after an own basket at the same clock, made or missed."),
    _event_count("paint_blocks", "Opponents' paint shots blocked by the player."),
    _event_count("mid_range_blocks", "Opponents' mid-range shots blocked by the player."),
    _event_count("three_pt_blocks", "Opponents' threes blocked by the player."),
)

EFFICIENCY = (
    _flag(
        "has_complete_shot_zones",
        "Zones are known and their attempts differ from fg_attempts by at most one.",
        nulls=NullCeiling(season=0, date=0, error=0.01, population=HAS_LINE),
        may_be_constant="true for nearly every row of a game with play-by-play",
    ),
    _share(
        "usage_rate",
        "Share of the team's plays used while on the floor; NULL where the team's minutes are incomplete.",
        NullCeiling(season=0.01, date=0.01, error=0.05, population=PLAYED),
        maximum=0.60,
        range_when=FIVE_MINUTES,
        domain=Domain(0, 1, "null_cell", when=FIVE_MINUTES),
    ),
    _share(
        "ts_pct",
        "True shooting: points / (2 (FGA + 0.44 FTA)).",
        NullCeiling(season=0, date=0, error=0.01, population=(*PLAYED, Condition("fg_attempts", ">", 0))),
        maximum=1.5,
    ),
    _share(
        "efg_pct",
        "Effective field goals: (FGM + 0.5 3PM) / FGA.",
        NullCeiling(season=0, date=0, error=0.01, population=(*PLAYED, Condition("fg_attempts", ">", 0))),
        maximum=1.5,
    ),
)

MARKET = (
    _market(
        "points_line",
        "FLOAT64",
        "Points line at tip-off: last quote in time of the preferred source.",
        "points",
        minimum=LINE_LIMITS[0],
        maximum=LINE_LIMITS[1],
        domain=LINE_DOMAIN,
    ),
    _market(
        "opening_line",
        "FLOAT64",
        "First line of the same source, if older than points_line.",
        "points",
        minimum=LINE_LIMITS[0],
        maximum=LINE_LIMITS[1],
        domain=LINE_DOMAIN,
    ),
    _market("line_movement", "FLOAT64", "points_line minus opening_line.", "points", COMPUTED),
    _market("points_line_source", "STRING", "Source of points_line as <api>:<book>.", "category"),
    _market(
        "points_line_at", "TIMESTAMP", "Instant of the quote; the tip-off for archived closing lines.", "UTC instant"
    ),
    _market(
        "over_under_result",
        "STRING",
        "OVER, UNDER or PUSH: points against points_line; NULL without a line or a box line.",
        "category",
        COMPUTED,
        allowed=("OVER", "UNDER", "PUSH"),
    ),
    _market("margin", "FLOAT64", "points minus points_line.", "points", COMPUTED),
)

SOURCES = (
    _text(
        "box_score_source",
        "Source of the box line or listing.",
        COMPUTED,
        required=True,
        allowed=("nbac_player_boxscores", "nbac_gamebook_player_stats"),
        may_be_constant="the gamebook only fills gaps",
    ),
    _text(
        "shot_zone_source",
        "Play-by-play source of the game; NULL for a game without play-by-play.",
        COMPUTED,
        nulls=NullCeiling(season=0.15, date=1, population=HAS_LINE),
        allowed=("nbac_play_by_play", "bigdataball_play_by_play"),
        may_be_constant="one source covers nearly every game",
    ),
)

COLUMNS: tuple[Column, ...] = (
    *IDENTITY,
    *AVAILABILITY,
    *PLAYING_TIME,
    *STATISTICS,
    *PLAY_BY_PLAY_COLUMNS,
    *EFFICIENCY,
    *MARKET,
    *SOURCES,
)
