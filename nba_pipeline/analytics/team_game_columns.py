"""Columns of the two team tables of a game: what a team did, and what it allowed.

Does NOT belong here: computing them.
"""

from __future__ import annotations

from dataclasses import replace

from nba_pipeline.analytics.box_statistics import DESCRIPTIONS, SHOOTING, TEAM_STATISTICS, ZONE_DESCRIPTIONS
from nba_pipeline.schema import Column, Condition, Domain, NullCeiling
from nba_pipeline.schema.fields import (
    GAME_DATE,
    GAME_ID,
    NBA_GAME_ID,
    OPPONENT_TEAM_ABBR,
    SEASON_TYPE,
    SEASON_YEAR,
    TEAM_ABBR,
)

GAMES = "nba_reference.games"
TEAM_BOX = "raw.nbac_team_boxscore, else sums of player_game_summary"
PLAY_BY_PLAY = "play-by-play of the game"
COMPUTED = "transform"

HAS_ZONES = (Condition("shot_zone_source", "is not null"),)
HAS_QUALIFIERS = (Condition("shot_zone_source", "=", "nbac_play_by_play"),)
ZONED = NullCeiling(season=0, date=0, error=0.01, population=HAS_ZONES)
QUALIFIED = NullCeiling(season=0, date=0, error=0.01, population=HAS_QUALIFIERS)
NEVER_NULL = NullCeiling(season=0, date=0, block=0)
FOULS = NullCeiling(season=0.01, date=1)

RATING_RANGE, RATING_DOMAIN = (65, 165), Domain(45, 190, "null_cell")  # points per 100 possessions
TS_RANGE, EFG_RANGE, EFFICIENCY_DOMAIN = (0.33, 0.85), (0.30, 0.83), Domain(0.2, 1.0, "null_cell")
POINTS_RANGE, POINTS_DOMAIN = (60, 180), Domain(40, 220, "reject_row")
POSSESSIONS_RANGE, POSSESSIONS_DOMAIN = (75, 140), Domain(60, 170, "reject_row")
PACE_RANGE, PACE_DOMAIN = (82, 120), Domain(65, 135, "reject_row")
QUALIFIED_DESCRIPTIONS = {
    "points_in_paint": "Points the league counts as scored in the paint, field goals and free throws.",
    "second_chance_points": "Points after an offensive rebound, field goals and free throws.",
    "fast_break_points": "Points on fast breaks, field goals and free throws.",
}


def _flag(name: str, description: str) -> Column:
    return Column(name, "BOOL", description, unit="flag", source=GAMES, required=True)


def count(name: str, description: str, source: str, *, unit: str = "count") -> Column:
    """A count every row has."""
    return Column(name, "INT64", description, unit=unit, source=source, required=True, minimum=0)


def fouls(name: str, description: str, source: str) -> Column:
    """Personal fouls; the sources of play-in games state none."""
    return Column(name, "INT64", description, unit="count", source=source, nulls=FOULS, minimum=0)


def event_count(name: str, description: str, source: str, *, unit: str = "count", nulls: NullCeiling = ZONED) -> Column:
    """A count from play-by-play, NULL where the game has none."""
    return Column(name, "INT64", description, unit=unit, source=source, nulls=nulls, minimum=0)


def _measure(
    name: str, description: str, unit: str, limits: tuple[float, float], domain: Domain, source: str
) -> Column:
    required = domain.action == "reject_row"
    return Column(
        name,
        "FLOAT64",
        description,
        unit=unit,
        source=source,
        required=required,
        nulls=None if required else NEVER_NULL,
        minimum=limits[0],
        maximum=limits[1],
        domain=domain,
    )


def rating(name: str, description: str, source: str) -> Column:
    return _measure(name, description, "points/100 possessions", RATING_RANGE, RATING_DOMAIN, source)


def game_pace(name: str, description: str, source: str) -> Column:
    return _measure(name, description, "possessions/48 min", PACE_RANGE, PACE_DOMAIN, source)


def efficiency(name: str, description: str, limits: tuple[float, float], source: str) -> Column:
    return _measure(name, description, "fraction", limits, EFFICIENCY_DOMAIN, source)


