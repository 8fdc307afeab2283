"""Who has a row on a day, by plain sets over the games and players of a book: one rule per `Table.row_count`.

Independent of the transforms and of the row-count checks. Does NOT belong here: comparing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from nba_pipeline.calendar import BOOTSTRAP_DAYS
from nba_pipeline.reference.resolve_players import resolve_players
from nba_pipeline_tests.proofs.chain import Book

GAMES = "reference.games"
PLAYERS = "analytics.player_game_summary"
DEFENSE = "analytics.team_defense_game_summary"
SIDES = ("home", "away")
TEAM_GAMES = 10  # newest final games of a team in which a player must have been listed


def _playing(book: Book, day: pd.Timestamp) -> set[str]:
    today = book[GAMES][book[GAMES]["game_date"] == day]
    return {*today["home_team_abbr"], *today["away_team_abbr"]}


def _season(book: Book, day: pd.Timestamp) -> int:
    games = book[GAMES]
    return int(games.loc[games["game_date"] == day, "season_year"].iloc[0])


def _is_processable(book: Book, day: pd.Timestamp) -> bool:
    """A game date at least 14 days after the first one of its season."""
    games = book[GAMES]
    if not (games["game_date"] == day).any():
        return False
    first = games.loc[games["season_year"] == _season(book, day), "game_date"].min()
    return bool((day - first).days >= BOOTSTRAP_DAYS)


def _earlier(book: Book, table: str, day: pd.Timestamp) -> pd.DataFrame:
    rows = book[table]
    return rows[(rows["season_year"] == _season(book, day)) & (rows["game_date"] < day)]


def _teams_with_earlier_game(book: Book, day: pd.Timestamp) -> set[str]:
    return set(_earlier(book, DEFENSE, day)["team_abbr"]) if _is_processable(book, day) else set()


def _players_with_earlier_game(book: Book, day: pd.Timestamp) -> set[str]:
    if not _is_processable(book, day):
        return set()
    rows = _earlier(book, PLAYERS, day)
    return set(rows.loc[(rows["seconds_played"] > 0).fillna(False).astype("bool"), "player_lookup"])


def _universe(book: Book, day: pd.Timestamp) -> set[str]:
    """Players whose newest listing is by a team that plays, and lies in one of its ten newest final games."""
    playing = _playing(book, day)
    if not playing:
        return set()
    listings = resolve_players(
        _earlier(book, PLAYERS, day), book["reference.players_registry"], book["reference.player_aliases"]
    )
    newest = listings.sort_values("game_date").drop_duplicates("player_lookup", keep="last")
    games = _earlier(book, GAMES, day)
    final = games[games["is_final"].astype("bool")]
    sides = pd.concat(
        [final[["game_date", f"{side}_team_abbr"]].set_axis(["game_date", "team_abbr"], axis=1) for side in SIDES]
    )
    recent = sides.sort_values("game_date").groupby("team_abbr").tail(TEAM_GAMES)
    listed = newest.merge(recent[recent["team_abbr"].isin(playing)], on=["game_date", "team_abbr"], how="inner")
    return set(listed["player_lookup"])


def _universe_keys(book: Book, day: pd.Timestamp) -> set[str]:
    return _universe(book, day) if _is_processable(book, day) else set()


ROW_SETS: Mapping[str, Callable[[Book, pd.Timestamp], set[str]]] = {
    "two_per_scheduled_game": _playing,
    "universe": _universe,
    "teams_with_earlier_game": _teams_with_earlier_game,
    "players_with_earlier_game": _players_with_earlier_game,
    "universe_keys": _universe_keys,
}
