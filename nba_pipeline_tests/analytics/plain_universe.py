"""The players of a date by plain loops over games and listings: what the universe is compared with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

TEAM_GAMES = 10


def plain_universe(
    games: Iterable[Mapping[Any, Any]], listings: Iterable[Mapping[Any, Any]], day: pd.Timestamp, season: int
) -> dict[str, str]:
    """Player -> team on the date, from rows of games and player_game_summary of any date and season."""
    finals: dict[str, list[pd.Timestamp]] = {}
    playing = set()
    for game in games:
        for team in (game["home_team_abbr"], game["away_team_abbr"]):
            if game["game_date"] == day:
                playing.add(team)
            elif game["game_date"] < day and game["season_year"] == season and game["is_final"]:
                finals.setdefault(team, []).append(game["game_date"])
    newest: dict[str, tuple[pd.Timestamp, str]] = {}
    for listing in listings:
        if listing["game_date"] < day and listing["season_year"] == season:
            player = listing["player_lookup"]
            if player not in newest or newest[player][0] < listing["game_date"]:
                newest[player] = (listing["game_date"], listing["team_abbr"])
    return {
        player: team
        for player, (listed, team) in newest.items()
        if team in playing and listed in sorted(finals.get(team, []))[-TEAM_GAMES:]
    }
