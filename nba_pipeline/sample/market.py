"""Simulated betting lines of a game: spread, total, win prices and points lines, from what is known before tip-off.

A points line looks at the player's part in the team and at his earlier games, never at the game itself.
Does NOT belong here: payload and archive shapes.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from nba_pipeline.sample.events import GameResult, Line
from nba_pipeline.sample.league import expected_margin
from nba_pipeline.sample.players import Player

OPENING_BEFORE_TIP = timedelta(hours=9)
CLOSING_BEFORE_TIP = timedelta(minutes=40)
IN_PLAY_AFTER_TIP = timedelta(minutes=45)
BOOKS = ("draftkings", "fanduel")
AVERAGE_TOTAL = 226.0
MARGIN_DEVIATION = 13.5  # points, of the result around the spread
BOOK_MARGIN = 1.045
POINTS_PER_WEIGHTED_MINUTE = 0.48
LINES_PER_TEAM = 7
RECENT_GAMES = 10
MIN_LINE, MAX_LINE = 2.5, 39.5
ALTERNATE_STEP = 5.0  # points; a second, less likely line of the best scorer
ALTERNATE_PRICES = (2.45, 1.54)


@dataclass(frozen=True)
class GameLine:
    """Quote of one book: home spread, total, decimal prices (home, away spread; over, under; home, away win)."""

    book: str
    spread: float
    total: float
    spread_prices: tuple[float, float]
    total_prices: tuple[float, float]
    win_prices: tuple[float, float]


@dataclass(frozen=True)
class PointsLine:
    """Quote of one book for one player: line and decimal prices of over and under."""

    book: str
    player: Player
    line: float
    prices: tuple[float, float]


@dataclass(frozen=True)
class Snapshot:
    """What the books offered for a game at one instant."""

    at: datetime
    game_lines: list[GameLine]
    points_lines: list[PointsLine]


@dataclass(frozen=True)
class GameMarket:
    """Opening, closing and (for a few games) in-play snapshots of one game."""

    result: GameResult
    snapshots: list[Snapshot]


def make_markets(results: list[GameResult], seed: int) -> list[GameMarket]:
    """Markets of all games in order of date; the first game of a date is quoted in play as well."""
    history: defaultdict[int, list[int]] = defaultdict(list)
    markets: list[GameMarket] = []
    for position, result in enumerate(results):
        is_first = position == 0 or results[position - 1].game.game_date != result.game.game_date
        rng = Random(f"market {seed} {result.game.nba_game_id}")
        markets.append(GameMarket(result, _snapshots(rng, result, history, has_in_play=is_first)))
        for box in result.boxes:
            for line in box.lines:
                if line.has_played:
                    history[line.player.player_id].append(line.points)
    return markets


def _snapshots(rng: Random, result: GameResult, history: dict[int, list[int]], *, has_in_play: bool) -> list[Snapshot]:
    tip_off = result.game.tip_off_at
    spread = max(-20.0, min(20.0, -expected_margin(result.game) + rng.gauss(0, 1.5)))
    total = AVERAGE_TOTAL + rng.gauss(0, 5)
    expected = {line.player: _expected_points(line.player, history) + rng.gauss(0, 0.8) for line in _quoted(result)}
    instants = [tip_off - OPENING_BEFORE_TIP, tip_off - CLOSING_BEFORE_TIP]
    if has_in_play:
        instants.append(tip_off + IN_PLAY_AFTER_TIP)
    snapshots = []
    for number, instant in enumerate(instants):
        lines = [_game_line(rng, book, spread, total) for book in BOOKS]
        books = BOOKS[: 1 + number]  # the second book posts points lines later
        points = [_points_line(rng, book, *pair) for book in books[:2] for pair in expected.items()]
        if number == 1:
            highest = max(points, key=lambda line: (line.line, -line.player.player_id))
            points.append(PointsLine(highest.book, highest.player, highest.line + ALTERNATE_STEP, ALTERNATE_PRICES))
        snapshots.append(Snapshot(instant, lines, points if number < 2 else []))
        spread, total = spread + rng.choice((-0.5, 0, 0, 0.5)), total + rng.choice((-1.0, 0, 0, 1.0))
        expected = {player: value + rng.choice((-1.0, 0, 0, 0, 1.0)) for player, value in expected.items()}
    return snapshots


def _quoted(result: GameResult) -> list[Line]:
    """The most used players expected to play: late scratches are quoted, the inactive list is not."""
    quoted = []
    for box in result.boxes:
        expected = [line for line in box.lines if line.status == "active" or line.reason.startswith("DND")]
        expected.sort(key=lambda line: -line.player.shot_weight * line.player.target_minutes)
        quoted += expected[:LINES_PER_TEAM]
    return quoted


def _expected_points(player: Player, history: dict[int, list[int]]) -> float:
    prior = POINTS_PER_WEIGHTED_MINUTE * player.shot_weight * player.target_minutes
    recent = history.get(player.player_id, [])[-RECENT_GAMES:]
    return (3 * prior + sum(recent)) / (3 + len(recent))


def _game_line(rng: Random, book: str, spread: float, total: float) -> GameLine:
    home = round(2 * (spread + rng.choice((-0.5, 0, 0, 0.5)))) / 2
    chance = 0.5 * (1 + math.erf(-home / MARGIN_DEVIATION / math.sqrt(2)))
    return GameLine(
        book,
        home,
        round(2 * total) / 2,
        _two_prices(rng),
        _two_prices(rng),
        (_price(chance), _price(1 - chance)),
    )


def _points_line(rng: Random, book: str, player: Player, value: float) -> PointsLine:
    return PointsLine(book, player, _line_at(value + rng.uniform(-0.4, 0.4)), _two_prices(rng))


def _line_at(points: float) -> float:
    """Half a point, so that nothing ends level; books post no higher lines than MAX_LINE."""
    return min(MAX_LINE, max(MIN_LINE, math.floor(points) + 0.5))


def _two_prices(rng: Random) -> tuple[float, float]:
    over = rng.choice((1.83, 1.87, 1.91, 1.91, 1.95, 2.0))
    return over, round(3.82 - over, 2)


def _price(chance: float) -> float:
    return round(max(1.01, 1 / (min(0.97, max(0.03, chance)) * BOOK_MARGIN)), 2)


def american(price: float) -> float:
    """Decimal 1.91 -> American -110, the notation of the archive."""
    return float(round((price - 1) * 100)) if price >= 2 else float(-round(100 / (price - 1)))
