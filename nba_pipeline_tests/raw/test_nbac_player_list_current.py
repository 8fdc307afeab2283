"""The player index: a whole league per snapshot, free agents, refused players, unusable files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nba_pipeline.basketball.teams import TEAM_ABBRS
from nba_pipeline.raw import nbac_player_list_current
from nba_pipeline.schema import TableRows
from nba_pipeline_tests.raw.landing_samples import land
from nba_pipeline_tests.raw.report_samples import days, landed

FEED = "nba_player_index"
HEADERS = [
    "PERSON_ID", "PLAYER_LAST_NAME", "PLAYER_FIRST_NAME", "TEAM_ID", "TEAM_ABBREVIATION", "JERSEY_NUMBER", "POSITION",
    "HEIGHT", "WEIGHT", "COLLEGE", "COUNTRY", "DRAFT_YEAR", "DRAFT_ROUND", "DRAFT_NUMBER", "ROSTER_STATUS",
    "FROM_YEAR", "TO_YEAR",
]  # fmt: skip
JOKIC: dict[str, Any] = {
    "PERSON_ID": 203999, "PLAYER_LAST_NAME": "Jokić", "PLAYER_FIRST_NAME": "Nikola", "TEAM_ID": 1610612743,
    "TEAM_ABBREVIATION": "DEN", "JERSEY_NUMBER": "15", "POSITION": "C", "HEIGHT": "6-11", "WEIGHT": "284",
    "COLLEGE": "Mega Basket", "COUNTRY": "Serbia", "DRAFT_YEAR": 2014, "DRAFT_ROUND": 2, "DRAFT_NUMBER": 41,
    "ROSTER_STATUS": 1.0, "FROM_YEAR": "2015", "TO_YEAR": "2025",
}  # fmt: skip


def index(*players: dict[str, Any], season: str = "2025-26", size: int = 420, headers: list[str] = HEADERS) -> dict:
    """An index of `size` players spread over all teams, the given ones first."""
    others = [
        {
            **JOKIC,
            "PERSON_ID": 9000 + number,
            "PLAYER_FIRST_NAME": "Player",
            "PLAYER_LAST_NAME": f"No{number}",
            "TEAM_ABBREVIATION": TEAM_ABBRS[number % 30],
        }
        for number in range(size - len(players))
    ]
    rows = [[player.get(header) for header in headers] for player in (*players, *others)]
    result_set = {"name": "PlayerIndex", "headers": headers, "rowSet": rows}
    return {"parameters": {"Season": season}, "resultSets": [result_set]}


def land_index(body: dict | str, root: Path, fetched_at: str = "20251101T100000Z", unit: str = "2025-26") -> str:
    return land(body, FEED, "2025-11-01", unit, fetched_at, root)


def build(root: Path) -> TableRows:
    chosen = days("2025-11-01")
    return nbac_player_list_current.transform(landed(root, FEED, chosen), chosen)


def test_player_is_read_by_header_name(tmp_path: Path) -> None:
    land_index(index(JOKIC, headers=list(reversed(HEADERS))), tmp_path)
    row = build(tmp_path).rows.set_index("nba_player_id").loc[203999]
    assert (row["player_lookup"], row["player_name"]) == ("nikolajokic", "Nikola Jokić")
    assert (row["snapshot_date"], row["season_year"]) == (pd.Timestamp("2025-11-01"), 2025)
    assert (row["team_abbr"], row["jersey_number"], row["position"], row["height"]) == ("DEN", "15", "C", "6-11")
    assert (row["weight_lb"], row["draft_year"], row["draft_number"], row["from_year"]) == (284, 2014, 41, 2015)
    assert row["is_active"]


@pytest.mark.parametrize("team", [{"TEAM_ABBREVIATION": ""}, {"TEAM_ID": 0}, {"TEAM_ABBREVIATION": None}])
def test_free_agent_has_no_team(tmp_path: Path, team: dict[str, Any]) -> None:
    land_index(index({**JOKIC, **team, "ROSTER_STATUS": 0.0}), tmp_path)
    row = build(tmp_path).rows.set_index("nba_player_id").loc[203999]
    assert pd.isna(row["team_abbr"])
    assert not row["is_active"]


def test_undrafted_player_has_no_draft_numbers(tmp_path: Path) -> None:
    land_index(index({**JOKIC, "DRAFT_YEAR": None, "DRAFT_ROUND": None, "DRAFT_NUMBER": None}), tmp_path)
    row = build(tmp_path).rows.set_index("nba_player_id").loc[203999]
    assert row[["draft_year", "draft_round", "draft_number"]].isna().all()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"TEAM_ABBREVIATION": "SEA"}, "unknown_team"),
        ({"PERSON_ID": 0}, "out_of_range"),
        ({"PLAYER_FIRST_NAME": None, "PLAYER_LAST_NAME": " "}, "missing_field"),
        ({"PLAYER_FIRST_NAME": "?", "PLAYER_LAST_NAME": "!"}, "no_player_name"),
        ({"ROSTER_STATUS": None}, "missing_field"),
        ({"WEIGHT": "heavy"}, "bad_type"),
    ],
)
def test_one_bad_player_is_refused_and_the_rest_stays(tmp_path: Path, change: dict[str, Any], rule: str) -> None:
    land_index(index({**JOKIC, **change}), tmp_path)
    made = build(tmp_path)
    assert len(made.rows) == 419
    assert made.rejects[["rule", "position"]].values.tolist() == [[rule, "/resultSets/0/rowSet/0"]]


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (index(size=399), "bad_file"),
        (index(season="all"), "bad_file"),
        (index(headers=HEADERS[1:]), "missing_field"),
        ({"message": "too many requests"}, "error_body"),
        ('{"resultSets": [', "bad_file"),
    ],
    ids=["too few players", "no season", "no ids", "error body", "cut off"],
)
def test_unusable_newer_file_does_not_replace_a_whole_one(tmp_path: Path, body: dict | str, rule: str) -> None:
    land_index(index(JOKIC), tmp_path)
    broken = land_index(body, tmp_path, "20251101T200000Z")
    made = build(tmp_path)
    assert len(made.rows) == 420
    assert made.rejects[["rule", "source_file"]].values.tolist() == [[rule, broken]]


def test_index_without_a_whole_league_of_teams_is_refused(tmp_path: Path) -> None:
    body = index()
    team = HEADERS.index("TEAM_ABBREVIATION")
    for row in body["resultSets"][0]["rowSet"]:
        row[team] = "DEN" if row[team] == "WAS" else row[team]
    land_index(body, tmp_path)
    made = build(tmp_path)
    assert made.rows.empty
    assert "of 29 teams" in made.rejects["detail"].item()


def test_newest_file_of_a_day_is_the_whole_partition(tmp_path: Path) -> None:
    land_index(index(JOKIC, season="2024-25"), tmp_path, "20251101T080000Z", "2024-25")
    land_index(index(), tmp_path)
    made = build(tmp_path)
    assert made.rows["season_year"].unique().tolist() == [2025]
    assert 203999 not in made.rows["nba_player_id"].tolist()
    assert made.counts["older_files"] == {dt.date(2025, 11, 1): 420}


def test_players_who_share_a_lookup_are_kept_with_a_warning(tmp_path: Path) -> None:
    land_index(index(JOKIC, {**JOKIC, "PERSON_ID": 5, "PLAYER_LAST_NAME": "Jokic"}), tmp_path)
    made = build(tmp_path)
    assert len(made.rows) == 420
    assert "(2 records)" in made.warnings[dt.date(2025, 11, 1)][0]


def test_date_without_a_file_leaves_the_stored_rows(tmp_path: Path) -> None:
    made = build(tmp_path)
    assert made.skip_reasons == {dt.date(2025, 11, 1): "source_has_no_rows"}
    assert made.unread == {dt.date(2025, 11, 1)}
