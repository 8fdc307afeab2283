"""Player lines of every box-score form -> columns of `nbac_player_boxscores`.

A player who did not play has NULL statistics, whatever zeros his source prints.
Does NOT belong here: payload shapes, the table.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from nba_pipeline.basketball import clocks
from nba_pipeline.basketball.names import player_lookups
from nba_pipeline.raw import box_columns
from nba_pipeline.raw.convert import convert
from nba_pipeline.raw.sieve import Sieve
from nba_pipeline.schema import Table
from nba_pipeline.schema.frames import STRING_DTYPE

MOST_MINUTES = 80  # minutes of one player in one game
STARTERS = 5  # per team
ACTIVE, DNP, INACTIVE = "active", "dnp", "inactive"
PAINT_AND_BREAK = ("points_in_the_paint", "points_fast_break")
LIVE_EXTRAS = {"points_in_the_paint": "pointsInThePaint", "points_fast_break": "pointsFastBreak"}


def live_columns(sieve: Sieve, table: Table) -> None:
    """Live box: status, starter and played flags are printed."""
    sieve.read(table, {"nba_player_id": "personId", "player_name": "name", "jersey_number": "jerseyNum",
                       "position": "position", "is_starter": "starter"})  # fmt: skip
    status = _listed_status(sieve, sieve.printed("status"))
    _read_played(sieve, table, "played")
    reason, detail = (
        convert(sieve.printed(name), "STRING").values for name in ("notPlayingReason", "notPlayingDescription")
    )
    sieve.rows["dnp_reason"] = (reason + (": " + detail).fillna("")).fillna(detail).astype(STRING_DTYPE)
    _set_status(sieve, status == "INACTIVE")
    _read_line(sieve, table, "minutes", {**box_columns.LIVE, **LIVE_EXTRAS}, is_rounded=False)


def traditional_columns(sieve: Sieve, table: Table) -> None:
    """Traditional box: no minutes or a comment mean that the player did not play."""
    sieve.read(table, {"nba_player_id": "PLAYER_ID", "player_name": "PLAYER_NAME", "jersey_number": "jerseyNum",
                       "position": "START_POSITION", "dnp_reason": "COMMENT"})  # fmt: skip
    sieve.rows["is_starter"] = sieve.rows["position"].notna().astype("boolean")
    no_minutes = convert(sieve.printed("MIN"), "STRING").values.isna()
    sieve.rows["is_dnp"] = no_minutes | sieve.rows["dnp_reason"].notna()
    _set_status(sieve, pd.Series(False, index=sieve.source.index))
    _read_line(sieve, table, "MIN", box_columns.TRADITIONAL, is_rounded=False)


def gamelog_columns(sieve: Sieve, table: Table) -> None:
    """Game log of a day: players who played, whole minutes, no starters."""
    sieve.read(table, {"nba_player_id": "PLAYER_ID", "player_name": "PLAYER_NAME"})
    sieve.rows["is_dnp"] = pd.Series(False, index=sieve.source.index)
    _set_status(sieve, pd.Series(False, index=sieve.source.index))
    _read_line(sieve, table, "MIN", box_columns.GAMELOG, is_rounded=True)


def archive_columns(sieve: Sieve, table: Table) -> None:
    """Archive: typed already, whole minutes."""
    same = ("nba_player_id", "player_name", "jersey_number", "position", "is_starter")
    sieve.read(table, {name: name for name in same})
    status = _listed_status(sieve, sieve.printed("player_status"))
    sieve.read(table, {"is_dnp": "is_dnp"})
    _set_status(sieve, status == "INACTIVE")
    extras = {name: name for name in PAINT_AND_BREAK}
    _read_line(sieve, table, "minutes", {**box_columns.ARCHIVE, **extras}, is_rounded=True)


def validate(sieve: Sieve) -> None:
    """Names, ids, minutes, box identities; starters that are not five are unknown."""
    rows = sieve.rows
    rows["player_lookup"] = player_lookups(rows["player_name"])
    no_name = rows["player_name"].notna() & rows["player_lookup"].isna()
    sieve.refuse(no_name, "no_player_name", column="player_name", detail="no letters or digits to make a lookup of")
    sieve.refuse(rows["nba_player_id"] <= 0, "bad_value", column="nba_player_id", detail="a person id is positive")
    too_long = rows["minutes"] > MOST_MINUTES
    sieve.refuse(too_long, "out_of_range", column="minutes", detail=f"a player plays 0-{MOST_MINUTES} minutes")
    box_columns.check_identities(sieve)
    box_columns.check_player_limits(sieve)
    _forget_impossible_starters(sieve)


def double_listed(built: pd.DataFrame) -> np.ndarray:
    """Rows of a player listed by two games on one date that are not written.

    The row with playing time stays; if neither or both have it, the one of the larger nba_game_id.
    """
    key = ["game_date", "player_lookup"]
    repeated = built[built.duplicated(key, keep=False)]
    order = repeated.assign(_played=(repeated["seconds_played"] > 0).fillna(False).astype("bool"))
    best = order.sort_values(["_played", "nba_game_id"], kind="stable").drop_duplicates(key, keep="last")
    wanted = repeated[key].merge(best[[*key, "nba_game_id"]], on=key, how="left", validate="many_to_one")
    losers = repeated.index[(repeated["nba_game_id"].to_numpy() != wanted["nba_game_id"].to_numpy())]
    return built.index.isin(losers)


def _forget_impossible_starters(sieve: Sieve) -> None:
    """`is_starter` becomes NULL for every row of a team that does not have exactly five starters."""
    starter = sieve.rows["is_starter"]
    teams = pd.DataFrame(
        {
            "game": sieve.rows["nba_game_id"],
            "team": sieve.rows["team_abbr"],
            "starters": starter.fillna(False).astype("int64") * sieve.alive,
        }
    )
    starters = teams.groupby(["game", "team"])["starters"].transform("sum")
    wrong = starter.notna() & (starters != STARTERS)
    sieve.warn(wrong, "a team does not have exactly five starters; is_starter is unknown for it")
    sieve.rows["is_starter"] = starter.mask(wrong)


def _listed_status(sieve: Sieve, printed: pd.Series) -> pd.Series:
    status = convert(printed, "STRING").values.str.upper()
    unknown = ~status.isin(["ACTIVE", "INACTIVE"])
    sieve.refuse(unknown, "bad_value", column="player_status", value=printed, detail="expected ACTIVE or INACTIVE")
    return status


def _read_played(sieve: Sieve, table: Table, name: str) -> None:
    """`is_dnp` from a flag that says whether the player played."""
    sieve.read(table, {"is_dnp": name})
    sieve.rows["is_dnp"] = ~sieve.rows["is_dnp"]


def _set_status(sieve: Sieve, inactive: pd.Series) -> None:
    """active, dnp or inactive; a player on the inactive list never played."""
    is_inactive = inactive.fillna(False).astype("bool")
    sieve.rows["is_dnp"] = (sieve.rows["is_dnp"] | is_inactive).astype("boolean")
    did_not_play = sieve.rows["is_dnp"].fillna(True).astype("bool")
    status = np.where(is_inactive, INACTIVE, np.where(did_not_play, DNP, ACTIVE))
    sieve.rows["player_status"] = pd.Series(status, dtype=STRING_DTYPE)


def _read_line(sieve: Sieve, table: Table, minutes: str, names: Mapping[str, str], *, is_rounded: bool) -> None:
    """Playing time and statistics, NULL for players who did not play."""
    played = ~sieve.rows["is_dnp"].fillna(True).astype("bool")
    printed = sieve.printed(minutes)
    values, bad = clocks.minutes(printed)
    sieve.refuse(bad, "bad_value", column="minutes", value=printed, detail="expected a playing time >= 0")
    sieve.refuse(played & values.isna(), "missing_field", column="minutes", detail="a box line without playing time")
    sieve.rows["minutes"] = values.where(played)
    sieve.rows["seconds_played"] = (sieve.rows["minutes"] * 60).round().astype("Int64")
    rounded = pd.Series(is_rounded, index=values.index, dtype="boolean")
    sieve.rows["minutes_is_rounded"] = rounded.where(played)
    sieve.read(table, names)
    for name in names:
        sieve.rows[name] = sieve.rows[name].where(played)
