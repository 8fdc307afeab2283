"""The players listed for final games, one row each: two box sources united, one row chosen whole.

A box line beats a listing and the box score beats the gamebook: statistics of two sources are never mixed. Only
starter flag, NBA id and reason may come from the row that lost.
Does NOT belong here: play-by-play, ratios, prop lines.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from nba_pipeline.analytics.box_statistics import PLAYER_STATISTICS
from nba_pipeline.reference.resolve_players import resolve_players

BOX_SCORE = "nbac_player_boxscores"
GAMEBOOK = "nbac_gamebook_player_stats"
SOURCE_RANK = {BOX_SCORE: 0, GAMEBOOK: 1}
LISTING_PENALTY = 2  # rank of a listing without a box line: behind every box line

GAMEBOOK_COLUMNS = (
    "game_date",
    "team_abbr",
    "player_lookup",
    "nba_player_id",
    "player_name",
    "player_status",
    "dnp_reason",
    "seconds_played",
    *PLAYER_STATISTICS.values(),
)
BOX_SCORE_COLUMNS = (*GAMEBOOK_COLUMNS, "is_starter")
FROM_EITHER = ("is_starter", "nba_player_id", "dnp_reason")
"""Columns that the losing row of a player may fill."""


@dataclass(frozen=True)
class ListedPlayers:
    """rows: one per player and date, with the identity of his game. dropped: rows of players listed by two teams."""

    rows: pd.DataFrame
    dropped: pd.DataFrame


def listed_players(
    player_boxscores: pd.DataFrame,
    gamebook: pd.DataFrame,
    teams: pd.DataFrame,
    *,
    players_registry: pd.DataFrame,
    player_aliases: pd.DataFrame,
) -> ListedPlayers:
    """Listed players of the team games in `teams` (from `reference.team_games`)."""
    printed = pd.concat(
        [
            player_boxscores[list(BOX_SCORE_COLUMNS)].assign(box_score_source=BOX_SCORE),
            gamebook[list(GAMEBOOK_COLUMNS)].assign(
                is_starter=pd.Series(pd.NA, index=gamebook.index, dtype="boolean"), box_score_source=GAMEBOOK
            ),
        ],
        ignore_index=True,
    )
    in_games = printed.merge(
        teams, on=["game_date", "team_abbr"], how="inner", validate="many_to_one", suffixes=("", "_team")
    )
    resolved = resolve_players(in_games, players_registry, player_aliases)
    return _one_row_a_date(_one_row_a_game(resolved))


def _one_row_a_game(printed: pd.DataFrame) -> pd.DataFrame:
    """The winning source of every player and game."""
    is_listing = (printed["player_status"] != "active").to_numpy(dtype=bool)
    rank = printed["box_score_source"].map(SOURCE_RANK).to_numpy(dtype=int) + LISTING_PENALTY * is_listing
    player = ["nba_game_id", "player_lookup"]
    competing = printed.duplicated(player, keep=False)
    if not competing.any():
        return printed
    repeated = printed[competing].assign(rank=rank[competing], idle=-_seconds(printed[competing]))
    repeated = repeated.sort_values([*player, "rank", "idle", "team_abbr", "player_name"]).drop(
        columns=["rank", "idle"]
    )
    winners = pd.concat([printed[~competing], repeated.drop_duplicates(player)], ignore_index=True)
    filled = repeated.groupby(player)[list(FROM_EITHER)].first()
    other = filled.reindex(pd.MultiIndex.from_frame(winners[player])).reset_index(drop=True)
    return winners.assign(
        **{column: winners[column].fillna(other[column].astype(winners[column].dtype)) for column in FROM_EITHER}
    )


def _one_row_a_date(rows: pd.DataFrame) -> ListedPlayers:
    """A player listed by two teams on one date keeps the row with playing time, else the larger game id."""
    player = ["game_date", "player_lookup"]
    competing = rows.duplicated(player, keep=False)
    if not competing.any():
        return ListedPlayers(rows.reset_index(drop=True), rows[competing])
    repeated = rows[competing].assign(idle=_seconds(rows[competing]) <= 0)
    repeated = repeated.sort_values([*player, "idle", "nba_game_id"], ascending=[True, True, True, False])
    is_second = repeated.duplicated(player)
    kept = pd.concat([rows[~competing], repeated[~is_second].drop(columns="idle")], ignore_index=True)
    return ListedPlayers(kept, repeated[is_second])


def _seconds(rows: pd.DataFrame) -> np.ndarray:
    """Seconds played, unknown as 0 (for ordering only)."""
    return rows["seconds_played"].to_numpy(dtype=float, na_value=0.0)
