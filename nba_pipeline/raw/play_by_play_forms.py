"""The play-by-play's two forms, record by record and column by column, and what must hold in a game.

Payload and archive use the same field names; the payload states subtype, distance, place and order in fields of
their own, the archive in its text. Does NOT belong here: the table's declaration, kernels on the archive's text.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from nba_pipeline.basketball.clocks import clock_seconds, elapsed_seconds, period_length_seconds
from nba_pipeline.basketball.uniques import map_uniques
from nba_pipeline.landing.files import LandedFile
from nba_pipeline.raw.blocks import MAX_PERIOD
from nba_pipeline.raw.convert import convert
from nba_pipeline.raw.errors import UnusableFile
from nba_pipeline.raw.forms import Record, decode_json
from nba_pipeline.raw.play_by_play_events import (
    FIELD_GOALS,
    POINTS_IF_MADE,
    SHOT_RESULTS,
    as_arrow,
    chronological_order,
    event_subtype,
    on_court_ids,
    qualifier_flags,
    text_distance_feet,
)
from nba_pipeline.raw.sieve import POSITION, Sieve
from nba_pipeline.schema import Table
from nba_pipeline.schema.frames import STRING_DTYPE

LEGACY_UNITS_PER_FOOT = 10
GAME_ID_CHARACTERS = 10

SHARED_FIELDS = {
    "action_number": "actionNumber",
    "period": "period",
    "event_type": "actionType",
    "description": "description",
    "team_abbr": "teamTricode",
    "nba_player_id": "personId",
    "assist_player_id": "assistPersonId",
    "block_player_id": "blockPersonId",
    "steal_player_id": "stealPersonId",
    "foul_drawn_player_id": "foulDrawnPersonId",
    "score_home": "scoreHome",
    "score_away": "scoreAway",
}
PAYLOAD_FIELDS = {
    "event_subtype": "subType",
    "descriptor": "descriptor",
    "shot_distance_ft": "shotDistance",
    "shot_x_ft": "xLegacy",
    "shot_y_ft": "yLegacy",
    "shot_area": "area",
    "occurred_at": "timeActual",
}
COMMON_EXTRAS = ("clock", "playerName", "shotResult", "qualifiers")
ARCHIVE_COLUMNS = ("nba_game_id", "game_date", *SHARED_FIELDS.values(), *COMMON_EXTRAS, "playersOn")
_ACTION_FIELDS = (*SHARED_FIELDS.values(), *PAYLOAD_FIELDS.values(), *COMMON_EXTRAS, "orderNumber")


def read_payload(payload: bytes, file: LandedFile) -> list[Record]:
    """Actions of a finished game; the game's team is that of any action, its id that of the path."""
    body = decode_json(payload, "game")
    game = body["game"] if isinstance(body, dict) else None
    actions = game.get("actions") if isinstance(game, dict) else None
    if not isinstance(actions, list) or not all(isinstance(action, dict) for action in actions):
        raise UnusableFile("/game/actions is no list of events")
    if actions and not any(a.get("actionType") == "game" and a.get("subType") == "end" for a in actions):
        raise UnusableFile("no game end event: a capture of a game in progress", rule="")
    team = next((action["teamTricode"] for action in actions if action.get("teamTricode")), None)
    about_game = {"game_team": team, "nba_game_id": file.unit[:GAME_ID_CHARACTERS]}
    return [
        {name: action.get(name) for name in _ACTION_FIELDS} | about_game | {POSITION: f"/game/actions/{index}"}
        for index, action in enumerate(actions)
    ]


def add_game_team(frame: pd.DataFrame) -> pd.DataFrame:
    """Archive records with the team that stands for their game in the resolution: any team of its events."""
    codes, ids = pd.factorize(frame["nba_game_id"])
    stated = np.flatnonzero(frame["teamTricode"].notna().to_numpy())
    any_event = np.full(len(ids) + 1, -1)
    any_event[codes[stated]] = stated
    frame["game_team"] = frame["teamTricode"].array.take(any_event[codes], allow_fill=True)
    return frame


