"""Teams of the injury report: who has submitted, how many players are listed."""

from __future__ import annotations

from pathlib import Path

from nba_pipeline.raw import nbac_injury_report_teams
from nba_pipeline.schema import TableRows
from nba_pipeline_tests.raw.report_samples import (
    days,
    injury_report_pdf,
    land_pdf,
    landed,
    report_line,
    schedule,
)

FEED = "nba_injury_report"
GAMES = schedule(
    ("2023-10-24", "LAL", "DEN", "0022300061"),
    ("2024-01-04", "MIL", "SAS", "0022300475"),
    ("2024-01-05", "ATL", "IND", "0022300477"),
    ("2024-04-14", "LAL", "NOP", "0022301200"),
)
PAGE_1 = [
    *report_line(139, date="01/04/2024", matchup="MIL@SAS", team="Milwaukee Bucks", reason="NOT YET SUBMITTED"),
    *report_line(162, team="San Antonio Spurs", player="Barlow, Dominick", status="Questionable", reason="Rest"),
]
PAGE_2 = [
    *report_line(94, player="Duke Jr., David", status="Out", reason="Personal"),
    *report_line(117, date="01/05/2024", matchup="ATL@IND", team="Atlanta Hawks", reason="NOT YET SUBMITTED"),
    *report_line(140, team="Indiana Pacers"),
]


def build(root: Path, payload: bytes) -> TableRows:
    land_pdf(payload, FEED, "2024-01-04", "1230", "20240104T173100Z", root)
    chosen = days("2024-01-04")
    return nbac_injury_report_teams.transform(landed(root, FEED, chosen), GAMES, chosen)


def test_every_team_of_the_report_has_one_row(tmp_path: Path) -> None:
    rows = build(tmp_path, injury_report_pdf(PAGE_1, PAGE_2)).rows
    assert rows["game_id"].tolist() == ["20240104_MIL_SAS"] * 2 + ["20240105_ATL_IND"] * 2
    assert rows["team_abbr"].tolist() == ["MIL", "SAS", "ATL", "IND"]


def test_only_teams_that_say_so_have_not_submitted(tmp_path: Path) -> None:
    rows = build(tmp_path, injury_report_pdf(PAGE_1, PAGE_2)).rows
    assert rows["is_submitted"].tolist() == [False, True, False, True]


def test_listed_players_are_counted_over_a_page_break(tmp_path: Path) -> None:
    rows = build(tmp_path, injury_report_pdf(PAGE_1, PAGE_2)).rows
    assert rows["players_listed"].tolist() == [0, 2, 0, 0]


def test_later_report_is_a_further_snapshot(tmp_path: Path) -> None:
    early = injury_report_pdf(PAGE_1, PAGE_2)
    land_pdf(early, FEED, "2024-01-04", "1330", "20240104T183100Z", tmp_path)
    late = injury_report_pdf(PAGE_1, PAGE_2, printed_at="01/04/24 05:30 PM")
    rows = build(tmp_path, late).rows
    assert rows.groupby("report_at").size().tolist() == [4, 4]


def test_report_with_an_unreadable_game_date_is_a_bad_file(tmp_path: Path) -> None:
    cells = report_line(139, date="Thursday", matchup="MIL@SAS", team="Milwaukee Bucks", reason="NOT YET SUBMITTED")
    made = build(tmp_path, injury_report_pdf(cells))
    assert made.rows.empty
    assert made.rejects["rule"].tolist() == ["bad_file"]
    assert "Thursday" in made.rejects["detail"].item()
