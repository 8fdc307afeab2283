"""Small inputs drawn for the report tables: PDFs by column and height or line by line, a landing root, a schedule."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from reportlab.pdfgen.canvas import Canvas

from nba_pipeline.landing.files import Landed
from nba_pipeline.landing.store import Landing
from nba_pipeline_tests.raw.landing_samples import land

PAGE = (842.0, 595.0)  # points, landscape
TEXT_TO_BOTTOM = 2.0  # points between a text's baseline and the lower edge of its word box
EDGES = {"date": 24, "time": 120, "matchup": 201, "team": 265, "player": 426, "status": 587, "reason": 667}
TITLES = {
    "date": "Game Date",
    "time": "Game Time",
    "matchup": "Matchup",
    "team": "Team",
    "player": "Player Name",
    "status": "Current Status",
    "reason": "Reason",
}

Cell = tuple[str, float, str]  # column, points from the top of the page, text


def injury_report_pdf(
    *pages: Sequence[Cell],
    printed_at: str = "01/04/24 12:30 PM",
    shift: float = 0.0,
    footer_pages: int | None = None,
    titles: bool = True,
) -> bytes:
    """A report with the given cells per page, page header, column titles on page 1 and footers."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=PAGE)
    for number, cells in enumerate(pages, start=1):
        canvas.setFont("Helvetica", 22)
        canvas.drawString(289, PAGE[1] - 65, f"Injury Report: {printed_at}")
        canvas.setFont("Helvetica", 8)
        printed = [(column, 117.0, title) for column, title in TITLES.items()] if number == 1 and titles else []
        for column, y, text in [*printed, *cells]:
            canvas.drawString(EDGES[column] + shift, PAGE[1] - y + TEXT_TO_BOTTOM, text)
        canvas.drawString(398, PAGE[1] - 548, f"Page {number} of {footer_pages or len(pages)}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def report_line(
    y: float, *, date: str = "", matchup: str = "", team: str = "", player: str = "", status: str = "", reason: str = ""
) -> list[Cell]:
    """Cells of one printed row at height y; blank cells are not printed."""
    texts = {"date": date, "matchup": matchup, "team": team, "player": player, "status": status, "reason": reason}
    return [(column, y, text) for column, text in texts.items() if text]


def lines_pdf(lines: Sequence[str]) -> bytes:
    """One page of text lines, 11 points apart."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=PAGE)
    canvas.setFont("Helvetica", 7)
    for number, line in enumerate(lines):
        canvas.drawString(30, PAGE[1] - 40 - 11 * number, line)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def land_pdf(payload: bytes, feed: str, day: str, unit: str, fetched_at: str, root: Path) -> str:
    """Land PDF bytes; returns the path relative to the root."""
    scratch = root / "sample.pdf"
    scratch.write_bytes(payload)
    path = land(scratch, feed, day, unit, fetched_at, root)
    scratch.unlink()
    return path


def landed(root: Path, feed: str, dates: pd.DatetimeIndex) -> Landed:
    """What landed of a feed for the dates."""
    return Landing(str(root)).landed((feed,), dates[0].date(), dates[-1].date())


def days(*texts: str) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(list(texts)).as_unit("us")


def schedule(*games: tuple[str, str, str, str], is_final: bool = True) -> pd.DataFrame:
    """A season schedule of (game date, away, home, nba_game_id), all of season 2023."""
    frame = pd.DataFrame(games, columns=["game_date", "away_team_abbr", "home_team_abbr", "nba_game_id"])
    day = pd.to_datetime(frame["game_date"]).astype("datetime64[us]")
    return frame.assign(
        game_date=day,
        game_id=day.dt.strftime("%Y%m%d") + "_" + frame["away_team_abbr"] + "_" + frame["home_team_abbr"],
        season_year=2023,
        is_final=is_final,
        is_postponed=False,
        original_game_date=pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us]"),
    )
