"""Play-by-play and shot chart of a simulated game, in the shapes of the league's feeds.

Does NOT belong here: what happened, the archive form.
"""

from __future__ import annotations

import math
from datetime import UTC, timedelta
from typing import Any

from nba_pipeline.sample.events import OVERTIME_SECONDS, QUARTER_SECONDS, QUARTERS, Event, GameResult
from nba_pipeline.sample.season import new_york_instant
from nba_pipeline.sample.writer import SampleWriter

PLAY_BY_PLAY_FEED = "nba_play_by_play"
SHOT_CHART_FEED = "nba_shot_chart"
REAL_TIME_FACTOR = 2.9  # a game of 48 minutes takes about two and a third hours
SHOT_CHART_HEADERS = (
    "GRID_TYPE", "GAME_ID", "GAME_EVENT_ID", "PLAYER_ID", "PLAYER_NAME", "TEAM_ID", "TEAM_NAME", "PERIOD",
    "MINUTES_REMAINING", "SECONDS_REMAINING", "EVENT_TYPE", "ACTION_TYPE", "SHOT_TYPE", "SHOT_ZONE_BASIC",
    "SHOT_ZONE_AREA", "SHOT_ZONE_RANGE", "SHOT_DISTANCE", "LOC_X", "LOC_Y", "SHOT_ATTEMPTED_FLAG", "SHOT_MADE_FLAG",
    "GAME_DATE", "HTM", "VTM",
)  # fmt: skip


def write_play_by_play(writer: SampleWriter, result: GameResult) -> None:
    """Land the events of the next morning."""
    morning = new_york_instant(result.game.game_date + timedelta(days=1), 4, 35)
    document = {
        "meta": {"version": 1, "request": "simulated game, not a real one"},
        "game": {
            "gameId": result.game.nba_game_id,
            "actions": [_action(result, order, event) for order, event in enumerate(result.events, start=1)],
        },
    }
    writer.payload(PLAY_BY_PLAY_FEED, result.game.game_date, result.game.nba_game_id, morning, document)


def write_shot_chart(writer: SampleWriter, result: GameResult) -> None:
    """Land the places of all field-goal attempts."""
    morning = new_york_instant(result.game.game_date + timedelta(days=1), 4, 40)
    rows = [_chart_row(result, event) for event in result.events if event.is_field_goal]
    table = {"name": "Shot_Chart_Detail", "headers": list(SHOT_CHART_HEADERS), "rowSet": rows}
    document = {"resource": "shotchartdetail", "parameters": {"GameID": result.game.nba_game_id}, "resultSets": [table]}
    writer.payload(SHOT_CHART_FEED, result.game.game_date, result.game.nba_game_id, morning, document)


def _action(result: GameResult, order: int, event: Event) -> dict[str, Any]:
    elapsed = _elapsed(event)
    occurred = result.game.tip_off_at.astimezone(UTC) + timedelta(seconds=round(REAL_TIME_FACTOR * elapsed))
    action: dict[str, Any] = {
        "actionNumber": event.number,
        "clock": clock_text(event.clock),
        "timeActual": f"{occurred:%Y-%m-%dT%H:%M:%S}.0Z",
        "period": event.period,
        "periodType": "REGULAR" if event.period <= QUARTERS else "OVERTIME",
        "actionType": event.kind,
        "subType": event.subtype,
        "qualifiers": list(event.qualifiers),
        "personId": event.player.player_id if event.player else 0,
        "scoreHome": str(event.score[0]),
        "scoreAway": str(event.score[1]),
        "orderNumber": 10000 * order,
        "isFieldGoal": int(event.is_field_goal),
        "description": event.text,
    }
    if event.side is not None:
        club = result.boxes[event.side].club
        action |= {"teamId": club.team_id, "teamTricode": club.abbr}
    if event.player:
        action |= {"playerName": event.player.family_name, "playerNameI": event.player.short_name}
    return action | _details(event)


def _details(event: Event) -> dict[str, Any]:
    details: dict[str, Any] = {}
    shot = event.shot
    if event.descriptor or (shot and shot.descriptor):
        details["descriptor"] = event.descriptor or (shot.descriptor if shot else "")
    if event.is_made is not None:
        details["shotResult"] = "Made" if event.is_made else "Missed"
    if shot:
        details |= {"xLegacy": shot.x, "yLegacy": shot.y, "shotDistance": shot.distance, "area": shot.area}
    others = (
        ("assistPersonId", event.assist),
        ("blockPersonId", event.block),
        ("stealPersonId", event.steal),
        ("foulDrawnPersonId", event.drawn),
    )
    return details | {name: player.player_id for name, player in others if player}


def clock_text(seconds: int) -> str:
    """706 -> `PT11M46.00S`."""
    return f"PT{seconds // 60:02d}M{seconds % 60:02d}.00S"


def chart_zone(x: int, distance: float, area: str) -> tuple[str, str]:
    """Zone side and range of a shot chart row, without the code in brackets."""
    if area.endswith("Corner 3"):
        return ("Left Side" if x < 0 else "Right Side"), "24+ ft."
    whole = math.floor(distance)
    reach = "Less Than 8 ft." if whole < 8 else "8-16 ft." if whole < 16 else "16-24 ft." if whole < 24 else "24+ ft."
    if abs(x) <= 80:
        return "Center", reach
    return ("Left Side Center" if x < 0 else "Right Side Center"), reach


def _elapsed(event: Event) -> int:
    if event.period <= QUARTERS:
        return event.period * QUARTER_SECONDS - event.clock
    return QUARTERS * QUARTER_SECONDS + (event.period - QUARTERS) * OVERTIME_SECONDS - event.clock


def _chart_row(result: GameResult, event: Event) -> list[Any]:
    shot, player, side = event.shot, event.player, event.side
    if shot is None or player is None or side is None:
        raise ValueError(f"sample: field goal {event.number} of {result.game.nba_game_id} has no place or no shooter.")
    club, game = result.boxes[side].club, result.game
    zone_area, zone_range = chart_zone(shot.x, shot.distance, shot.area)
    code = "".join(word[0] for word in zone_area.split() if word != "Side")
    words = f"{shot.descriptor} {'Shot' if shot.subtype == 'Jump Shot' else shot.subtype + ' Shot'}".strip().title()
    return [
        "Shot Chart Detail", game.nba_game_id, event.number, player.player_id, player.later_name, club.team_id,
        club.full_name, event.period, event.clock // 60, event.clock % 60,
        "Made Shot" if event.is_made else "Missed Shot", words, f"{shot.value}PT Field Goal", shot.area,
        f"{zone_area}({code})", zone_range, math.floor(shot.distance), shot.x, shot.y, 1, int(bool(event.is_made)),
        f"{game.game_date:%Y%m%d}", game.home.abbr, game.away.abbr,
    ]  # fmt: skip
