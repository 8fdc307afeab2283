"""The written landing zone: grammar, determinism, and files that agree with each other."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import fsspec
import pandas as pd
import pytest

from nba_pipeline.basketball.teams import TEAMS
from nba_pipeline.landing.grammar import GZIPPED_ABOVE_BYTES
from nba_pipeline.sample import SampleSummary, write_sample
from nba_pipeline.sample.__main__ import main
from nba_pipeline.sample.writer import SampleError

PAYLOAD = re.compile(r"payloads/[a-z_]+/\d{4}-\d\d-\d\d/[A-Za-z0-9._-]+__\d{8}T\d{6}Z\.json(\.gz)?")
ARCHIVE = re.compile(r"archive/[a-z_]+/2024-25\.parquet")
SMALL = 16


def digests(root: Path) -> dict[str, str]:
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def content(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


@cache
def newest(root: Path, feed: str) -> dict[str, Any]:
    """unit -> document of its newest file."""
    return {path.name.split("__")[0]: json.loads(content(path)) for path in sorted(root.glob(f"payloads/{feed}/*/*"))}


@cache
def archive(root: Path, folder: str) -> pd.DataFrame:
    return pd.read_parquet(root / "archive" / folder / "2024-25.parquet")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SampleSummary:
    return write_sample(str(tmp_path_factory.mktemp("small")), seed=3, game_dates=SMALL)


def test_same_seed_gives_the_same_bytes(tmp_path: Path, small: SampleSummary) -> None:
    write_sample(str(tmp_path), seed=3, game_dates=SMALL)
    assert digests(tmp_path) == digests(Path(small.root))


def test_writing_again_changes_nothing(small: SampleSummary) -> None:
    before = digests(Path(small.root))
    assert write_sample(small.root, seed=3, game_dates=SMALL) == small
    assert digests(Path(small.root)) == before


def test_another_seed_is_refused_in_a_written_root(small: SampleSummary) -> None:
    before = digests(Path(small.root))
    with pytest.raises(SampleError, match="choose an empty landing root"):
        write_sample(small.root, seed=4, game_dates=SMALL)
    assert digests(Path(small.root)) == before


def test_sample_can_be_written_to_any_file_system() -> None:
    summary = write_sample("memory://simulated-landing", game_dates=SMALL)
    stored = fsspec.filesystem("memory").find("/simulated-landing")
    assert len(stored) == summary.files


def test_command_writes_and_says_that_it_is_simulated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(tmp_path), "--game-dates", str(SMALL)])
    assert "no real players, no real results" in capsys.readouterr().out
    assert "simulated" in (tmp_path / "SIMULATED.txt").read_text()


def test_every_file_name_follows_the_grammar(root: Path) -> None:
    names = [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]
    odd = [name for name in names if not PAYLOAD.fullmatch(name) and not ARCHIVE.fullmatch(name)]
    assert odd == ["SIMULATED.txt"]


def test_exactly_the_large_payloads_are_gzipped(root: Path) -> None:
    for path in root.glob("payloads/*/*/*"):
        assert (len(content(path)) > GZIPPED_ABOVE_BYTES) == path.name.endswith(".gz")


def test_sample_stays_small(root: Path, summary: SampleSummary) -> None:
    files = [path for path in root.rglob("*") if path.is_file()]
    assert (len(files), sum(path.stat().st_size for path in files)) == (summary.files, summary.bytes)
    assert summary.bytes < 12e6
    assert str(summary.final_games) in summary.describe()


def test_archive_and_payloads_share_the_games_and_overlap_on_one_date(root: Path, summary: SampleSummary) -> None:
    archived = set(archive(root, "nbac_team_boxscores")["nba_game_id"])
    live = set(newest(root, "nba_boxscore_live"))
    assert len(archived | live) == summary.final_games
    dates = archive(root, "nbac_team_boxscores").set_index("nba_game_id")["game_date"]
    assert dates[sorted(archived & live)].nunique() == 1


def test_season_file_names_the_thirty_real_teams_and_keeps_the_excluded_games(root: Path) -> None:
    season = newest(root, "nba_schedule")["2024-25"]
    games = [game for day in season["leagueSchedule"]["gameDates"] for game in day["games"]]
    teams = {(team.abbr, team.nba_team_id) for team in TEAMS}
    counted = [game for game in games if game["gameId"].startswith("002") and game["homeTeam"]["teamId"]]
    assert {
        (game[side]["teamTricode"], game[side]["teamId"]) for game in counted for side in ("homeTeam", "awayTeam")
    } == teams
    kinds = Counter(game["gameId"][:3] for game in games)
    assert kinds["001"] == 12
    assert kinds["003"] == 1
    assert all(game["arenaName"].startswith("Simulated Arena") for game in games)


def test_moved_game_stands_on_its_first_date_in_the_earlier_season_file(root: Path) -> None:
    first, last = (json.loads(content(path)) for path in sorted(root.glob("payloads/nba_schedule/*/*")))
    dates = [
        {game["gameId"]: game["gameDateEst"] for day in file["leagueSchedule"]["gameDates"] for game in day["games"]}
        for file in (first, last)
    ]
    assert sum(dates[0][game_id] != day for game_id, day in dates[1].items()) == 1


def test_live_players_add_up_to_the_team_and_the_schedule(root: Path) -> None:
    season = newest(root, "nba_schedule")["2024-25"]
    games = {game["gameId"]: game for day in season["leagueSchedule"]["gameDates"] for game in day["games"]}
    for game_id, document in newest(root, "nba_boxscore_live").items():
        for side in ("homeTeam", "awayTeam"):
            team = document["game"][side]
            assert team["score"] == team["statistics"]["points"] == games[game_id][side]["score"]
            for statistic in ("points", "assists", "reboundsOffensive", "steals", "blocks", "turnovers"):
                total = sum(player["statistics"][statistic] for player in team["players"])
                assert total == team["statistics"][statistic]
            assert sum(seconds(player["statistics"]["minutes"]) for player in team["players"]) == seconds(
                team["statistics"]["minutes"]
            )


def seconds(duration: str) -> int:
    minutes, rest = re.fullmatch(r"PT(\d+)M(\d\d)\.00S", duration).groups()  # type: ignore[union-attr]
    return 60 * int(minutes) + int(rest)


def tally(actions: list[dict[str, Any]]) -> dict[int, Counter[str]]:
    """Box statistics of every player, counted from events alone."""
    counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for action in actions:
        line, kind, is_made = counts[action["personId"]], action["actionType"], action.get("shotResult") == "Made"
        if kind in ("2pt", "3pt"):
            line["fieldGoalsAttempted"] += 1
            line["fieldGoalsMade"] += is_made
            line["threePointersAttempted"] += kind == "3pt"
            line["threePointersMade"] += is_made and kind == "3pt"
        elif kind == "freethrow":
            line["freeThrowsAttempted"] += 1
            line["freeThrowsMade"] += is_made
        elif kind == "rebound":
            line[f"rebounds{action['subType'].title()}"] += 1
        elif kind == "foul":
            line["foulsPersonal"] += action["subType"] in ("personal", "offensive")
        elif kind == "turnover":
            line["turnovers"] += 1
        for name, statistic in (("assist", "assists"), ("block", "blocks"), ("steal", "steals")):
            if action.get(f"{name}PersonId"):
                counts[action[f"{name}PersonId"]][statistic] += 1
    return counts


def test_live_events_add_up_to_the_box_of_every_player(root: Path) -> None:
    box = newest(root, "nba_boxscore_live")
    for game_id, document in newest(root, "nba_play_by_play").items():
        actions, game = document["game"]["actions"], box[game_id]["game"]
        counts = tally(actions)
        players = [player for side in ("homeTeam", "awayTeam") for player in game[side]["players"]]
        for player in players:
            line = counts[player["personId"]]
            assert {name: line[name] for name in line} == {name: player["statistics"][name] for name in line}
        for statistic in ("fieldGoalsAttempted", "freeThrowsAttempted", "assists", "reboundsDefensive", "turnovers"):
            events = sum(line[statistic] for number, line in counts.items() if number)
            assert events == sum(player["statistics"][statistic] for player in players)
        scores = [(int(action["scoreHome"]), int(action["scoreAway"])) for action in actions]
        assert scores == sorted(scores, key=sum)
        assert scores[-1] == (game["homeTeam"]["score"], game["awayTeam"]["score"])
        assert (actions[-1]["actionType"], actions[-1]["subType"]) == ("game", "end")


def test_number_of_events_is_that_of_real_games(root: Path) -> None:
    lengths = archive(root, "nbac_play_by_play").groupby("nba_game_id").size()
    live = [len(document["game"]["actions"]) for document in newest(root, "nba_play_by_play").values()]
    assert min(lengths.min(), min(live)) >= 400
    assert max(lengths.max(), max(live)) <= 800


def test_archived_players_add_up_to_the_team(root: Path) -> None:
    players = archive(root, "nbac_player_boxscores").rename(columns={"tov": "tov_players"})
    teams = archive(root, "nbac_team_boxscores").set_index(["nba_game_id", "team_abbr"])
    names = ["fgm", "fga", "fg3m", "fg3a", "ftm", "fta", "oreb", "dreb", "reb", "ast", "stl", "blk", "pf", "pts"]
    names += ["tov_players", "minutes"]
    sums = players.groupby(["nba_game_id", "team_abbr"])[names].sum()
    pd.testing.assert_frame_equal(sums, teams[names].sort_index(), check_dtype=False)
    overtime = ((teams["minutes"] - 240) / 25).round().clip(lower=0)
    assert (teams["minutes"] - 240 - 25 * overtime).abs().max() <= 4


def test_archived_events_add_up_to_the_box(root: Path) -> None:
    events = archive(root, "nbac_play_by_play")
    players = archive(root, "nbac_player_boxscores").set_index(["nba_game_id", "nba_player_id"])
    made = events[(events["shotResult"] == "Made")]
    points = made["actionType"].map({"2pt": 2, "3pt": 3, "freethrow": 1})
    scored = points.groupby([made["nba_game_id"], made["personId"]]).sum()
    box = players.loc[players["pts"].fillna(0) > 0, "pts"].sort_index()
    assert scored.to_dict() == box.to_dict()
    last = events.groupby("nba_game_id")[["scoreHome", "scoreAway"]].max().sum(axis=1)
    assert last.to_dict() == archive(root, "nbac_team_boxscores").groupby("nba_game_id")["pts"].sum().to_dict()


def test_shots_have_a_place_that_agrees_with_their_distance_and_value(root: Path) -> None:
    shots = archive(root, "nbac_shot_chart")
    distance = (shots["x_ft"] ** 2 + shots["y_ft"] ** 2) ** 0.5
    assert (distance.floordiv(1) - shots["shot_distance_ft"]).abs().max() <= 1
    assert shots["x_ft"].abs().max() <= 25
    assert shots["y_ft"].between(-6, 95).all()
    is_corner = shots["zone_basic"].isin(["Left Corner 3", "Right Corner 3"])
    assert shots.loc[shots["shot_value"] == 3, "shot_distance_ft"].min() >= 22
    assert (shots.loc[is_corner, "shot_value"] == 3).all()


def test_quotes_before_tip_off_exist_for_every_played_game(root: Path, summary: SampleSummary) -> None:
    lines = newest(root, "odds_game_lines")
    assert len(lines) == summary.final_games
    points = archive(root, "player_points_props")
    events = set(points["event_id"]) | {unit.split("-")[0] for unit in newest(root, "odds_player_points")}
    assert len(events) == summary.final_games
    assert points["line"].between(0.5, 45).all()
    assert points.groupby(["game_date", "event_id"])["player_name"].nunique().min() >= 8


def test_player_index_and_rosters_cover_the_league(root: Path) -> None:
    table = newest(root, "nba_player_index")["2024-25"]["resultSets"][0]
    index = pd.DataFrame(table["rowSet"], columns=table["headers"])
    assert len(index) >= 400
    assert index["TEAM_ABBREVIATION"].nunique() == 30
    rosters = newest(root, "espn_roster")
    assert set(rosters) == {team.abbr for team in TEAMS}
    assert all(10 <= len(document["team"]["athletes"]) <= 25 for document in rosters.values())
    assert all(athlete["dateOfBirth"] for document in rosters.values() for athlete in document["team"]["athletes"])


def test_no_simulated_player_has_the_name_or_id_of_a_real_one(root: Path, shared_data: Path) -> None:
    files = sorted((shared_data / "archive" / "nbac_player_boxscores").glob("*.parquet"))
    real = pd.concat([pd.read_parquet(path, columns=["nba_player_id", "player_name"]) for path in files])
    simulated = archive(root, "nbac_player_boxscores")
    assert set(simulated["player_name"].str.casefold()).isdisjoint(real["player_name"].str.casefold())
    assert set(simulated["nba_player_id"]).isdisjoint(real["nba_player_id"])
    families = set(simulated["player_name"].str.split(" ").str[1])
    assert families.isdisjoint(real["player_name"].str.split(" ").str[1])
