"""The league's injury report: one PDF per report time, read by where words stand on the page.

Both injury tables are cut from the one result of `read_report`. Cells are told apart by the left edge of their
column, rows by the baseline of their team, player or status; a wrapped reason stands above and below it, and blank
date, matchup and team cells repeat the row before, across pages too.
Does NOT belong here: landing paths, resolution to games, tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from nba_pipeline.raw.errors import UnusableFile
from nba_pipeline.raw.pdf_words import line_numbers, read_words, text_lines, without_footers
from nba_pipeline.schema.frames import STRING_DTYPE

EASTERN = ZoneInfo("America/New_York")
HEADER = r"Injury\s+Report:\s*(?P<date>\d{1,2}/\d{1,2}/\d{2,4})\s+(?P<clock>\d{1,2}:\d{2})\s*(?P<half>[AP]M)"
TITLES = {
    "date": "Game Date",
    "time": "Game Time",
    "matchup": "Matchup",
    "team": "Team",
    "player": "Player Name",
    "status": "Current Status",
    "reason": "Reason",
}
COLUMNS = tuple(TITLES)
CARRIED = ["date", "matchup", "team"]
COLUMN_TOLERANCE = 3.0  # points a cell may start left of its column's edge
HEADER_BOTTOM = 60.0  # points from the top; on later pages everything above is the page header
ROW_REACH = 16  # points from a row's baseline: lines of a wrapped reason stand 7 (two lines) or 14 (three) off
NOT_SUBMITTED = "NOT YET SUBMITTED"


@dataclass(frozen=True)
class InjuryReport:
    """One report, texts as printed.

    players: one row per printed player (date, matchup, team, player, status, reason, position).
    teams: one row per printed team and game (date, matchup, team, is_submitted, players_listed, position).
    stray: printed text that belongs to no row (text, position).
    """

    report_at: pd.Timestamp
    players: pd.DataFrame
    teams: pd.DataFrame
    stray: pd.DataFrame


def read_report(payload: bytes) -> InjuryReport:
    """The report of one PDF. Raises UnusableFile when it is damaged or no injury report."""
    words = without_footers(read_words(payload))
    report_at = _report_instant(words)
    body = _body_with_columns(words)
    rows, stray = _rows_of_cells(body)
    players = rows[rows["player"].notna() | rows["status"].notna()]
    return InjuryReport(
        report_at=report_at,
        players=players[[*CARRIED, "player", "status", "reason", "position"]].reset_index(drop=True),
        teams=_teams(rows),
        stray=stray,
    )


def _report_instant(words: pd.DataFrame) -> pd.Timestamp:
    first_page = " ".join(text_lines(words[words["page"] == 1])["text"])
    found = pd.Series([first_page]).str.extract(HEADER).iloc[0]
    if found.isna().any():
        raise UnusableFile("the page header 'Injury Report: MM/DD/YY HH:MM AM' is missing")
    year = "%y" if len(found["date"].rsplit("/", 1)[-1]) == 2 else "%Y"
    printed = f"{found['date']} {found['clock']} {found['half']}"
    local = pd.to_datetime(printed, format=f"%m/%d/{year} %I:%M %p", errors="coerce")
    if pd.isna(local):
        raise UnusableFile(f"the page header states no instant: {printed!r}")
    return local.tz_localize(EASTERN, ambiguous=True, nonexistent="shift_forward").tz_convert("UTC").as_unit("us")


def _body_with_columns(words: pd.DataFrame) -> pd.DataFrame:
    """Words below the header blocks, with the name of the column each stands in."""
    lines = text_lines(words)
    titles = lines[lines["text"].str.replace(" ", "") == "".join(TITLES.values()).replace(" ", "")]
    if titles.empty or titles["page"].iloc[0] != words["page"].min():
        raise UnusableFile(f"the column titles {' | '.join(TITLES.values())} are missing on the first page")
    edges = _column_edges(words[line_numbers(words) == titles["line"].iloc[0]])
    header_bottom = words["page"].map(titles.drop_duplicates("page", keep="last").set_index("page")["bottom"])
    body = words[words["top"] > header_bottom.fillna(HEADER_BOTTOM)]
    place = np.searchsorted(edges - COLUMN_TOLERANCE, body["x0"], side="right") - 1
    return body.assign(column=np.array(COLUMNS)[np.clip(place, 0, None)])


def _column_edges(titles: pd.DataFrame) -> np.ndarray:
    """Left edge of every column: where the first word of its title starts."""
    ordered = titles.sort_values("x0")
    printed = ordered["text"].str.len().cumsum() - ordered["text"].str.len()
    first_letters = np.cumsum([0, *(len(title.replace(" ", "")) for title in TITLES.values())])[:-1]
    starts = np.searchsorted(printed.to_numpy(), first_letters)
    if not np.isin(first_letters, printed).all():
        raise UnusableFile("the column titles run into each other; their edges cannot be told apart")
    return ordered["x0"].to_numpy()[starts]


def _rows_of_cells(body: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row of texts per printed row, carried cells filled, and the lines that belong to no row."""
    anchors = body[body["column"].isin(["team", "player", "status"])]
    baselines = text_lines(anchors)[["page", "bottom"]]
    if baselines.empty:
        raise UnusableFile("the report lists neither a team nor a player")
    baselines = baselines.assign(row=np.arange(len(baselines)))
    words = pd.merge_asof(
        body.assign(line=line_numbers(body)).sort_values("bottom", kind="stable"),
        baselines.sort_values("bottom", kind="stable"),
        on="bottom",
        by="page",
        direction="nearest",
        tolerance=ROW_REACH,
    )
    lost = words[words["row"].isna()]
    stray = text_lines(lost) if len(lost) else pd.DataFrame({"page": [], "bottom": [], "text": []})
    placed = words.dropna(subset=["row"]).sort_values(["row", "column", "line", "x0"], kind="stable")
    cells = placed.groupby(["row", "column"])["text"].agg(" ".join).unstack("column")
    cells = cells.reindex(columns=list(COLUMNS)).astype(STRING_DTYPE)
    rows = baselines.merge(cells, left_on="row", right_index=True, how="left", validate="one_to_one")
    rows[CARRIED] = rows[CARRIED].ffill()
    return rows.assign(position=_positions(rows)), stray.assign(position=_positions(stray))[["text", "position"]]


def _teams(rows: pd.DataFrame) -> pd.DataFrame:
    withheld = rows["reason"].str.upper().str.contains(NOT_SUBMITTED, regex=False)
    marked = rows.assign(is_submitted=~withheld, is_player=rows["player"].notna())
    return marked.groupby(CARRIED, as_index=False, sort=False, dropna=False).agg(
        is_submitted=("is_submitted", "all"), players_listed=("is_player", "sum"), position=("position", "first")
    )


def _positions(lines: pd.DataFrame) -> pd.Series:
    return (
        "page "
        + lines["page"].astype("int64").astype("str")
        + " y "
        + lines["bottom"].round().astype("int64").astype("str")
    )
