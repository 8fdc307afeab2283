"""What stands against a backfill: every kind of finding, that it is waived one by one, and that nothing is written."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import duckdb
import pandas as pd
import pytest

from nba_pipeline import catalog
from nba_pipeline.orchestration.run_tags import DIRTY_TAG, SHA_TAG, TRIGGER_TAG, UNKNOWN
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.readiness import preflight
from nba_pipeline.readiness.needs import Ledgers
from nba_pipeline.readiness.preflight import NotWritableError, Planned, close_left_behind, findings, prove_writable
from nba_pipeline.readiness.preflight_findings import (
    UnknownFindingError,
    finding,
    parse_waivers,
    waiver_tags,
    with_waivers,
)
from nba_pipeline.readiness.preflight_plan import TablePlan, seconds_per_partition
from nba_pipeline.readiness.table_locks import TableBusyError, busy_tables, held
from nba_pipeline.settings import load_settings
from nba_pipeline.warehouse.errors import LockTimeoutError
from nba_pipeline_tests.checks.store import DAY, GAMES, PGS, SCHEDULE, TOGS, Store, sides

ASSETS = {name: module.asset for name, module in catalog.table_modules().items()}
COMMIT = {SHA_TAG: "a" * 40, DIRTY_TAG: "false"}
HOLDING = """
import sys, time
from pathlib import Path
from nba_pipeline.analytics.player_game_summary import TABLE
from nba_pipeline.readiness.table_locks import held
with held(Path(sys.argv[1]), [TABLE]):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def _commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "code_tags", lambda: COMMIT)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """One final game."""
    made = Store(tmp_path / "warehouse.duckdb")
    made.game(DAY, "BOS", "NYK")
    return made


@pytest.fixture
def planned(tmp_path: Path, instance: dg.DagsterInstance, store: Store) -> Planned:
    """A plan of one day of player games with nothing against it, and no date to try."""
    settings = load_settings(str(tmp_path), f"duckdb:///{store.path}", str(tmp_path / "dagster_home"))
    schedule = pd.DataFrame(
        {"game_date": pd.to_datetime([DAY]).as_unit("us"), "season_year": 2023, "is_final": True, "is_postponed": False}
    )
    ledgers = Ledgers(instance, store.warehouse, schedule)
    return Planned(settings, ledgers, [PGS], ASSETS, {PGS: set()}, {}, [], {DAY}, DAY, DAY)


def found(planned: Planned) -> dict[str, str]:
    """Code -> sentence of every finding."""
    return {one.code: one.text for one in findings(planned)[0]}


def run_of(instance: dg.DagsterInstance, *keys: dg.AssetKey, **tags: str) -> dg.DagsterRun:
    run = dg.DagsterRun("warehouse", asset_selection=frozenset(keys), tags=tags, status=dg.DagsterRunStatus.STARTED)
    return instance.add_run(run)


def test_nothing_stands_against_a_plan_in_order(planned: Planned) -> None:
    assert found(planned) == {}


def test_stored_columns_other_than_the_contract_are_named(planned: Planned, store: Store) -> None:
    store.create(PGS)
    store.run(f"alter table {PGS.qualified_name} drop column ts_pct")
    assert "ts_pct is stored as nothing, declared as FLOAT64" in found(planned)["schema"]


def test_uncommitted_changes_refuse(planned: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "code_tags", lambda: COMMIT | {DIRTY_TAG: "true"})
    assert found(planned)["code"].startswith("files differ from commit aaaaaaaaaaaa")


def test_another_commit_than_that_of_automation_refuses(planned: Planned, instance: dg.DagsterInstance) -> None:
    run = dg.DagsterRun("warehouse", tags={TRIGGER_TAG: "sensor", SHA_TAG: "b" * 40}, asset_selection=frozenset())
    instance.add_run(run)
    assert found(planned)["code"].startswith("this is commit aaaaaaaaaaaa, automation runs bbbbbbbbbbbb")


