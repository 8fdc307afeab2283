"""The instance folder: written once, kept, and not shared by accident."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from nba_pipeline.orchestration.code_version import code_version
from nba_pipeline.orchestration.instance import InstanceError, prepare_instance


def test_an_edited_configuration_is_kept(tmp_path: Path) -> None:
    home = prepare_instance(tmp_path / "home")
    configuration = home / "dagster.yaml"
    configuration.write_text(configuration.read_text() + "# mine\n")
    prepare_instance(home)
    assert configuration.read_text().endswith("# mine\n")


def test_a_copied_folder_is_refused_before_it_writes_into_the_original(tmp_path: Path) -> None:
    prepare_instance(tmp_path / "original")
    shutil.copytree(tmp_path / "original", tmp_path / "copy")
    with pytest.raises(InstanceError, match=r"copy.dagster.yaml: .*base_dir is .*original.*Was the folder copied"):
        prepare_instance(tmp_path / "copy")


def test_the_code_version_covers_the_private_modules_of_a_table_and_not_other_tables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import inspect

    import nba_pipeline.analytics.team_offense_game_summary as table
    from nba_pipeline.analytics import player_game_summary, team_lines

    original = inspect.getsource
    before = code_version.__wrapped__(table.__name__)

    def edited(victim: object) -> None:
        monkeypatch.setattr(inspect, "getsource", lambda m: original(m) + ("# edited" if m is victim else ""))

    edited(team_lines)
    assert code_version.__wrapped__(table.__name__) != before
    edited(player_game_summary)
    assert code_version.__wrapped__(table.__name__) == before
