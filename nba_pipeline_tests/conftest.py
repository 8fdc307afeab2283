"""Fixtures of all tests: no test reads or writes the user's settings, warehouse or run history."""

from __future__ import annotations

from pathlib import Path

import pytest

from nba_pipeline_tests.bigquery import fault_table
from nba_pipeline_tests.bigquery.fixtures import bigquery_address, bigquery_server, dataset_prefix, fault_proxy
from nba_pipeline_tests.figures import print_figures

__all__ = ["bigquery_address", "bigquery_server", "dataset_prefix", "fault_proxy"]

PROJECT_ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = PROJECT_ROOT.parent / "shared" / "data"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    fault_table.pytest_terminal_summary(terminalreporter)
    print_figures(terminalreporter)


@pytest.fixture(autouse=True)
def isolated_environment(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """DAGSTER_HOME is a new empty folder, the settings are the defaults, telemetry is off."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path_factory.mktemp("dagster_home")))
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
    monkeypatch.delenv("NBA_LANDING", raising=False)
    monkeypatch.delenv("NBA_WAREHOUSE", raising=False)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real landed files beside the project (read only); tests of them are skipped where the folder is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no real data: {SHARED_DATA} does not exist")
    return SHARED_DATA
