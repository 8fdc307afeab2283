"""The schedule: identities, dates, finality, moved games."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nba_pipeline.landing import Landing
from nba_pipeline.raw import nbac_schedule
from nba_pipeline.raw.errors import MissingInputError, ScheduleError
from nba_pipeline.raw.nbac_schedule import LANDED, parse_season_schedule, transform
from nba_pipeline.schema import TableRows
from nba_pipeline_tests.raw.box_samples import dates
from nba_pipeline_tests.raw.landing_samples import land

TEAMS = {
    "PHI": 1610612755, "NYK": 1610612752, "BOS": 1610612738, "MIA": 1610612748, "LAL": 1610612747, "DEN": 1610612743,
    "EST": 0, "": 0,
}  # fmt: skip


def scheduled(
    number: int, day: str, away: str, home: str, scores: tuple[int, int] = (0, 0), *, kind: int = 2, **fields: object
) -> dict[str, object]:
    """A game of a season file with tip-off at 19:00 Eastern (EST: 00:00 UTC of the next day)."""
    ended = scores != (0, 0)
    next_day = (pd.Timestamp(day) + pd.Timedelta(days=1)).strftime("%Y-%m-%d")
    return {
        "gameId": f"00{kind}24{number:05d}",
        "gameCode": f"{day.replace('-', '')}/{away}{home}",
        "gameStatus": 3 if ended else 1,
        "gameStatusText": "Final" if ended else "7:00 pm ET",
        "gameDateEst": f"{day}T00:00:00Z",
        "gameDateTimeEst": f"{day}T19:00:00Z",
        "gameDateTimeUTC": f"{next_day}T00:00:00Z",
        "weekNumber": 13,
        "arenaName": "Arena",
        "arenaCity": "City",
        "arenaState": "",
        "postponedStatus": "N",
        "isNeutral": False,
        "gameLabel": "",
        "gameSubLabel": "",
        "gameSubtype": "",
        "broadcasters": {"nationalTvBroadcasters": []},
        "homeTeam": {"teamId": TEAMS[home], "teamTricode": home, "score": scores[1]},
        "awayTeam": {"teamId": TEAMS[away], "teamTricode": away, "score": scores[0]},
        **fields,
    }


def season_file(*games: dict[str, object]) -> dict[str, object]:
    """A season file of the given games and as many preseason games as it needs to be long enough."""
    filler = [scheduled(90000 + n, "2024-10-05", "EST", "PHI", kind=1) for n in range(100)]
    days = [{"gameDate": "", "games": filler}, {"gameDate": "", "games": list(games)}]
    return {"leagueSchedule": {"seasonYear": "2024-25", "gameDates": days}}


def put(root: Path, *games: dict[str, object], day: str = "2025-01-16", at: str = "20250116T093000Z") -> None:
    land(season_file(*games), "nba_schedule", day, "2024-25", at, root)


def build(root: Path, *days: str) -> TableRows:
    wanted = dates(*(days or ("2025-01-15",)))
    first, last = wanted[0].date(), wanted[-1].date()
    landed = Landing(str(root)).landed(LANDED.feeds, first, last, LANDED.archive, LANDED.archive_columns)
    return transform(landed, wanted)


def only(made: TableRows) -> pd.Series:
    assert len(made.rows) == 1, made.rejects.to_dict("records")
    return made.rows.iloc[0]


def test_a_final_game_has_identity_scores_and_winner(tmp_path: Path) -> None:
    tv = {"nationalTvBroadcasters": [{"broadcasterDisplay": "TNT/truTV"}, {"broadcasterDisplay": "ESPN"}]}
    put(tmp_path, scheduled(561, "2025-01-15", "NYK", "PHI", (125, 119), gameStatusText="Final/OT", broadcasters=tv))
    row = only(build(tmp_path))
    assert (row["game_id"], row["nba_game_id"]) == ("20250115_NYK_PHI", "0022400561")
    assert (row["season_year"], row["season_type"]) == (2024, "regular")
    assert row["tip_off_at"] == pd.Timestamp("2025-01-16T00:00:00Z")
    assert (row["away_score"], row["home_score"], row["winning_team_abbr"]) == (125, 119, "NYK")
    assert (row["overtime_periods"], row["is_final"], row["is_postponed"]) == (1, True, False)
    assert row["national_tv"] == "ESPN; TNT; truTV"
    assert pd.isna(row["arena_state"])


@pytest.mark.parametrize(("text", "overtimes"), [("Final", 0), ("Final/OT", 1), ("Final/OT2", 2), ("Final/OT4", 4)])
def test_overtimes_come_from_the_status_text(tmp_path: Path, text: str, overtimes: int) -> None:
    put(tmp_path, scheduled(561, "2025-01-15", "NYK", "PHI", (125, 119), gameStatusText=text))
    assert only(build(tmp_path))["overtime_periods"] == overtimes


def test_a_scheduled_game_has_no_score_instead_of_zero(tmp_path: Path) -> None:
    put(tmp_path, scheduled(561, "2025-01-15", "NYK", "PHI"))
    row = only(build(tmp_path))
    assert not row["is_final"]
    assert row[["home_score", "away_score", "winning_team_abbr", "overtime_periods"]].isna().all()


@pytest.mark.parametrize("fields", [{"postponedStatus": "Y"}, {"gameStatusText": "PPD"}])
def test_a_postponed_game_with_status_3_is_not_final(tmp_path: Path, fields: dict[str, object]) -> None:
    put(tmp_path, scheduled(561, "2025-01-15", "NYK", "PHI", gameStatus=3, **fields))
    row = only(build(tmp_path))
    assert (row["is_final"], row["is_postponed"]) == (False, True)


@pytest.mark.parametrize("status", ["A", "N", ""])
def test_other_postponement_marks_mean_nothing(tmp_path: Path, status: str) -> None:
    put(tmp_path, scheduled(561, "2025-01-15", "NYK", "PHI", postponedStatus=status))
    assert not only(build(tmp_path))["is_postponed"]


def test_an_undecided_tip_off_is_missing(tmp_path: Path) -> None:
    undecided = {"gameStatusText": "TBD", "gameDateTimeEst": "2025-01-15T00:00:00Z"}
    put(tmp_path, scheduled(561, "2025-01-15", "NYK", "PHI", gameDateTimeUTC="2025-01-15T05:00:00Z", **undecided))
    row = only(build(tmp_path))
    assert pd.isna(row["tip_off_at"])
    assert row["game_date"] == pd.Timestamp("2025-01-15")


def test_without_a_utc_instant_the_eastern_field_with_its_false_z_is_read(tmp_path: Path) -> None:
    put(tmp_path, scheduled(561, "2025-01-15", "NYK", "PHI", gameDateTimeUTC=None))
    row = only(build(tmp_path))
    assert row["tip_off_at"] == pd.Timestamp("2025-01-16T00:00:00Z")
    assert row["game_date"] == pd.Timestamp("2025-01-15")


def test_preseason_all_star_and_games_without_teams_are_excluded_and_counted(tmp_path: Path) -> None:
    put(
        tmp_path,
        scheduled(1, "2025-01-15", "EST", "EST", kind=3),
        scheduled(2, "2025-01-15", "", "", gameCode=""),
        scheduled(3, "2025-01-15", "NYK", "PHI"),
    )
    made = build(tmp_path, "2024-10-05", "2025-01-15")
    assert made.rows["nba_game_id"].tolist() == ["0022400003"]
    assert made.rejects.empty
    assert made.counts["not_counted_game"] == {date(2024, 10, 5): 100, date(2025, 1, 15): 1}
    assert made.counts["teams_unknown"] == {date(2025, 1, 15): 1}
    assert made.skip_reasons == {date(2024, 10, 5): "no_games"}


def test_the_cup_final_counts_and_playoff_ids_name_round_series_and_game(tmp_path: Path) -> None:
    put(
        tmp_path,
        scheduled(1, "2024-12-17", "BOS", "MIA", (90, 81), kind=6, weekNumber=0),
        scheduled(407, "2025-06-22", "NYK", "PHI", (91, 103), kind=4, gameDateTimeUTC="2025-06-23T00:00:00Z"),
        scheduled(9, "2024-11-12", "NYK", "PHI", gameSubtype="in-season"),
    )
    made = build(tmp_path, "2024-11-12", "2024-12-17", "2025-06-22")
    rows = made.rows.set_index("season_type")
    assert rows["is_cup_game"].to_dict() == {"regular": True, "cup_final": True, "playoffs": False}
    assert pd.isna(rows.loc["cup_final", "week_number"])
    assert rows.loc["playoffs", ["playoff_round", "playoff_series", "series_game"]].tolist() == [4, 0, 7]


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"gameId": "22400561x"}, "bad_value"),
        ({"gameId": "0072400561"}, "bad_value"),
        ({"gameId": "0022300561"}, "bad_value"),
        ({"homeTeam": {"teamId": 5, "teamTricode": "XXX", "score": 0}}, "unknown_team"),
        ({"gameCode": "20250115/PHINYK"}, "bad_value"),
        ({"gameStatus": "soon"}, "bad_type"),
        ({"gameStatus": None}, "missing_field"),
        ({"gameDateTimeUTC": "someday"}, "bad_value"),
    ],
)
def test_a_bad_game_is_quarantined_and_the_other_is_written(
    tmp_path: Path, fields: dict[str, object], rule: str
) -> None:
    good = scheduled(562, "2025-01-15", "BOS", "MIA")
    put(tmp_path, {**scheduled(561, "2025-01-15", "NYK", "PHI"), **fields}, good)
    made = build(tmp_path)
    assert only(made)["nba_game_id"] == "0022400562"
    assert made.rejects["rule"].tolist() == [rule]
    assert made.rejects["position"].tolist() == ["/leagueSchedule/gameDates/1/games/0"]


def test_a_final_score_no_game_ever_had_is_out_of_range(tmp_path: Path) -> None:
    put(tmp_path, scheduled(561, "2025-01-15", "NYK", "PHI", (12, 119)), scheduled(562, "2025-01-15", "BOS", "MIA"))
    assert build(tmp_path).rejects["rule"].tolist() == ["out_of_range"]


def test_a_second_game_of_a_team_on_a_date_fails_the_table(tmp_path: Path) -> None:
    put(tmp_path, scheduled(1, "2025-01-15", "NYK", "PHI"), scheduled(2, "2025-01-15", "NYK", "BOS"))
    with pytest.raises(ScheduleError, match="NYK has more than one game on 2025-01-15"):
        build(tmp_path)


def test_a_moved_game_leaves_its_old_date_and_keeps_it_as_original(tmp_path: Path) -> None:
    put(tmp_path, scheduled(561, "2025-01-15", "NYK", "PHI"), day="2025-01-10", at="20250110T093000Z")
    put(tmp_path, scheduled(561, "2025-02-20", "NYK", "PHI"))
    made = build(tmp_path, "2025-01-15", "2025-02-20")
    row = only(made)
    assert row["game_date"] == pd.Timestamp("2025-02-20")
    assert row["original_game_date"] == pd.Timestamp("2025-01-15")
    assert made.skip_reasons == {date(2025, 1, 15): "no_games"}


def test_a_game_that_never_moved_has_no_original_date(tmp_path: Path) -> None:
    put(tmp_path, scheduled(561, "2025-01-15", "NYK", "PHI"), day="2025-01-10", at="20250110T093000Z")
    put(tmp_path, scheduled(561, "2025-01-15", "NYK", "PHI", (125, 119)))
    row = only(build(tmp_path))
    assert row["is_final"]
    assert pd.isna(row["original_game_date"])


def test_home_and_away_exchanged_in_a_later_file_change_game_id_only(tmp_path: Path) -> None:
    put(tmp_path, scheduled(561, "2025-01-15", "NYK", "PHI"), day="2025-01-10", at="20250110T093000Z")
    put(tmp_path, scheduled(561, "2025-01-15", "PHI", "NYK"))
    row = only(build(tmp_path))
    assert (row["nba_game_id"], row["game_id"]) == ("0022400561", "20250115_PHI_NYK")


def test_a_broken_newer_season_file_is_quarantined_and_the_older_one_is_read(tmp_path: Path) -> None:
    put(tmp_path, scheduled(561, "2025-01-15", "NYK", "PHI"), day="2025-01-14", at="20250114T093000Z")
    land('{"leagueSchedule": {', "nba_schedule", "2025-01-15", "2024-25", "20250115T093000Z", tmp_path)
    made = build(tmp_path)
    assert len(made.rows) == 1
    assert made.rejects["rule"].tolist() == ["bad_file"]
    assert made.rejects["partition_date"].tolist() == [date(2025, 1, 15)]


def test_a_broken_season_file_fetched_outside_the_dates_is_quarantined_on_the_first_of_them(tmp_path: Path) -> None:
    put(tmp_path, scheduled(561, "2025-01-15", "NYK", "PHI"), day="2025-01-10", at="20250110T093000Z")
    land("{", "nba_schedule", "2025-02-01", "2024-25", "20250201T093000Z", tmp_path)
    made = build(tmp_path, "2025-01-15", "2025-01-16")
    assert len(made.rows) == 1
    assert made.rejects["rule"].tolist() == ["bad_file"]
    assert made.rejects["partition_date"].tolist() == [date(2025, 1, 15)]
    assert made.rejects["source_file"].tolist() == ["payloads/nba_schedule/2025-02-01/2024-25__20250201T093000Z.json"]


def test_a_broken_season_file_is_not_told_of_the_dates_of_other_seasons(tmp_path: Path) -> None:
    put(tmp_path, scheduled(561, "2025-01-15", "NYK", "PHI"), day="2025-01-10", at="20250110T093000Z")
    land("{", "nba_schedule", "2025-01-11", "2023-24", "20250111T093000Z", tmp_path)
    assert build(tmp_path).rejects.empty


def test_a_broken_archive_file_of_the_season_is_quarantined_beside_a_usable_season_file(tmp_path: Path) -> None:
    put(tmp_path, scheduled(561, "2025-01-15", "NYK", "PHI"), day="2025-02-01", at="20250201T093000Z")
    folder = tmp_path / "archive" / "nbac_schedule"
    folder.mkdir(parents=True)
    (folder / "2024-25.parquet").write_bytes(b"PAR1")
    made = build(tmp_path)
    assert made.rejects["source_file"].tolist() == ["archive/nbac_schedule/2024-25.parquet"]
    assert made.rejects["partition_date"].tolist() == [date(2025, 1, 15)]


def test_a_season_whose_only_file_is_broken_is_named_with_the_file(tmp_path: Path) -> None:
    put(tmp_path, scheduled(561, "2025-01-15", "NYK", "PHI"))
    land("{", "nba_schedule", "2025-10-20", "2025-26", "20251020T093000Z", tmp_path)
    message = (
        r"season\(s\) \[2025\].*payloads/nba_schedule/2025-10-20/2025-26__20251020T093000Z.json: not readable as JSON"
    )
    with pytest.raises(MissingInputError, match=message):
        build(tmp_path, "2025-01-15", "2025-11-01")


def test_a_file_with_few_games_is_no_season_file(tmp_path: Path) -> None:
    put(tmp_path, scheduled(561, "2025-01-15", "NYK", "PHI"), day="2025-01-14", at="20250114T093000Z")
    few = {"leagueSchedule": {"gameDates": [{"games": [scheduled(1, "2025-01-15", "BOS", "MIA")]}]}}
    land(few, "nba_schedule", "2025-01-15", "2024-25", "20250115T093000Z", tmp_path)
    made = build(tmp_path)
    assert only(made)["home_team_abbr"] == "PHI"
    assert made.rejects["rule"].tolist() == ["bad_file"]


def test_an_empty_landing_is_an_error_and_empties_nothing(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match="no schedule landed"):
        build(tmp_path)


def test_a_season_that_did_not_land_is_named(tmp_path: Path) -> None:
    put(tmp_path, scheduled(561, "2025-01-15", "NYK", "PHI"))
    with pytest.raises(MissingInputError, match=r"season\(s\) \[2025\], needed for 2025-11-01"):
        build(tmp_path, "2025-01-15", "2025-11-01")


def write_archive(root: Path, *games: tuple[str, str, str, int | None]) -> None:
    folder = root / "archive" / "nbac_schedule"
    folder.mkdir(parents=True, exist_ok=True)
    columns = {
        "nba_game_id": [game for game, *_ in games],
        "game_date": [date(2025, 1, 15)] * len(games),
        "game_status": pa.array([3 if score else 1 for *_, score in games], pa.int64()),
        "away_team_abbr": [away for _, away, _, _ in games],
        "home_team_abbr": [home for _, _, home, _ in games],
        "away_team_id": [TEAMS[away] for _, away, _, _ in games],
        "home_team_id": [TEAMS[home] for _, _, home, _ in games],
        "home_score": pa.array([score for *_, score in games], pa.int64()),
        "away_score": pa.array([score and score - 5 for *_, score in games], pa.int64()),
    }
    pq.write_table(pa.table(columns), folder / "2024-25.parquet")


def test_archive_rows_fill_games_the_payload_does_not_have(tmp_path: Path) -> None:
    put(tmp_path, scheduled(561, "2025-01-15", "NYK", "PHI", (125, 119)))
    write_archive(tmp_path, ("0022400561", "NYK", "PHI", 90), ("0022400562", "BOS", "MIA", 101))
    rows = build(tmp_path).rows
    assert rows["nba_game_id"].tolist() == ["0022400561", "0022400562"]
    assert rows["source_form"].tolist() == ["nba_schedule", "archive"]
    assert rows["home_score"].tolist() == [119, 101]


def test_an_archive_game_without_score_is_not_final(tmp_path: Path) -> None:
    write_archive(tmp_path, ("0022400561", "NYK", "PHI", None))
    row = only(build(tmp_path))
    assert (row["is_final"], row["is_cup_game"]) == (False, False)
    assert pd.isna(row["overtime_periods"])


def test_an_archive_file_without_a_required_column_is_named_in_the_error(tmp_path: Path) -> None:
    folder = tmp_path / "archive" / "nbac_schedule"
    folder.mkdir(parents=True)
    pq.write_table(pa.table({"game_date": [date(2025, 1, 15)], "nba_game_id": ["1"]}), folder / "2024-25.parquet")
    with pytest.raises(MissingInputError, match=r"archive/nbac_schedule/2024-25.parquet.*home_team_abbr"):
        build(tmp_path)


def test_the_whole_season_is_parsed_for_other_tables(tmp_path: Path) -> None:
    put(tmp_path, scheduled(1, "2024-10-22", "NYK", "PHI", (99, 98)), scheduled(2, "2025-04-13", "BOS", "MIA"))
    landing = Landing(str(tmp_path))
    landed = landing.landed(LANDED.feeds, date(2025, 1, 15), date(2025, 1, 15), LANDED.archive, LANDED.archive_columns)
    season = parse_season_schedule(landed)
    assert season["nba_game_id"].tolist() == ["0022400001", "0022400002"]
    assert tuple(season.columns) == nbac_schedule.TABLE.column_names
