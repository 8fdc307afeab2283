"""Events, shots, officials and odds of real games: the oracles of the samples and the facts of the archive."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from nba_pipeline.landing import Landing
from nba_pipeline.landing.grammar import parse_path
from nba_pipeline.raw import (
    nbac_play_by_play,
    nbac_referee_game_assignments,
    nbac_schedule,
    nbac_shot_chart,
    odds_api_game_lines,
    odds_api_player_points_props,
)
from nba_pipeline.raw.errors import UnusableFile
from nba_pipeline.raw.forms import records_frame
from nba_pipeline.raw.odds_payloads import AWAY_TEAM, EVENT_DATE, HOME_TEAM, place_quotes, read_events
from nba_pipeline.raw.play_by_play_events import as_arrow, event_subtype, text_distance_feet
from nba_pipeline.raw.play_by_play_forms import read_payload
from nba_pipeline.raw.resolve import resolve_games
from nba_pipeline.schema import TableRows
from nba_pipeline_tests.raw.event_samples import rules, total
from nba_pipeline_tests.raw.landing_samples import land

SEASONS = ("2021-10-19", "2024-06-17")
LAST_SEASON = ("2023-10-24", "2024-06-17")
SEASON_2024 = ("2024-10-22", "2025-06-22")
PAINT_MAX_FEET = 8
BOX_COLUMNS = ("FGM", "FGA", "FG3M", "FTM", "AST", "STL", "BLK", "TO")
FALLING_SCORES = {"0022300474": 1, "0022300786": 1, "0022301177": 3}
"""Events below the score of the one before, by game: clocks that are a second off where they were typed in."""


@cache
def archive_schedule(root: Path) -> pd.DataFrame:
    return season_schedule(root, SEASONS)


@cache
def archive_events(root: Path) -> TableRows:
    return run(nbac_play_by_play, root, archive_schedule(root), LAST_SEASON)


@cache
def archive_shots(root: Path) -> TableRows:
    return run(nbac_shot_chart, root, archive_schedule(root), SEASONS)


@pytest.fixture(scope="module")
def schedule_2024(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    root = tmp_path_factory.mktemp("season")
    file = shared_data / "payloads/nbacom/schedule_api/raw_80cb1fd6.json"
    land(file, "nba_schedule", "2025-08-27", "2024-25", "20250827T131327Z", root)
    return season_schedule(root, SEASON_2024)


def season_schedule(root: Path, window: tuple[str, str]) -> pd.DataFrame:
    spec = nbac_schedule.LANDED
    first, last = (pd.Timestamp(day).date() for day in window)
    landed = Landing(str(root)).landed(spec.feeds, first, last, spec.archive, spec.archive_columns)
    return nbac_schedule.parse_season_schedule(landed)


def run(module: ModuleType, root: Path, season: pd.DataFrame, window: tuple[str, str]) -> TableRows:
    first, last = (pd.Timestamp(day).date() for day in window)
    landed = Landing(str(root)).landed((module.FEED,), first, last, module.ARCHIVE, module.ARCHIVE_COLUMNS)
    return module.transform(landed, season, pd.date_range(first, last, unit="us"))


def game_events(data: Path, sample: str, game: str, day: str, season: pd.DataFrame, root: Path) -> pd.DataFrame:
    file = data / "payloads/nbacom/play_by_play" / sample
    land(file, nbac_play_by_play.FEED, day, game, "20250131T093000Z", root)
    made = run(nbac_play_by_play, root, season, (day, day))
    assert made.rejects.empty
    assert not made.warnings
    return made.rows


def attempts_and_makes(shots: pd.DataFrame) -> dict[str, tuple[int, int]]:
    by_team = shots.groupby("team_abbr")["is_made"].agg(["size", "sum"])
    return {team: (int(size), int(made)) for team, size, made in by_team.itertuples()}


def threes_and_paint(events: pd.DataFrame) -> tuple[dict[str, tuple[int, int]], dict[str, tuple[int, int]]]:
    shots = events[events["is_field_goal"]]
    twos = shots[(shots["shot_value"] == 2) & (shots["shot_distance_whole_ft"] <= PAINT_MAX_FEET)]
    return attempts_and_makes(shots[shots["shot_value"] == 3]), attempts_and_makes(twos)


# payload samples


def test_overtime_game_has_its_events_and_zones(shared_data: Path, schedule_2024: pd.DataFrame, tmp_path: Path) -> None:
    game = ("raw_416e8d5c.json", "0022400561", "2025-01-15")
    events = game_events(shared_data, *game, schedule_2024, tmp_path)
    assert (len(events), int(events["is_field_goal"].sum())) == (506, 178)
    threes, paint = threes_and_paint(events)
    assert threes == {"NYK": (37, 16), "PHI": (35, 13)}
    assert paint == {"NYK": (32, 24), "PHI": (43, 26)}
    last = events.sort_values("event_order").iloc[-1]
    assert (last["score_away"], last["score_home"], last["elapsed_seconds"]) == (125, 119, 4 * 720 + 300)


def test_player_totals_of_the_events_equal_the_box(
    shared_data: Path, schedule_2024: pd.DataFrame, tmp_path: Path
) -> None:
    game = ("raw_416e8d5c.json", "0022400561", "2025-01-15")
    events = game_events(shared_data, *game, schedule_2024, tmp_path)
    body = json.loads((shared_data / "payloads/nbacom/team_boxscore/raw_12f99055.json").read_text())
    table = next(one for one in body["resultSets"] if one["name"] == "PlayerStats")
    box = pd.DataFrame(table["rowSet"], columns=table["headers"]).dropna(subset="MIN").set_index("PLAYER_ID")
    shots = events[events["is_field_goal"]]
    made = shots[shots["is_made"]]
    throws = events[(events["event_type"] == "freethrow") & events["is_made"]]
    counted = {
        "FGM": made["nba_player_id"],
        "FGA": shots["nba_player_id"],
        "FG3M": made.loc[made["shot_value"] == 3, "nba_player_id"],
        "FTM": throws["nba_player_id"],
        "AST": made["assist_player_id"],
        "STL": events.loc[events["event_type"] == "turnover", "steal_player_id"],
        "BLK": shots["block_player_id"],
        "TO": events.loc[events["event_type"] == "turnover", "nba_player_id"],
    }
    totals = pd.DataFrame({name: ids.value_counts() for name, ids in counted.items()}).reindex(box.index).fillna(0)
    assert (totals[list(BOX_COLUMNS)] == box[list(BOX_COLUMNS)]).all(axis=None)


def test_second_game_has_its_events_zones_and_single_free_throws(
    shared_data: Path, schedule_2024: pd.DataFrame, tmp_path: Path
) -> None:
    game = ("raw_14ecf360.json", "0022400500", "2025-01-06")
    events = game_events(shared_data, *game, schedule_2024, tmp_path)
    assert len(events) == 571
    threes, paint = threes_and_paint(events)
    assert threes == {"LAC": (35, 12), "MIN": (39, 16)}
    assert paint == {"LAC": (35, 20), "MIN": (44, 23)}
    single = events[(events["event_type"] == "freethrow") & (events["event_subtype"] == "1 of 1")]
    assert (len(single), int((single["descriptor"] == "technical").sum())) == (11, 2)


def test_archive_rules_reproduce_the_payloads_subtypes_and_distances(
    shared_data: Path, schedule_2024: pd.DataFrame, tmp_path: Path
) -> None:
    """The text of every shot, read by the archive's rules, says what the payload states in fields of its own."""
    for sample, game, day in (
        ("raw_416e8d5c.json", "0022400561", "2025-01-15"),
        ("raw_14ecf360.json", "0022400500", "2025-01-06"),
    ):
        events = game_events(shared_data, sample, game, day, schedule_2024, tmp_path)
        shots = events[events["is_field_goal"]]
        text = as_arrow(shots["description"])
        assert event_subtype(as_arrow(shots["event_type"]), text).to_pylist() == shots["event_subtype"].tolist()
        feet = text_distance_feet(as_arrow(shots["is_field_goal"]), text).to_pandas()
        stated = shots["shot_distance_whole_ft"].reset_index(drop=True)
        assert (stated[feet.notna()] == feet.dropna()).all()


