"""Betting lines in the shape of the odds vendor: one file per event, market group and snapshot.

Archived dates use the wrapper of the history service, later dates the body of the live service.
Does NOT belong here: how lines are made.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from nba_pipeline.sample.events import ScheduledGame
from nba_pipeline.sample.market import GameLine, GameMarket, PointsLine, Snapshot
from nba_pipeline.sample.writer import SampleWriter

LINES_FEED, LINES_MARKETS = "odds_game_lines", "spreads-totals-h2h"
POINTS_FEED, POINTS_MARKET = "odds_player_points", "player_points"
VENDOR_START_DELAY = timedelta(minutes=10)  # vendors print the real start, ten minutes after the nominal tip-off
TITLES = {"draftkings": "DraftKings", "fanduel": "FanDuel"}


def event_id(game: ScheduledGame) -> str:
    """32 hexadecimal digits, the vendor's form of an event id."""
    return hashlib.sha256(f"simulated event {game.nba_game_id}".encode()).hexdigest()[:32]


def write_market(writer: SampleWriter, market: GameMarket) -> None:
    """Land all snapshots of a game; points lines of archived dates are in the archive."""
    game = market.result.game
    for snapshot in market.snapshots:
        _land(writer, game, snapshot, LINES_FEED, LINES_MARKETS, _game_lines(game, snapshot))
        if game.has_payloads and snapshot.points_lines:
            _land(writer, game, snapshot, POINTS_FEED, POINTS_MARKET, _points_lines(snapshot))


def _land(
    writer: SampleWriter,
    game: ScheduledGame,
    snapshot: Snapshot,
    feed: str,
    markets: str,
    bookmakers: list[dict[str, Any]],
) -> None:
    event = {
        "id": event_id(game),
        "sport_key": "basketball_nba",
        "commence_time": _instant(game.tip_off_at + VENDOR_START_DELAY),
        "home_team": game.home.full_name,
        "away_team": game.away.full_name,
        "bookmakers": bookmakers,
    }
    document = {"timestamp": _instant(snapshot.at), "data": event} if game.is_archived else event
    writer.payload(feed, game.game_date, f"{event_id(game)}-{markets}", snapshot.at, document)


def _game_lines(game: ScheduledGame, snapshot: Snapshot) -> list[dict[str, Any]]:
    return [_book(line.book, snapshot, _line_markets(game, line, snapshot)) for line in snapshot.game_lines]


def _line_markets(game: ScheduledGame, line: GameLine, snapshot: Snapshot) -> list[dict[str, Any]]:
    home, away = game.home.full_name, game.away.full_name
    outcomes = {
        "spreads": [
            {"name": home, "price": line.spread_prices[0], "point": line.spread},
            {"name": away, "price": line.spread_prices[1], "point": -line.spread},
        ],
        "totals": [
            {"name": "Over", "price": line.total_prices[0], "point": line.total},
            {"name": "Under", "price": line.total_prices[1], "point": line.total},
        ],
        "h2h": [{"name": home, "price": line.win_prices[0]}, {"name": away, "price": line.win_prices[1]}],
    }
    updated = _instant(snapshot.at)
    return [{"key": key, "last_update": updated, "outcomes": quotes} for key, quotes in outcomes.items()]


def _points_lines(snapshot: Snapshot) -> list[dict[str, Any]]:
    books = []
    for book, lines in groupby(sorted(snapshot.points_lines, key=lambda line: line.book), key=lambda line: line.book):
        outcomes = [outcome for line in lines for outcome in _over_and_under(line)]
        updated = _instant(snapshot.at)
        books.append(_book(book, snapshot, [{"key": POINTS_MARKET, "last_update": updated, "outcomes": outcomes}]))
    return books


def _over_and_under(line: PointsLine) -> list[dict[str, Any]]:
    return [
        {"name": name, "description": line.player.name, "price": price, "point": line.line}
        for name, price in zip(("Over", "Under"), line.prices, strict=True)
    ]


def _book(book: str, snapshot: Snapshot, markets: list[dict[str, Any]]) -> dict[str, Any]:
    return {"key": book, "title": TITLES[book], "last_update": _instant(snapshot.at), "markets": markets}


def _instant(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
