"""Play-by-play events: both forms, order, places and distances, refused events, games that do not add up."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from nba_pipeline.raw import nbac_play_by_play
from nba_pipeline.raw.play_by_play_events import event_subtype
from nba_pipeline_tests.raw.box_samples import game, schedule
from nba_pipeline_tests.raw.event_samples import DAY, NYK_BOS, SEASON, rules, run, total, write_archive
from nba_pipeline_tests.raw.landing_samples import land

FEED = nbac_play_by_play.FEED
END = {
    "actionNumber": 90,
    "clock": "PT00M00.00S",
    "period": 4,
    "actionType": "game",
    "subType": "end",
    "personId": 0,
    "scoreHome": "5",
    "scoreAway": "3",
    "orderNumber": 900000,
    "qualifiers": [],
}
LAYUP = {
    "actionNumber": 24, "clock": "PT09M51.00S", "timeActual": "2025-01-16T00:16:25.0Z", "period": 1,
    "teamTricode": "NYK", "actionType": "2pt", "subType": "Layup", "descriptor": "cutting",
    "qualifiers": ["pointsinthepaint"], "personId": 1626162, "playerName": "Oubre Jr.", "area": "Restricted Area",
    "shotDistance": 2.39, "scoreHome": "2", "scoreAway": "0", "orderNumber": 240000, "xLegacy": 4, "yLegacy": 24,
    "shotResult": "Made", "assistPersonId": 1630178, "description": "K. Oubre Jr. cutting Layup (2 PTS)",
}  # fmt: skip
MISS = {
    "nba_game_id": NYK_BOS, "actionNumber": 7, "period": 1, "clock": "PT11M23.00S", "actionType": "2pt",
    "description": "MISS E. Mobley 7' turnaround Shot", "qualifiers": ["pointsinthepaint"], "teamTricode": "BOS",
    "personId": 1630596, "playerName": "Mobley", "shotResult": "Missed", "scoreHome": 0, "scoreAway": 0,
    "assistPersonId": None, "blockPersonId": None, "stealPersonId": None, "foulDrawnPersonId": None,
    "playersOn": list(range(10, 0, -1)),
}  # fmt: skip
PLAYERS = (("assistPersonId", pa.int64()), ("blockPersonId", pa.int64()), ("stealPersonId", pa.int64()))
SCHEMA = pa.schema(
    [
        ("nba_game_id", pa.string()), ("game_date", pa.date32()), ("actionNumber", pa.int64()),
        ("period", pa.int64()), ("clock", pa.string()), ("actionType", pa.string()), ("description", pa.string()),
        ("qualifiers", pa.list_(pa.string())), ("teamTricode", pa.string()), ("personId", pa.int64()),
        ("playerName", pa.string()), ("shotResult", pa.string()), ("scoreHome", pa.int64()),
        ("scoreAway", pa.int64()), *PLAYERS, ("foulDrawnPersonId", pa.int64()), ("playersOn", pa.list_(pa.int64())),
    ]
)  # fmt: skip


def payload(*actions: dict[str, object], end: bool = True) -> dict[str, object]:
    return {"game": {"gameId": NYK_BOS, "actions": [*actions, *([END] if end else [])]}}


def land_game(root: Path, *actions: dict[str, object], fetched_at: str = "20240116T093000Z", end: bool = True) -> None:
    land(payload(*actions, end=end), FEED, DAY, NYK_BOS, fetched_at, root)


def event(made: pd.DataFrame, number: int) -> dict[str, object]:
    return made.set_index("action_number").loc[number].to_dict()


def test_action_of_the_payload_becomes_a_row(tmp_path: Path) -> None:
    land_game(tmp_path, LAYUP)
    row = event(run(nbac_play_by_play, tmp_path).rows, 24)
    expected = {
        "game_date": pd.Timestamp(DAY),
        "game_id": "20240115_BOS_NYK",
        "nba_game_id": NYK_BOS,
        "season_year": 2023,
        "event_order": 1,
        "period": 1,
        "clock_seconds": 591.0,
        "elapsed_seconds": 129.0,
        "event_type": "2pt",
        "event_subtype": "Layup",
        "descriptor": "cutting",
        "team_abbr": "NYK",
        "nba_player_id": 1626162,
        "assist_player_id": 1630178,
        "is_field_goal": True,
        "shot_value": 2,
        "is_made": True,
        "shot_distance_ft": 2.39,
        "shot_distance_whole_ft": 2,
        "shot_x_ft": 0.4,
        "shot_y_ft": 2.4,
        "shot_area": "Restricted Area",
        "is_paint_qualified": True,
        "is_fast_break": False,
        "score_home": 2,
        "score_away": 0,
        "occurred_at": pd.Timestamp("2025-01-16T00:16:25Z"),
        "source_form": FEED,
    }
    assert {name: row[name] for name in expected} == expected


def test_archive_event_is_read_from_its_text(tmp_path: Path) -> None:
    write_archive(tmp_path, "nbac_play_by_play", [MISS], schema=SCHEMA)
    row = event(run(nbac_play_by_play, tmp_path).rows, 7)
    expected = {
        "clock_seconds": 683.0,
        "event_subtype": "Jump Shot",
        "shot_distance_ft": 7.0,
        "shot_distance_whole_ft": 7,
        "is_made": False,
        "is_paint_qualified": True,
        "on_court_player_ids": "1|2|3|4|5|6|7|8|9|10",
        "source_form": "archive",
    }
    assert {name: row[name] for name in expected} == expected
    assert pd.isna(row["shot_x_ft"])
    assert pd.isna(row["descriptor"])


@pytest.mark.parametrize(
    ("kind", "text", "subtype"),
    [
        ("3pt", "J. Tatum 25' 3PT running hook (3 PTS)", "Jump Shot"),
        ("2pt", "A. Davis alley-oop DUNK (2 PTS)", "DUNK"),
        ("2pt", "J. Murray driving finger roll Layup (2 PTS)", "Layup"),
        ("2pt", "N. Jokic 5' turnaround Hook (2 PTS)", "Hook"),
        ("2pt", "MISS C. Hooker 12' Shot", "Jump Shot"),
        ("freethrow", "MISS J. Duren Free Throw 2 of 2", "2 of 2"),
        ("rebound", "TEAM offensive REBOUND", "offensive"),
        ("rebound", "J. Landale REBOUND (Off:2 Def:0)", None),
        ("foul", "P. George personal FOUL (3 PF)", None),
    ],
)
def test_subtype_of_an_archive_event(kind: str, text: str, subtype: str | None) -> None:
    assert event_subtype(pa.array([kind]), pa.array([text])).to_pylist() == [subtype]


def test_order_follows_the_order_number_not_the_action_number(tmp_path: Path) -> None:
    first = {**LAYUP, "actionNumber": 40, "orderNumber": 10000}
    land_game(tmp_path, LAYUP, first)
    rows = run(nbac_play_by_play, tmp_path).rows.sort_values("event_order")
    assert rows["action_number"].tolist() == [40, 24, 90]


def test_archive_order_is_period_clock_score_action(tmp_path: Path) -> None:
    events = [
        {**MISS, "actionNumber": 5, "period": 2, "clock": "PT12M00.00S", "scoreHome": 4},
        {**MISS, "actionNumber": 4, "clock": "PT05M00.00S", "scoreHome": 2},
        {**MISS, "actionNumber": 3, "clock": "PT05M00.00S", "scoreHome": 4},  # the later score, an earlier number
        {**MISS, "actionNumber": 9, "clock": "PT05M00.50S", "scoreHome": 2},  # a late correction
    ]
    write_archive(tmp_path, "nbac_play_by_play", events, schema=SCHEMA)
    rows = run(nbac_play_by_play, tmp_path).rows.set_index("action_number")
    assert rows["event_order"].to_dict() == {9: 1, 4: 2, 3: 3, 5: 4}


def test_overtime_event_counts_from_the_start_of_the_game(tmp_path: Path) -> None:
    land_game(tmp_path, {**LAYUP, "period": 5, "clock": "PT04M10.00S"})
    assert event(run(nbac_play_by_play, tmp_path).rows, 24)["elapsed_seconds"] == 2880 + 50


def test_distance_is_kept_and_rounded_down(tmp_path: Path) -> None:
    land_game(tmp_path, {**LAYUP, "shotDistance": 8.63})
    row = event(run(nbac_play_by_play, tmp_path).rows, 24)
    assert (row["shot_distance_ft"], row["shot_distance_whole_ft"]) == (8.63, 8)


def test_archive_layup_without_printed_distance_has_none(tmp_path: Path) -> None:
    layup = {**MISS, "description": "MISS J. Smith driving Layup"}
    write_archive(tmp_path, "nbac_play_by_play", [layup], schema=SCHEMA)
    row = event(run(nbac_play_by_play, tmp_path).rows, 7)
    assert pd.isna(row["shot_distance_ft"])
    assert pd.isna(row["shot_distance_whole_ft"])


def test_value_comes_from_the_type_whatever_the_distance(tmp_path: Path) -> None:
    corner = {**LAYUP, "actionNumber": 1, "actionType": "3pt", "shotDistance": 22.1}
    long_two = {**LAYUP, "actionNumber": 2, "orderNumber": 2, "shotDistance": 24.0}
    land_game(tmp_path, corner, long_two)
    values = run(nbac_play_by_play, tmp_path).rows.set_index("action_number")["shot_value"]
    assert values.loc[[1, 2]].tolist() == [3, 2]


def test_technical_foul_of_a_coach_has_no_player(tmp_path: Path) -> None:
    coach = {**LAYUP, "actionType": "foul", "subType": "technical", "personId": 2028, "playerName": None}
    land_game(tmp_path, coach)
    row = event(run(nbac_play_by_play, tmp_path).rows, 24)
    assert pd.isna(row["nba_player_id"])
    assert pd.isna(row["is_made"])


def test_nine_players_on_the_court_are_no_line_up(tmp_path: Path) -> None:
    write_archive(tmp_path, "nbac_play_by_play", [{**MISS, "playersOn": list(range(9))}], schema=SCHEMA)
    assert run(nbac_play_by_play, tmp_path).rows["on_court_player_ids"].isna().all()


def test_capture_of_a_game_in_progress_does_not_count(tmp_path: Path) -> None:
    land_game(tmp_path, LAYUP)
    land_game(tmp_path, LAYUP, {**LAYUP, "actionNumber": 25}, fetched_at="20240116T103000Z", end=False)
    made = run(nbac_play_by_play, tmp_path)
    assert made.rows["action_number"].tolist() == [24, 90]
    assert total(made, "unusable_files") == 1
    assert made.rejects.empty


def test_corrected_file_with_fewer_events_replaces_all_of_them(tmp_path: Path) -> None:
    land_game(tmp_path, LAYUP, {**LAYUP, "actionNumber": 25, "orderNumber": 250000})
    land_game(tmp_path, {**LAYUP, "actionNumber": 26}, fetched_at="20240117T093000Z")
    assert run(nbac_play_by_play, tmp_path).rows["action_number"].tolist() == [26, 90]


def test_payload_supplies_all_events_of_its_game(tmp_path: Path) -> None:
    write_archive(tmp_path, "nbac_play_by_play", [MISS], schema=SCHEMA)
    land_game(tmp_path, LAYUP)
    made = run(nbac_play_by_play, tmp_path)
    assert set(made.rows["source_form"]) == {FEED}
    assert 7 not in made.rows["action_number"].tolist()


@pytest.mark.parametrize(
    ("change", "rule", "column"),
    [
        ({"clock": "12:00 left"}, "bad_clock", "clock_seconds"),
        ({"clock": "PT12M01.00S"}, "bad_clock", "clock_seconds"),
        ({"period": 5, "clock": "PT06M00.00S"}, "bad_clock", "clock_seconds"),
        ({"period": 11}, "out_of_range", "period"),
        ({"teamTricode": "LAL"}, "pair_conflict", "team_abbr"),
        ({"shotResult": "Blocked"}, "bad_value", "is_made"),
        ({"scoreHome": "two"}, "bad_type", "score_home"),
        ({"actionType": ""}, "missing_field", "event_type"),
        ({"orderNumber": None}, "missing_field", "event_order"),
    ],
)
def test_event_that_cannot_be_is_refused_alone(
    tmp_path: Path, change: dict[str, object], rule: str, column: str
) -> None:
    land_game(tmp_path, {**LAYUP, "actionNumber": 1, "orderNumber": 1}, {**LAYUP, **change})
    made = run(nbac_play_by_play, tmp_path)
    assert made.rows["action_number"].tolist() == [1, 90]
    assert made.rows["event_order"].tolist() == [1, 2]
    assert made.rejects[["rule", "column_name", "position"]].to_numpy().tolist() == [[rule, column, "/game/actions/1"]]


def test_start_of_a_period_belongs_to_its_game_without_a_team(tmp_path: Path) -> None:
    start = {**LAYUP, "actionNumber": 1, "actionType": "period", "subType": "start", "teamTricode": None}
    land_game(tmp_path, start, LAYUP)
    assert pd.isna(event(run(nbac_play_by_play, tmp_path).rows, 1)["team_abbr"])


def test_repeated_number_with_other_content_is_refused_and_an_equal_copy_counted(tmp_path: Path) -> None:
    corrected = {**LAYUP, "scoreHome": "3"}
    land_game(tmp_path, LAYUP, corrected, END)
    made = run(nbac_play_by_play, tmp_path)
    assert event(made.rows, 24)["score_home"] == 3
    assert rules(made) == ["duplicate_key"]
    assert total(made, "identical_copies") == 1


def test_file_under_another_games_id_is_refused(tmp_path: Path) -> None:
    land(payload(LAYUP), FEED, DAY, "0022300501", "20240116T093000Z", tmp_path)
    made = run(nbac_play_by_play, tmp_path)
    assert set(rules(made)) == {"id_conflict"}
    assert made.rows.empty


def test_game_that_does_not_add_up_is_written_with_a_warning(tmp_path: Path) -> None:
    falling = {**LAYUP, "actionNumber": 30, "scoreHome": "0", "orderNumber": 300000, "clock": "PT10M00.00S"}
    land_game(tmp_path, LAYUP, falling, {**END, "actionNumber": 91, "scoreHome": "9", "orderNumber": 910000})
    made = run(nbac_play_by_play, tmp_path)
    assert len(made.rows) == 4
    assert made.warnings[date(2024, 1, 15)] == (
        "the score falls in the order of events (1 records)",
        "the clock rises within a period (1 records)",
        "the last score of a game is not the schedule's (1 records)",
    )


def test_truncated_file_is_refused_and_the_other_game_loaded(tmp_path: Path) -> None:
    land_game(tmp_path, LAYUP)
    land('{"game": {"actions": [', FEED, DAY, "0022300501", "20240116T093000Z", tmp_path)
    made = run(nbac_play_by_play, tmp_path)
    assert rules(made) == ["bad_file"]
    assert set(made.rows["nba_game_id"]) == {NYK_BOS}


def test_days_without_games_and_without_files_say_so(tmp_path: Path) -> None:
    made = run(nbac_play_by_play, tmp_path, "2024-01-14", "2024-01-15")
    assert made.rows.empty
    assert made.skip_reasons == {date(2024, 1, 14): "no_games", date(2024, 1, 15): "source_has_no_rows"}
    assert date(2024, 1, 15) in made.unread


def test_range_over_two_seasons_equals_its_seasons(tmp_path: Path) -> None:
    later = game(7, "BOS", "NYK", "2024-10-25") | {"season_year": 2024, "nba_game_id": "0022400007"}
    end = game(8, "BOS", "NYK", "2024-10-27") | {"season_year": 2024, "nba_game_id": "0022400008"}
    season = pd.concat([SEASON, schedule(later, end)], ignore_index=True)
    write_archive(tmp_path, "nbac_play_by_play", [MISS], schema=SCHEMA)
    land(payload(LAYUP), FEED, "2024-10-25", "0022400007", "20241026T093000Z", tmp_path)
    one = run(nbac_play_by_play, tmp_path, season=season)
    two = run(nbac_play_by_play, tmp_path, "2024-10-25", "2024-10-26", season=season)
    both = run(nbac_play_by_play, tmp_path, DAY, "2024-10-25", "2024-10-26", season=season)
    pd.testing.assert_frame_equal(both.rows, pd.concat([one.rows, two.rows], ignore_index=True))
    assert both.skip_reasons == {**one.skip_reasons, **two.skip_reasons}


def test_columns_an_archive_file_does_not_have_are_missing(tmp_path: Path) -> None:
    bare = {name: value for name, value in MISS.items() if name not in ("qualifiers", "playersOn", "blockPersonId")}
    narrow = pa.schema([field for field in SCHEMA if field.name in {*bare, "game_date"}])
    write_archive(tmp_path, "nbac_play_by_play", [bare], schema=narrow)
    row = event(run(nbac_play_by_play, tmp_path).rows, 7)
    assert (row["is_paint_qualified"], row["shot_distance_ft"]) == (False, 7.0)
    assert pd.isna(row["on_court_player_ids"])
