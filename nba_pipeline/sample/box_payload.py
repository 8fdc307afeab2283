"""The live box score of a simulated game, in the shape of the league's feed.

Seconds are exact here. Like the feed, it prints zeros for players who did not play, and a status in capitals.
Does NOT belong here: counting, the archive form.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

from nba_pipeline.sample.events import QUARTERS, GameResult, Line, TeamBox
from nba_pipeline.sample.season import new_york_instant
from nba_pipeline.sample.writer import SampleWriter

FEED = "nba_boxscore_live"
COUNTS = {
    "assists": "assists",
    "blocks": "blocks",
    "fieldGoalsAttempted": "field_goals_attempted",
    "fieldGoalsMade": "field_goals_made",
    "foulsPersonal": "personal_fouls",
    "foulsTechnical": "technical_fouls",
    "freeThrowsAttempted": "free_throws_attempted",
    "freeThrowsMade": "free_throws_made",
    "points": "points",
    "pointsFastBreak": "points_fast_break",
    "pointsInThePaint": "points_in_the_paint",
    "pointsSecondChance": "points_second_chance",
    "reboundsDefensive": "defensive_rebounds",
    "reboundsOffensive": "offensive_rebounds",
    "steals": "steals",
    "threePointersAttempted": "three_pointers_attempted",
    "threePointersMade": "three_pointers_made",
    "turnovers": "turnovers",
}


def write_box(writer: SampleWriter, result: GameResult, *, is_corrected: bool) -> None:
    """Land the box of the next morning; a corrected game also has an earlier file that lacks one assist."""
    morning = new_york_instant(result.game.game_date + timedelta(days=1), 4, 30)
    game_id, day = result.game.nba_game_id, result.game.game_date
    if is_corrected:
        earlier = box_document(result)
        _without_one_assist(earlier["game"]["homeTeam"])
        writer.payload(FEED, day, game_id, morning - timedelta(hours=3), earlier)
    writer.payload(FEED, day, game_id, morning, box_document(result))


def box_document(result: GameResult) -> dict[str, Any]:
    """The whole answer of the feed."""
    game = result.game
    return {
        "meta": {"version": 1, "request": "simulated game, not a real one"},
        "game": {
            "gameId": game.nba_game_id,
            "gameTimeUTC": f"{game.tip_off_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "gameCode": game.game_code,
            "gameStatus": 3,
            "gameStatusText": "Final",
            "regulationPeriods": QUARTERS,
            "period": result.periods,
            "gameClock": "PT00M00.00S",
            "arena": {"arenaName": "Simulated Arena", "arenaCity": game.neutral_city or game.home.city},
            "homeTeam": _team(result, 0),
            "awayTeam": _team(result, 1),
        },
    }


def _team(result: GameResult, side: int) -> dict[str, Any]:
    box = result.boxes[side]
    score = box.total("points")
    return {
        "teamId": box.club.team_id,
        "teamName": box.club.nickname,
        "teamCity": box.club.location,
        "teamTricode": box.club.abbr,
        "score": score,
        "periods": [_period(number, points) for number, points in enumerate(box.period_points, start=1)],
        "players": [_player(order, line) for order, line in enumerate(box.lines, start=1)],
        "statistics": _team_statistics(box, result, score - result.score[1 - side]),
    }


def _period(number: int, points: int) -> dict[str, Any]:
    kind = "REGULAR" if number <= QUARTERS else "OVERTIME"
    return {"period": number, "periodType": kind, "score": points}


def _team_statistics(box: TeamBox, result: GameResult, margin: int) -> dict[str, Any]:
    personal = box.total("rebounds")
    return {name: box.total(statistic) for name, statistic in COUNTS.items()} | {
        "minutes": _duration(result.team_seconds),
        "plusMinusPoints": float(margin),
        "reboundsPersonal": personal,
        "reboundsTeam": box.team_rebounds,
        "reboundsTotal": personal + box.team_rebounds,
        "turnoversTeam": box.team_turnovers,
        "turnoversTotal": box.total("turnovers") + box.team_turnovers,
    }


def _player(order: int, line: Line) -> dict[str, Any]:
    player = line.player
    reason, _, description = line.reason.partition(": ")
    return {
        "status": "INACTIVE" if line.status == "inactive" else "ACTIVE",
        **({"notPlayingReason": reason} if reason else {}),
        **({"notPlayingDescription": description} if description else {}),
        "order": order,
        "personId": player.player_id,
        "jerseyNum": player.jersey,
        **({"position": player.position} if line.is_starter else {}),
        "starter": "1" if line.is_starter else "0",
        "played": "1" if line.has_played else "0",
        "statistics": {name: getattr(line, statistic) for name, statistic in COUNTS.items()}
        | {
            "minutes": _duration(line.seconds),
            "plusMinusPoints": float(line.plus_minus),
            "reboundsTotal": line.rebounds,
        },
        "name": player.later_name,
    }


def _duration(seconds: int) -> str:
    """2,965 -> `PT49M25.00S`."""
    return f"PT{seconds // 60:02d}M{seconds % 60:02d}.00S"


def _without_one_assist(team: dict[str, Any]) -> None:
    player = max(team["players"], key=lambda player: player["statistics"]["assists"])
    player["statistics"]["assists"] -= 1
    team["statistics"]["assists"] -= 1
