"""Unusable input ends in quarantine or a clear refusal, everything else of the day is written, `verify` names it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from nba_pipeline.sample import write_sample
from nba_pipeline_tests.commands.processes import Operator

WINDOW = ("--from", "2024-10-22", "--to", "2024-11-27")
TRUNCATED = "payloads/nba_boxscore_live/2024-11-23/0022400197__20241124T093000Z.json"
NEGATIVE = "payloads/nba_boxscore_live/2024-11-25/0022400208__20241126T093000Z.json"


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """The sample with five faults, raw tables materialised."""
    folder = tmp_path_factory.mktemp("spoilt")
    landing = folder / "landing"
    write_sample(str(landing))
    (landing / TRUNCATED).write_bytes((landing / TRUNCATED).read_bytes()[:5000])
    next((landing / "payloads/nba_play_by_play/2024-11-24").iterdir()).write_bytes(b"")
    _edit(landing / NEGATIVE, _negative_minutes)
    _edit(next((landing / "payloads/nba_referees/2024-11-26").iterdir()), _unknown_team)
    chart = landing / "archive/nbac_shot_chart/2024-25.parquet"
    pq.write_table(pq.read_table(chart).drop_columns(["action_number"]), chart)
    operator = Operator(landing, folder)
    done = operator.run("backfill", *WINDOW, "--layer", "raw", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    return operator


@pytest.fixture(scope="module")
def reports(spoilt: Operator) -> dict[str, dict[str, Any]]:
    """Report of `verify --json` per table."""
    printed = spoilt.run("verify", *WINDOW, "--layer", "raw", "--json")
    return {report["table"]: report for report in json.loads(printed.stdout)}


def _edit(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    data = path.read_bytes()
    zipped = data.startswith(b"\x1f\x8b")
    body = json.loads(gzip.decompress(data) if zipped else data)
    change(body)
    text = json.dumps(body).encode()
    path.write_bytes(gzip.compress(text) if zipped else text)


def _negative_minutes(body: dict[str, Any]) -> None:
    player = next(player for player in body["game"]["homeTeam"]["players"] if player["played"] == "1")
    player["statistics"]["minutes"] = "PT-05M00.00S"


def _unknown_team(body: dict[str, Any]) -> None:
    body["nba"]["Table"]["rows"][0]["home_team_abbr"] = "QQQ"


def _refused(reports: dict[str, dict[str, Any]], table: str) -> dict[str, str]:
    """Rule -> the places verify names, as one text."""
    return {group["rule"]: "\n".join(group["examples"]) for group in reports[table]["quarantine"]}


def _games(operator: Operator, table: str, day: str) -> int:
    with duckdb.connect(str(operator.warehouse), read_only=True) as connection:
        sql = f"select count(distinct nba_game_id) from nba_raw.{table} where game_date = date '{day}'"
        return int(connection.execute(sql).fetchall()[0][0])


def test_a_truncated_payload_is_refused_by_name_and_the_other_games_are_written(
    spoilt: Operator, reports: dict[str, dict[str, Any]]
) -> None:
    assert TRUNCATED in _refused(reports, "raw.nbac_player_boxscores")["bad_file"]
    assert _games(spoilt, "nbac_player_boxscores", "2024-11-23") == 5
    rows = next(f for f in reports["raw.nbac_player_boxscores"]["findings"] if f["check"] == "row_count_vs_schedule")
    assert "1 game(s) without rows: 10 of 12 teams" in rows["examples"][0]


def test_an_empty_file_is_refused_by_name_and_the_other_games_are_written(
    spoilt: Operator, reports: dict[str, dict[str, Any]]
) -> None:
    assert "payloads/nba_play_by_play/2024-11-24/" in _refused(reports, "raw.nbac_play_by_play")["bad_file"]
    assert _games(spoilt, "nbac_play_by_play", "2024-11-24") == 4


def test_a_line_with_negative_minutes_is_refused_with_its_position_and_the_others_are_written(
    spoilt: Operator, reports: dict[str, dict[str, Any]]
) -> None:
    refused = "\n".join(_refused(reports, "raw.nbac_player_boxscores").values())
    assert NEGATIVE in refused
    assert "PT-05M00.00S" in refused
    assert _games(spoilt, "nbac_player_boxscores", "2024-11-25") == 7


def test_an_unknown_team_code_is_refused_and_the_other_crews_are_written(
    spoilt: Operator, reports: dict[str, dict[str, Any]]
) -> None:
    assert "QQQ" in _refused(reports, "raw.nbac_referee_game_assignments")["unknown_team"]
    assert _games(spoilt, "nbac_referee_game_assignments", "2024-11-26") == 3


def test_an_archive_without_a_required_column_is_refused_by_name_and_the_other_tables_are_written(
    spoilt: Operator, reports: dict[str, dict[str, Any]]
) -> None:
    refused = "\n".join(_refused(reports, "raw.nbac_shot_chart").values())
    assert "archive/nbac_shot_chart/2024-25.parquet" in refused
    assert "action_number" in refused
    assert _games(spoilt, "nbac_shot_chart", "2024-11-16") == 0
    assert _games(spoilt, "nbac_play_by_play", "2024-11-16") == 6
