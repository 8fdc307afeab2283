"""Records of the injury report as both injury tables need them: which report, which game, which team.

Does NOT belong here: where words stand on the page, players, columns of one table.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace

import pandas as pd

from nba_pipeline.basketball.teams import abbr_of
from nba_pipeline.landing.files import LandedFile
from nba_pipeline.raw.blocks import IS_HOME
from nba_pipeline.raw.convert import eastern_date
from nba_pipeline.raw.errors import UnusableFile
from nba_pipeline.raw.forms import Record
from nba_pipeline.raw.injury_report_pdf import InjuryReport, read_report
from nba_pipeline.raw.sieve import DAY, POSITION, Sieve
from nba_pipeline.schema import Column
from nba_pipeline.schema.fields import GAME_DATE, GAME_ID, NBA_GAME_ID, OPPONENT_TEAM_ABBR, SEASON_YEAR, TEAM_ABBR

FEED = "nba_injury_report"
REPORT_COLUMNS = (
    Column("report_date", "DATE", "US Eastern date of the report.", unit="date", source="report_at", required=True),
    Column(
        "report_at",
        "TIMESTAMP",
        "Instant of the report, as the page header states it.",
        unit="UTC instant",
        source="page header, Eastern time",
        required=True,
    ),
    replace(GAME_DATE, source="Game Date"),
    GAME_ID,
    NBA_GAME_ID,
    SEASON_YEAR,
    replace(TEAM_ABBR, source="Team"),
    OPPONENT_TEAM_ABBR,
    IS_HOME,
)


def read_dated_report(payload: bytes, file: LandedFile) -> InjuryReport:
    """The report of a file, with game dates as days.

    Raises UnusableFile for a damaged report, one that lies under another date, or one without readable game dates.
    """
    report = read_report(payload)
    day = eastern_date(pd.Series([report.report_at])).iloc[0].date()
    if day != file.date:
        raise UnusableFile(f"the page header says {day}, the folder {file.date}")
    return replace(report, players=_with_game_dates(report.players), teams=_with_game_dates(report.teams))


def records_of(report: InjuryReport, lines: pd.DataFrame) -> list[Record]:
    """Printed lines as records with report instant and opponent, and the stray texts of the report."""
    listed = [
        {**line, "report_at": report.report_at, "stray_text": None, **_sides(line), POSITION: line["position"]}
        for line in lines.to_dict("records")
    ]
    nothing = {**dict.fromkeys(lines.columns), **_sides({"team": None, "matchup": None})}
    stray = [
        {**nothing, "report_at": report.report_at, "stray_text": line["text"], POSITION: line["position"]}
        for line in report.stray.to_dict("records")
    ]
    return [*listed, *stray]


def report_columns(sieve: Sieve) -> None:
    """Report date and instant; refuses teams that are not part of their printed matchup."""
    sieve.rows["report_date"] = sieve.source[DAY]
    sieve.rows["report_at"] = sieve.source["report_at"].astype("datetime64[us, UTC]")
    sieve.refuse(
        ~sieve.source["is_in_matchup"].astype(bool),
        "pair_conflict",
        column="team_abbr",
        value=sieve.source["matchup"],
        detail="the team is not part of the printed matchup",
    )


def _with_game_dates(lines: pd.DataFrame) -> pd.DataFrame:
    days = pd.to_datetime(lines["date"], format="%m/%d/%Y", errors="coerce").astype("datetime64[us]")
    if days.isna().any():
        bad = lines[days.isna()].iloc[0]
        raise UnusableFile(f"no game date in {bad['date']!r} at {bad['position']}; expected MM/DD/YYYY")
    return lines.assign(game_date=days)


def _sides(line: Mapping[Hashable, object]) -> Record:
    """The other team of the printed matchup, and whether the line's team is part of it."""
    sides = [abbr_of(code) for code in str(line["matchup"]).split("@")]
    team = abbr_of(line["team"])
    others = [code for code in sides if code != team]
    return {"opponent": others[0] if others else None, "is_in_matchup": len(sides) == 2 and len(others) == 1}
