"""Small hand-made schedules and box scores for the tests of the raw layer."""

from __future__ import annotations

from datetime import date

import pandas as pd

from nba_pipeline.raw.nbac_schedule import TABLE
from nba_pipeline.schema.frames import typed_frame

DAY = "2024-01-15"
LINE = {
    "fieldGoalsMade": 4, "fieldGoalsAttempted": 9, "threePointersMade": 1, "threePointersAttempted": 3,
    "freeThrowsMade": 2, "freeThrowsAttempted": 2, "reboundsOffensive": 1, "reboundsDefensive": 3, "reboundsTotal": 4,
    "assists": 5, "steals": 1, "blocks": 0, "turnovers": 2, "foulsPersonal": 3, "plusMinusPoints": -6.0, "points": 11,
    "minutes": "PT30M00.00S",
}  # fmt: skip
TEAM_LINE = {
    **LINE, "fieldGoalsMade": 40, "fieldGoalsAttempted": 90, "threePointersMade": 10, "freeThrowsMade": 10,
    "threePointersAttempted": 30, "freeThrowsAttempted": 12, "points": 100, "reboundsTotal": 60,
    "reboundsPersonal": 4, "turnovers": 12, "turnoversTotal": 14, "minutes": "PT240M00.00S",
}  # fmt: skip


def dates(*days: str) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(days or [DAY]).as_unit("us")


def game(number: int, away: str, home: str, day: str = DAY, *, kind: str = "2", **columns: object) -> dict[str, object]:
    """One final game of the season 2023-24, 100 : 98 unless told."""
    played = date.fromisoformat(day)
    return {
        "game_date": pd.Timestamp(day),
        "game_id": f"{played:%Y%m%d}_{away}_{home}",
        "nba_game_id": f"00{kind}23{number:05d}",
        "season_year": 2023,
        "season_type": {"2": "regular", "6": "cup_final"}[kind],
        "game_status": 3,
        "is_final": True,
        "is_postponed": False,
        "home_team_abbr": home,
        "away_team_abbr": away,
        "home_team_id": 1610612737,
        "away_team_id": 1610612738,
        "home_score": 100,
        "away_score": 98,
        "is_cup_game": False,
        "source_form": "archive",
        **columns,
    }


def schedule(*games: dict[str, object]) -> pd.DataFrame:
    """The season schedule of the given games, typed as the table."""
    frame = pd.DataFrame(list(games)).reindex(columns=TABLE.column_names)
    return typed_frame(TABLE, frame)


def player(number: int, name: str | None = "", **changes: object) -> dict[str, object]:
    """A player of a live box; keyword arguments that are statistics change the line, others the player."""
    line = {**LINE, **{key: value for key, value in changes.items() if key in LINE}}
    rest = {key: value for key, value in changes.items() if key not in LINE}
    named = f"Player {chr(64 + number)}" if name == "" else name
    return {
        "status": "ACTIVE", "personId": number, "name": named, "jerseyNum": "7", "starter": "1", "played": "1",
        "statistics": line, **rest,
    }  # fmt: skip


def live_box(
    nba_game_id: str,
    away: str,
    home: str,
    away_players: list[dict[str, object]],
    home_players: list[dict[str, object]],
    **game_fields: object,
) -> dict[str, object]:
    """A live box of a finished game, 98 : 100, status text "Q2" as the real samples have it."""
    sides = {}
    for side, team, score, players in (("awayTeam", away, 98, away_players), ("homeTeam", home, 100, home_players)):
        line = {**TEAM_LINE, "points": score, "freeThrowsMade": score - 90}
        sides[side] = {
            "teamId": 1610612737,
            "teamTricode": team,
            "score": score,
            "players": players,
            "statistics": line,
        }
    body = {"gameId": nba_game_id, "gameStatus": 3, "gameStatusText": "Q2", "period": 2, **sides, **game_fields}
    return {"game": body}