def test_an_installation_without_repository_is_said_and_refuses_nothing(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "code_tags", lambda: {SHA_TAG: UNKNOWN, DIRTY_TAG: UNKNOWN})
    (only,) = findings(planned)[0]
    assert (only.code, only.refuses) == ("code", False)
    assert "without its repository" in only.text


def test_missing_upstream_dates_are_one_finding_per_table_and_reason(planned: Planned) -> None:
    days = {date(2024, 1, day): "never materialised" for day in (3, 4, 6)}
    lacking = replace(planned, faults={str(GAMES): days})
    assert found(lacking)["upstream"] == f"{GAMES}  2024-01-03..2024-01-04, 2024-01-06: never materialised"


def test_a_run_on_the_same_table_refuses_and_one_on_another_does_not(
    planned: Planned, instance: dg.DagsterInstance
) -> None:
    run_of(instance, asset_key(TOGS))
    assert "in_progress" not in found(planned)
    run = run_of(instance, asset_key(PGS), asset_key(TOGS))
    assert run.run_id in found(planned)["in_progress"]


def test_a_run_that_a_killed_backfill_left_behind_refuses_nothing_and_is_closed(
    planned: Planned, instance: dg.DagsterInstance
) -> None:
    run = run_of(instance, asset_key(PGS), **{TRIGGER_TAG: "backfill"})
    assert "in_progress" not in found(planned)
    assert close_left_behind(instance, [PGS]) == [run.run_id]
    ended = instance.get_run_by_id(run.run_id)
    assert ended is not None
    assert ended.status is dg.DagsterRunStatus.FAILURE