def test_only_the_last_capture_of_a_live_game_is_usable(shared_data: Path) -> None:
    files = sorted((shared_data / "payloads/nbacom/live_play_by_play").glob("*.json"))
    last = [file for file in files if file.stem.endswith("_GameEnd")]
    assert (len(files), len(last)) == (18, 3)
    assert len(read_capture(last[0])) == 603
    for file in set(files) - set(last):
        with pytest.raises(UnusableFile, match="in progress"):
            read_capture(file)


def read_capture(file: Path) -> list[dict[str, object]]:
    landed = parse_path(f"payloads/nba_play_by_play/2026-02-11/{file.name[4:14]}__20260212T050000Z.json")
    return read_payload(file.read_bytes(), landed)


def test_two_shot_charts_of_a_game_hold_the_attempts_of_both_teams(shared_data: Path, tmp_path: Path) -> None:
    for side in ("home", "away"):
        file = shared_data / f"payloads/nbacom/shot_chart/raw_0022100732_{side}.json"
        land(file, nbac_shot_chart.FEED, "2022-01-26", f"0022100732-{side}", "20220127T140000Z", tmp_path)
    window = ("2022-01-26", "2022-01-26")
    made = run(nbac_shot_chart, tmp_path, archive_schedule(shared_data), window)
    assert made.rejects.empty
    assert attempts_and_makes(made.rows) == {"POR": (82, 42), "DAL": (88, 48)}
    first = made.rows[made.rows["action_number"] == 15].iloc[0]
    shown = [
        "period",
        "clock_seconds",
        "shot_value",
        "is_made",
        "shot_x_ft",
        "shot_y_ft",
        "shot_distance_ft",
        "zone_area",
    ]
    assert first[shown].tolist() == [1, 645.0, 3, False, -16.7, 25.9, 30.0, "Left Side Center"]
    archived = archive_shots(shared_data).rows.query("nba_game_id == '0022100732'")
    same = ["action_number", "team_abbr", "nba_player_id", "period", "shot_value", "is_made"]
    pd.testing.assert_frame_equal(
        made.rows[same].sort_values("action_number", ignore_index=True),
        archived[same].sort_values("action_number", ignore_index=True),
    )


