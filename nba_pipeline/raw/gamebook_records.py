"""The printed records of one gamebook: played, unused and inactive players, from its PDF or its parsed JSON.

Texts stay as printed; inactive players are surnames here. Units: counts and points as printed, minutes "MM:SS".
Does NOT belong here: resolution of surnames, teams or games, landing paths, tables.
"""

from __future__ import annotations

import json
import re

import pandas as pd

from nba_pipeline.landing.files import LandedFile
from nba_pipeline.raw.errors import UnusableFile
from nba_pipeline.raw.forms import Record, decode_json
from nba_pipeline.raw.pdf_words import read_words, text_lines, without_footers
from nba_pipeline.raw.sieve import POSITION

BOX_COUNTS = (
    "field_goals_made",
    "field_goals_attempted",
    "three_pointers_made",
    "three_pointers_attempted",
    "free_throws_made",
    "free_throws_attempted",
    "offensive_rebounds",
    "defensive_rebounds",
    "total_rebounds",
    "assists",
    "personal_fouls",
    "steals",
    "turnovers",
    "blocks",
    "plus_minus",
    "points",
)  # in the order the page prints them
RECORD_COLUMNS = (
    "position",
    "player_status",
    "player_name_original",
    "team",
    "dnp_reason",
    "minutes",
    *BOX_COUNTS,
    "unread_text",
)
LISTS = {"active_players": "active", "dnp_players": "dnp", "inactive_players": "inactive"}

TEAM_HEADING = r"^(?:VISITOR|HOME):\s*(?P<team>.+?)\s*\(\d+\s*-\s*\d+\)"
PLAYED_LINE = (
    r"^\d{1,2}\s+(?P<name>\D.*?)(?:\s+[FGC])?\s+(?P<minutes>\d{1,2}:\d{2})\s+(?P<counts>(?:[+-]?\d+\s+){15}[+-]?\d+)$"
)
UNUSED_LINE = r"^\d{1,2}\s+(?P<name>\D.*?)\s+(?P<reason>(?:DNP|DND|NWT)\b.*)$"
PLAYER_LINE = r"^\d{1,2}\s+\D.*\s\d{1,2}:\d{2}\s"  # a player's line, whether or not its numbers can be read
INACTIVE = "Inactive:"
INACTIVE_END = re.compile(r"Points in the Paint|SCORE BY|Technical|MEMO")
INACTIVE_NAME = re.compile(r"(?P<name>[^,()]+?)\s*(?:\((?P<reason>(?:[^()]|\([^()]*\))*)\))?\s*(?:,|$)")


def read_gamebook(payload: bytes, file: LandedFile) -> list[Record]:
    """Records of one gamebook, with the game the file is about."""
    records = read_pdf_records(payload) if file.extension == "pdf" else read_json_records(payload)
    printed = records.rename(columns={"position": POSITION}).assign(nba_game_id=file.unit)
    cells = printed.astype("object").where(printed.notna(), None)  # type: ignore[call-overload]  # None is meant
    listed = cells.to_dict("records")
    return [{str(name): value for name, value in record.items()} for record in listed]


def read_json_records(payload: bytes) -> pd.DataFrame:
    """Records (RECORD_COLUMNS) of the parsed JSON shape; position is the JSON pointer of the record."""
    game = decode_json(payload, "active_players")
    if not isinstance(game, dict):
        raise UnusableFile("no object at the top level")
    lists = {status: game.get(key) or [] for key, status in LISTS.items()}
    if not all(isinstance(entries, list) for entries in lists.values()):
        raise UnusableFile(f"{', '.join(LISTS)} are not all lists")
    records = [
        {"position": f"/{key}/{index}", "player_status": status, **_json_record(entry)}
        for key, status in LISTS.items()
        for index, entry in enumerate(lists[status])
    ]
    return _without_bleeding(pd.DataFrame(records, columns=list(RECORD_COLUMNS)))


def _json_record(entry: object) -> dict[str, object]:
    if not isinstance(entry, dict):
        return {"unread_text": json.dumps(entry)}
    stats = entry.get("stats")
    stats = stats if isinstance(stats, dict) else {}
    return {
        "player_name_original": entry.get("name"),
        "team": entry.get("team"),
        "dnp_reason": entry.get("dnp_reason") or entry.get("reason"),
        "minutes": stats.get("minutes"),
        **{name: stats.get(name) for name in BOX_COUNTS},
        "personal_fouls": stats.get("personal_fouls", stats.get("fouls")),
    }


