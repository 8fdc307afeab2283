"""One simulated league and one written landing zone for all tests of the sample."""

from __future__ import annotations

from pathlib import Path

import pytest

from nba_pipeline.landing.store import Landing
from nba_pipeline.sample import SampleSummary, write_sample
from nba_pipeline.sample.league import League, play_league

SEED, GAME_DATES = 7, 45


@pytest.fixture(scope="session")
def league() -> League:
    return play_league(SEED, GAME_DATES)


@pytest.fixture(scope="session")
def summary(tmp_path_factory: pytest.TempPathFactory) -> SampleSummary:
    return write_sample(str(tmp_path_factory.mktemp("landing")), seed=SEED, game_dates=GAME_DATES)


@pytest.fixture(scope="session")
def root(summary: SampleSummary) -> Path:
    return Path(summary.root)


@pytest.fixture(scope="session")
def landing(summary: SampleSummary) -> Landing:
    return Landing(summary.root)
