"""One points line per player and game out of all quotes of all sources.

Order: quotes up to the cutoff, one line per source and snapshot, the last snapshot of the best source that has any.
Opening and current line always come from the same source. Nothing later than the cutoff is looked at.
Does NOT belong here: whether the player went over, game lines, resolving names.
"""

from __future__ import annotations

import pandas as pd

FAIR_OVER_PRICE = 1.91  # decimal price of an even line with the usual margin; a main line is quoted near it
PRICE_DECIMALS = 9  # distances to the fair price that differ by less are equal

SOURCE_ORDER = ("odds_api:draftkings", "bettingpros:draftkings", "odds_api:fanduel", "bettingpros:fanduel")
FANTASY_BOOKS = ("prizepicks", "underdog")  # they print a line without a price of its own
CONSENSUS_WORDS = ("consensus", "mean")

PLAYER = ["game_date", "player_lookup"]
QUOTE_COLUMNS = (
    "game_date",
    "nba_game_id",
    "player_lookup",
    "source",
    "snapshot_at",
    "points_line",
    "over_price",
    "opening_line",
)
"""A quote: opening_line only where the source states one; nba_game_id NULL where the source has no game."""


def odds_api_quotes(props: pd.DataFrame) -> pd.DataFrame:
    """Quotes of raw.odds_api_player_points_props."""
    quotes = props.assign(
        source="odds_api:" + props["bookmaker"].str.lower(),
        over_price=props["over_price_decimal"],
        opening_line=float("nan"),
    )
    return quotes[list(QUOTE_COLUMNS)]


def bettingpros_quotes(props: pd.DataFrame) -> pd.DataFrame:
    """Quotes of raw.bettingpros_player_points_props: over side, not withdrawn, of a known book."""
    withdrawn = (props["is_active"].astype("boolean") == False).fillna(False)  # noqa: E712  NULL is not withdrawn
    over = props[(props["bet_side"] == "over") & ~withdrawn & props["bookmaker"].notna()]
    quotes = over.assign(source="bettingpros:" + over["bookmaker"].str.lower(), over_price=over["price_decimal"])
    return quotes[list(QUOTE_COLUMNS)]


def choose_prop_lines(quotes: pd.DataFrame, players: pd.DataFrame) -> pd.DataFrame:
    """One row per player who has a quote in time.

    quotes: QUOTE_COLUMNS with resolved player_lookup. players: game_date, player_lookup, cutoff_at, one row each.
    Returns game_date, player_lookup, points_line, opening_line, line_movement, points_line_source, points_line_at,
    points_line_consensus, points_line_books.
    """
    candidates = quotes.merge(players[[*PLAYER, "cutoff_at"]], on=PLAYER, how="inner", validate="many_to_one")
    candidates = candidates[candidates["snapshot_at"] <= candidates["cutoff_at"]]
    lines = _one_line_per_snapshot(candidates)
    last = lines.drop_duplicates([*PLAYER, "source"], keep="last")
    best = last.assign(rank=_ranks(last["source"])).sort_values([*PLAYER, "rank"]).drop_duplicates(PLAYER)
    rows = best.rename(columns={"source": "points_line_source", "snapshot_at": "points_line_at"})
    rows = rows.drop(columns=["opening_line"]).merge(
        _openings(lines, best), on=PLAYER, how="left", validate="one_to_one"
    )
    totals = last.groupby(PLAYER, as_index=False).agg(
        points_line_consensus=("points_line", "median"), points_line_books=("source", "size")
    )
    rows = rows.merge(totals, on=PLAYER, how="left", validate="one_to_one")
    rows["line_movement"] = rows["points_line"] - rows["opening_line"]
    return rows[
        [
            *PLAYER,
            "points_line",
            "opening_line",
            "line_movement",
            "points_line_source",
            "points_line_at",
            "points_line_consensus",
            "points_line_books",
        ]
    ].reset_index(drop=True)


def _one_line_per_snapshot(candidates: pd.DataFrame) -> pd.DataFrame:
    """Per source and snapshot the line whose over price is nearest the fair one; the lower line when tied."""
    distance = (candidates["over_price"] - FAIR_OVER_PRICE).abs().round(PRICE_DECIMALS)
    key = [*PLAYER, "source", "snapshot_at"]
    ordered = candidates.assign(distance=distance).sort_values([*key, "distance", "points_line"], na_position="last")
    return ordered.drop_duplicates(key)


def _openings(lines: pd.DataFrame, best: pd.DataFrame) -> pd.DataFrame:
    """Opening line of the chosen source: its own statement, else its first snapshot if older than the current."""
    chosen = lines.merge(
        best[[*PLAYER, "source", "snapshot_at", "opening_line"]],
        on=[*PLAYER, "source"],
        how="inner",
        suffixes=("", "_current"),
        validate="many_to_one",
    )
    first = chosen.drop_duplicates(PLAYER)
    own = first["source"].str.startswith("bettingpros:")
    older = first["points_line"].where(first["snapshot_at"] < first["snapshot_at_current"])
    opening = first["opening_line_current"].where(own, older)
    return first[PLAYER].assign(opening_line=opening.astype("float64"))


def _ranks(sources: pd.Series) -> pd.Series:
    """Preference of every source, 0 the best."""
    ordered = sorted(sources.unique(), key=_preference)
    return sources.map({source: rank for rank, source in enumerate(ordered)}).astype("int64")


def _preference(source: str) -> tuple[int, str]:
    book = source.partition(":")[2]
    if source in SOURCE_ORDER:
        return SOURCE_ORDER.index(source), source
    if book in FANTASY_BOOKS:
        return len(SOURCE_ORDER) + 2 + FANTASY_BOOKS.index(book), source
    if any(word in book for word in CONSENSUS_WORDS):
        return len(SOURCE_ORDER) + 1, source
    return len(SOURCE_ORDER), source