def _without_bleeding(records: pd.DataFrame) -> pd.DataFrame:
    """Inactive players of one team only, reasons cut where the other team's list has run into them.

    A surname under both teams is the later team's when its reason is the same or the earlier list has run over;
    otherwise two players share the surname and both stay.
    """
    reason = records["dnp_reason"].astype("string")
    runs_over = (records["player_status"] == "inactive") & reason.str.contains(INACTIVE, regex=False).fillna(False)
    cut = reason.str.split(INACTIVE, n=1, regex=False).str[0].str.rstrip(" )")
    records = records.assign(dnp_reason=records["dnp_reason"].where(~runs_over, cut))
    inactive = records[records["player_status"] == "inactive"]
    teams_that_run_over = set(inactive.loc[runs_over[inactive.index], "team"])
    later = inactive.groupby("player_name_original")[["team", "dnp_reason"]].transform("last")
    repeated = inactive["team"] != later["team"]
    same_player = (inactive["dnp_reason"] == later["dnp_reason"]) | inactive["team"].isin(teams_that_run_over)
    return records.drop(index=inactive.index[repeated & same_player]).reset_index(drop=True)


def read_pdf_records(payload: bytes) -> pd.DataFrame:
    """Records (RECORD_COLUMNS) of the PDF; position is page and height. Raises when it is no readable gamebook."""
    lines = text_lines(without_footers(read_words(payload)))
    lines["position"] = [
        f"page {page} y {bottom:.0f}" for page, bottom in zip(lines["page"], lines["bottom"], strict=True)
    ]
    lines["team"] = lines["text"].str.extract(TEAM_HEADING)["team"]
    teams = lines["team"].dropna().unique().tolist()
    if len(teams) != 2:
        raise UnusableFile(f"expected a VISITOR: and a HOME: heading, found teams {teams}")
    box = lines.assign(team=lines["team"].ffill()).dropna(subset=["team"])
    records = pd.concat([_played(box), _unused(box), _inactive(lines, teams)], ignore_index=True)
    return records.reindex(columns=list(RECORD_COLUMNS))


def _played(box: pd.DataFrame) -> pd.DataFrame:
    found = box["text"].str.extract(PLAYED_LINE)
    counts = found["counts"].str.split(expand=True).reindex(columns=range(len(BOX_COUNTS)))
    counts.columns = pd.Index(BOX_COUNTS)
    records = counts.assign(
        player_status="active",
        player_name_original=found["name"],
        team=box["team"],
        minutes=found["minutes"],
        position=box["position"],
    )
    unread = box["text"].str.contains(PLAYER_LINE) & found["name"].isna()
    records["unread_text"] = box["text"].where(unread)
    return records[found["name"].notna() | unread]


def _unused(box: pd.DataFrame) -> pd.DataFrame:
    found = box["text"].str.extract(UNUSED_LINE)
    records = box[["team", "position"]].assign(
        player_status="dnp", player_name_original=found["name"], dnp_reason=found["reason"]
    )
    return records[found["name"].notna()]


def _inactive(lines: pd.DataFrame, teams: list[str]) -> pd.DataFrame:
    starts = lines.index[lines["text"].str.contains(INACTIVE, regex=False)]
    if starts.empty:
        return pd.DataFrame(columns=list(RECORD_COLUMNS))
    position = lines.loc[starts[0], "position"]
    blocks = " ".join(lines.loc[starts[0] :, "text"]).split(INACTIVE)[1:]
    records = []
    for block in blocks:
        nickname, _, names = INACTIVE_END.split(block, maxsplit=1)[0].partition(" - ")
        nickname = nickname.strip()
        team = next((team for team in teams if team.lower().endswith(nickname.lower())), nickname)
        for found in INACTIVE_NAME.finditer(names.strip()):
            if found["name"].strip().lower() not in ("", "none"):
                records.append((position, "inactive", found["name"].strip(), team, found["reason"]))
    return pd.DataFrame(records, columns=["position", "player_status", "player_name_original", "team", "dnp_reason"])
