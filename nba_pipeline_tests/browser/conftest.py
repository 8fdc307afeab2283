"""One simulated landing zone with one spoilt game, one server and one browser page for all tests of the pages."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from nba_pipeline.sample import write_sample
from nba_pipeline_tests.browser.pages import Pages, chromium, opened_pages

SPOILT_DAY = "2024-11-09"
GAME_DATES = 20  # the last of them is 2024-11-11
CORRECT = "correct.json"  # the spoilt file as it should be, beside the landing zone


def spoilt_file(landing: Path) -> Path:
    return min((landing / "payloads/nba_boxscore_live" / SPOILT_DAY).iterdir())


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty game dates; in one game of 2024-11-09 all but three players of the home team have lost their minutes."""
    root = tmp_path_factory.mktemp("browser") / "landing"
    write_sample(str(root), game_dates=GAME_DATES)
    spoilt = spoilt_file(root)
    shutil.copy(spoilt, root.parent / CORRECT)
    body = json.loads(spoilt.read_text())
    played = [player for player in body["game"]["homeTeam"]["players"] if player["played"] == "1"]
    for player in played[3:]:
        player["played"] = "0"
        player["statistics"]["minutes"] = "PT00M00.00S"
    spoilt.write_text(json.dumps(body))
    return root


@pytest.fixture(scope="session")
def browser_path() -> str:
    executable = chromium()
    if executable is None:
        message = "no Chromium is installed: install the package `chromium` to test the pages"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return executable


@pytest.fixture(scope="module")
def pages(landing: Path, tmp_path_factory: pytest.TempPathFactory, browser_path: str) -> Iterator[Pages]:
    with opened_pages(tmp_path_factory.mktemp("pages"), landing, browser_path) as pages:
        yield pages
