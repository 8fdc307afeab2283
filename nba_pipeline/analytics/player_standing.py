"""What a player has been to his team this season before a day: in the rotation, a starter, a star.

Does NOT belong here: who is out, other thresholds than these.
"""

from __future__ import annotations

import pandas as pd

from nba_pipeline.asof import Flags, History

RECENT_GAMES = 10  # played games behind rotation and starter
ROTATION_SECONDS = 900  # mean of 15 minutes a game
STARTER_SHARE = 0.5
STAR_GAMES = 5  # played games before anybody can be a star
STAR_POINTS = 18  # points a game, enough alone
STAR_MINUTES, STAR_MINUTES_POINTS = 28, 12  # minutes and points a game, enough together
SECONDS_PER_MINUTE = 60

PLAYER = "player_lookup"


def rotation_players(player_games: pd.DataFrame, players: pd.DataFrame) -> Flags:
    """Rows of `players` (game_date, season_year, player_lookup) whose recent played games last 15 minutes on average.

    player_games: played rows of player_game_summary.
    """
    history = _of(player_games, players)
    before = history.as_of(players)
    seconds = before.tally(history.total("seconds_played", last=RECENT_GAMES))
    return before.known & (seconds >= ROTATION_SECONDS * before.tally(history.count(last=RECENT_GAMES)))


def starters(player_games: pd.DataFrame, players: pd.DataFrame) -> Flags:
    """Rows of `players` who started at least half of their recent played games, those whose source says."""
    history = _of(player_games[player_games["starter_flag"].notna()], players)
    before = history.as_of(players)
    started = before.tally(history.total("starter_flag", last=RECENT_GAMES))
    return before.known & (started >= STARTER_SHARE * before.tally(history.count(last=RECENT_GAMES)))


def stars(player_games: pd.DataFrame, players: pd.DataFrame) -> Flags:
    """Rows of `players` with star numbers over all their played games of the season."""
    history = _of(player_games, players)
    before = history.as_of(players)
    points = before.number(history.mean("points"))
    minutes = before.number(history.mean("seconds_played")) / SECONDS_PER_MINUTE
    scores = points >= STAR_POINTS
    carries = (minutes >= STAR_MINUTES) & (points >= STAR_MINUTES_POINTS)
    return (before.tally(history.count()) >= STAR_GAMES) & (scores | carries)


def _of(player_games: pd.DataFrame, players: pd.DataFrame) -> History:
    """Games of the players asked for: most days list few."""
    return History(player_games[player_games[PLAYER].isin(players[PLAYER].unique())], PLAYER)