def _source_name(name: str, description: str, source: str, allowed: tuple[str, ...]) -> Column:
    return Column(
        name,
        "STRING",
        description,
        unit="category",
        source=source,
        required=True,
        allowed=allowed,
        may_be_constant="one source covers nearly every game",
    )


IDENTITY = (
    GAME_DATE,
    GAME_ID,
    NBA_GAME_ID,
    SEASON_YEAR,
    SEASON_TYPE,
    TEAM_ABBR,
    OPPONENT_TEAM_ABBR,
    _flag("home_game", "The team is the home team of the schedule."),
    _flag("win_flag", "The team won."),
)
MARGIN = Column(
    "margin_of_victory",
    "INT64",
    "Own points minus the opponent's, negative for a loss.",
    unit="points",
    source=COMPUTED,
    required=True,
)
OVERTIMES = count("overtime_periods", "Overtimes played, from the summed minutes.", COMPUTED)
ZONE_SOURCE = Column(
    "shot_zone_source",
    "STRING",
    "Play-by-play source of the game; NULL for a game without play-by-play.",
    unit="category",
    source=COMPUTED,
    nulls=NullCeiling(season=0.15, date=1),
    allowed=("nbac_play_by_play", "bigdataball_play_by_play"),
    may_be_constant="one source covers nearly every game",
)
BOX_SOURCE = _source_name(
    "box_score_source",
    "Source of the totals of both teams.",
    COMPUTED,
    ("nbac_team_boxscore", "player_sum"),
)


def _team_statistic(name: str) -> Column:
    return count(name, DESCRIPTIONS.get(name, name), f"{TEAM_BOX}: {TEAM_STATISTICS.get(name, name)}")


OFFENSE_COLUMNS: tuple[Column, ...] = (
    *IDENTITY,
    Column(
        "points_scored",
        "INT64",
        "Points of the team, equal to the schedule's score.",
        unit="points",
        source=TEAM_BOX,
        required=True,
        minimum=POINTS_RANGE[0],
        maximum=POINTS_RANGE[1],
        domain=POINTS_DOMAIN,
    ),
    MARGIN,
    *(_team_statistic(name) for name in (*SHOOTING, "assists", "steals", "blocks")),
    *(_team_statistic(name) for name in ("offensive_rebounds", "defensive_rebounds", "rebounds")),
    fouls("personal_fouls", DESCRIPTIONS["personal_fouls"], TEAM_BOX),
    count("turnovers", "Turnovers with team turnovers (shot clock …) where both teams state them.", TEAM_BOX),
    count("player_turnovers", "Turnovers charged to players; the turnovers of usage_rate.", TEAM_BOX),
    OVERTIMES,
    Column(
        "team_minutes",
        "FLOAT64",
        "Exact player minutes of the game: 240 and 25 for every overtime.",
        unit="minutes",
        source=COMPUTED,
        required=True,
        minimum=240,
    ),
    _measure(
        "possessions",
        "Possessions used: FGA + 0.44 FTA + TOV - OREB.",
        "possessions",
        POSSESSIONS_RANGE,
        POSSESSIONS_DOMAIN,
        COMPUTED,
    ),
    game_pace("pace", "Possessions of both teams per 48 minutes, their mean; equal for both.", COMPUTED),
    rating("offensive_rating", "Points per 100 own possessions.", COMPUTED),
    efficiency("ts_pct", "True shooting: points / (2 (FGA + 0.44 FTA)).", TS_RANGE, COMPUTED),
    efficiency("efg_pct", "Effective field goals: (FGM + 0.5 3PM) / FGA.", EFG_RANGE, COMPUTED),
    *(event_count(name, text, PLAY_BY_PLAY) for name, text in ZONE_DESCRIPTIONS.items()),
    *(
        event_count(name, text, "raw.nbac_play_by_play qualifiers", unit="points", nulls=QUALIFIED)
        for name, text in QUALIFIED_DESCRIPTIONS.items()
    ),
    count("players_used", "Players with time on the floor.", "analytics.player_game_summary", unit="players"),
    Column(
        "players_inactive",
        "INT64",
        "Players on the inactive list; NULL if the game's source has no inactive list.",
        unit="players",
        source="analytics.player_game_summary",
        nulls=NullCeiling(season=0.05, date=1),
        minimum=0,
    ),
    BOX_SOURCE,
    _source_name(
        "turnovers_source",
        "team_total: turnovers include team turnovers; player_sum: charged to players only.",
        COMPUTED,
        ("team_total", "player_sum"),
    ),
    ZONE_SOURCE,
)

