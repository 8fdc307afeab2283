"""What the examination says of an installation in order, and of one broken thing at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nba_pipeline.landing import Landing
from nba_pipeline.orchestration.instance import prepare_instance
from nba_pipeline.readiness import doctor_duckdb, doctor_machine
from nba_pipeline.readiness.doctor import examine
from nba_pipeline.readiness.doctor_findings import Finding, exit_code
from nba_pipeline.settings import Settings
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse
from nba_pipeline_tests.warehouse.engines import BigQueryEngine, DuckDBEngine, Engine
from nba_pipeline_tests.warehouse.example_tables import PLAYERS, D, column, days, on, put, small_table

EVENTS = small_table("events")
LOCKS = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"

Examined = dict[str, Finding]


def address(engine: Engine) -> str:
    if isinstance(engine, BigQueryEngine):
        return engine.server.address(f"{engine.prefix}one_", rest_port=engine.proxy_port)
    assert isinstance(engine, DuckDBEngine)
    return f"duckdb:///{engine.path('one')}"


@pytest.fixture
def settings(tmp_path: Path, engine: Engine) -> Settings:
    """A landing zone with a file, an instance, and a warehouse with one table."""
    landing = tmp_path / "landing"
    Landing(str(landing)).put("nba_boxscore_live", D, "0022400561", datetime(2024, 1, 16, tzinfo=UTC), b"{}")
    put(engine.warehouse("one"), EVENTS, days((D, "a", 1)), on(D))
    return Settings(str(landing), address(engine), prepare_instance(tmp_path / "home"))


def of(settings: Settings) -> Examined:
    """Findings by subject; a subject has one."""
    return {finding.subject: finding for finding in examine(settings, [EVENTS, PLAYERS])}


def test_an_installation_in_order_has_no_fault(settings: Settings) -> None:
    found = of(settings)
    assert [f for f in found.values() if f.level in ("fault", "unknown")] == []
    assert found["landing"].found.endswith("1 feeds, 0 archive folders")
    assert "0 runs, 0 in progress" in found["DAGSTER_HOME"].found
    assert found["tables"] == Finding("tables", "ok", "1 of 1 stored tables are as declared")
    assert found["clock"].level == "ok"


def test_examining_leaves_the_warehouse_as_it_was(settings: Settings, engine: Engine) -> None:
    of(settings)
    again = engine.warehouse("one")
    assert again.drift(EVENTS) == []
    if isinstance(engine, BigQueryEngine):
        assert again.staging_tables() == []  # type: ignore[attr-defined]
    else:
        sql = "select schema_name, table_name from duckdb_tables()"
        assert [tuple(row.values()) for row in again.query(sql).to_pylist()] == [("nba_raw", "events")]


def test_a_table_with_a_new_column_is_a_fault_that_migrate_repairs(settings: Settings) -> None:
    newer = replace(EVENTS, columns=(*EVENTS.columns, column("margin", "FLOAT64")))
    found = examine(settings, [newer])
    (fault,) = (finding for finding in found if finding.level == "fault")
    assert fault.subject == "table raw.events"
    assert fault.found == "margin is declared but not stored"
    assert fault.advice == "Run nba-pipeline migrate: it adds the missing columns."
    assert exit_code(found) == 1


def test_a_retyped_column_is_a_fault_that_migrate_does_not_repair(settings: Settings) -> None:
    other = replace(EVENTS, columns=(*EVENTS.columns[:2], column("value", "STRING")))
    found = {finding.subject: finding for finding in examine(settings, [other])}
    assert found["table raw.events"].found == "value is stored as INT64, declared as STRING"
    assert found["table raw.events"].advice.startswith("No migration does that")
    assert found["tables"].found == "0 of 1 stored tables are as declared"


# what is the same on every engine, looked at on a DuckDB file


@pytest.fixture
def local(tmp_path: Path) -> Settings:
    return Settings(str(tmp_path / "landing"), f"duckdb:///{tmp_path / 'nba.duckdb'}", tmp_path / "home")


def test_a_fresh_machine_is_warned_about_what_is_not_there_yet_and_nothing_is_created(
    local: Settings, tmp_path: Path
) -> None:
    found = of(local)
    assert {subject for subject, finding in found.items() if finding.level == "warn"} >= {
        "DAGSTER_HOME",
        "landing",
        "warehouse",
        "tables",
    }
    assert exit_code(list(found.values())) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_file_another_process_has_open_is_not_evaluated(local: Settings) -> None:
    command = [sys.executable, "-c", LOCKS, str(local.duckdb_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        found = of(local)
        holder.communicate("")
    assert found["warehouse"].level == "unknown"
    assert "open in another process" in found["warehouse"].found
    assert found["tables"].level == "unknown"
    assert exit_code(list(found.values())) == 3


def test_a_file_that_is_no_database_is_a_fault(local: Settings) -> None:
    local.duckdb_path.write_bytes(b"no database" * 1000)
    found = of(local)
    assert found["warehouse"].level == "fault"
    assert str(local.duckdb_path) in found["warehouse"].found


def test_a_file_changed_in_the_future_shows_a_wrong_clock(local: Settings) -> None:
    put(DuckDBWarehouse(local.duckdb_path), EVENTS, days((D, "a", 1)), on(D))
    ahead = (datetime.now(UTC) + timedelta(hours=2)).timestamp()
    os.utime(local.duckdb_path, (ahead, ahead))
    assert of(local)["clock"].level == "fault"


def test_a_full_disk_is_a_fault(local: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    put(DuckDBWarehouse(local.duckdb_path), EVENTS, days((D, "a", 1)), on(D))
    usage = type("Usage", (), {"free": local.duckdb_path.stat().st_size})
    monkeypatch.setattr(doctor_duckdb.shutil, "disk_usage", lambda _: usage)
    assert of(local)["room"].level == "fault"


def test_a_copied_instance_folder_is_a_fault(local: Settings, tmp_path: Path) -> None:
    prepare_instance(tmp_path / "elsewhere").rename(local.dagster_home)
    found = of(local)["DAGSTER_HOME"]
    assert found.level == "fault"
    assert "Was the folder copied?" in found.found


def test_an_instance_whose_storage_does_not_answer_is_a_fault(local: Settings) -> None:
    home = prepare_instance(local.dagster_home)
    (home / "history").write_text("a file where a folder belongs")
    found = of(local)["DAGSTER_HOME"]
    assert found.level == "fault"
    assert found.advice


def test_another_version_than_the_locked_one_is_a_warning(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("# a comment\nclick==0.0.1 \\\n    --hash=sha256:00\ndagster-postgres[x]==0.1\nabsent==3\n")
    (found,) = doctor_machine.versions(lock)
    assert found.level == "warn"
    assert "(lock 0.0.1)" in found.found
    assert "absent" not in found.found


def test_a_version_outside_the_declared_range_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_machine, "requires", lambda _: ["duckdb<1", 'never>=1; extra == "dev"'])
    (found,) = doctor_machine.versions()
    assert found.level == "fault"
    assert "is not <1" in found.found


@pytest.mark.parametrize(
    ("levels", "code"),
    [("ok", 0), ("ok warn", 2), ("warn unknown", 3), ("ok unknown fault", 1), ("warn fault", 1)],
)
def test_the_worst_finding_decides_the_exit_code(levels: str, code: int) -> None:
    assert exit_code([Finding("x", level, "") for level in levels.split()]) == code  # type: ignore[arg-type]
