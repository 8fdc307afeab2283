"""Columns of analytics.upcoming_team_game_context.

Does NOT belong here: computing them, rules on rows.
"""

from __future__ import annotations

from dataclasses import replace

from nba_pipeline.analytics.upcoming_columns import (
    ALL_BUT_OPENERS,
    DEFENSE,
    EARLIER_GAMES,
    GAMES,
    HOME_GAME,
    INJURIES,
    LEG_NULLS,
    LEGS_NULLS,
    MOST_LEG_MILES,
    MOST_ZONE_HOURS,
    MOVEMENT_LIMITS,
    NEVER_NULL,
    OFFENSE,
    PACE_LIMITS,
    PLAYER_GAMES,
    RATING_LIMITS,
    SEASON_PHASE,
    TIP_OFF_AT,
    VENUE_NULLS,
    VENUES,
    _points,
    counter,
    flag,
    form,
    listed,
    market,
    report_instant,
    rest,
    spread,
    total,
)
from nba_pipeline.schema import Column, Condition, NullCeiling
from nba_pipeline.schema.fields import GAME_DATE, GAME_ID, NBA_GAME_ID, OPPONENT_TEAM_ABBR, SEASON_YEAR, TEAM_ABBR

IDENTITY = (GAME_DATE, GAME_ID, NBA_GAME_ID, SEASON_YEAR, TEAM_ABBR, OPPONENT_TEAM_ABBR, HOME_GAME, SEASON_PHASE)
PLACE = (
    flag(
        "neutral_site",
        "Neither team is at home.",
        GAMES,
        may_be_constant="a handful of neutral games a season",
    ),
    TIP_OFF_AT,
    Column(
        "venue_time_zone",
        "STRING",
        "IANA time zone of the venue's city; local start is tip_off_at in this zone.",
        unit="text",
        source=VENUES,
        nulls=VENUE_NULLS,
    ),
)
REST = (
    replace(
        counter("game_number_in_season", "Number of this game among the team's games of the season.", "games", GAMES),
        minimum=1,
    ),
    rest(
        "team_days_rest",
        "Full days since the team's previous game, 0 = played yesterday; NULL for the season opener.",
        NEVER_NULL,
    ),
    flag("team_back_to_back", "The team played yesterday; FALSE for the season opener.", EARLIER_GAMES),
    counter("games_in_last_7_days", "Team games of the seven days before.", "games", EARLIER_GAMES, 5),
    counter("games_in_last_14_days", "Team games of the fourteen days before.", "games", EARLIER_GAMES, 9),
    rest("opponent_days_rest", "team_days_rest of the opponent.", ALL_BUT_OPENERS),
)
RECORD = (
    Column(
        "season_win_pct",
        "FLOAT64",
        "Wins per final game of the season before this one.",
        unit="fraction",
        source=EARLIER_GAMES,
        nulls=ALL_BUT_OPENERS,
        minimum=0,
        maximum=1,
    ),
    counter("team_win_streak_entering", "Wins in a row up to the last final game.", "games", EARLIER_GAMES),
    counter("team_loss_streak_entering", "Losses in a row up to the last final game.", "games", EARLIER_GAMES),
    Column(
        "last_game_margin",
        "INT64",
        "Own minus opponent points of the last final game.",
        unit="points",
        source=EARLIER_GAMES,
        nulls=ALL_BUT_OPENERS,
        minimum=-80,
        maximum=80,
    ),
    Column(
        "last_game_result",
        "STRING",
        "W or L: the last final game.",
        unit="category",
        source=EARLIER_GAMES,
        nulls=ALL_BUT_OPENERS,
        allowed=("W", "L"),
    ),
)
TRAVEL = (
    Column(
        "travel_miles",
        "FLOAT64",
        "Great-circle miles from the venue of the team's previous game (opener: its home city), home games too.",
        unit="miles",
        source=VENUES,
        nulls=LEG_NULLS,
        minimum=0,
        maximum=MOST_LEG_MILES,
    ),
    Column(
        "time_zone_changes",
        "INT64",
        "Hours the clock moves on that way, both offsets at tip-off; positive = eastward.",
        unit="hours",
        source=VENUES,
        nulls=LEG_NULLS,
        minimum=-MOST_ZONE_HOURS,
        maximum=MOST_ZONE_HOURS,
    ),
    counter(
        "consecutive_road_games",
        "Run of road games ending with this one, 0 at home; a home game in another city is a road game.",
        "games",
        VENUES,
    ),
    Column(
        "miles_traveled_last_14_days",
        "FLOAT64",
        "Sum of travel_miles of the team games of the fourteen days before; the leg into this game is not in it.",
        unit="miles",
        source=VENUES,
        nulls=LEGS_NULLS,
        minimum=0,
    ),
    Column(
        "time_zones_crossed_last_14_days",
        "INT64",
        "Sum of the absolute time_zone_changes of the same games.",
        unit="hours",
        source=VENUES,
        nulls=LEGS_NULLS,
        minimum=0,
    ),
)
# A date without any quote has no ceiling to break: a line is missed where the game has the other market.
HAS_TOTAL = NullCeiling(date=0.05, error=0.20, population=(Condition("game_total", "is not null"),))
HAS_SPREAD = NullCeiling(date=0.05, error=0.20, population=(Condition("game_spread", "is not null"),))
MARKET = (
    spread("game_spread", "Spread of the row's team at tip-off, negative = favoured.", HAS_TOTAL),
    spread("opening_spread", "First spread of the same book, if older than game_spread."),
    _points("spread_movement", "game_spread minus opening_spread.", MOVEMENT_LIMITS, None),
    spread("game_spread_consensus", "Median of the last spreads of all books."),
    total("game_total", "Total of the game at tip-off.", HAS_SPREAD),
    total("opening_total", "First total of the same book, if older than game_total."),
    _points("total_movement", "game_total minus opening_total.", MOVEMENT_LIMITS, None),
    total("game_total_consensus", "Median of the last totals of all books."),
    market("game_spread_source", "STRING", "Book of game_spread.", "category"),
    market("game_total_source", "STRING", "Book of game_total.", "category"),
    market("game_spread_at", "TIMESTAMP", "Instant of the quote behind game_spread.", "UTC instant"),
    market("game_total_at", "TIMESTAMP", "Instant of the quote behind game_total.", "UTC instant"),
)
INJURY = (
    listed("players_out", "Listed players with status out."),
    listed(
        "rotation_players_out",
        "Of those, players with a mean of at least 15 minutes in their newest 10 played games.",
        f"{INJURIES}, {PLAYER_GAMES}",
    ),
    listed(
        "starters_out",
        "Of those out, players who started at least half of their newest 10 played games with a known flag.",
        f"{INJURIES}, {PLAYER_GAMES}",
    ),
    listed("questionable_players", "Listed players with status questionable or doubtful."),
    listed("probable_players", "Listed players with status probable."),
    report_instant(),
)
FORM = (
    replace(
        counter("games_in_sample_last_10", "Games behind the last-10 columns.", "games", OFFENSE, 10),
        may_be_constant="10 for every team from its eleventh game on",
    ),
    form("pace_last_10", "Mean pace of the last 10 games.", "possessions/48 min", OFFENSE, PACE_LIMITS),
    form(
        "offensive_rating_last_10",
        "Mean offensive rating of the last 10 games.",
        "points/100 possessions",
        OFFENSE,
        RATING_LIMITS,
    ),
    form(
        "defensive_rating_last_10",
        "Mean defensive rating of the last 10 games.",
        "points/100 possessions",
        DEFENSE,
        RATING_LIMITS,
    ),
    form(
        "ft_rate_allowed_last_10",
        "Opponents' free throw attempts per field goal attempt, pooled over the last 10 games.",
        "attempts/attempt",
        DEFENSE,
        (0, 1),
    ),
)
COLUMNS: tuple[Column, ...] = (*IDENTITY, *PLACE, *REST, *RECORD, *TRAVEL, *MARKET, *INJURY, *FORM)
