"""Every printed name of a player in the sources, tied to one person; the registry and its aliases read it.

A person is an NBA id; a row without an id belongs to the only id seen under its spelling (or the spelling a manual
alias gives), else its spelling is the person.
Does NOT belong here: choosing the registry key, tables, matching by similarity.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nba_pipeline.reference.manual_aliases import MANUAL_ALIASES
from nba_pipeline.schema.frames import STRING_DTYPE

DTYPES: dict[str, Any] = {
    "rank": "int64",
    "game_date": "datetime64[us]",
    "nba_game_id": STRING_DTYPE,
    "player_lookup": STRING_DTYPE,
    "nba_player_id": "Int64",
    "player_name": STRING_DTYPE,
}
NAME_ONLY_RANK = 4
"""Rank of a source that names a player without a game: it adds ids and spellings, never a registry row."""


def player_sightings(player_boxscores: pd.DataFrame, gamebook: pd.DataFrame, player_list: pd.DataFrame) -> pd.DataFrame:
    """One row per printed player row, with `rank` (0 box score with a line … 3 gamebook listing) and `person`."""
    listed = player_list[["player_lookup", "nba_player_id", "player_name"]].assign(rank=NAME_ONLY_RANK)
    ranked: list[pd.DataFrame] = [_ranked(player_boxscores, 0), _ranked(gamebook, 2), listed]
    typed = [frame.reindex(columns=list(DTYPES)).astype(DTYPES) for frame in ranked]
    sightings = pd.concat(typed, ignore_index=True)
    return sightings.assign(person=_persons(sightings))


def _ranked(rows: pd.DataFrame, first_rank: int) -> pd.DataFrame:
    has_line = (rows["player_status"] == "active").to_numpy(dtype=bool)
    return rows.assign(rank=np.where(has_line, first_rank, first_rank + 1))


def _persons(sightings: pd.DataFrame) -> pd.Series:
    """Person of every row as text: the id, or the spelling of a player no source gives an id."""
    with_id = sightings[sightings["nba_player_id"].notna()]
    ids_of_spelling = with_id.groupby("player_lookup")["nba_player_id"].agg(["nunique", "first"])
    only_id = ids_of_spelling.loc[ids_of_spelling["nunique"] == 1, "first"]
    known_spellings = set(sightings["player_lookup"])
    renamed = {alias: target for alias, target in MANUAL_ALIASES.items() if target in known_spellings}
    spelling = sightings["player_lookup"]
    target = spelling.map(renamed).astype(STRING_DTYPE).fillna(spelling)
    person_id = sightings["nba_player_id"].fillna(spelling.map(only_id)).fillna(target.map(only_id)).astype("Int64")
    return person_id.astype("str").where(person_id.notna(), "name:" + target)
