"""Printed records of a gamebook -> columns of `nbac_gamebook_player_stats`, and the rules they must obey.

A player who did not play has NULL statistics. Does NOT belong here: reading files, the table.
"""

from __future__ import annotations

import pandas as pd

from nba_pipeline.basketball import clocks
from nba_pipeline.basketball.names import player_lookups
from nba_pipeline.raw import box_columns
from nba_pipeline.raw.inactive_names import resolve_surnames
from nba_pipeline.raw.player_box_forms import ACTIVE, INACTIVE, MOST_MINUTES
from nba_pipeline.raw.sieve import Sieve
from nba_pipeline.schema import Table

FEWEST_ACTIVE = 5  # players a team needs on the court
SECONDS_PER_MINUTE = 60
TEAM_SECONDS = clocks.TEAM_MINUTES_REGULATION * SECONDS_PER_MINUTE
TEAM_SECONDS_PER_OVERTIME = clocks.TEAM_MINUTES_OVERTIME * SECONDS_PER_MINUTE


def fill_columns(sieve: Sieve, table: Table, recent_players: pd.DataFrame) -> None:
    """Columns of the table; inactive players get the name and id the box scores know them by."""
    unread = sieve.source["unread_text"]
    sieve.refuse(unread.notna(), "bad_value", value=unread, detail="a player's record that cannot be read")
    sieve.read(table, {name: name for name in ("player_status", "player_name_original", "dnp_reason")})
    sieve.rows["is_dnp"] = (sieve.rows["player_status"] != ACTIVE).astype("boolean")
    _read_line(sieve, table)
    sieve.rows["nba_player_id"] = sieve.missing(table, "nba_player_id")
    sieve.rows["player_name"] = sieve.rows["player_name_original"]
    _name_inactive(sieve, recent_players)
    sieve.rows["player_lookup"] = player_lookups(sieve.rows["player_name"])
    nameless = sieve.rows["player_name"].notna() & sieve.rows["player_lookup"].isna()
    sieve.refuse(nameless, "no_player_name", column="player_name", detail="the name has no readable letter")


def validate(sieve: Sieve) -> None:
    """Playing time, box identities, teams with too few players, and team playing time (a warning)."""
    too_long = sieve.rows["minutes"] > MOST_MINUTES
    sieve.refuse(too_long, "out_of_range", column="minutes", detail=f"a player plays 0-{MOST_MINUTES} minutes")
    box_columns.check_identities(sieve)
    box_columns.check_player_limits(sieve)
    teams = pd.DataFrame({"game": sieve.rows["nba_game_id"], "team": sieve.rows["team_abbr"]})
    teams["active"] = (sieve.rows["player_status"] == ACTIVE) & sieve.alive
    teams["seconds"] = sieve.rows["seconds_played"].fillna(0).where(teams["active"], 0)
    totals = teams.groupby(["game", "team"], dropna=False)[["active", "seconds"]].transform("sum")
    few = totals["active"] < FEWEST_ACTIVE
    sieve.refuse(few, "identity_failed", column="player_status", detail=f"fewer than {FEWEST_ACTIVE} active players")
    overtime = totals["seconds"] - TEAM_SECONDS
    inexact = (overtime < 0) | (overtime % TEAM_SECONDS_PER_OVERTIME != 0)
    sieve.warn(inexact, "playing time of a team is not 14,400 s plus 1,500 s per overtime")


def _read_line(sieve: Sieve, table: Table) -> None:
    """Playing time and statistics, NULL for players who did not play."""
    played = ~sieve.rows["is_dnp"].fillna(True).astype("bool")
    printed = sieve.source["minutes"]
    values, bad = clocks.minutes(printed)
    sieve.refuse(bad, "bad_value", column="minutes", value=printed, detail="expected MM:SS")
    sieve.refuse(played & values.isna(), "missing_field", column="minutes", detail="a box line without playing time")
    sieve.rows["minutes"] = values.where(played)
    sieve.rows["seconds_played"] = (sieve.rows["minutes"] * SECONDS_PER_MINUTE).round().astype("Int64")
    sieve.read(table, {name: name for name in box_columns.STATISTICS})
    for name in box_columns.STATISTICS:
        sieve.rows[name] = sieve.rows[name].where(played)
    sieve.refuse(
        played & sieve.rows["points"].isna(), "missing_field", column="points", detail="required in a box line"
    )


def _name_inactive(sieve: Sieve, recent_players: pd.DataFrame) -> None:
    """Full names and ids of the inactive players, of whom only surnames are printed."""
    printed = pd.DataFrame(
        {
            "game_date": sieve.rows["game_date"],
            "nba_game_id": sieve.rows["nba_game_id"],
            "team_abbr": sieve.rows["team_abbr"],
            "surname": sieve.rows["player_name_original"],
        }
    )
    inactive = (sieve.rows["player_status"] == INACTIVE) & sieve.alive & printed["surname"].notna()
    listed = printed[~inactive & sieve.alive]
    own_lines = listed[["nba_game_id"]].assign(player_lookup=player_lookups(listed["surname"]))
    found = resolve_surnames(printed[inactive], own_lines, recent_players)
    for name in ("player_name", "nba_player_id"):
        sieve.rows[name] = sieve.rows[name].where(~inactive, found[name].reindex(printed.index))
    rule, candidates = (found[name].reindex(printed.index) for name in ("rule", "candidates"))
    unknown = "no player of the team's box scores of the last 30 days carries the surname"
    sieve.refuse(rule == "unknown_name", "unknown_name", column="player_name_original", detail=unknown)
    for names in candidates[rule == "ambiguous_name"].unique():
        chosen = (rule == "ambiguous_name") & (candidates == names)
        sieve.refuse(chosen, "ambiguous_name", column="player_name_original", detail=f"could be {names}")
