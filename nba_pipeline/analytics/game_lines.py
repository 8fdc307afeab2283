"""One spread and one total per game out of all quotes of all books, seen by each of its teams.

Order: quotes up to the cutoff, the last snapshot of the best book that has any. Opening and current line always come
from the same book. Nothing later than the cutoff is looked at.
Does NOT belong here: player props, whether a line was beaten.
"""

from __future__ import annotations

import pandas as pd

FIRST_BOOKS = ("draftkings", "fanduel")
CONSENSUS_WORDS = ("consensus", "mean")  # not a book of its own: behind every single book
SPREADS, TOTALS = "spreads", "totals"
OUTCOMES = {SPREADS: ("home", "away"), TOTALS: ("over",)}
"""Outcomes whose point gives the line of a market, the preferred one first."""

QUOTE_COLUMNS = (
    "game_date",
    "nba_game_id",
    "bookmaker",
    "market_key",
    "outcome_name",
    "outcome_point",
    "snapshot_at",
)
GAME = ["game_date", "nba_game_id"]
TEAM_GAME = [*GAME, "home_game"]
SPREAD_NAMES = {
    "line": "game_spread",
    "opening": "opening_spread",
    "movement": "spread_movement",
    "consensus": "game_spread_consensus",
    "book": "game_spread_source",
    "snapshot_at": "game_spread_at",
}
TOTAL_NAMES = {
    "line": "game_total",
    "opening": "opening_total",
    "movement": "total_movement",
    "consensus": "game_total_consensus",
    "book": "game_total_source",
    "snapshot_at": "game_total_at",
}
SIGNED = ("game_spread", "opening_spread", "spread_movement", "game_spread_consensus")


def line_columns(quotes: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Spread and total columns of every row, on its index; NULL without a quote in time.

    quotes: rows of raw.odds_api_game_lines. rows: game_date, nba_game_id, home_game, cutoff_at, two per game.
    """
    games = rows.drop_duplicates(GAME)[[*GAME, "cutoff_at"]]
    candidates = quotes[list(QUOTE_COLUMNS)].merge(games, on=GAME, how="inner", validate="many_to_one")
    in_time = candidates[candidates["snapshot_at"] <= candidates["cutoff_at"]]
    spread = _chosen(_market(in_time, SPREADS)).rename(columns=SPREAD_NAMES)
    total = _chosen(_market(in_time, TOTALS)).rename(columns=TOTAL_NAMES)
    lines = rows[TEAM_GAME].merge(spread, on=GAME, how="left", validate="many_to_one")
    lines = lines.merge(total, on=GAME, how="left", validate="many_to_one")
    mirrored = {name: lines[name].where(lines["home_game"], 0.0 - lines[name]) for name in SIGNED}
    return lines.assign(**mirrored).drop(columns=TEAM_GAME).set_axis(rows.index)


def _market(candidates: pd.DataFrame, market: str) -> pd.DataFrame:
    """GAME, book, snapshot_at, line: one per game, book and snapshot; a spread is that of the home team.

    The visitors' spread stands in where the home team's is missing, so that the two are always opposite.
    """
    outcomes = OUTCOMES[market]
    named = (candidates["market_key"] == market) & candidates["outcome_name"].isin(outcomes)
    asked = candidates[named & candidates["outcome_point"].notna()]
    rank = asked["outcome_name"].map({name: place for place, name in enumerate(outcomes)})
    point = asked["outcome_point"]
    lines = asked.assign(
        book=asked["bookmaker"].str.lower(), line=point.where(asked["outcome_name"] != "away", 0.0 - point), rank=rank
    )
    key = [*GAME, "book", "snapshot_at"]
    ordered = lines.sort_values([*key, "rank", "line"], ignore_index=True)
    return ordered.drop_duplicates(key)[[*key, "line"]]


def _chosen(lines: pd.DataFrame) -> pd.DataFrame:
    """Per game the current line of the preferred book, its opening and movement, and the median over all books."""
    last = lines.drop_duplicates([*GAME, "book"], keep="last")
    best = last.assign(rank=_ranks(last["book"])).sort_values([*GAME, "rank"]).drop_duplicates(GAME)
    first = lines.drop_duplicates([*GAME, "book"]).rename(columns={"line": "opening", "snapshot_at": "first_at"})
    medians = last.groupby(GAME, as_index=False).agg(consensus=("line", "median"))
    rows = best.drop(columns="rank").merge(first, on=[*GAME, "book"], how="left", validate="one_to_one")
    rows = rows.merge(medians, on=GAME, how="left", validate="one_to_one")
    opening = rows["opening"].where(rows["first_at"] < rows["snapshot_at"])
    return rows.assign(opening=opening, movement=rows["line"] - opening).drop(columns="first_at")


def _ranks(books: pd.Series) -> pd.Series:
    """Preference of every book, 0 the best."""
    ordered = sorted(books.unique(), key=_preference)
    return books.map({book: rank for rank, book in enumerate(ordered)}).astype("int64")


def _preference(book: str) -> tuple[int, str]:
    if book in FIRST_BOOKS:
        return FIRST_BOOKS.index(book), book
    return len(FIRST_BOOKS) + any(word in book for word in CONSENSUS_WORDS), book
