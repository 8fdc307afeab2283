"""Real report payloads: the injury report of 2024-01-04, a gamebook, the player index, a roster page."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from nba_pipeline.landing.store import Landing
from nba_pipeline.raw import (
    espn_team_rosters,
    nbac_gamebook_player_stats,
    nbac_injury_report,
    nbac_injury_report_teams,
    nbac_player_boxscores,
    nbac_player_list_current,
    nbac_schedule,
)
from nba_pipeline.raw.inactive_names import ROSTER_COLUMNS, ROSTER_DAYS
from nba_pipeline.schema import TableRows
from nba_pipeline_tests.raw.landing_samples import land
from nba_pipeline_tests.raw.report_samples import days, landed

MEM_CLE = "0022301158"


@pytest.fixture(scope="module")
def schedule(shared_data: Path) -> pd.DataFrame:
    """The season 2023-24 from the archive."""
    inputs = nbac_schedule.LANDED
    window = (date(2023, 10, 1), date(2024, 6, 30))
    files = Landing(str(shared_data)).landed(inputs.feeds, *window, inputs.archive, inputs.archive_columns)
    return nbac_schedule.parse_season_schedule(files)


@pytest.fixture(scope="module")
def box_scores(shared_data: Path, schedule: pd.DataFrame) -> pd.DataFrame:
    """Box-score players up to 2024-04-10, as the gamebook reads them."""
    last = pd.Timestamp("2024-04-10")
    dates = pd.date_range(last - pd.Timedelta(days=ROSTER_DAYS), last).as_unit("us")
    files = Landing(str(shared_data)).landed(
        (), dates[0].date(), dates[-1].date(), "nbac_player_boxscores", nbac_player_boxscores.ARCHIVE_COLUMNS
    )
    return nbac_player_boxscores.transform(files, schedule, dates).rows[list(ROSTER_COLUMNS)]


@pytest.fixture
def report_root(shared_data: Path, tmp_path: Path) -> Path:
    sample = shared_data / "payloads/nbacom/injury_report/raw_f4391904.pdf"
    land(sample, "nba_injury_report", "2024-01-04", "1230", "20240104T173500Z", tmp_path)
    return tmp_path


def test_injury_report_has_its_14_players(report_root: Path, schedule: pd.DataFrame) -> None:
    dates = days("2024-01-04")
    made = nbac_injury_report.transform(landed(report_root, "nba_injury_report", dates), schedule, dates)
    rows = made.rows
    counted = rows["injury_status"].value_counts().to_dict()
    assert counted == {"out": 10, "questionable": 2, "doubtful": 1, "probable": 1}
    assert rows["report_at"].unique().tolist() == [pd.Timestamp("2024-01-04 17:30", tz="UTC")]
    players = rows.set_index("player_lookup")
    payton = players.loc["garypaytonii"]
    assert payton[["game_id", "team_abbr", "injury_status", "reason_category"]].tolist() == [
        "20240104_DEN_GSW",
        "GSW",
        "out",
        "injury",
    ]
    assert payton["reason"] == "Injury/Illness - Left Hamstring; Strain"
    assert players.loc[["daviddukejr", "draymondgreen"], "reason_category"].tolist() == ["g_league", "suspension"]
    assert players.loc["dougmcdermott", "reason"] == "Injury/Illness - Right Forearm; Contusion"
    assert made.rejects.empty


def test_injury_report_has_32_teams_of_which_3_submitted(report_root: Path, schedule: pd.DataFrame) -> None:
    dates = days("2024-01-04")
    made = nbac_injury_report_teams.transform(landed(report_root, "nba_injury_report", dates), schedule, dates)
    assert made.rows.groupby("game_date").size().tolist() == [4, 28]
    submitted = made.rows[made.rows["is_submitted"]].set_index("team_abbr")["players_listed"]
    assert submitted.to_dict() == {"SAS": 8, "DEN": 4, "GSW": 2}
    assert made.rejects.empty


def build_gamebook(root: Path, schedule: pd.DataFrame, box_scores: pd.DataFrame) -> TableRows:
    dates = days("2024-04-10")
    return nbac_gamebook_player_stats.transform(landed(root, "nba_gamebook", dates), schedule, box_scores, dates)


def test_gamebook_names_every_listed_player(
    shared_data: Path, tmp_path: Path, schedule: pd.DataFrame, box_scores: pd.DataFrame
) -> None:
    sample = shared_data / "payloads/nbacom/gamebook/exp_0173bcd1.json"
    land(sample, "nba_gamebook", "2024-04-10", MEM_CLE, "20240411T100000Z", tmp_path)
    made = build_gamebook(tmp_path, schedule, box_scores)
    rows = made.rows
    assert rows["player_status"].value_counts().to_dict() == {"active": 21, "dnp": 6, "inactive": 12}
    assert rows.groupby("team_abbr")["seconds_played"].sum().to_dict() == {"CLE": 14400, "MEM": 14400}
    assert rows.groupby("team_abbr")["points"].sum().to_dict() == {"CLE": 110, "MEM": 98}
    inactive = rows[rows["player_status"] == "inactive"].set_index("player_lookup")
    assert inactive["team_abbr"].value_counts().to_dict() == {"MEM": 9, "CLE": 3}
    assert inactive.loc[["sammerrill", "deanwade", "tyjerome"], "team_abbr"].tolist() == ["CLE"] * 3
    assert inactive["nba_player_id"].notna().all()
    assert made.rejects.empty
    assert made.warnings == {}


def test_gamebook_names_agree_with_the_box_score(
    shared_data: Path, tmp_path: Path, schedule: pd.DataFrame, box_scores: pd.DataFrame
) -> None:
    sample = shared_data / "payloads/nbacom/gamebook/exp_0173bcd1.json"
    land(sample, "nba_gamebook", "2024-04-10", MEM_CLE, "20240411T100000Z", tmp_path)
    rows = build_gamebook(tmp_path, schedule, box_scores).rows
    same_game = box_scores[box_scores["nba_game_id"] == MEM_CLE]
    inactive = rows.loc[rows["player_status"] == "inactive", "nba_player_id"]
    assert inactive.isin(same_game["nba_player_id"]).all()


@pytest.mark.parametrize("sample", ["raw_0173bcd1.pdf", "raw_d8072441.pdf"])
def test_damaged_gamebook_is_refused_as_a_whole(
    shared_data: Path, tmp_path: Path, schedule: pd.DataFrame, box_scores: pd.DataFrame, sample: str
) -> None:
    path = land(shared_data / "payloads/nbacom/gamebook" / sample, "nba_gamebook", "2024-04-10", MEM_CLE,
                "20240411T100000Z", tmp_path)  # fmt: skip
    made = build_gamebook(tmp_path, schedule, box_scores)
    assert made.rows.empty
    assert made.rejects[["action", "rule", "source_file"]].values.tolist() == [["reject_file", "bad_file", path]]
    assert made.unread == {date(2024, 4, 10)}


def test_player_index_has_594_players(shared_data: Path, tmp_path: Path) -> None:
    sample = shared_data / "payloads/nbacom/player_list/raw_7af00b51.json"
    land(sample, "nba_player_index", "2025-11-01", "2025-26", "20251101T100000Z", tmp_path)
    dates = days("2025-11-01")
    made = nbac_player_list_current.transform(landed(tmp_path, "nba_player_index", dates), dates)
    rows = made.rows
    assert (len(rows), rows["player_lookup"].nunique(), rows["team_abbr"].nunique()) == (594, 594, 30)
    assert (~rows["player_name"].map(str.isascii)).sum() == 26
    achiuwa = rows.set_index("nba_player_id").loc[1630173]
    assert achiuwa[["player_lookup", "team_abbr", "jersey_number", "position", "height", "weight_lb"]].tolist() == [
        "preciousachiuwa",
        "NYK",
        "5",
        "F",
        "6-8",
        243,
    ]
    assert achiuwa["is_active"]
    assert made.rejects.empty


def test_roster_page_has_17_celtics(shared_data: Path, tmp_path: Path) -> None:
    sample = shared_data / "payloads/espn/roster_api/raw_2.json"
    land(sample, "espn_roster", "2025-07-17", "BOS", "20250717T120000Z", tmp_path)
    dates = days("2025-07-17")
    made = espn_team_rosters.transform(landed(tmp_path, "espn_roster", dates), dates)
    rows = made.rows.set_index("player_lookup")
    assert len(rows) == 17
    assert rows["birth_date"].notna().all()
    brown = rows.loc["jaylenbrown"]
    assert brown[["team_abbr", "position_abbr", "height_in", "injury_status", "injury_type"]].tolist() == [
        "BOS",
        "SG",
        78.0,
        "out",
        "Knee",
    ]
    assert brown["injury_return_date"] == pd.Timestamp("2025-10-01")
    assert rows["injury_status"].notna().sum() == 2
    assert made.rejects.empty
