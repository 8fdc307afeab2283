"""The four factors of a player's day and their sum: fatigue, shot zones, pace, usage.

Every score but fatigue is positive when it is good for the scorer; fatigue is 100 when fresh. A factor that cannot be
computed is NaN, never 0. Does NOT belong here: windows, joins, columns of a table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nba_pipeline.asof import Floats, Ints

FRESH = 100.0
REST_PENALTIES = (15.0, 5.0)  # played yesterday, one day off; none from two days off on
FREE_GAMES, GAME_PENALTY, MOST_GAME_PENALTY = 2, 5.0, 15.0  # games in 7 days
FREE_MINUTES, MINUTE_PENALTY, MOST_MINUTE_PENALTY = 80.0, 20.0, 20.0  # minutes in 7 days, penalty of twice as many
BACK_TO_BACK_PENALTY, MOST_BACK_TO_BACKS = 6.0, 2  # pairs of consecutive days in 14
FATIGUE_PER_POINT = 20.0  # points of the fatigue score that weigh one point of adjustment

PERCENTAGE_POINTS = 100.0
SHOT_WEIGHTS = {"paint": 1.0, "mid_range": 1.0, "three_pt": 1.5}  # value of a shot over 2: effective field goals
MISMATCH_LIMIT = 10.0  # eFG percentage points

PACE_WEIGHT, PACE_LIMIT = 0.5, 3.0
USAGE_WEIGHT, USAGE_LIMIT = 30.0, 3.0  # +0.10 of usage is the limit
COINCIDING_GAMES = 5  # games; up to here the season is the last five games


@dataclass(frozen=True)
class Fatigue:
    """Penalties of one kind of workload each, and what they leave of 100."""

    rest: Floats
    games: Floats
    minutes: Floats
    back_to_backs: Floats

    @property
    def score(self) -> Floats:
        return FRESH - (self.rest + self.games + self.minutes + self.back_to_backs)

    @property
    def adjustment(self) -> Floats:
        return (self.score - FRESH) / FATIGUE_PER_POINT


def fatigue(days_rest: Floats, games: Floats, minutes: Floats, back_to_backs: Floats) -> Fatigue:
    """From full days off (NaN without a game this season), games and minutes in 7 days, back-to-backs in 14."""
    return Fatigue(
        rest=np.select([days_rest == 0, days_rest == 1], REST_PENALTIES, 0.0),
        games=np.clip(GAME_PENALTY * (games - FREE_GAMES), 0.0, MOST_GAME_PENALTY),
        minutes=np.clip(MINUTE_PENALTY * (minutes - FREE_MINUTES) / FREE_MINUTES, 0.0, MOST_MINUTE_PENALTY),
        back_to_backs=BACK_TO_BACK_PENALTY * np.minimum(back_to_backs, MOST_BACK_TO_BACKS),
    )


def matchup_edge(zone: str, share: Floats, versus_league: Floats) -> Floats:
    """Change of effective field goals against this defence from one zone; 0 where the player never shoots from it."""
    edge = PERCENTAGE_POINTS * SHOT_WEIGHTS[zone] * share * versus_league
    return np.where(share == 0, 0.0, edge)


def mismatch_score(paint: Floats, mid_range: Floats, three: Floats) -> Floats:
    """Sum of the edges, limited; NaN where an edge is unknown."""
    return np.clip(paint + mid_range + three, -MISMATCH_LIMIT, MISMATCH_LIMIT)


def expected_pace(team: Floats, opponent: Floats, league: Floats) -> Floats:
    """How much faster than the league a game of these two teams is; the same for both."""
    return (team - league) + (opponent - league)


def pace_score(versus_league: Floats) -> Floats:
    return np.clip(PACE_WEIGHT * versus_league, -PACE_LIMIT, PACE_LIMIT)


def usage_spike(games_played: Ints, last_five: Floats, season: Floats) -> Floats:
    """Recent usage above that of the season; NaN while both hold the same games."""
    spike = np.clip(USAGE_WEIGHT * (last_five - season), -USAGE_LIMIT, USAGE_LIMIT)
    return np.where(games_played > COINCIDING_GAMES, spike, np.nan)
