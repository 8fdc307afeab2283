"""Player lines of every box-score form."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nba_pipeline.landing import Landing
from nba_pipeline.raw.errors import MissingInputError
from nba_pipeline.raw.nbac_player_boxscores import ARCHIVE_COLUMNS, GAMELOG, LIVE, TABLE, TRADITIONAL, transform
from nba_pipeline.schema import TableRows
from nba_pipeline_tests.raw.box_samples import DAY, LINE, dates, game, live_box, player, schedule
from nba_pipeline_tests.raw.landing_samples import land

BOS_NYK, CHI_MIA = "0022300001", "0022300002"
SEASON = schedule(game(1, "BOS", "NYK"), game(2, "CHI", "MIA"))
NYK_ONLY = schedule(game(1, "BOS", "NYK"))
AT = "20240116T090000Z"
HEADERS = ["GAME_ID", "TEAM_ID", "TEAM_ABBREVIATION", "PLAYER_ID", "PLAYER_NAME", "START_POSITION", "COMMENT", "MIN",
           "FGM", "FGA", "FG3M", "FG3A", "FTM", "FTA", "OREB", "DREB", "REB", "AST", "STL", "BLK", "TO", "PF", "PTS",
           "PLUS_MINUS"]  # fmt: skip
NUMBERS = [4, 9, 1, 3, 2, 2, 1, 3, 4, 5, 1, 0, 2, 3, 11, -6]


def five(first: int, **changes: Any) -> list[dict[str, object]]:
    return [player(first + n, **changes) for n in range(5)]


def build(root: Path, season: pd.DataFrame = NYK_ONLY, *days: str) -> TableRows:
    wanted = dates(*days)
    landed = Landing(str(root)).landed(
        (LIVE, TRADITIONAL, GAMELOG), wanted[0].date(), wanted[-1].date(), "nbac_player_boxscores", ARCHIVE_COLUMNS
    )
    return transform(landed, season, wanted)


def put_live(root: Path, away: list[dict[str, object]], home: list[dict[str, object]], **fields: object) -> None:
    land(live_box(BOS_NYK, "BOS", "NYK", away, home, **fields), LIVE, DAY, BOS_NYK, AT, root)


def put_traditional(root: Path, *rows: list[object]) -> None:
    sets = [{"name": "PlayerStats", "headers": HEADERS, "rowSet": list(rows)}]
    land({"resultSets": sets}, TRADITIONAL, DAY, BOS_NYK, AT, root)


def line(made: TableRows, lookup: str) -> pd.Series:
    return made.rows.set_index("player_lookup").loc[lookup]


def test_a_live_line_becomes_a_row(tmp_path: Path) -> None:
    put_live(tmp_path, [*five(1), player(9, "Kon Knueppel", minutes="PT30M19.00S", starter="0")], five(11))
    row = line(build(tmp_path), "konknueppel")
    assert (row["team_abbr"], row["opponent_team_abbr"], row["is_home"]) == ("BOS", "NYK", False)
    assert (row["player_status"], row["is_dnp"], row["is_starter"]) == ("active", False, False)
    assert row["minutes"] == pytest.approx(30.316667, abs=1e-6)
    assert (row["seconds_played"], row["minutes_is_rounded"]) == (1819, False)
    assert (row["points"], row["plus_minus"], row["total_rebounds"]) == (11, -6, 4)
    assert row["source_form"] == LIVE


def test_players_who_did_not_play_have_no_statistics_whatever_is_printed(tmp_path: Path) -> None:
    zeros = {**dict.fromkeys(LINE, 0), "minutes": "PT00M00.00S"}
    absent = {"played": "0", "starter": "0", **zeros}
    out = player(9, "Jonathan Kuminga", status="INACTIVE", notPlayingReason="INACTIVE_INJURY",
                 notPlayingDescription="Left Knee; Bone Bruise", **absent)  # fmt: skip
    put_live(tmp_path, [*five(1), out, player(8, "Bench Man", **absent)], five(11))
    made = build(tmp_path)
    row, unused = line(made, "jonathankuminga"), line(made, "benchman")
    assert (row["player_status"], unused["player_status"]) == ("inactive", "dnp")
    assert row["dnp_reason"] == "INACTIVE_INJURY: Left Knee; Bone Bruise"
    for missing in ("minutes", "seconds_played", "points", "assists", "points_in_the_paint"):
        assert pd.isna(row[missing])
        assert pd.isna(unused[missing])


def test_traditional_rows_are_read_by_header_name(tmp_path: Path) -> None:
    hart = [BOS_NYK, 1, "NYK", 1628404, "Josh Hart", "F", "", "49:25", *NUMBERS]
    unused = [BOS_NYK, 1, "NYK", 1630574, "Ariel Hukporti", "", "DNP - Coach's Decision", None, *[None] * 16]
    put_traditional(tmp_path, hart, unused)
    made = build(tmp_path)
    row, dnp = line(made, "joshhart"), line(made, "arielhukporti")
    assert (row["seconds_played"], row["points"], row["turnovers"], row["personal_fouls"]) == (2965, 11, 2, 3)
    assert row["is_home"]
    assert (dnp["player_status"], dnp["is_dnp"]) == ("dnp", True)
    assert dnp["dnp_reason"] == "DNP - Coach's Decision"
    assert pd.isna(dnp["points"])


def test_version_3_of_the_traditional_box_gives_the_same_columns(tmp_path: Path) -> None:
    def listed(number: int, family: str, comment: str = "", minutes: str = "30:00") -> dict[str, object]:
        return {"personId": number, "firstName": "Ann", "familyName": family, "position": "", "comment": comment,
                "jerseyNum": "3", "statistics": {**LINE, "minutes": minutes}}  # fmt: skip

    sides = {
        "homeTeam": {"teamTricode": "NYK", "players": [listed(1, "One"), listed(2, "Two", "DNP - Rest", "")]},
        "awayTeam": {"teamTricode": "BOS", "players": [listed(3, "Three")]},
    }
    land({"boxScoreTraditional": {"gameId": BOS_NYK, **sides}}, TRADITIONAL, DAY, BOS_NYK, AT, tmp_path)
    made = build(tmp_path)
    assert made.rejects.empty
    assert line(made, "annone")["seconds_played"] == 1800
    assert line(made, "anntwo")["player_status"] == "dnp"
    assert line(made, "annthree")["team_abbr"] == "BOS"


def test_the_game_log_has_whole_minutes_and_no_starters(tmp_path: Path) -> None:
    headers = ["TOV" if name == "TO" else name for name in HEADERS if name not in ("START_POSITION", "COMMENT")]
    row = [BOS_NYK, 1, "NYK", 201939, "Stephen Curry", 35, *NUMBERS]
    body = {"resultSets": [{"name": "LeagueGameLog", "headers": headers, "rowSet": [row]}]}
    land(body, GAMELOG, DAY, "regular-season", AT, tmp_path)
    found = line(build(tmp_path), "stephencurry")
    assert (found["minutes"], found["seconds_played"], found["minutes_is_rounded"]) == (35.0, 2100, True)
    assert pd.isna(found["is_starter"])


def write_archive(root: Path, rows: list[dict[str, object]], drop: tuple[str, ...] = ()) -> None:
    base = {
        "game_date": date.fromisoformat(DAY), "nba_game_id": BOS_NYK, "team_abbr": "NYK", "opponent_team_abbr": "BOS",
        "is_home": True, "nba_player_id": 1, "player_name": "Player A", "player_status": "ACTIVE", "is_dnp": False,
        "is_starter": None, "jersey_number": "1", "position": "G", "minutes": 30, "fgm": 4, "fga": 9, "fg3m": 1,
        "fg3a": 3, "ftm": 2, "fta": 2, "oreb": 1, "dreb": 3, "reb": 4, "ast": 5, "stl": 1, "blk": 0, "tov": 2, "pf": 3,
        "pts": 11, "plus_minus": 1, "points_in_the_paint": 4, "points_fast_break": 2,
    }  # fmt: skip
    table = pa.Table.from_pylist([{**base, **row} for row in rows])
    folder = root / "archive" / "nbac_player_boxscores"
    folder.mkdir(parents=True)
    pq.write_table(table.drop_columns(list(drop)), folder / "2023-24.parquet")


def test_a_zero_minute_appearance_keeps_its_statistics(tmp_path: Path) -> None:
    write_archive(tmp_path, [{"minutes": 0}])
    row = line(build(tmp_path), "playera")
    assert (row["is_dnp"], row["seconds_played"], row["points"]) == (False, 0, 11)


def test_a_trade_day_gives_one_row_the_one_with_playing_time(tmp_path: Path) -> None:
    idle = {"is_dnp": True, "player_status": "INACTIVE", "minutes": None}
    there = {"nba_game_id": CHI_MIA, "team_abbr": "MIA", "opponent_team_abbr": "CHI"}
    rows = [
        {"player_name": "Traded Once"},
        {"player_name": "Traded Once", **there, **idle},
        {"player_name": "Traded Idle", **idle},
        {"player_name": "Traded Idle", **there, **idle},
    ]
    write_archive(tmp_path, rows)
    made = build(tmp_path, SEASON)
    assert line(made, "tradedonce")["team_abbr"] == "NYK"
    assert line(made, "tradedidle")["nba_game_id"] == CHI_MIA
    assert made.counts["double_listed"] == {date(2024, 1, 15): 2}
    assert made.rejects.empty


def test_payload_and_archive_of_one_game_are_never_mixed(tmp_path: Path) -> None:
    put_live(tmp_path, five(1), five(11))
    there = {"nba_game_id": CHI_MIA, "team_abbr": "MIA", "opponent_team_abbr": "CHI"}
    write_archive(tmp_path, [{"player_name": "Only Archived"}, {"player_name": "Other Game", **there}])
    made = build(tmp_path, SEASON)
    assert made.rows["source_form"].value_counts().to_dict() == {LIVE: 10, "archive": 1}
    assert "onlyarchived" not in set(made.rows["player_lookup"])


def test_a_live_box_of_a_game_in_progress_or_with_another_score_is_not_used(tmp_path: Path) -> None:
    put_live(tmp_path, five(1), five(11), gameStatus=2)
    put_traditional(tmp_path, [BOS_NYK, 1, "NYK", 5, "Other Source", "F", "", "30:00", *NUMBERS])
    made = build(tmp_path)
    assert made.rows["source_form"].unique().tolist() == [TRADITIONAL]
    assert made.counts["unusable_files"] == {date(2024, 1, 15): 1}
    other_score = schedule(game(1, "BOS", "NYK", home_score=101))
    assert build(tmp_path, other_score).rows["source_form"].unique().tolist() == [TRADITIONAL]


def test_status_text_and_period_of_a_live_box_prove_nothing(tmp_path: Path) -> None:
    put_live(tmp_path, five(1), five(11), gameStatusText="Q2", period=2)
    assert len(build(tmp_path).rows) == 10


def test_a_team_without_exactly_five_starters_has_unknown_starters(tmp_path: Path) -> None:
    put_live(tmp_path, [*five(1), player(6)], five(11))
    made = build(tmp_path)
    by_team = made.rows.groupby("team_abbr")["is_starter"]
    assert by_team.count().to_dict() == {"BOS": 0, "NYK": 5}
    assert "five starters" in made.warnings[date(2024, 1, 15)][0]


@pytest.mark.parametrize(
    ("changes", "rule", "column"),
    [
        ({"minutes": "-5"}, "bad_value", "minutes"),
        ({"minutes": "12:75"}, "bad_value", "minutes"),
        ({"minutes": None}, "missing_field", "minutes"),
        ({"minutes": "PT81M"}, "out_of_range", "minutes"),
        ({"points": 12}, "identity_failed", "points"),
        ({"fieldGoalsMade": 10}, "identity_failed", "field_goals_made"),
        ({"reboundsTotal": 9}, "identity_failed", "total_rebounds"),
        ({"assists": -1}, "identity_failed", "assists"),
        ({"foulsPersonal": 9}, "identity_failed", "personal_fouls"),
        ({"assists": "many"}, "bad_type", "assists"),
        ({"assists": 2.5}, "bad_value", "assists"),
        ({"personId": 0}, "bad_value", "nba_player_id"),
        ({"name": "\u0418\u0432\u0430\u043d"}, "no_player_name", "player_name"),
        ({"name": None}, "missing_field", "player_lookup"),
        ({"status": "MAYBE"}, "bad_value", "player_status"),
        ({"played": "?"}, "bad_type", "is_dnp"),
    ],
)
def test_a_bad_line_is_quarantined_and_the_others_are_written(
    tmp_path: Path, changes: dict[str, object], rule: str, column: str
) -> None:
    put_live(tmp_path, [*five(1), player(9, **{"starter": "0", **changes})], five(11))
    made = build(tmp_path)
    assert len(made.rows) == 10
    (record,) = made.rejects.to_dict("records")
    assert (record["rule"], record["column_name"]) == (rule, column)
    assert record["position"] == "/game/awayTeam/players/5"


def test_an_unknown_team_code_is_quarantined(tmp_path: Path) -> None:
    put_traditional(
        tmp_path,
        [BOS_NYK, 1, "NYK", 5, "Good One", "F", "", "30:00", *NUMBERS],
        [BOS_NYK, 1, "NYX", 6, "Bad One", "F", "", "30:00", *NUMBERS],
    )
    made = build(tmp_path)
    assert made.rows["player_lookup"].tolist() == ["goodone"]
    assert made.rejects[["rule", "original_value"]].to_numpy().tolist() == [["unknown_team", "NYX"]]


@pytest.mark.parametrize("broken", ['{"game": {"homeTeam', "", "[]", '{"game": {"gameStatus": 3}}'])
def test_a_broken_payload_is_quarantined_and_the_other_game_is_written(tmp_path: Path, broken: str) -> None:
    put_live(tmp_path, five(1), five(11))
    path = land(broken, LIVE, DAY, CHI_MIA, AT, tmp_path)
    made = build(tmp_path, SEASON)
    assert len(made.rows) == 10
    assert made.rejects[["rule", "source_file"]].to_numpy().tolist() == [["bad_file", path]]


def test_a_result_set_without_a_required_header_is_refused_as_a_file(tmp_path: Path) -> None:
    put_live(tmp_path, five(1), five(11))
    sets = [{"name": "PlayerStats", "headers": [name for name in HEADERS if name != "PTS"], "rowSet": []}]
    land({"resultSets": sets}, TRADITIONAL, DAY, CHI_MIA, AT, tmp_path)
    made = build(tmp_path, SEASON)
    assert made.rejects["rule"].tolist() == ["missing_field"]
    assert "PTS" in made.rejects["detail"][0]


def test_an_archive_without_a_required_column_is_refused_and_payloads_are_written(tmp_path: Path) -> None:
    write_archive(tmp_path, [{}], drop=("pts",))
    with pytest.raises(MissingInputError, match=r"2023-24.parquet: bad_file, .*\['pts'\] are missing"):
        build(tmp_path)
    put_live(tmp_path, five(1), five(11))
    made = build(tmp_path)
    assert len(made.rows) == 10
    assert made.rejects["rule"].tolist() == ["bad_file"]


def test_an_archive_without_an_optional_column_has_it_missing(tmp_path: Path) -> None:
    write_archive(tmp_path, [{}], drop=("jersey_number", "pf"))
    row = line(build(tmp_path), "playera")
    assert row[["jersey_number", "personal_fouls"]].isna().all()


def test_games_without_input_stop_the_table(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match=r"boxscores: games but no usable input for 2024-01-15"):
        build(tmp_path)


def test_a_postponed_game_needs_no_box(tmp_path: Path) -> None:
    postponed = schedule(game(1, "BOS", "NYK", is_final=False, is_postponed=True, home_score=None, away_score=None))
    made = build(tmp_path, postponed)
    assert made.skip_reasons == {date(2024, 1, 15): "no_games"}


def test_rows_are_typed_as_declared(tmp_path: Path) -> None:
    put_live(tmp_path, five(1), five(11))
    rows = build(tmp_path).rows
    assert tuple(rows.columns) == TABLE.column_names
    assert rows["is_dnp"].dtype == "bool"
    assert rows["points"].dtype == "Int64"
