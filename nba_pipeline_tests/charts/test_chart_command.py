"""`nba-pipeline chart` on a small warehouse: the files it writes, and what it says when there is nothing to draw."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from nba_pipeline import cli as command_line
from nba_pipeline.cli import cli
from nba_pipeline.orchestration.check_pictures import picture_of
from nba_pipeline.orchestration.checks.verdicts import Verdict
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.raw import nbac_shot_chart
from nba_pipeline.readiness.day_states import day_states
from nba_pipeline_tests.checks.store import DAY, GAMES, NEXT_DAY, PGS, SCHEDULE, TDZA, Store
from nba_pipeline_tests.readiness.history import evaluated, materialised
from nba_pipeline_tests.source_tree import ROOT

Run = Callable[..., tuple[int, str]]
CURRY = {"player_lookup": "stephencurry", "player_full_name": "Stephen Curry", "nba_player_id": 201939}
OTHER = {"player_lookup": "someoneelse", "player_full_name": "Someone Else", "nba_player_id": 7}
THIRD_DAY = date(2024, 1, 17)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two games of two players, two charted shots, two dates of a team's defence."""
    store = Store(tmp_path_factory.mktemp("charts") / "warehouse.duckdb")
    line = {"is_active": True, "seconds_played": 1800, "usage_rate": 0.25}
    paint = {"paint_makes": 6, "paint_attempts": 10, "mid_range_makes": 1, "mid_range_attempts": 5}
    for day, points in ((DAY, 30), (NEXT_DAY, 20)):
        store.game(day, "BOS", "GSW")
        for player in (CURRY, OTHER):
            facts = {"game_date": day, "points": points, "opponent_team_abbr": "BOS", "team_abbr": "GSW"}
            store.insert(PGS, {**player, **line, **paint, **facts, "points_line": 25.5})
        store.insert(TDZA, {"analysis_date": day, "team_abbr": "BOS", "paint_pct_allowed_last_15": 0.6})
    shot = {"game_date": DAY, "nba_player_id": 201939, "shot_x_ft": 1.0, "shot_y_ft": 2.0}
    store.insert(nbac_shot_chart.TABLE, {**shot, "is_made": True}, {**shot, "action_number": 2})
    return store


@pytest.fixture
def run(stored: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The entry point in a folder of its own; exit code and everything said."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NBA_WAREHOUSE", f"duckdb:///{stored.path}")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NBA_LANDING", str(tmp_path))

    def called(command: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["nba-pipeline", "chart", *shlex.split(command)])
        with pytest.raises(SystemExit) as ended:
            command_line.main()
        said = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, said.out + said.err

    return called


@pytest.mark.parametrize(
    "command",
    [
        "shots --player 'Stephen Curry' --season 2023",
        "form --player stephencurry --season 2023",
        "defence --team bos --season 2023",
        "nulls --table player_game_summary --columns usage_rate --from 2024-01-15 --to 2024-01-16",
        "coverage --tables nbac_schedule,games --from 2024-01-15 --to 2024-01-17",
    ],
)
def test_every_picture_is_written_as_svg_and_png(run: Run, command: str) -> None:
    for ending, start in ((".svg", b"<?xml"), (".png", b"\x89PNG")):
        code, said = run(f"{command} --out picture{ending}")
        assert code == 0, said
        assert re.match(rf"picture\{ending}: [\d,]+ bytes", said)
        assert Path(f"picture{ending}").read_bytes().startswith(start)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("shots --player 'Stefen Cury' --season 2023", "no player 'Stefen Cury' in season 2023. Did you mean Stephen"),
        ("form --player curry --season 2023", "Did you mean Stephen Curry?"),
        ("form --player zzz --season 2023", "2 players are stored for it; none is spelt like 'zzz'."),
        ("form --player curry --season 1999", "no rows in season 1999 (1999-10-01 to 2000-09-30)"),
        ("defence --team XYZ --season 2023", "no team 'XYZ'. Teams: BOS."),
        ("nulls --table player_game_sumary --from 2024-01-15 --to 2024-01-16", "Did you mean player_game_summary"),
        ("nulls --table nbac_schedule --from 2024-01-15 --to 2024-01-16", "no column has a ceiling for a date"),
        ("nulls --table player_game_summary --from 2022-01-01 --to 2022-01-02", "no rows from 2022-01-01"),
        (
            "nulls --table player_game_summary --columns wings --from 2024-01-15 --to 2024-01-16",
            "wings is not watched; watched: ",
        ),
        ("coverage --tables seasons --from 2024-01-15 --to 2024-01-16", "none of these tables has partitions"),
    ],
)
def test_nothing_to_draw_is_exit_code_3_and_a_sentence(run: Run, command: str, said: str) -> None:
    code, text = run(f"{command} --out picture.svg")
    assert (code, said in text) == (3, True), text
    assert not Path("picture.svg").exists()


@pytest.mark.parametrize(
    ("out", "said"), [("picture.pdf", "end the name in"), ("no/picture.svg", "there is no folder")]
)
def test_a_file_that_cannot_be_written_is_named_before_anything_is_read(run: Run, out: str, said: str) -> None:
    code, text = run(f"form --player curry --season 2023 --out {out}")
    assert code == 3
    assert said in text


def test_days_are_present_missing_extra_blocked_or_off(stored: Store, tmp_path: Path) -> None:
    store = stored.copied_to(tmp_path)
    store.insert(GAMES, {"game_date": THIRD_DAY})  # a day without a game in the schedule
    days = [DAY, NEXT_DAY, THIRD_DAY]
    with open_instance(tmp_path / "home") as instance:
        materialised(instance, SCHEDULE, days[:2])
        materialised(instance, SCHEDULE, days[2:], rows=0)
        materialised(instance, GAMES, days)
        evaluated(instance, GAMES, "unique_key", NEXT_DAY, "a key twice")
        found = day_states(instance, store.warehouse, [SCHEDULE, GAMES, PGS], DAY, THIRD_DAY)
    assert found.groupby("table", sort=False)["state"].agg(list).to_dict() == {
        "nbac_schedule": ["present", "present", "off"],
        "games": ["present", "blocked", "extra"],
        "player_game_summary": ["missing", "missing", "missing"],
    }


def test_a_failed_regression_check_carries_a_picture_and_a_passed_one_none(stored: Store) -> None:
    failed, passed = Verdict(DAY, "error", "lost"), Verdict(DAY)
    entry = picture_of("null_regression", [passed, failed], stored.warehouse, PGS)
    assert str(entry["history"].value).startswith("![NULL rates of analytics.player_game_summary](data:image/png")
    assert len(str(entry["history"].value)) < 60_000
    assert picture_of("null_regression", [passed], stored.warehouse, PGS) == {}
    assert picture_of("value_ranges", [failed], stored.warehouse, PGS) == {}


def test_commands_in_the_page_on_charts_parse() -> None:
    text = (ROOT / "docs" / "charts.md").read_text(encoding="utf-8")
    commands = re.findall(r"^nba-pipeline chart (.+)$", text, re.MULTILINE)
    assert len(commands) >= 5
    for command in commands:
        name, *arguments = shlex.split(command)
        cli.commands["chart"].commands[name].make_context(name, arguments)  # type: ignore[attr-defined]