def payload_columns(sieve: Sieve, table: Table) -> None:
    """Columns of the payload's actions."""
    sieve.read(table, SHARED_FIELDS | PAYLOAD_FIELDS)
    _shared_columns(sieve)
    rows = sieve.rows
    rows["shot_distance_whole_ft"] = np.floor(rows["shot_distance_ft"]).astype("Int64")
    for name in ("shot_x_ft", "shot_y_ft"):
        rows[name] = rows[name] / LEGACY_UNITS_PER_FOOT
    rows["shot_area"] = rows["shot_area"].where(rows["is_field_goal"])
    words = [
        [str(word) for word in listed] if isinstance(listed, list) else [] for listed in sieve.source["qualifiers"]
    ]
    _flag_columns(sieve, pa.array(words, type=pa.list_(pa.string())))
    order = convert(sieve.source["orderNumber"], "INT64").values
    sieve.refuse(order.isna(), "missing_field", column="event_order", detail="orderNumber is absent or no number")
    rows["event_order"] = _position(sieve, order.fillna(0).to_numpy(dtype=np.int64))


def archive_columns(sieve: Sieve, table: Table) -> None:
    """Columns of the archive's events."""
    sieve.read(table, SHARED_FIELDS)
    _shared_columns(sieve)
    rows = sieve.rows
    event_type, description = as_arrow(rows["event_type"]), as_arrow(rows["description"])
    rows["event_subtype"] = _series(event_subtype(event_type, description), STRING_DTYPE)
    feet = _series(text_distance_feet(as_arrow(rows["is_field_goal"]), description), pd.Int64Dtype())
    rows["shot_distance_whole_ft"] = feet
    rows["shot_distance_ft"] = feet.astype("float64")
    rows["on_court_player_ids"] = _series(
        on_court_ids(as_arrow(sieve.source["playersOn"], pa.list_(pa.int64()))), STRING_DTYPE
    )
    _flag_columns(sieve, as_arrow(sieve.source["qualifiers"], pa.list_(pa.string())))
    score = (rows["score_home"] + rows["score_away"]).to_numpy(dtype=np.int64, na_value=0)
    period = rows["period"].to_numpy(dtype=np.int64, na_value=0)
    left = rows["clock_seconds"].to_numpy()
    rows["event_order"] = _position(sieve, score, -left, period)


def validate(sieve: Sieve) -> None:
    """Refuse events that cannot be, warn about games whose events do not add up."""
    rows, result = sieve.rows, sieve.source["shotResult"]
    period, left = rows["period"], rows["clock_seconds"]
    sieve.refuse((period < 1) | (period > MAX_PERIOD), "out_of_range", column="period", detail=f"1 to {MAX_PERIOD}")
    too_long = left > period_length_seconds(period.fillna(1))
    clock = sieve.source["clock"]
    sieve.refuse(left.isna() | (left < 0) | too_long, "bad_clock", column="clock_seconds", value=clock, detail="clock")
    for name in ("score_home", "score_away"):
        sieve.refuse(rows[name] < 0, "out_of_range", column=name, detail="a score is not negative")
    lost = rows["is_field_goal"] & rows["is_made"].isna()
    sieve.refuse(lost, "bad_value", column="is_made", value=result, detail="Made or Missed on a shot")
    team = rows["team_abbr"]
    stranger = team.notna() & (team != sieve.schedule("home_team_abbr")) & (team != sieve.schedule("away_team_abbr"))
    sieve.refuse(stranger, "pair_conflict", column="team_abbr", detail="neither team of the game")
    _warn_about_games(sieve)


def number_events(rows: pd.DataFrame) -> pd.DataFrame:
    """`rows` with event_order counted 1..n in every game, also where events were refused."""
    game = pd.factorize(rows["nba_game_id"])[0]
    order = np.lexsort((rows["event_order"].to_numpy(), game))
    position = np.empty(len(rows), dtype=np.int64)
    position[order] = _count_within(game[order])
    return rows.assign(event_order=position)


