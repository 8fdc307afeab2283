"""The archived events: play-by-play and shots of earlier dates as season files with the archive's columns.

As in the real archive, the play-by-play lacks jump balls, period and game events, coordinates and order numbers;
kind and distance of a shot stand in its text only. Does NOT belong here: box scores, payloads.
"""

from __future__ import annotations

import math
from typing import Any

import pyarrow as pa

from nba_pipeline.sample.archive import DATES, SEASON, SOURCE, identity, table
from nba_pipeline.sample.event_payloads import chart_zone, clock_text
from nba_pipeline.sample.events import Event, GameResult
from nba_pipeline.sample.league import League
from nba_pipeline.sample.players import Player
from nba_pipeline.sample.writer import SampleWriter

LEFT_OUT = frozenset({"jumpball", "period", "game"})


def write_event_archive(writer: SampleWriter, league: League) -> None:
    """Write play-by-play of the archived games, and the shots of all games."""
    archived = [result for result in league.results if result.game.is_archived]
    writer.archive("nbac_play_by_play", SEASON, _play_by_play(archived))
    shots = [
        _shot(result, event, event.side)
        for result in league.results
        for event in result.events
        if event.is_field_goal and event.side is not None
    ]
    writer.archive("nbac_shot_chart", SEASON, table(shots, DATES))


def stored_events(result: GameResult) -> int:
    """Events that a complete load keeps: all of a payload, fewer where only the archive has the game."""
    if result.game.has_payloads:
        return len(result.events)
    return sum(event.kind not in LEFT_OUT for event in result.events)


def _play_by_play(results: list[GameResult]) -> pa.Table:
    pairs = [(result, event) for result in results for event in result.events if event.kind not in LEFT_OUT]
    events = [event for _, event in pairs]
    clubs = [result.boxes[event.side].club if event.side is not None else None for result, event in pairs]
    players = [event.player for event in events]
    columns = {
        "nba_game_id": [result.game.nba_game_id for result, _ in pairs],
        "season": [SEASON] * len(pairs),
        "season_type": ["Regular Season"] * len(pairs),
        "game_date": pa.array([result.game.game_date for result, _ in pairs], pa.date32()),
        "actionNumber": [event.number for event in events],
        "period": [event.period for event in events],
        "clock": [clock_text(event.clock) for event in events],
        "actionType": [event.kind for event in events],
        "description": [event.text for event in events],
        "qualifiers": pa.array([list(event.qualifiers) for event in events], pa.list_(pa.string())),
        "teamId": [club.team_id if club else None for club in clubs],
        "teamTricode": [club.abbr if club else None for club in clubs],
        "personId": [player.player_id if player else 0 for player in players],
        "playerName": [player.family_name if player else None for player in players],
        "isFieldGoal": [event.is_field_goal for event in events],
        "shotResult": [_result_word(event) for event in events],
        "scoreHome": [event.score[0] for event in events],
        "scoreAway": [event.score[1] for event in events],
        "assistPersonId": _ids([event.assist for event in events]),
        "foulDrawnPersonId": _ids([event.drawn for event in events]),
        "stealPersonId": _ids([event.steal for event in events]),
        "blockPersonId": _ids([event.block for event in events]),
        "playersOn": pa.array([event.on_court for event in events], pa.list_(pa.int64())),
    }
    return pa.table(columns)


def _ids(players: list[Player | None]) -> pa.Array:
    return pa.array([player.player_id if player else None for player in players], pa.int64())


def _result_word(event: Event) -> str | None:
    if event.is_made is None:
        return None
    return "Made" if event.is_made else "Missed"


def _shot(result: GameResult, event: Event, side: int) -> dict[str, Any]:
    shot, player = event.shot, event.player
    if shot is None or player is None:
        raise ValueError(f"sample: field goal {event.number} of {result.game.nba_game_id} has no place or no shooter.")
    zone_area, zone_range = chart_zone(shot.x, shot.distance, shot.area)
    whole_feet = math.floor(shot.distance)
    row = identity(result, side)
    del row["team_id"], row["is_home"]
    return row | {
        "action_number": event.number,
        "period": event.period,
        "seconds_left_in_period": float(event.clock),
        "nba_player_id": player.player_id,
        "shot_value": shot.value,
        "is_made": bool(event.is_made),
        "is_assisted": event.assist is not None,
        "assist_player_id": event.assist.player_id if event.assist else None,
        "block_player_id": event.block.player_id if event.block else None,
        "action_type": f"{shot.descriptor} {shot.subtype}".strip().title(),
        "shot_distance_ft": whole_feet,
        "text_distance_ft": whole_feet if shot.prints_distance else None,
        "has_paint_qualifier": shot.is_lane,
        "x_ft": shot.x / 10,
        "y_ft": shot.y / 10,
        "zone_basic": shot.area,
        "zone_area": zone_area,
        "zone_range": zone_range,
        "xy_source": SOURCE,
    }
