"""Box-score payloads of one game or one day -> records as printed, for players and for teams.

Feeds: nba_boxscore_live, nba_boxscore_traditional (versions 2 and 3), nba_leaguegamelog. A live box counts once
its game is over and both scores are the schedule's; its status text and period prove nothing.
Does NOT belong here: types, columns of the tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from nba_pipeline.landing.files import LandedFile
from nba_pipeline.raw.errors import UnusableFile
from nba_pipeline.raw.forms import Record, decode_json, result_set
from nba_pipeline.raw.sieve import POSITION

SIDES = ("homeTeam", "awayTeam")
GAME_OVER = 3
PLAYER_HEADERS = ("GAME_ID", "TEAM_ABBREVIATION", "PLAYER_ID", "PLAYER_NAME", "START_POSITION", "COMMENT", "MIN",
                  "FGM", "FGA", "FG3M", "FG3A", "FTM", "FTA", "OREB", "DREB", "REB", "AST", "STL", "BLK", "TO", "PF",
                  "PTS", "PLUS_MINUS")  # fmt: skip
TEAM_HEADERS = ("GAME_ID", "TEAM_ID", "TEAM_ABBREVIATION", "MIN", *PLAYER_HEADERS[7:])
GAMELOG_HEADERS = tuple({"TO": "TOV"}.get(name, name) for name in PLAYER_HEADERS if name not in
                        ("START_POSITION", "COMMENT"))  # fmt: skip

FinalScores = Mapping[str, Mapping[str, int]]


def final_scores(schedule: pd.DataFrame) -> FinalScores:
    """nba_game_id -> side -> points, of the games that are final."""
    final = schedule[schedule["is_final"]]
    pairs = zip(final["nba_game_id"], final["home_score"], final["away_score"], strict=True)
    return {game: {"homeTeam": int(home), "awayTeam": int(away)} for game, home, away in pairs}


def live_players(payload: bytes, file: LandedFile, *, scores: FinalScores) -> list[Record]:
    """Players of both sides of a live box."""
    game = _live_game(payload, scores)
    return [record for side in SIDES for record in _side_players(game, side, f"/game/{side}")]


def live_teams(payload: bytes, file: LandedFile, *, scores: FinalScores) -> list[Record]:
    """Both sides of a live box."""
    game = _live_game(payload, scores)
    return [_side_team(game, side, f"/game/{side}") for side in SIDES]


def traditional_players(payload: bytes, file: LandedFile) -> list[Record]:
    """Players of a traditional box; version 3 is given the header names of version 2."""
    body = decode_json(payload)
    game = _version_3(body)
    if game is None:
        return result_set(_result_sets(body), "PlayerStats", PLAYER_HEADERS)
    pointer = "/boxScoreTraditional"
    players = [record for side in SIDES for record in _side_players(game, side, f"{pointer}/{side}")]
    return [_as_version_2(record) for record in players]


def traditional_teams(payload: bytes, file: LandedFile) -> list[Record]:
    """Teams of a traditional box; empty sets, as newer games get from version 2, mean nothing is known."""
    body = decode_json(payload)
    game = _version_3(body)
    if game is None:
        return result_set(_result_sets(body), "TeamStats", TEAM_HEADERS)
    return [_as_version_2(_side_team(game, side, f"/boxScoreTraditional/{side}")) for side in SIDES]


def gamelog_players(payload: bytes, file: LandedFile) -> list[Record]:
    """Players who played, of every game of a day."""
    return result_set(_result_sets(decode_json(payload)), "LeagueGameLog", GAMELOG_HEADERS)


def _live_game(payload: bytes, scores: FinalScores) -> Mapping[str, object]:
    game = decode_json(payload, "game")["game"]  # type: ignore[index]
    if not isinstance(game, dict) or not all(isinstance(game.get(side), dict) for side in SIDES):
        raise UnusableFile("game.homeTeam and game.awayTeam are not both there")
    if game.get("gameStatus") != GAME_OVER:
        raise UnusableFile("the game is not over", rule="")
    known = scores.get(str(game.get("gameId")).zfill(10))
    if known is not None and any(game[side].get("score") != known[side] for side in SIDES):
        raise UnusableFile("the score is not the schedule's", rule="")
    return game


def _result_sets(body: object) -> Mapping[str, object]:
    if not isinstance(body, dict):
        raise UnusableFile("no object at the top level")
    if "resultSets" not in body and {"message", "error"} & set(body):
        raise UnusableFile("error body instead of result sets; fetch it again", rule="error_body")
    return body


def _version_3(body: object) -> Mapping[str, object] | None:
    game = body.get("boxScoreTraditional") if isinstance(body, dict) else None
    if game is None:
        return None
    if not isinstance(game, dict) or not all(isinstance(game.get(side), dict) for side in SIDES):
        raise UnusableFile("boxScoreTraditional.homeTeam and awayTeam are not both there")
    return game


def _side_players(game: Mapping[str, object], side: str, pointer: str) -> Iterator[Record]:
    team: Mapping[str, object] = game[side]  # type: ignore[assignment]
    for number, player in enumerate(team.get("players") or []):  # type: ignore[arg-type, var-annotated]
        flat = {name: value for name, value in player.items() if name != "statistics"}
        yield {
            **flat,
            **(player.get("statistics") or {}),
            "gameId": game.get("gameId"),
            "teamTricode": team.get("teamTricode"),
            "is_home": side == "homeTeam",
            POSITION: f"{pointer}/players/{number}",
        }


def _side_team(game: Mapping[str, object], side: str, pointer: str) -> Record:
    team: Mapping[str, object] = game[side]  # type: ignore[assignment]
    return {
        **(team.get("statistics") or {}),  # type: ignore[dict-item]
        "gameId": game.get("gameId"),
        "teamId": team.get("teamId"),
        "teamTricode": team.get("teamTricode"),
        "is_home": side == "homeTeam",
        POSITION: pointer,
    }


def _as_version_2(record: Record) -> Record:
    """A record of version 3 under the names of version 2."""
    renamed = {_VERSION_2_NAMES.get(name, name): value for name, value in record.items()}
    if "firstName" in record or "familyName" in record:
        renamed["PLAYER_NAME"] = f"{record.get('firstName') or ''} {record.get('familyName') or ''}"
        renamed["jerseyNum"] = record.get("jerseyNum")
    return renamed


_VERSION_2_NAMES = {
    "gameId": "GAME_ID", "teamId": "TEAM_ID", "teamTricode": "TEAM_ABBREVIATION", "personId": "PLAYER_ID",
    "position": "START_POSITION", "comment": "COMMENT", "minutes": "MIN", "fieldGoalsMade": "FGM",
    "fieldGoalsAttempted": "FGA", "threePointersMade": "FG3M", "threePointersAttempted": "FG3A",
    "freeThrowsMade": "FTM", "freeThrowsAttempted": "FTA", "reboundsOffensive": "OREB", "reboundsDefensive": "DREB",
    "reboundsTotal": "REB", "assists": "AST", "steals": "STL", "blocks": "BLK", "turnovers": "TO",
    "foulsPersonal": "PF", "points": "PTS", "plusMinusPoints": "PLUS_MINUS",
}  # fmt: skip
