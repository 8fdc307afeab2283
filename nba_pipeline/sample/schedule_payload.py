"""The season file of the schedule feed: all games of the simulated season and games that must be left out.

Two files are written: one before the first game, one after the last played date; the moved game has its first
date in the earlier one. Does NOT belong here: how games are planned.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

from nba_pipeline.landing.grammar import season_name
from nba_pipeline.sample.clubs import Club
from nba_pipeline.sample.events import GameResult, ScheduledGame
from nba_pipeline.sample.league import League
from nba_pipeline.sample.season import FIRST_DATE, NEW_YORK, SEASON_YEAR, new_york_instant
from nba_pipeline.sample.writer import SampleWriter

FEED = "nba_schedule"
PRESEASON_GAMES = 12
ALL_STAR_DATE = date(2025, 2, 16)
SCHEDULED, FINAL = 1, 3
GUEST = {"teamId": 12345, "teamName": "Simulated Guests", "teamCity": "Simulated", "teamTricode": "GUA"}


def write_schedule(writer: SampleWriter, league: League) -> None:
    """Land the season file twice."""
    season = season_name(SEASON_YEAR)
    before = new_york_instant(FIRST_DATE - timedelta(days=1), 5)
    after = new_york_instant(league.season.played_dates[-1] + timedelta(days=1), 12)
    results = {result.game.nba_game_id: result for result in league.results}
    for instant, known in ((before, {}), (after, results)):
        games = [_game(game, known.get(game.nba_game_id), is_played=bool(known)) for game in league.season.games]
        games += _excluded_games(league)
        writer.payload(FEED, instant.astimezone(NEW_YORK).date(), season, instant, _document(games))


def _document(games: list[dict[str, Any]]) -> dict[str, Any]:
    by_date: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for game in sorted(games, key=lambda game: (game["gameDateEst"], game["gameId"])):
        by_date[game["gameDateEst"][:10]].append(game)
    dates = [
        {"gameDate": f"{date.fromisoformat(day):%m/%d/%Y} 00:00:00", "games": listed} for day, listed in by_date.items()
    ]
    meta = {"version": 1, "request": "simulated season, not real games"}
    return {
        "meta": meta,
        "leagueSchedule": {"seasonYear": season_name(SEASON_YEAR), "leagueId": "00", "gameDates": dates},
    }


def _game(game: ScheduledGame, result: GameResult | None, *, is_played: bool) -> dict[str, Any]:
    day, tip_off = game.game_date, game.tip_off_at
    if not is_played and game.original_date and game.original_tip_off_at:
        day, tip_off = game.original_date, game.original_tip_off_at
    is_postponed = is_played and game.status == "postponed"
    home, away = (
        _side(club, points) for club, points in zip(game.clubs, result.score if result else (0, 0), strict=True)
    )
    status = "PPD" if is_postponed else _final_text(result) if result else _tip_off_text(tip_off)
    return _times(day, tip_off) | {
        "gameId": game.nba_game_id,
        "gameCode": f"{day:%Y%m%d}/{game.away.abbr}{game.home.abbr}",
        "gameStatus": FINAL if result else SCHEDULED,
        "gameStatusText": status,
        "weekNumber": (day - FIRST_DATE).days // 7 + 1,
        "gameLabel": game.label,
        "gameSubLabel": "",
        "gameSubtype": game.subtype,
        "arenaName": f"Simulated Arena {game.neutral_city}" if game.neutral_city else game.home.arena,
        "arenaCity": game.neutral_city or game.home.city,
        "arenaState": "" if game.neutral_city else game.home.state,
        "postponedStatus": "Y" if is_postponed else "N",
        "isNeutral": bool(game.neutral_city),
        "broadcasters": {"nationalTvBroadcasters": [{"broadcasterDisplay": "SIMTV"}] if game.label else []},
        "homeTeam": home,
        "awayTeam": away,
    }


def _side(club: Club, points: int) -> dict[str, Any]:
    return {
        "teamId": club.team_id,
        "teamName": club.nickname,
        "teamCity": club.location,
        "teamTricode": club.abbr,
        "score": points,
    }


def _final_text(result: GameResult) -> str:
    if not result.overtimes:
        return "Final"
    return "Final/OT" if result.overtimes == 1 else f"Final/OT{result.overtimes}"


def _tip_off_text(tip_off: datetime) -> str:
    return f"{tip_off.astimezone(NEW_YORK):%I:%M %p} ET".lower().replace("et", "ET")


def _times(day: date, tip_off: datetime) -> dict[str, str]:
    wall = tip_off.astimezone(NEW_YORK)  # printed with a Z that is not one
    return {
        "gameDateEst": f"{day.isoformat()}T00:00:00Z",
        "gameTimeEst": f"1900-01-01T{wall:%H:%M:%S}Z",
        "gameDateTimeEst": f"{wall:%Y-%m-%dT%H:%M:%S}Z",
        "gameDateTimeUTC": f"{tip_off.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z",
    }


def _excluded_games(league: League) -> list[dict[str, Any]]:
    """Preseason, All-Star and undrawn cup games: none of them may enter a table."""
    clubs = list(league.clubs.values())
    games = []
    for number in range(PRESEASON_GAMES):
        day = FIRST_DATE - timedelta(days=14 - number)
        home, away = _side(clubs[2 * number], 101), _side(clubs[2 * number + 1], 99)
        games.append(
            _excluded(f"00124{number + 1:05d}", day, home, GUEST | {"score": 90} if number == 0 else away, FINAL)
        )
    stars = [GUEST | {"teamTricode": code, "score": 0} for code in ("EST", "WST")]
    games.append(_excluded("0032400001", ALL_STAR_DATE, stars[0], stars[1], SCHEDULED))
    nobody = {"teamId": 0, "teamName": "", "teamCity": "", "teamTricode": "", "score": 0}
    last = max(game.game_date for game in league.season.games) + timedelta(days=2)
    games.append(_excluded("0022401229", last, nobody, nobody, SCHEDULED))
    return games


def _excluded(game_id: str, day: date, home: dict[str, Any], away: dict[str, Any], status: int) -> dict[str, Any]:
    codes = f"{away['teamTricode']}{home['teamTricode']}"
    return _times(day, new_york_instant(day, 19)) | {
        "gameId": game_id,
        "gameCode": f"{day:%Y%m%d}/{codes}" if codes else "",
        "gameStatus": status,
        "gameStatusText": "Final" if status == FINAL else "TBD",
        "weekNumber": 0,
        "gameLabel": "Preseason" if game_id.startswith("001") else "Simulated",
        "gameSubLabel": "",
        "gameSubtype": "" if codes else "in-season-knockout",
        "arenaName": "Simulated Arena",
        "arenaCity": "Las Vegas",
        "arenaState": "NV",
        "postponedStatus": "N",
        "isNeutral": True,
        "broadcasters": {"nationalTvBroadcasters": []},
        "homeTeam": home,
        "awayTeam": away,
    }