def _shared_columns(sieve: Sieve) -> None:
    rows, source = sieve.rows, sieve.source
    rows["clock_seconds"], bad = clock_seconds(source["clock"])
    sieve.refuse(bad, "bad_clock", column="clock_seconds", value=source["clock"], detail="expected PTmmMss.ssS")
    rows["elapsed_seconds"] = elapsed_seconds(rows["period"], rows["clock_seconds"])
    is_person = (rows["nba_player_id"] > 0).fillna(False) & source["playerName"].notna()
    rows["nba_player_id"] = rows["nba_player_id"].where(is_person)
    for name in ("assist_player_id", "block_player_id", "steal_player_id", "foul_drawn_player_id"):
        rows[name] = rows[name].where((rows[name] > 0).fillna(False))
    rows["is_field_goal"] = rows["event_type"].isin(FIELD_GOALS)
    rows["shot_value"] = map_uniques(rows["event_type"], lambda kind: POINTS_IF_MADE.get(str(kind)), "Int64")
    made = map_uniques(source["shotResult"], lambda result: SHOT_RESULTS.get(str(result)), "boolean")
    rows["is_made"] = made.where(rows["shot_value"].notna())


def _flag_columns(sieve: Sieve, qualifiers: pa.Array) -> None:
    for name, flag in qualifier_flags(qualifiers).items():
        sieve.rows[name] = pd.Series(flag)


def _position(sieve: Sieve, *keys: np.ndarray) -> pd.Series:
    """Chronological position in the game by the keys, most significant last, then by action number."""
    action = sieve.rows["action_number"].to_numpy(dtype=np.int64, na_value=0)
    game = pd.factorize(sieve.source["nba_game_id"])[0]
    return pd.Series(chronological_order(game, (action, *keys)))


def _series(values: pa.Array, dtype: Any) -> pd.Series:
    return pd.Series(dtype.__from_arrow__(values))


def _count_within(sorted_groups: np.ndarray) -> np.ndarray:
    """1, 2, 3 … within every run of equal values."""
    starts = np.flatnonzero(np.r_[True, sorted_groups[1:] != sorted_groups[:-1]])
    lengths = np.diff(np.r_[starts, len(sorted_groups)])
    return np.arange(len(sorted_groups)) - np.repeat(starts, lengths) + 1


def _warn_about_games(sieve: Sieve) -> None:
    """Scores never fall, the clock never rises within a period, the last score is the schedule's."""
    rows, alive = sieve.rows, np.flatnonzero(sieve.alive)
    if not len(alive):
        return
    taken = partial(_numbers, rows=alive)
    game = pd.factorize(sieve.game["nba_game_id"])[0][alive]
    order = np.lexsort((taken(rows["event_order"]), game))
    alive, game = alive[order], game[order]
    home, away, period, left = (
        _numbers(rows[name], alive) for name in ("score_home", "score_away", "period", "clock_seconds")
    )
    follows = game[1:] == game[:-1]
    is_last = np.r_[~follows, True]
    falls = np.r_[False, follows & ((np.diff(home) < 0) | (np.diff(away) < 0))]
    rises = np.r_[False, follows & (np.diff(period) == 0) & (np.diff(left) > 0)]
    final_home, final_away = (_numbers(sieve.schedule(name), alive) for name in ("home_score", "away_score"))
    differs = is_last & ~np.isnan(final_home) & ((home != final_home) | (away != final_away))
    for found, sentence in (
        (falls, "the score falls in the order of events"),
        (rises, "the clock rises within a period"),
        (differs, "the last score of a game is not the schedule's"),
    ):
        mask = np.zeros(len(sieve.source), dtype=bool)
        mask[alive[found]] = True
        sieve.warn(mask, sentence)


def _numbers(values: pd.Series, rows: np.ndarray) -> np.ndarray:
    return values.array.take(rows).to_numpy(dtype="float64", na_value=np.nan)
