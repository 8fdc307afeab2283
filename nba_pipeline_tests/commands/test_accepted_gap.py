"""A game whose box scores exist nowhere holds everything after it, until it is entered as an accepted gap."""

from __future__ import annotations

from pathlib import Path

import pytest

from nba_pipeline.sample import write_sample
from nba_pipeline_tests.commands.processes import Operator

LOST, NEXT = "2024-11-19", "2024-11-20"
WINDOW = ("--from", "2024-10-22", "--to", NEXT)
RESULTS = ("player_game_summary", "team_offense_game_summary", "team_defense_game_summary")
READ = (
    "nbac_schedule,nbac_player_boxscores,nbac_team_boxscore,nbac_play_by_play,nbac_gamebook_player_stats,"
    "nbac_player_list_current,espn_team_rosters,odds_api_player_points_props,odds_api_game_lines,nbac_injury_report,"
    "nbac_injury_report_teams,games,seasons,teams,venues,players_registry,player_aliases"
)
AFTER = ("upcoming_team_game_context", "upcoming_player_game_context", "team_defense_zone_analysis")
TABLES = ("--tables", ",".join((READ, *RESULTS, *AFTER)))


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """The sample without any file of the first game of a date, whose id is in game.txt."""
    landing = tmp_path / "landing"
    write_sample(str(landing))
    game = min(path.name for path in (landing / "payloads" / "nba_boxscore_live" / LOST).iterdir())[:10]
    for path in (landing / "payloads").glob(f"*/{LOST}/{game}__*"):
        path.unlink()
    (tmp_path / "accepted_gaps.yaml").write_text("accepted_gaps: []")
    (tmp_path / "game.txt").write_text(game)
    return Operator(landing, tmp_path, tmp_path / "accepted_gaps.yaml")


@pytest.mark.long
def test_a_game_without_box_scores_holds_later_dates_until_it_is_an_accepted_gap(operator: Operator) -> None:
    assert operator.gaps is not None
    held = operator.run("backfill", *WINDOW, *TABLES, "--yes")
    assert held.returncode == 1, held.stdout + held.stderr
    lines = held.stdout.splitlines()
    lost = (
        f"failed  analytics.player_game_summary  {LOST}: [data_quality] row_count_vs_schedule: 1 game(s) without rows"
    )
    assert any(line.startswith(lost) for line in lines), held.stdout
    for name in ("analytics.upcoming_player_game_context", "precompute.team_defense_zone_analysis"):
        assert any(line.startswith(f"blocked  {name}  {NEXT}: ") for line in lines), held.stdout

    game = (operator.folder / "game.txt").read_text()
    tables = ", ".join(f"analytics.{name}" for name in RESULTS)
    entry = f'{{nba_game_id: "{game}", tables: [{tables}], reason: lost at the source}}'
    operator.gaps.write_text(f"accepted_gaps: [{entry}]")
    done = operator.run("backfill", *WINDOW, *TABLES, "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    asked = operator.run("coverage", *WINDOW, *TABLES)
    assert asked.returncode in (0, 2), asked.stdout + asked.stderr
    assert f"accepted gap {game} in {tables}: lost at the source" in asked.stdout.splitlines()
    assert "missing" not in asked.stdout
