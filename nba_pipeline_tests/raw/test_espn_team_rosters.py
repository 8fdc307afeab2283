"""Roster pages: one team per file, team codes, newest injury, unusable pages."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nba_pipeline.raw import espn_team_rosters
from nba_pipeline.schema import TableRows
from nba_pipeline_tests.raw.landing_samples import land
from nba_pipeline_tests.raw.report_samples import days, landed

FEED = "espn_roster"
BROWN: dict[str, Any] = {
    "id": "3917376",
    "fullName": "Jaylen Brown",
    "jersey": "7",
    "position": {"displayName": "Shooting Guard", "abbreviation": "SG"},
    "height": 78.0,
    "weight": 223.0,
    "dateOfBirth": "1996-10-24T07:00Z",
    "experience": {"years": 8},
    "status": {"name": "Active"},
    "injuries": [],
}
KNEE = {"status": "Out", "date": "2025-06-11T15:30Z", "details": {"type": "Knee", "returnDate": "2025-10-01"}}
ANKLE = {"status": "Day-To-Day", "date": "2025-03-02T10:00Z", "details": {"type": "Ankle"}}


def page(*athletes: dict[str, Any], team: str = "BOS", size: int = 12) -> dict[str, Any]:
    """A page of `size` athletes, the given ones first."""
    others = [{"id": str(number), "fullName": f"Athlete No{number}"} for number in range(1, size - len(athletes) + 1)]
    return {"team": {"abbreviation": team, "athletes": [*athletes, *others]}}


def land_page(body: dict | str, root: Path, unit: str = "BOS", fetched_at: str = "20250701T120000Z") -> str:
    return land(body, FEED, "2025-07-01", unit, fetched_at, root)


def build(root: Path) -> TableRows:
    chosen = days("2025-07-01")
    return espn_team_rosters.transform(landed(root, FEED, chosen), chosen)


def test_athlete_becomes_a_row(tmp_path: Path) -> None:
    land_page(page({**BROWN, "injuries": [KNEE]}), tmp_path)
    row = build(tmp_path).rows.set_index("espn_player_id").loc[3917376]
    assert (row["roster_date"], row["team_abbr"]) == (pd.Timestamp("2025-07-01"), "BOS")
    assert (row["player_lookup"], row["player_name"], row["jersey_number"]) == ("jaylenbrown", "Jaylen Brown", "7")
    assert (row["position"], row["position_abbr"]) == ("Shooting Guard", "SG")
    assert (row["height_in"], row["weight_lb"], row["experience_years"]) == (78.0, 223.0, 8)
    assert row["birth_date"] == pd.Timestamp("1996-10-24")
    assert (row["roster_status"], row["injury_status"], row["injury_type"]) == ("Active", "out", "Knee")
    assert row["injury_updated_at"] == pd.Timestamp("2025-06-11 15:30", tz="UTC")
    assert row["injury_return_date"] == pd.Timestamp("2025-10-01")


def test_newest_injury_counts_whatever_its_place(tmp_path: Path) -> None:
    land_page(page({**BROWN, "injuries": [ANKLE, KNEE]}), tmp_path)
    assert build(tmp_path).rows["injury_type"].dropna().tolist() == ["Knee"]


def test_athlete_with_nothing_but_a_name_is_kept(tmp_path: Path) -> None:
    land_page(page(), tmp_path)
    row = build(tmp_path).rows.iloc[0]
    assert row[["birth_date", "injury_status", "height_in", "experience_years", "position"]].isna().all()


@pytest.mark.parametrize(("printed", "unit"), [("GS", "GSW"), ("UTAH", "UTA"), ("NO", "NOP"), ("WSH", "WAS")])
def test_codes_of_the_site_become_tricodes(tmp_path: Path, printed: str, unit: str) -> None:
    land_page(page(team=printed), tmp_path, unit)
    assert build(tmp_path).rows["team_abbr"].unique().tolist() == [unit]


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (page(team="LAL"), "bad_file"),
        (page(team="SEA"), "bad_file"),
        (page(size=4), "bad_file"),
        ({"team": {"abbreviation": "BOS"}}, "bad_file"),
        ({"code": 404, "message": "not found"}, "error_body"),
        ("<html>", "bad_file"),
    ],
    ids=["other team", "unknown team", "too few", "no athletes", "error body", "html"],
)
def test_unusable_newer_page_does_not_replace_a_usable_one(tmp_path: Path, body: dict | str, rule: str) -> None:
    land_page(page(BROWN), tmp_path)
    broken = land_page(body, tmp_path, fetched_at="20250701T200000Z")
    made = build(tmp_path)
    assert len(made.rows) == 12
    assert made.rejects[["rule", "source_file"]].values.tolist() == [[rule, broken]]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"fullName": None}, "missing_field"),
        ({"fullName": "???"}, "no_player_name"),
        ({"id": "-4"}, "out_of_range"),
        ({"dateOfBirth": "unknown"}, "bad_value"),
        ({"height": "tall"}, "bad_type"),
    ],
)
def test_one_bad_athlete_is_refused_and_the_rest_stays(tmp_path: Path, change: dict[str, Any], rule: str) -> None:
    land_page(page({**BROWN, **change}), tmp_path)
    made = build(tmp_path)
    assert len(made.rows) == 11
    assert made.rejects[["rule", "position"]].values.tolist() == [[rule, "/team/athletes/0"]]


def test_roster_of_unusual_size_is_kept_with_a_warning(tmp_path: Path) -> None:
    land_page(page(size=9), tmp_path)
    made = build(tmp_path)
    assert len(made.rows) == 9
    assert "outside 10 to 25" in made.warnings[dt.date(2025, 7, 1)][0]


def test_teams_of_one_day_form_one_partition(tmp_path: Path) -> None:
    land_page(page(BROWN), tmp_path)
    land_page(page(team="LAL"), tmp_path, "LAL")
    assert build(tmp_path).rows.groupby("team_abbr").size().to_dict() == {"BOS": 12, "LAL": 12}


def test_date_without_a_file_leaves_the_stored_rows(tmp_path: Path) -> None:
    made = build(tmp_path)
    assert made.rows.empty
    assert made.unread == {dt.date(2025, 7, 1)}
