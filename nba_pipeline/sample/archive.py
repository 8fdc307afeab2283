"""The archived box scores, officials and betting lines: earlier dates as season files with the archive's columns.

As in the real archive, minutes are whole and rounded and the reasons of absences are missing.
Does NOT belong here: payloads, events of games.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from nba_pipeline.landing.grammar import season_name
from nba_pipeline.sample.events import GameResult, Line
from nba_pipeline.sample.league import League
from nba_pipeline.sample.list_payloads import FIRST_OFFICIAL_CODE, assigned_games, crew_of
from nba_pipeline.sample.market import GameMarket, american
from nba_pipeline.sample.market_payloads import POINTS_MARKET, VENDOR_START_DELAY, event_id
from nba_pipeline.sample.season import SEASON_YEAR
from nba_pipeline.sample.writer import SampleWriter

SEASON = season_name(SEASON_YEAR)
SOURCE = "simulated"
CLOSING_BOOK = "simulated_close"
STATISTICS = {
    "fgm": "field_goals_made",
    "fga": "field_goals_attempted",
    "fg3m": "three_pointers_made",
    "fg3a": "three_pointers_attempted",
    "ftm": "free_throws_made",
    "fta": "free_throws_attempted",
    "oreb": "offensive_rebounds",
    "dreb": "defensive_rebounds",
    "reb": "rebounds",
    "ast": "assists",
    "stl": "steals",
    "blk": "blocks",
    "pf": "personal_fouls",
    "pts": "points",
}
DATES = {"game_date": pa.date32()}
INSTANT = pa.timestamp("us", tz="UTC")

Row = dict[str, Any]


def write_archive(writer: SampleWriter, league: League, markets: list[GameMarket], seed: int) -> None:
    """Write the season files of the archived games."""
    results = [result for result in league.results if result.game.is_archived]
    sides = [(result, side) for result in results for side in (0, 1)]
    players = [_player(result, side, line) for result, side in sides for line in result.boxes[side].lines]
    writer.archive("nbac_player_boxscores", SEASON, table(players, DATES))
    writer.archive("nbac_team_boxscores", SEASON, table([_team(*pair) for pair in sides], DATES))
    writer.archive("nbac_referee_assignments", SEASON, table(_officials(league, seed), DATES))
    archived = [market for market in markets if market.result.game.is_archived]
    instants = DATES | {"commence_time_at": INSTANT, "snapshot_date": pa.date32()}
    writer.archive("odds_api_game_lines", SEASON, table([_closing_line(market) for market in archived], instants))
    points = [row for market in archived if not market.result.game.has_payloads for row in _points_lines(market)]
    writer.archive("player_points_props", SEASON, table(points, instants | {"snapshot_at": INSTANT}))


def table(rows: list[Row], types: dict[str, pa.DataType]) -> pa.Table:
    """Arrow table of the rows; columns that are not in `types` take the type of their values."""
    names = list(rows[0])
    return pa.table({name: pa.array([row[name] for row in rows], types.get(name)) for name in names})


def identity(result: GameResult, side: int) -> Row:
    """Columns that every archive table of a team begins with."""
    club, opponent = result.boxes[side].club, result.boxes[1 - side].club
    return {
        "nba_game_id": result.game.nba_game_id,
        "season": SEASON,
        "season_type": "Regular Season",
        "game_date": result.game.game_date,
        "team_id": club.team_id,
        "team_abbr": club.abbr,
        "opponent_team_abbr": opponent.abbr,
        "is_home": side == 0,
    }


def whole_minutes(seconds: int) -> int:
    """Minutes as the archive prints them: 29 seconds are 0, 30 are 1."""
    return (seconds + 30) // 60


def _player(result: GameResult, side: int, line: Line) -> Row:
    has_box = line.has_played
    row = identity(result, side) | {
        "nba_player_id": line.player.player_id,
        "player_name": line.player.name,
        "player_status": "INACTIVE" if line.status == "inactive" else "ACTIVE",
        "is_dnp": not has_box,
        "is_starter": line.is_starter,
        "starter_source": SOURCE if has_box else None,
        "jersey_number": line.player.jersey,
        "position": line.player.position if line.is_starter else None,
        "minutes": whole_minutes(line.seconds) if has_box else None,
        "tov": line.turnovers if has_box else None,
        "plus_minus": line.plus_minus if has_box else None,
        "points_in_the_paint": line.points_in_the_paint if has_box else None,
        "points_fast_break": line.points_fast_break if has_box else None,
        "source": SOURCE,
    }
    return row | {name: getattr(line, statistic) if has_box else None for name, statistic in STATISTICS.items()}


def _team(result: GameResult, side: int) -> Row:
    box, margin = result.boxes[side], result.score[side] - result.score[1 - side]
    row = identity(result, side) | {
        "win_loss": "W" if margin > 0 else "L",
        "minutes": sum(whole_minutes(line.seconds) for line in box.lines),
        "tov_players": box.total("turnovers"),
        "tov_total": box.total("turnovers") + box.team_turnovers,
        "plus_minus": float(margin),
        "source": SOURCE,
    }
    return row | {name: box.total(statistic) for name, statistic in STATISTICS.items()}


def _officials(league: League, seed: int) -> list[Row]:
    archived = {result.game.game_date for result in league.results if result.game.is_archived}
    rows = []
    for day, games in assigned_games(league).items():
        for game in games if day in archived else ():
            row: Row = {
                "nba_game_id": game.nba_game_id,
                "season": SEASON,
                "game_date": day,
                "home_team_abbr": game.home.abbr,
                "away_team_abbr": game.away.abbr,
            }
            for place, (code, name) in enumerate(crew_of(seed, game), start=1):
                row[f"official_{place}_name"] = name
                row[f"official_{place}_id"] = code
                row[f"official_{place}_jersey"] = code - FIRST_OFFICIAL_CODE + 1
            rows.append(row)
    return rows


def _event(market: GameMarket) -> Row:
    game = market.result.game
    return {
        "season": SEASON,
        "game_date": game.game_date,
        "event_id": event_id(game),
        "commence_time_at": game.tip_off_at + VENDOR_START_DELAY,
        "snapshot_date": None,
        "home_team_name": game.home.full_name,
        "away_team_name": game.away.full_name,
        "home_team_abbr": game.home.abbr,
        "away_team_abbr": game.away.abbr,
        "source": SOURCE,
    }


def _closing_line(market: GameMarket) -> Row:
    line = market.snapshots[1].game_lines[0]
    return _event(market) | {
        "bookmaker_key": CLOSING_BOOK,
        "line_kind": "close_single_book",
        "spread_home": line.spread,
        "spread_home_price": american(line.spread_prices[0]),
        "spread_away_price": american(line.spread_prices[1]),
        "total": line.total,
        "total_over_price": american(line.total_prices[0]),
        "total_under_price": american(line.total_prices[1]),
        "moneyline_home": american(line.win_prices[0]),
        "moneyline_away": american(line.win_prices[1]),
    }


def _points_lines(market: GameMarket) -> list[Row]:
    return [
        _event(market)
        | {
            "snapshot_at": snapshot.at,
            "bookmaker_key": line.book,
            "market_key": POINTS_MARKET,
            "player_name": line.player.name,
            "line": line.line,
            "over_price": american(line.prices[0]),
            "under_price": american(line.prices[1]),
        }
        for snapshot in market.snapshots
        for line in snapshot.points_lines
    ]
