"""Field-goal attempts with their place: both forms, unusable files, attempts off the court."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from nba_pipeline.raw import nbac_shot_chart
from nba_pipeline_tests.raw.event_samples import DAY, NYK_BOS, rules, run, total, write_archive
from nba_pipeline_tests.raw.landing_samples import land

FEED = nbac_shot_chart.FEED
SHOT = {
    "GRID_TYPE": "Shot Chart Detail", "GAME_ID": NYK_BOS, "GAME_EVENT_ID": 15, "PLAYER_ID": 203468,
    "PLAYER_NAME": "CJ McCollum", "TEAM_ID": 1610612752, "TEAM_NAME": "New York Knicks", "PERIOD": 1,
    "MINUTES_REMAINING": 10, "SECONDS_REMAINING": 45, "EVENT_TYPE": "Missed Shot", "ACTION_TYPE": "Jump Shot",
    "SHOT_TYPE": "3PT Field Goal", "SHOT_ZONE_BASIC": "Above the Break 3", "SHOT_ZONE_AREA": "Left Side Center(LC)",
    "SHOT_ZONE_RANGE": "24+ ft.", "SHOT_DISTANCE": 30, "LOC_X": -167, "LOC_Y": 259, "SHOT_ATTEMPTED_FLAG": 1,
    "SHOT_MADE_FLAG": 0, "GAME_DATE": "20240115", "HTM": "NYK", "VTM": "BOS",
}  # fmt: skip
MADE = {**SHOT, "GAME_EVENT_ID": 20, "SHOT_MADE_FLAG": 1}
ARCHIVE_SHOT = {
    "nba_game_id": NYK_BOS, "action_number": 7, "period": 2, "seconds_left_in_period": 12.4, "team_abbr": "BOS",
    "opponent_team_abbr": "NYK", "nba_player_id": 1627759, "shot_value": 2, "is_made": True, "action_type": None,
    "shot_distance_ft": None, "text_distance_ft": 14, "x_ft": None, "y_ft": None, "zone_basic": None,
    "zone_area": None, "zone_range": None,
}  # fmt: skip


def land_shots(
    root: Path, *shots: dict[str, object], unit: str = NYK_BOS, fetched_at: str = "20240116T093000Z"
) -> None:
    headers = list(reversed(shots[0] if shots else SHOT))  # columns are found by name
    rows = [[shot[name] for name in headers] for shot in shots]
    body = {"resultSets": [{"name": "Shot_Chart_Detail", "headers": headers, "rowSet": rows}]}
    land(body, FEED, DAY, unit, fetched_at, root)


def test_attempt_of_the_payload_becomes_a_row(tmp_path: Path) -> None:
    land_shots(tmp_path, SHOT)
    made = run(nbac_shot_chart, tmp_path)
    expected = {
        "game_id": "20240115_BOS_NYK",
        "nba_game_id": NYK_BOS,
        "team_abbr": "NYK",
        "opponent_team_abbr": "BOS",
        "is_home": True,
        "action_number": 15,
        "period": 1,
        "clock_seconds": 645.0,
        "nba_player_id": 203468,
        "shot_value": 3,
        "is_made": False,
        "shot_x_ft": -16.7,
        "shot_y_ft": 25.9,
        "shot_distance_ft": 30.0,
        "zone_basic": "Above the Break 3",
        "zone_area": "Left Side Center",
        "zone_range": "24+ ft.",
        "action_type": "Jump Shot",
        "source_form": FEED,
    }
    assert made.rows[list(expected)].to_dict("records") == [expected]


def test_archive_attempt_without_coordinates_takes_the_distance_of_the_text(tmp_path: Path) -> None:
    write_archive(tmp_path, "nbac_shot_chart", [ARCHIVE_SHOT])
    row = run(nbac_shot_chart, tmp_path).rows.iloc[0]
    assert (row["shot_distance_ft"], row["clock_seconds"], row["source_form"]) == (14.0, 12.4, "archive")
    assert row[["shot_x_ft", "shot_y_ft", "zone_basic", "action_type"]].isna().all()


def test_charted_distance_wins_over_the_text(tmp_path: Path) -> None:
    charted = {**ARCHIVE_SHOT, "x_ft": 5.0, "y_ft": 12.0, "shot_distance_ft": 13, "zone_basic": "Mid-Range"}
    write_archive(tmp_path, "nbac_shot_chart", [charted])
    assert run(nbac_shot_chart, tmp_path).rows["shot_distance_ft"].tolist() == [13.0]


def test_file_with_made_shots_only_is_unusable(tmp_path: Path) -> None:
    land_shots(tmp_path, SHOT, MADE)
    land_shots(tmp_path, MADE, fetched_at="20240117T093000Z")
    made = run(nbac_shot_chart, tmp_path)
    assert made.rows["action_number"].tolist() == [15, 20]
    assert rules(made) == ["bad_file"]
    assert "context_measure_simple" in made.rejects["detail"].iloc[0]


def test_two_files_of_one_game_come_together(tmp_path: Path) -> None:
    land_shots(tmp_path, SHOT, unit=f"{NYK_BOS}-home")
    away = {**SHOT, "TEAM_ID": 1610612738, "GAME_EVENT_ID": 16}
    land_shots(tmp_path, away, unit=f"{NYK_BOS}-away")
    rows = run(nbac_shot_chart, tmp_path).rows
    assert dict(zip(rows["team_abbr"], rows["is_home"], strict=True)) == {"NYK": True, "BOS": False}


@pytest.mark.parametrize(
    ("change", "rule", "column"),
    [
        ({"LOC_X": 260, "SHOT_DISTANCE": 36}, "out_of_range", "shot_x_ft"),
        ({"LOC_Y": -70, "LOC_X": 0, "SHOT_DISTANCE": 7}, "out_of_range", "shot_y_ft"),
        ({"SHOT_DISTANCE": 27}, "out_of_range", "shot_distance_ft"),
        ({"SHOT_ZONE_BASIC": "Paint"}, "bad_value", "zone_basic"),
        ({"MINUTES_REMAINING": 12}, "bad_clock", "clock_seconds"),
        ({"PLAYER_ID": None}, "missing_field", "nba_player_id"),
        ({"TEAM_ID": 1610612747}, "no_game_on_date", "team"),
    ],
)
def test_attempt_that_cannot_be_is_refused_alone(
    tmp_path: Path, change: dict[str, object], rule: str, column: str
) -> None:
    land_shots(tmp_path, MADE, {**SHOT, **change})
    made = run(nbac_shot_chart, tmp_path)
    assert made.rows["action_number"].tolist() == [20]
    assert made.rejects[["rule", "column_name"]].to_numpy().tolist() == [[rule, column]]
    assert made.rejects["position"].tolist() == ["/resultSets/0/rowSet/1"]


def test_equal_copy_of_an_attempt_is_counted_and_another_one_refused(tmp_path: Path) -> None:
    land_shots(tmp_path, SHOT, SHOT, MADE, {**MADE, "PERIOD": 2})
    made = run(nbac_shot_chart, tmp_path)
    assert made.rows[["action_number", "period"]].to_numpy().tolist() == [[15, 1], [20, 2]]
    assert (rules(made), total(made, "identical_copies")) == (["duplicate_key"], 1)


def test_missing_header_refuses_the_file(tmp_path: Path) -> None:
    land_shots(tmp_path, {name: value for name, value in SHOT.items() if name != "LOC_X"})
    made = run(nbac_shot_chart, tmp_path)
    assert rules(made) == ["missing_field"]
    assert "LOC_X" in made.rejects["detail"].iloc[0]


def test_empty_chart_is_no_rows(tmp_path: Path) -> None:
    land_shots(tmp_path)
    made = run(nbac_shot_chart, tmp_path)
    assert made.rows.empty
    assert total(made, "empty_payloads") == 1
    assert made.skip_reasons == {date(2024, 1, 15): "source_has_no_rows"}


def test_payload_supplies_all_attempts_of_its_game(tmp_path: Path) -> None:
    write_archive(tmp_path, "nbac_shot_chart", [ARCHIVE_SHOT])
    land_shots(tmp_path, SHOT, MADE)
    assert pd.unique(run(nbac_shot_chart, tmp_path).rows["source_form"]).tolist() == [FEED]
