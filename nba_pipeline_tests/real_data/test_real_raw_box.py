"""Schedule and box scores of real games: archive row counts and the numbers of the sample payloads."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from nba_pipeline.landing import Landing
from nba_pipeline.raw import nbac_player_boxscores, nbac_schedule, nbac_team_boxscore
from nba_pipeline.raw.errors import MissingInputError
from nba_pipeline.raw.season_schedule import build_season_schedule
from nba_pipeline.schema import TableRows
from nba_pipeline_tests.raw.box_samples import dates, game, schedule
from nba_pipeline_tests.raw.landing_samples import land

FIRST, LAST = date(2021, 10, 19), date(2024, 6, 30)
LIVE, TRADITIONAL, GAMELOG = "nba_boxscore_live", "nba_boxscore_traditional", "nba_leaguegamelog"


@cache
def archived_schedule(root: Path) -> pd.DataFrame:
    spec = nbac_schedule.LANDED
    landed = Landing(str(root)).landed(spec.feeds, FIRST, LAST, spec.archive, spec.archive_columns)
    return nbac_schedule.parse_season_schedule(landed)


@cache
def archived_players(root: Path) -> TableRows:
    columns = nbac_player_boxscores.ARCHIVE_COLUMNS
    landed = Landing(str(root)).landed((LIVE,), FIRST, LAST, "nbac_player_boxscores", columns)
    return nbac_player_boxscores.transform(landed, archived_schedule(root), every_day())


@cache
def archived_teams(root: Path) -> TableRows:
    columns = nbac_team_boxscore.ARCHIVE_COLUMNS
    landed = Landing(str(root)).landed((LIVE,), FIRST, LAST, "nbac_team_boxscores", columns)
    return nbac_team_boxscore.transform(landed, archived_schedule(root), every_day())


def every_day() -> pd.DatetimeIndex:
    return pd.date_range(FIRST, LAST, unit="us")


@pytest.fixture(scope="module")
def season_2024(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame]:
    """A landing root with the real season file of 2024-25 and the box scores of it, and its schedule."""
    root = tmp_path_factory.mktemp("landing")
    samples = shared_data / "payloads" / "nbacom"
    land(samples / "schedule_api/raw_80cb1fd6.json", "nba_schedule", "2025-08-27", "2024-25", "20250827T131327Z", root)
    box = samples / "team_boxscore/raw_12f99055.json"
    land(box, TRADITIONAL, "2025-01-15", "0022400561", "20250116T093000Z", root)
    log = samples / "player_boxscore/raw_2ad17718.json"
    land(log, GAMELOG, "2025-03-15", "regular-season", "20250316T093000Z", root)
    spec = nbac_schedule.LANDED
    landed = Landing(str(root)).landed(spec.feeds, date(2025, 1, 15), date(2025, 1, 15), spec.archive, ())
    built = build_season_schedule(nbac_schedule.TABLE, landed)
    assert built.rejects.empty
    assert {name: sum(days.values()) for name, days in built.counts.items()} == {"not_counted_game": 79}
    return root, built.games


def players(root: Path, season: pd.DataFrame, day: str) -> TableRows:
    wanted = dates(day)
    landed = Landing(str(root)).landed((LIVE, TRADITIONAL, GAMELOG), wanted[0].date(), wanted[0].date())
    return nbac_player_boxscores.transform(landed, season, wanted)


def teams(root: Path, season: pd.DataFrame, day: str) -> TableRows:
    wanted = dates(day)
    landed = Landing(str(root)).landed((LIVE, TRADITIONAL), wanted[0].date(), wanted[0].date())
    return nbac_team_boxscore.transform(landed, season, wanted)


def test_archive_schedule_has_the_counted_games(shared_data: Path) -> None:
    season = archived_schedule(shared_data)
    assert season["season_year"].value_counts().to_dict() == {2021: 1323, 2022: 1320, 2023: 1319}
    assert season.groupby("season_year")["game_date"].nunique().to_dict() == {2021: 213, 2022: 212, 2023: 208}
    assert season["is_final"].all()
    assert (season["season_type"] == "regular").sum() == 3 * 1230
    wall = season["tip_off_at"].dropna().dt.tz_convert("America/New_York")
    minutes = wall.dt.hour * 60 + wall.dt.minute
    assert minutes.between(12 * 60, 22 * 60 + 30).all()


def test_archive_player_box_has_one_row_per_listed_player(shared_data: Path) -> None:
    made = archived_players(shared_data)
    assert made.rows["season_year"].value_counts().to_dict() == {2021: 44723, 2022: 43647, 2023: 46086}
    assert made.rejects.empty
    assert sum(made.counts["double_listed"].values()) == 6
    assert "home_away_disagrees" not in made.counts
    assert not made.rows.duplicated(["game_date", "player_lookup"]).any()
    lined = made.rows[~made.rows["is_dnp"]]
    assert len(lined) == 28050 + 27740 + 28232
    assert (lined["seconds_played"] == 0).sum() == 343
    starters = made.rows.groupby(["nba_game_id", "team_abbr"])["is_starter"].sum()
    assert (starters == 5).all()


def test_archive_team_box_has_two_rows_per_game(shared_data: Path) -> None:
    made = archived_teams(shared_data)
    assert len(made.rows) == 7924
    assert made.rejects.empty
    assert (made.rows.groupby("nba_game_id").size() == 2).all()
    assert sum(made.counts["plus_minus_not_whole"].values()) == 18


def test_player_sums_of_the_archive_are_the_team_rows(shared_data: Path) -> None:
    key = ["game_date", "team_abbr"]
    statistics = ["points", "field_goals_made", "three_pointers_attempted", "assists", "total_rebounds", "turnovers"]
    sums = archived_players(shared_data).rows.groupby(key)[statistics].sum()
    stated = archived_teams(shared_data).rows.set_index(key)[statistics].loc[sums.index]
    assert (sums.to_numpy() == stated.to_numpy()).all()


def test_season_file_2024_25_gives_the_known_counts(season_2024: tuple[Path, pd.DataFrame]) -> None:
    _, season = season_2024
    kinds = {"regular": 1230, "playoffs": 84, "play_in": 6, "cup_final": 1}
    assert season["season_type"].value_counts().to_dict() == kinds
    assert season["game_date"].nunique() == 214
    overtime = season[season["overtime_periods"] > 0]
    assert overtime["season_type"].value_counts().to_dict() == {"regular": 60, "playoffs": 5, "play_in": 1}
    assert (season["overtime_periods"] == 2).sum() == 4
    regular = season[season["season_type"] == "regular"]
    per_team = pd.concat([regular["home_team_abbr"], regular["away_team_abbr"]]).value_counts()
    assert (per_team == 82).all()
    game_561 = season[season["nba_game_id"] == "0022400561"].iloc[0]
    assert (game_561["game_id"], game_561["national_tv"]) == ("20250115_NYK_PHI", "ESPN")
    assert (game_561["away_score"], game_561["home_score"]) == (125, 119)


def test_traditional_box_of_an_overtime_game(season_2024: tuple[Path, pd.DataFrame]) -> None:
    root, season = season_2024
    listed = players(root, season, "2025-01-15")
    assert len(listed.rows) == 25
    assert (listed.rows["seconds_played"] > 0).sum() == 17
    hart = listed.rows.set_index("player_lookup").loc["joshhart"]
    assert (hart["seconds_played"], hart["points"], hart["total_rebounds"], hart["plus_minus"]) == (2965, 10, 17, 10)
    rows = teams(root, season, "2025-01-15").rows.set_index("team_abbr")
    columns = ["field_goals_made", "field_goals_attempted", "three_pointers_made", "three_pointers_attempted",
               "free_throws_made", "free_throws_attempted", "offensive_rebounds", "defensive_rebounds", "assists",
               "steals", "blocks", "turnovers", "personal_fouls", "points", "overtime_periods"]  # fmt: skip
    assert rows.loc["NYK", columns].tolist() == [46, 86, 16, 37, 17, 24, 15, 30, 28, 10, 3, 13, 14, 125, 1]
    assert rows.loc["PHI", columns].tolist() == [46, 92, 13, 35, 14, 14, 11, 24, 27, 8, 2, 12, 19, 119, 1]


def test_game_log_of_a_day_adds_up_to_the_schedule(season_2024: tuple[Path, pd.DataFrame]) -> None:
    root, season = season_2024
    made = players(root, season, "2025-03-15")
    assert (len(made.rows), made.rows["nba_game_id"].nunique()) == (157, 8)
    day = season[season["game_date"] == "2025-03-15"]
    scores = pd.concat([day.set_index(f"{side}_team_abbr")[f"{side}_score"] for side in ("home", "away")]).sort_index()
    points = made.rows.groupby("team_abbr")["points"].sum()
    assert points.to_dict() == {team: scores[team] for team in points.index}
    accented = made.rows["player_name"].map(lambda name: not name.isascii())
    assert accented.sum() == 6


@pytest.mark.parametrize("moment", ["02_box_NoSubs", "04_box_MidSub", "07_box_Complete"])
def test_live_box_is_accepted_whatever_its_status_text(shared_data: Path, tmp_path: Path, moment: str) -> None:
    sample = shared_data / "payloads" / "nbacom" / "live_boxscore" / f"raw_0022500775-{moment}.json"
    land(sample, LIVE, "2026-02-11", "0022500775", "20260212T030000Z", tmp_path)
    scores = {"home_score": 110, "away_score": 107, "season_year": 2025}
    season = schedule(game(1, "ATL", "CHA", "2026-02-11", **scores, nba_game_id="0022500775"))
    made = players(tmp_path, season, "2026-02-11")
    assert made.rejects.empty
    by_team = made.rows.groupby("team_abbr")
    assert by_team.size().to_dict() == {"ATL": 18, "CHA": 18}
    assert by_team["is_starter"].sum().to_dict() == {"ATL": 5, "CHA": 5}
    assert made.rows[made.rows["seconds_played"] > 0].groupby("team_abbr").size().to_dict() == {"ATL": 10, "CHA": 11}
    seconds = 60 * by_team["minutes"].sum()
    assert seconds.to_dict() == pytest.approx({"ATL": 14400, "CHA": 14400})
    charlotte = teams(tmp_path, season, "2026-02-11").rows.set_index("team_abbr").loc["CHA"]
    assert (charlotte["turnovers"], charlotte["turnovers_total"], charlotte["total_rebounds"]) == (15, 16, 50)


def test_a_live_box_with_another_score_than_the_schedule_is_not_used(shared_data: Path, tmp_path: Path) -> None:
    sample = shared_data / "payloads" / "nbacom" / "live_boxscore" / "raw_0022500775-07_box_Complete.json"
    land(sample, LIVE, "2026-02-11", "0022500775", "20260212T030000Z", tmp_path)
    other = {"home_score": 111, "away_score": 107, "season_year": 2025, "nba_game_id": "0022500775"}
    season = schedule(game(1, "ATL", "CHA", "2026-02-11", **other))
    with pytest.raises(MissingInputError, match="no usable input for 2026-02-11"):
        players(tmp_path, season, "2026-02-11")


def test_traditional_box_of_an_archived_game_agrees_with_the_archive(shared_data: Path, tmp_path: Path) -> None:
    sample = shared_data / "payloads" / "nbacom" / "team_boxscore" / "raw_0022100732.json"
    land(sample, TRADITIONAL, "2022-01-26", "0022100732", "20220127T093000Z", tmp_path)
    season = archived_schedule(shared_data)
    mine = teams(tmp_path, season, "2022-01-26").rows.set_index("team_abbr")
    archived = archived_teams(shared_data).rows
    theirs = archived[archived["nba_game_id"] == "0022100732"].set_index("team_abbr").loc[mine.index]
    for name in ("points", "field_goals_attempted", "turnovers", "total_rebounds", "personal_fouls"):
        assert mine[name].to_dict() == theirs[name].to_dict()


def test_an_early_season_file_has_games_without_teams(shared_data: Path, tmp_path: Path) -> None:
    sample = shared_data / "payloads" / "nbacom" / "schedule_api" / "raw_2023-24_asof_2023-09-16.json"
    land(sample, "nba_schedule", "2023-09-16", "2023-24", "20230916T120000Z", tmp_path)
    spec = nbac_schedule.LANDED
    landed = Landing(str(tmp_path)).landed(spec.feeds, date(2023, 12, 4), date(2023, 12, 9), spec.archive, ())
    built = build_season_schedule(nbac_schedule.TABLE, landed)
    assert sum(built.counts["teams_unknown"].values()) == 7
    assert not built.games["is_final"].any()
    assert built.games["home_score"].isna().all()
    assert built.rejects.empty