def test_a_second_backfill_of_a_table_is_refused_until_the_first_process_is_gone(
    planned: Planned, instance: dg.DagsterInstance
) -> None:
    home = planned.settings.dagster_home
    first = subprocess.Popen([sys.executable, "-c", HOLDING, str(home)], stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    with first:
        assert first.stdout.readline() == "held\n"
        run_of(instance, asset_key(PGS), **{TRIGGER_TAG: "backfill"})
        texts = [one.text for one in findings(planned)[0] if one.code == "in_progress"]
        assert [f"process {first.pid} since" in texts[0], "STARTED" in texts[1]] == [True, True]
        with pytest.raises(TableBusyError, match=rf"process {first.pid} since .* back-fills it"), held(home, [PGS]):
            pass
        first.kill()
    assert busy_tables(home, [PGS]) == {}
    with held(home, [PGS]):
        pass


def test_duplicates_in_the_range_refuse_and_name_the_repair(planned: Planned, store: Store) -> None:
    identity = {"game_date": DAY, "player_lookup": "p"}
    store.insert(PGS, identity, identity, {**identity, "game_date": date(2024, 1, 14)})
    text = found(planned)["duplicates"]
    assert text.startswith(f"{PGS}  1 surplus row(s), 2024-01-15: look with nba-pipeline duplicates")


def test_too_little_room_refuses(planned: Planned, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    size = store.path.stat().st_size
    monkeypatch.setattr(preflight.shutil, "disk_usage", lambda _: SimpleNamespace(free=2 * size - 1))
    assert "free 2 times the size" in found(planned)["disk"]
    monkeypatch.setattr(preflight.shutil, "disk_usage", lambda _: SimpleNamespace(free=2 * size))
    assert "disk" not in found(planned)


def test_more_load_jobs_than_a_day_allows_refuse_and_a_long_plan_warns(planned: Planned) -> None:
    plan = TablePlan("analytics", str(PGS), 1600, 920, 1, 1501, 12.5 * 3600)
    results = {one.code: one for one in findings(replace(planned, plans=[plan]))[0]}
    assert (results["load_jobs"].refuses, results["long"].refuses) == (True, False)
    assert results["long"].text == "12.5 hours at the measured rate"


def test_an_old_schedule_warns_only_while_games_of_the_range_are_open(planned: Planned, tmp_path: Path) -> None:
    upcoming = planned.ledgers.schedule.assign(is_final=False)
    waiting = replace(planned, ledgers=replace(planned.ledgers, schedule=upcoming))
    assert found(waiting)["schedule"] == "no snapshot has landed, 1 game(s) of the range are open: land a new one"
    folder = tmp_path / "payloads" / "nba_schedule" / "2024-01-15"
    folder.mkdir(parents=True)
    (folder / f"2023-24__{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json").write_text("{}")
    assert "schedule" not in found(waiting)


# the trial


def test_a_date_that_cannot_be_computed_or_gives_no_rows_refuses(planned: Planned, store: Store) -> None:
    """Team rows of a final game come from its team boxes: the raw table is there and holds none of them."""
    store.create(*(edge.table for edge in preflight_inputs(TOGS)))
    trying = replace(planned, tables=[TOGS], needed={TOGS: {DAY}})
    results, tried = findings(trying)
    assert tried.untried == [str(TOGS)]
    store.insert(PGS, *({**side, "player_lookup": "p", "seconds_played": 600} for side in _sides(store)))
    for name in ("nbac_team_boxscore", "nbac_player_boxscores"):
        table = catalog.tables()[f"raw.{name}"]
        store.insert(table, {"game_date": DAY})
    results, tried = findings(trying)
    assert tried.tried == {str(TOGS): [DAY]}
    assert [one.code for one in results if one.code == "trial"] == ["trial"]


def preflight_inputs(table: Any) -> list[Any]:
    from nba_pipeline.orchestration.edges import upstream_edges

    return list(upstream_edges(ASSETS[str(table)]))


def _sides(store: Store) -> list[dict[str, object]]:
    return [
        {key: value for key, value in side.items() if key in PGS.by_name}
        for side in sides({"game_date": DAY, "game_id": "20240115_BOS_NYK", "nba_game_id": "240115BNYK"})
    ]


# the probe


def test_a_file_that_another_process_holds_is_not_evaluated(planned: Planned) -> None:
    path = planned.settings.duckdb_path
    text = f"import duckdb, sys; c = duckdb.connect({str(path)!r}); print('open', flush=True); sys.stdin.read()"
    holder = subprocess.Popen([sys.executable, "-c", text], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    with holder:
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(LockTimeoutError, match="another process still has the file open"):
            prove_writable(planned.settings, wait_seconds=0)


def test_the_probe_leaves_nothing_behind(planned: Planned, store: Store) -> None:
    prove_writable(planned.settings)
    with duckdb.connect(str(store.path)) as connection:
        schemas = {name for (name,) in connection.execute("select schema_name from duckdb_schemas()").fetchall()}
    assert "nba_preflight" not in schemas


def test_a_warehouse_that_is_not_there_yet_needs_a_folder_that_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings(str(tmp_path), f"duckdb:///{tmp_path}/new/warehouse.duckdb", str(tmp_path))
    prove_writable(settings)
    assert not (tmp_path / "new").exists()
    monkeypatch.setattr(preflight.os, "access", lambda *_: False)
    with pytest.raises(NotWritableError, match="cannot be written to"):
        prove_writable(settings)


# waiving and measuring


def test_findings_are_waived_one_kind_at_a_time_and_the_reasons_stay_with_the_runs() -> None:
    waived = parse_waivers(["upstream=game lost at the source, see the gap", "disk=on a larger disk tomorrow"])
    judged = with_waivers([finding("upstream", "gone"), finding("duplicates", "two")], waived)
    assert [one.refuses for one in judged] == [False, True]
    assert str(judged[0]) == "waived  upstream  gone (waived: game lost at the source, see the gap)"
    assert waiver_tags(judged) == {"nba/waived_upstream": "game lost at the source, see the gap"}


@pytest.mark.parametrize(
    ("option", "message"), [("all=hurry", "is no finding; known"), ("disk", "say why"), ("disk= ", "say why")]
)
def test_a_waiver_names_a_finding_and_a_reason(option: str, message: str) -> None:
    with pytest.raises(UnknownFindingError, match=message):
        parse_waivers([option])


def test_a_table_without_earlier_run_has_no_rate(instance: dg.DagsterInstance) -> None:
    assert seconds_per_partition(instance, SCHEDULE) is None
