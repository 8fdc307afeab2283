"""Surnames of inactive players -> the player of the team that carries the surname.

Candidates are the players the league's box scores list for the team: first those of the same game, then those of
the last 30 days; a surname is compared with its suffix first, then without. A player with a line of his own in the
gamebook is no candidate: of the 11,224 inactive rows of 2023-24, 592 shared their surname with a team-mate, 200 with
another inactive one. One candidate is the player, several are ambiguous, none is unknown; nothing is guessed.
Does NOT belong here: files, the gamebook table.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nba_pipeline.basketball.names import SUFFIXES, player_lookups
from nba_pipeline.schema.frames import STRING_DTYPE

ROSTER_DAYS = 30  # days before the game in which a player of the team counts as a candidate
LONGEST_SURNAME = 4  # words, suffix included
ROSTER_COLUMNS = ("game_date", "nba_game_id", "team_abbr", "player_name", "nba_player_id")

_SUFFIX_AT_END = rf"(?i)[\s,]+(?:{'|'.join(sorted(SUFFIXES))})\.?$"


def resolve_surnames(records: pd.DataFrame, listed: pd.DataFrame, roster: pd.DataFrame) -> pd.DataFrame:
    """Name, id and verdict of every record, aligned with `records`.

    records: game_date, nba_game_id, team_abbr, surname. listed: nba_game_id, player_lookup of the players with a
    line of their own in the gamebook; they are no inactive players. roster: ROSTER_COLUMNS of the box scores, any
    dates; only those from 30 days before a record's date to that date count for it.
    Result: player_name, nba_player_id, rule ("" when resolved, else unknown_name or ambiguous_name), candidates.
    """
    result = pd.DataFrame(
        {
            "player_name": pd.Series(None, index=records.index, dtype=STRING_DTYPE),
            "nba_player_id": pd.Series(None, index=records.index, dtype="Int64"),
            "rule": "unknown_name",
            "candidates": pd.Series(None, index=records.index, dtype=STRING_DTYPE),
        }
    )
    people = roster.assign(person=_person(roster), lookup=player_lookups(roster["player_name"]))
    own_lines = pd.MultiIndex.from_frame(listed[["nba_game_id", "player_lookup"]])
    for same_game, suffixed in ((True, True), (True, False), (False, True), (False, False)):
        open_records = records[result["rule"] == "unknown_name"]
        found = _candidates(open_records, people, same_game=same_game, suffixed=suffixed)
        found = found[~pd.MultiIndex.from_frame(found[["nba_game_id", "lookup"]]).isin(own_lines)]
        alone = found.groupby("record")["person"].transform("size") == 1
        single = found[alone].set_index("record")
        result.loc[single.index, "player_name"] = single["player_name"]
        result.loc[single.index, "nba_player_id"] = single["nba_player_id"]
        result.loc[single.index, "rule"] = ""
        several = found[~alone].groupby("record")["player_name"].agg(", ".join)
        result.loc[several.index, "candidates"] = several
        result.loc[several.index, "rule"] = "ambiguous_name"
    return result


def _candidates(records: pd.DataFrame, people: pd.DataFrame, *, same_game: bool, suffixed: bool) -> pd.DataFrame:
    """One row per record and player of the team with the surname: record, person, name, id; the newest spelling."""
    wanted = records.assign(record=records.index, key=_surname_keys(records["surname"], suffixed))
    known = _name_endings(people, suffixed).rename(columns={"nba_game_id": "listed_game_id", "game_date": "listed_on"})
    pairs = wanted.merge(known, on=["team_abbr", "key"], how="inner", validate="many_to_many")
    age = (pairs["game_date"] - pairs["listed_on"]).dt.days
    if same_game:
        pairs = pairs[(age == 0) & (pairs["listed_game_id"] == pairs["nba_game_id"])]
    else:
        pairs = pairs[(age >= 0) & (age <= ROSTER_DAYS)]
    newest = pairs.sort_values(["record", "listed_on", "player_name"], kind="stable")
    return newest.drop_duplicates(["record", "person"], keep="last")


def _name_endings(people: pd.DataFrame, suffixed: bool) -> pd.DataFrame:
    """The last one, two, … words of every name, folded like a lookup, as further rows of the roster."""
    names = people["player_name"] if suffixed else people["player_name"].str.replace(_SUFFIX_AT_END, "", regex=True)
    endings = [
        names.str.extract(rf"(?:^|\s)(\S+(?:\s+\S+){{{count - 1}}})$")[0] for count in range(1, LONGEST_SURNAME + 1)
    ]
    keys = [player_lookups(ending.astype(STRING_DTYPE)) for ending in endings]
    rows = pd.concat([people.assign(key=key) for key in keys], ignore_index=True)
    return rows.dropna(subset="key").drop_duplicates(["game_date", "nba_game_id", "team_abbr", "person", "key"])


def _surname_keys(surnames: pd.Series, suffixed: bool) -> pd.Series:
    bare = surnames if suffixed else surnames.str.replace(_SUFFIX_AT_END, "", regex=True)
    return player_lookups(bare.astype(STRING_DTYPE))


def _person(roster: pd.DataFrame) -> np.ndarray:
    """One text per player: the NBA id, or the lookup of the name where no id is known."""
    ids = roster["nba_player_id"].astype("Int64").astype(STRING_DTYPE)
    return ids.fillna(player_lookups(roster["player_name"])).to_numpy(dtype="object")