TEAM_OFFENSE = "analytics.team_offense_game_summary of the opponent"
OWN_OFFENSE = "analytics.team_offense_game_summary"
ALLOWED_QUALIFIED = {
    "points_in_paint_allowed": "Points in the paint of the opponent.",
    "second_chance_points_allowed": "Second-chance points of the opponent.",
    "fast_break_points_allowed": "Fast-break points of the opponent.",
}
BLOCK_DESCRIPTIONS = {
    "blocks_paint": "Opponents' paint shots blocked by the own players.",
    "blocks_mid_range": "Opponents' mid-range shots blocked by the own players.",
    "blocks_three_pt": "Opponents' threes blocked by the own players.",
}


def _of_opponent(name: str) -> Column:
    return count(f"opp_{name}", f"Opponent: {DESCRIPTIONS[name]}", f"{TEAM_OFFENSE}: {name}")


DEFENSE_COLUMNS: tuple[Column, ...] = (
    *IDENTITY,
    MARGIN,
    replace(OVERTIMES, source=OWN_OFFENSE),
    Column(
        "points_allowed",
        "INT64",
        "Points of the opponent.",
        unit="points",
        source=f"{TEAM_OFFENSE}: points_scored",
        required=True,
        minimum=POINTS_RANGE[0],
        maximum=POINTS_RANGE[1],
        domain=POINTS_DOMAIN,
    ),
    *(_of_opponent(name) for name in (*SHOOTING, "offensive_rebounds", "rebounds", "assists")),
    count("turnovers_forced", "All turnovers of the opponent.", f"{TEAM_OFFENSE}: turnovers"),
    *(
        event_count(f"opp_{name}", f"Opponent: {text}", f"{TEAM_OFFENSE}: {name}")
        for name, text in ZONE_DESCRIPTIONS.items()
    ),
    *(
        event_count(name, text, TEAM_OFFENSE, unit="points", nulls=QUALIFIED)
        for name, text in ALLOWED_QUALIFIED.items()
    ),
    event_count("mid_range_points_allowed", "Twice the opponent's mid-range makes.", COMPUTED, unit="points"),
    count("three_pt_points_allowed", "Three times the opponent's threes made.", COMPUTED, unit="points"),
    *(event_count(name, text, "analytics.player_game_summary") for name, text in BLOCK_DESCRIPTIONS.items()),
    count("blocks_total", "Shots blocked by the team, box score.", f"{OWN_OFFENSE}: blocks"),
    count("steals", "Steals of the team.", f"{OWN_OFFENSE}: steals"),
    count("defensive_rebounds", "Defensive rebounds of the team.", f"{OWN_OFFENSE}: defensive_rebounds"),
    fouls("fouls_committed", "Personal fouls of the team.", f"{OWN_OFFENSE}: personal_fouls"),
    rating("defensive_rating", "Opponent's points per 100 of its possessions.", f"{TEAM_OFFENSE}: offensive_rating"),
    game_pace("opponent_pace", "Pace of the game, equal for both teams.", f"{TEAM_OFFENSE}: pace"),
    efficiency("opponent_ts_pct", "True shooting of the opponent.", TS_RANGE, f"{TEAM_OFFENSE}: ts_pct"),
    efficiency("opponent_efg_pct", "Effective field goals of the opponent.", EFG_RANGE, f"{TEAM_OFFENSE}: efg_pct"),
    replace(BOX_SOURCE, source=f"{TEAM_OFFENSE}: box_score_source"),
    replace(ZONE_SOURCE, source=f"{TEAM_OFFENSE}: shot_zone_source"),
)
