"""The command line: what it refuses, what it runs, and the exit code that cron sees."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from nba_pipeline import cli as command_line
from nba_pipeline.cli import cli
from nba_pipeline.errors import PipelineError, SettingsError
from nba_pipeline.landing import LandingError
from nba_pipeline.orchestration.instance import InstanceError, open_instance
from nba_pipeline.raw.errors import MissingInputError
from nba_pipeline.schema import SchemaError
from nba_pipeline.settings import DAGSTER_SWITCHES
from nba_pipeline.warehouse.errors import WarehouseError
from nba_pipeline_tests.checks.store import GAMES, Store
from nba_pipeline_tests.commands.processes import Operator

COMMANDS = ("backfill", "preflight", "verify", "coverage", "ml-ready", "duplicates", "tables", "demo", "instance")
RANGE = ("--from", "2024-01-15", "--to", "2024-01-16")


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an empty landing zone; everything a command makes lies in it."""
    (tmp_path / "landing").mkdir()
    monkeypatch.setenv("NBA_LANDING", str(tmp_path / "landing"))
    monkeypatch.setenv("NBA_WAREHOUSE", f"duckdb:///{tmp_path}/warehouse.duckdb")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster_home"))
    for name, value in DAGSTER_SWITCHES.items():
        monkeypatch.setenv(name, value)
    return tmp_path


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The entry point as a shell calls it."""

    def called(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["nba-pipeline", *arguments])
        code: object = 0
        try:
            command_line.main()
        except SystemExit as ended:
            code = ended.code
        said = capsys.readouterr()
        assert isinstance(code, int)
        return Outcome(code, said.out, said.err)

    return called


def test_help_lists_every_command() -> None:
    result = CliRunner().invoke(cli, ["--help"])
    assert result.exit_code == 0
    listed = {line.split()[0] for line in result.output.partition("Commands:")[2].splitlines() if line.strip()}
    assert listed >= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_is_explained(command: str) -> None:
    result = CliRunner().invoke(cli, [command, "-h"])
    assert result.exit_code == 0
    assert len(result.output.splitlines()[2].split()) >= 5, "no sentence on what the command does"
    unexplained = [option.name for option in cli.commands[command].params if not getattr(option, "help", "")]
    assert unexplained in ([], ["folder"], ["only"])


def test_help_through_the_entry_point_ends_with_0(run: Run) -> None:
    outcome = run("coverage", "--help")
    assert outcome.code == 0
    assert "--layer" in outcome.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("frobnicate",), "No such command 'frobnicate'"),
        (("verify",), "Missing option '--from'"),
        (("verify", "--from", "2024-13-01", "--to", "2024-01-16"), "'2024-13-01' is not a date: use YYYY-MM-DD"),
        (("preflight", "--from", "2024-13-01", "--to", "2024-01-16"), "'2024-13-01' is not a date: use YYYY-MM-DD"),
        (("preflight", *RANGE, "--chunk", "week"), "--chunk week: use season, or a number of days"),
        (("coverage", "--from", "15.1.2024", "--to", "2024-01-16"), "'15.1.2024' is not a date"),
        (("verify", *RANGE, "--layer", "attic"), "'attic' is not one of"),
        (("coverage", *RANGE, "--layer", "precompute", "--tables", "games"), "give one of them"),
        (("backfill", *RANGE, "--only", "some"), "'some' is not one of"),
        (("tables", "--readme", "absent.md"), "'absent.md' does not exist"),
        (("tables", "--frobnicate"), "No such option"),
    ],
)
def test_usage_errors_are_3_and_say_what_is_wrong(run: Run, arguments: tuple[str, ...], message: str) -> None:
    outcome = run(*arguments)
    assert outcome.code == 3
    assert message in outcome.err


@pytest.mark.parametrize("command", ["backfill", "verify", "coverage", "ml-ready"])
@pytest.mark.parametrize(
    ("first", "last", "message"),
    [
        ("2024-01-16", "2024-01-15", "--from 2024-01-16 is after --to 2024-01-15"),
        ("2021-10-18", "2021-10-20", "is before the first partition 2021-10-19"),
        ("2024-01-15", str(date.today() + timedelta(days=2)), "is in the future"),
    ],
)
def test_a_range_that_is_no_range_of_partitions_is_refused(
    run: Run, command: str, first: str, last: str, message: str
) -> None:
    outcome = run(command, "--from", first, "--to", last)
    assert outcome.code == 3
    assert message in outcome.err


@pytest.mark.parametrize("command", ["backfill", "verify", "coverage"])
def test_an_unknown_table_is_named_with_the_known_ones(run: Run, home: Path, command: str) -> None:
    outcome = run(command, *RANGE, "--tables", "games,gamez")
    assert outcome.code == 3
    assert "unknown table(s) gamez; known:" in outcome.err
    assert not (home / "warehouse.duckdb").exists()


def test_unusable_settings_are_3(run: Run) -> None:
    outcome = run("verify", *RANGE, "--warehouse", "postgres://somewhere")
    assert outcome.code == 3
    assert outcome.err.startswith("error: NBA_WAREHOUSE=postgres://somewhere: expected duckdb")


def refusing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fails(*arguments: object) -> None:
        raise error

    monkeypatch.setattr(command_line, "load_settings", fails)


def test_a_fault_of_the_program_is_3_and_shows_where_it_is(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing(monkeypatch, RuntimeError("broken"))
    outcome = run("verify", *RANGE)
    assert outcome.code == 3
    assert outcome.err.startswith("Traceback")
    assert "RuntimeError: broken" in outcome.err


@pytest.mark.parametrize(
    "kind", [SettingsError, WarehouseError, LandingError, MissingInputError, InstanceError, SchemaError]
)
def test_a_refusal_is_3_and_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch, kind: type[PipelineError]) -> None:
    refusing(monkeypatch, kind("no"))
    outcome = run("verify", *RANGE)
    assert (outcome.code, outcome.err) == (3, "error: no\n")


@pytest.mark.parametrize("command", ["verify", "coverage", "ml-ready"])
def test_bigquery_without_credentials_is_refused_in_one_sentence(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "absent.json"))
    outcome = run(command, *RANGE, "--warehouse", "bigquery://my-project")
    assert outcome.code == 3
    assert outcome.err.splitlines()[0].startswith("error: bigquery://my-project: no credentials")
    assert len(outcome.err.splitlines()) == 1


def test_a_process_that_is_refused_says_nothing_else(tmp_path: Path) -> None:
    """In a process of its own, because the tests silence what Dagster says of its interfaces."""
    refused = Operator(tmp_path, tmp_path).run("verify", *RANGE, "--warehouse", "bigquery://my-project?table=none")
    assert refused.returncode == 3
    assert refused.stderr.startswith("error: NBA_WAREHOUSE=bigquery://my-project")
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["nowhere", "landing.zip"])
def test_a_wrong_landing_is_refused_in_one_sentence(run: Run, home: Path, name: str) -> None:
    (home / "landing.zip").write_bytes(b"")
    outcome = run("backfill", *RANGE, "--landing", str(home / name), "--yes")
    assert outcome.code == 3
    assert outcome.err.startswith("error: ")
    assert "NBA_LANDING" in outcome.err
    assert len(outcome.err.splitlines()) == 1


@pytest.mark.parametrize("answer", [0, 1, 2])
def test_the_answer_of_a_command_is_the_exit_code(run: Run, monkeypatch: pytest.MonkeyPatch, answer: int) -> None:
    monkeypatch.setattr("nba_pipeline.commands.run_coverage", lambda *arguments, **options: answer)
    assert run("coverage", *RANGE).code == answer


def test_a_dry_run_prints_the_plan_and_runs_nothing(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    schedule = pd.DataFrame(
        {
            "game_date": pd.to_datetime(["2024-01-15"]).as_unit("us"),
            "season_year": [2023],
            "is_final": [True],
            "is_postponed": [False],
        }
    )
    monkeypatch.setattr("nba_pipeline.commands.preflight.read_schedule", lambda *arguments: schedule)
    outcome = run("backfill", *RANGE, "--tables", "nbac_schedule,games", "--dry-run")
    assert outcome.code == 0
    assert "Plan" in outcome.out
    assert "reference.games" in outcome.out
    assert not (home / "warehouse.duckdb").exists()
    with open_instance(home / "dagster_home") as instance:
        assert instance.get_runs() == []


def test_a_backfill_without_a_schedule_could_not_start(run: Run, home: Path) -> None:
    outcome = run("backfill", *RANGE, "--yes")
    assert outcome.code == 3
    assert "Land an nba_schedule file" in outcome.err
    assert not (home / "warehouse.duckdb").exists()


def test_coverage_of_nothing_is_not_ready(run: Run, home: Path) -> None:
    outcome = run("coverage", *RANGE, "--layer", "precompute")
    assert outcome.code == 1
    assert outcome.out.splitlines()[-1].startswith("NOT READY: ")
    assert not (home / "warehouse.duckdb").exists()


def test_json_is_one_document(run: Run) -> None:
    outcome = run("coverage", *RANGE, "--tables", "games", "--json")
    assert (outcome.code, json.loads(outcome.out)["verdict"]) == (1, "NOT READY")


def test_ml_ready_on_an_empty_warehouse_is_not_ready(run: Run) -> None:
    outcome = run("ml-ready", *RANGE)
    assert outcome.code == 1
    assert "ml_feature_store: not stored; back-fill it first" in outcome.out


def test_tables_lists_what_is_declared_though_nothing_is_stored(run: Run, home: Path) -> None:
    outcome = run("tables")
    assert outcome.code == 0
    assert "nba_reference.games" in outcome.out
    assert "not stored" in outcome.out
    assert not (home / "warehouse.duckdb").exists()


def test_a_document_is_not_renewed_from_an_empty_warehouse(run: Run, home: Path) -> None:
    readme = home / "README.md"
    readme.write_text("<!-- tables:start -->\nrows\n<!-- tables:end -->\n")
    outcome = run("tables", "--readme", str(readme))
    assert outcome.code == 3
    assert "holds no table" in outcome.err
    assert "rows" in readme.read_text()


def test_the_table_in_a_document_is_renewed_once(run: Run, home: Path) -> None:
    Store(home / "warehouse.duckdb").insert(GAMES, {"game_date": date(2024, 1, 15)})
    readme = home / "README.md"
    readme.write_text("# Title\n<!-- tables:start -->\n<!-- tables:end -->\nthe end\n")
    assert run("tables", "--readme", str(readme)).out.endswith("changed\n")
    text = readme.read_text()
    assert "| `nba_reference.games` | one row per counted game |" in text
    assert "| 1 | 2024-01-15 | 2024-01-15 | merge |" in text
    assert text.endswith("the end\n")
    assert run("tables", "--readme", str(readme)).out.endswith("unchanged\n")


def test_instance_makes_the_folder_of_the_run_history(run: Run, home: Path) -> None:
    outcome = run("instance")
    assert (outcome.code, outcome.out.strip()) == (0, str(home / "dagster_home"))
    assert (home / "dagster_home" / "dagster.yaml").exists()