def test_officials_of_a_day(shared_data: Path, schedule_2024: pd.DataFrame, tmp_path: Path) -> None:
    file = shared_data / "payloads/nbacom/referee_assignments/raw_718e62b3.json"
    land(file, nbac_referee_game_assignments.FEED, "2025-01-08", "all", "20250108T150000Z", tmp_path)
    made = run(nbac_referee_game_assignments, tmp_path, schedule_2024, ("2025-01-08", "2025-01-08"))
    assert (len(made.rows), made.rows["nba_game_id"].nunique(), rules(made)) == (24, 8, [])
    crew = made.rows[made.rows["game_id"] == "20250108_OKC_CLE"].sort_values("official_position")
    chief = crew.iloc[0][["official_position", "official_code", "official_name", "official_jersey_number"]]
    assert chief.tolist() == [1, 101284, "John Goble", "10"]


def test_lines_taken_in_play_keep_their_instant(shared_data: Path, tmp_path: Path) -> None:
    for unit, sample in (("cd0bc7-lines", "raw_b722994c"), ("cd0bc7-h2h", "raw_9221b91f")):
        file = shared_data / f"payloads/oddsapi/game_lines_history/{sample}.json"
        land(file, odds_api_game_lines.FEED, "2024-01-24", unit, "20240125T040000Z", tmp_path)
    season = archive_schedule(shared_data)
    made = run(odds_api_game_lines, tmp_path, season, ("2024-01-24", "2024-01-24"))
    rows = made.rows
    assert made.rejects.empty
    assert rows["market_key"].value_counts().to_dict() == {"spreads": 4, "totals": 4, "h2h": 4}
    assert rows["game_id"].unique().tolist() == ["20240124_ATL_GSW"]
    tip_off = season.set_index("game_id").loc["20240124_ATL_GSW", "tip_off_at"]
    after = (rows["snapshot_at"] - tip_off).unique()
    assert after.tolist() == [pd.Timedelta(minutes=55, seconds=40)]
    book = rows[rows["bookmaker"] == "draftkings"].set_index(["market_key", "outcome_name"])
    quoted = {key: tuple(book.loc[key, ["outcome_point", "price_decimal", "price_american"]]) for key in book.index}
    assert quoted["spreads", "away"] == (6.5, 1.91, -110)
    assert quoted["spreads", "home"] == (-6.5, 1.83, -120)
    assert quoted["totals", "over"] == (248.5, 1.87, -115)
    assert [quoted["h2h", side][1:] for side in ("away", "home")] == [(3.3, 230), (1.32, -312)]


def test_listed_events_resolve_by_eastern_date(shared_data: Path, schedule_2024: pd.DataFrame) -> None:
    file = parse_path("payloads/odds_events/2025-03-09/all__20250309T235600Z.json")
    payload = (shared_data / "payloads/oddsapi/events_history/raw_aaf97612.json").read_bytes()
    placed = place_quotes(records_frame([(file, read_events(payload, file))]), schedule_2024)
    found = resolve_games(placed, schedule_2024, date=EVENT_DATE, team=HOME_TEAM, opponent=AWAY_TEAM)
    assert (found["outcome"] == "resolved").all()
    assert found["nba_game_id"].nunique() == 16
    assert found["game_date"].dt.strftime("%m-%d").value_counts().to_dict() == {"03-10": 10, "03-09": 6}


def test_props_file_with_game_lines_holds_no_points_line(shared_data: Path, tmp_path: Path) -> None:
    file = shared_data / "payloads/oddsapi/player_props_history/raw_815b3ee3.json"
    land(file, odds_api_player_points_props.FEED, "2024-01-24", "cd0bc7-points", "20240125T040000Z", tmp_path)
    season = archive_schedule(shared_data)
    made = run(odds_api_player_points_props, tmp_path, season, ("2024-01-24", "2024-01-24"))
    assert made.rows.empty
    assert made.rejects.empty
    assert total(made, "other_market") == 8


