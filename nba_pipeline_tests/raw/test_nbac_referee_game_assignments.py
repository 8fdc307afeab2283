"""Officials of a game: wide records become one row each, postponed nights are refused once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from nba_pipeline.raw import nbac_referee_game_assignments as referees
from nba_pipeline_tests.raw.event_samples import DAY, GSW_ATL, NYK_BOS, rules, run, total, write_archive
from nba_pipeline_tests.raw.landing_samples import land

CREW = {
    "game_id": NYK_BOS, "game_date": "01/15/2024", "season": "22023", "home_team_abbr": "NYK", "away_team_abbr": "BOS",
    "official1": "John Goble", "official1_code": 101284, "official1_JNum": "10",
    "official2": "Ray Acosta", "official2_code": 1626300, "official2_JNum": "54",
    "official3": "Robert Hussey", "official3_code": 1628480, "official3_JNum": None,
    "official4": None, "official4_code": None, "official4_JNum": None,
}  # fmt: skip
ARCHIVE_CREW = {
    "nba_game_id": GSW_ATL, "home_team_abbr": "GSW", "away_team_abbr": "ATL",
    "official_1_name": "Josh Tiven", "official_1_id": 201639, "official_1_jersey": 58,
    "official_2_name": "Sean Wright", "official_2_id": 2882, "official_2_jersey": 4,
    "official_3_name": None, "official_3_id": None, "official_3_jersey": None,
    "official_4_name": None, "official_4_id": None, "official_4_jersey": None,
}  # fmt: skip


def land_crews(root: Path, *crews: dict[str, object], day: str = DAY) -> None:
    body = {"nba": {"Table": {"rows": list(crews)}}, "gl": {"Table": {"rows": [{**CREW, "official1": "G League"}]}}}
    land(body, referees.FEED, day, "all", "20240115T150000Z", root)


def test_crew_of_three_becomes_three_rows(tmp_path: Path) -> None:
    land_crews(tmp_path, CREW)
    rows = run(referees, tmp_path).rows
    officials = rows[["official_position", "official_code", "official_name"]].to_numpy().tolist()
    assert officials == [[1, 101284, "John Goble"], [2, 1626300, "Ray Acosta"], [3, 1628480, "Robert Hussey"]]
    assert rows["official_jersey_number"].tolist()[:2] == ["10", "54"]
    assert rows["official_jersey_number"].isna().tolist() == [False, False, True]
    assert rows["game_id"].unique().tolist() == ["20240115_BOS_NYK"]
    assert rows[["home_team_abbr", "away_team_abbr"]].drop_duplicates().to_numpy().tolist() == [["NYK", "BOS"]]


def test_archive_crew_of_two_fills_only_the_other_game(tmp_path: Path) -> None:
    land_crews(tmp_path, CREW)
    write_archive(
        tmp_path,
        "nbac_referee_assignments",
        [ARCHIVE_CREW, {**ARCHIVE_CREW, "nba_game_id": NYK_BOS, "home_team_abbr": "NYK", "away_team_abbr": "BOS"}],
    )
    rows = run(referees, tmp_path).rows
    assert rows["nba_game_id"].value_counts().to_dict() == {NYK_BOS: 3, GSW_ATL: 2}
    archive = rows[rows["source_form"] == "archive"]
    assert archive["official_jersey_number"].tolist() == ["58", "4"]


def test_crew_of_a_postponed_night_is_refused_once(tmp_path: Path) -> None:
    land_crews(tmp_path, CREW, {**CREW, "game_id": "0022300502", "home_team_abbr": "MIA", "away_team_abbr": "CHI"})
    made = run(referees, tmp_path)
    assert len(made.rows) == 3
    assert rules(made) == ["no_game_on_date"]
    assert made.rejects["position"].tolist() == ["/nba/Table/rows/1"]


def test_preseason_crew_is_counted(tmp_path: Path) -> None:
    land_crews(tmp_path, CREW, {**CREW, "game_id": "0012300001", "home_team_abbr": "MIA"})
    made = run(referees, tmp_path)
    assert (len(made.rows), total(made, "not_counted_game"), rules(made)) == (3, 1, [])


def test_other_opponent_is_a_conflict(tmp_path: Path) -> None:
    land_crews(tmp_path, {**CREW, "away_team_abbr": "ATL"})
    assert rules(run(referees, tmp_path)) == ["pair_conflict"]


def test_official_without_a_code_is_refused_alone(tmp_path: Path) -> None:
    land_crews(tmp_path, {**CREW, "official2_code": None})
    made = run(referees, tmp_path)
    assert made.rows["official_position"].tolist() == [1, 3]
    assert made.rejects[["rule", "column_name"]].to_numpy().tolist() == [["missing_field", "official_code"]]


def test_crew_not_yet_named_makes_no_rows(tmp_path: Path) -> None:
    unnamed = {name: None if name.startswith("official") else value for name, value in CREW.items()}
    land_crews(tmp_path, unnamed)
    made = run(referees, tmp_path)
    assert made.rows.empty
    assert made.rejects.empty
    assert made.skip_reasons == {date(2024, 1, 15): "source_has_no_rows"}


def test_day_without_games_is_empty(tmp_path: Path) -> None:
    land_crews(tmp_path, day="2024-01-14")
    made = run(referees, tmp_path, "2024-01-14")
    assert made.skip_reasons == {date(2024, 1, 14): "no_games"}
    assert total(made, "empty_payloads") == 1
