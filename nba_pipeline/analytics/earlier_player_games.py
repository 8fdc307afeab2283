"""Stored rows of player_game_summary under the names the players have today, one per player and day.

A key that changed with a later spelling would otherwise split a player in two. Where two names turn out to be one
person, the row with more playing time stands for the day.
Does NOT belong here: windows, which rows are early enough.
"""

from __future__ import annotations

import pandas as pd

from nba_pipeline.reference.resolve_players import resolve_players

PLAYER_DAY = ["game_date", "player_lookup"]


def under_registry_names(
    player_games: pd.DataFrame, players_registry: pd.DataFrame, player_aliases: pd.DataFrame
) -> pd.DataFrame:
    """`player_games` with player_lookup, nba_player_id and registered_name of the registry."""
    resolved = resolve_players(player_games, players_registry, player_aliases)
    repeated = resolved.duplicated(PLAYER_DAY, keep=False)
    if not repeated.any():
        return resolved
    doubles = resolved[repeated].sort_values(
        [*PLAYER_DAY, "seconds_played", "team_abbr"], ascending=[True, True, False, True], na_position="last"
    )
    return pd.concat([resolved[~repeated], doubles.drop_duplicates(PLAYER_DAY)])


def played(player_games: pd.DataFrame) -> pd.DataFrame:
    """The rows with time on the floor."""
    return player_games[player_games["seconds_played"].gt(0).to_numpy(dtype=bool, na_value=False)]