# archive


def test_archive_events_are_complete_and_in_order(shared_data: Path) -> None:
    made = archive_events(shared_data)
    assert made.rejects.empty
    assert len(made.rows) == 701_883
    assert made.rows["nba_game_id"].nunique() == 1_312
    rows = made.rows.sort_values(["nba_game_id", "event_order"], ignore_index=True)
    by_game = rows.groupby("nba_game_id")
    assert (rows["event_order"] == by_game.cumcount() + 1).all()
    score = rows["score_home"] + rows["score_away"]
    falls = rows.loc[(score.groupby(rows["nba_game_id"]).diff() < 0), "nba_game_id"]
    assert falls.value_counts().to_dict() == FALLING_SCORES
    last = by_game.tail(1).merge(archive_schedule(shared_data), on="nba_game_id", validate="one_to_one")
    assert (last["score_home"] == last["home_score"]).all()
    assert (last["score_away"] == last["away_score"]).all()


def test_archive_line_ups_are_ten_ids_in_ascending_order(shared_data: Path) -> None:
    line_ups = pd.Series(archive_events(shared_data).rows["on_court_player_ids"].unique()).dropna()
    ids = np.array([[int(part) for part in text.split("|")] for text in line_ups])
    assert ids.shape[1] == 10
    assert (np.diff(ids, axis=1) > 0).all()
    assert archive_events(shared_data).rows["on_court_player_ids"].notna().sum() == 597_520


def test_archive_shots_are_the_field_goals_of_the_events(shared_data: Path) -> None:
    key = ["nba_game_id", "action_number"]
    events = archive_events(shared_data).rows
    shots = archive_shots(shared_data).rows
    shots = shots[shots["season_year"] == 2023]
    both = events[events["is_field_goal"]].merge(shots, on=key, how="outer", suffixes=("", "_shot"), indicator=True)
    assert both["_merge"].value_counts().to_dict() == {"both": 232_533, "left_only": 0, "right_only": 0}
    for name in ("team_abbr", "nba_player_id", "shot_value", "is_made", "period", "clock_seconds"):
        assert (both[name] == both[f"{name}_shot"]).all(), name


def test_archive_shots_have_coordinates_for_most_of_the_regular_season(shared_data: Path) -> None:
    made = archive_shots(shared_data)
    assert made.rejects.empty
    assert len(made.rows) == 695_690
    assert made.rows["shot_x_ft"].isna().sum() == 157_470


def test_archive_refuses_the_two_assignments_of_nights_without_a_game(shared_data: Path) -> None:
    made = run(nbac_referee_game_assignments, shared_data, archive_schedule(shared_data), SEASONS)
    assert rules(made) == ["no_game_on_date", "no_game_on_date"]
    assert [re.findall(r'"nba_game_id": "(\d+)"', text)[0] for text in made.rejects["row_text"]] == [
        "0042100166",
        "0022200769",
    ]
    crews = made.rows.groupby("nba_game_id").size()
    assert len(crews) == 1323 + 1320 + 1319
    assert set(crews) == {2, 3, 4}
    assert (crews == 2).sum() == 8  # seven crews without a third official, one without a second


def test_archive_lines_keep_one_of_two_events_and_no_price_between_the_hundreds(shared_data: Path) -> None:
    made = run(odds_api_game_lines, shared_data, archive_schedule(shared_data), SEASONS)
    assert rules(made) == ["duplicate_key"] * 26
    rows = made.rows
    assert rows["snapshot_source"].unique().tolist() == ["assumed_close"]
    assert rows["price_american"].abs().min() == 100
    assert total(made, "unpostable_prices") == 285
    home = rows[(rows["market_key"] == "spreads") & (rows["outcome_name"] == "home")]
    assert len(home) == 6_343 - 26 - int(_lines_without_spread(shared_data))
    assert (home["outcome_point"].abs() > 25).sum() == 5
    assert 0.6 < (home["outcome_point"] < 0).mean() < 0.7


def _lines_without_spread(root: Path) -> int:
    files = (root / "archive/odds_api_game_lines").glob("*.parquet")
    return sum(int(pd.read_parquet(file, columns=["spread_home"])["spread_home"].isna().sum()) for file in files)


def test_empty_season_files_of_points_lines_give_no_rows(shared_data: Path) -> None:
    season = archive_schedule(shared_data)
    made = run(odds_api_player_points_props, shared_data, season, ("2024-01-15", "2024-01-15"))
    assert made.rows.empty
    assert list(made.skip_reasons.values()) == ["source_has_no_rows"]
