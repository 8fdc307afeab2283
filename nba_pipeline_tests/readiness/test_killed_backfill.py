"""A backfill of five chunks that is killed in the third one, launched again: nothing twice, and the same tables.

It is killed three times, in the third chunk of one phase after the other and each time at another point of a step:
at its start, when its first partition is recorded and its checks are not, and while it reads.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from nba_pipeline import catalog
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.orchestration.run_tags import TRIGGER_TAG
from nba_pipeline.sample import write_sample
from nba_pipeline_tests.commands.processes import Operator

pytestmark = pytest.mark.long

GAME_DATES = 24
FIRST, LAST, DAYS_PER_CHUNK = date(2024, 10, 22), date(2024, 11, 15), 6
THIRD = date(2024, 11, 3)  # first day of the third of five chunks; features begin on 11-06
LAYERS = ("raw", "analytics", "precompute")  # in the order of the phases
QUALIFIED_NAMES = [table.qualified_name for table in catalog.tables().values()]
NOT_IN_THE_SAMPLE = {
    f"nba_raw.{name}" for name in ("nbac_gamebook_player_stats", "nbac_injury_report", "nbac_injury_report_teams")
}
# The process ends itself by SIGKILL at an event of a step in a run that begins on THIRD.
KILLED = """
import os, signal
from nba_pipeline.readiness import runs
record = runs._record
launch = runs.launch
current = []

def launched(job, instance, planned, **options):
    current[:] = [str(planned.first)]
    return launch(job, instance, planned, **options)

def recorded(outcome, by_key, event):
    record(outcome, by_key, event)
    if current == [{day!r}] and event.event_type_value == {kind!r} and event.step_key == {step!r}:
        os.kill(os.getpid(), signal.SIGKILL)

runs._record = recorded
from nba_pipeline.readiness import backfill
backfill.launch = launched
"""


@dataclass(frozen=True)
class Kill:
    """Where a process is ended: in the phase of a layer, at the first event of a kind in the step of a table."""

    layer: str
    table: str
    kind: str

    @property
    def program(self) -> str:
        return KILLED.format(day=THIRD.isoformat(), kind=self.kind, step=f"{self.layer}__{self.table}")


KILLS = (
    Kill("raw", "nbac_player_boxscores", "STEP_START"),
    Kill("analytics", "player_game_summary", "ASSET_MATERIALIZATION"),
    Kill("precompute", "player_daily_cache", "LOADED_INPUT"),
)


def backfill(operator: Operator, **changed: str) -> tuple[int, str]:
    operator = Operator(operator.landing, operator.folder, **changed)
    window = ("--from", FIRST.isoformat(), "--to", LAST.isoformat(), "--chunk", str(DAYS_PER_CHUNK))
    done = operator.run("backfill", *window, "--yes")
    return done.returncode, done.stdout + done.stderr


def runs(operator: Operator) -> dict[str, tuple[frozenset[str], date, date]]:
    """Run -> layers of its tables, first and last date of its range; of the runs over partitions."""
    with open_instance(operator.folder / "dagster_home") as instance:
        found = [run for run in instance.get_runs() if "dagster/asset_partition_range_start" in run.tags]
    assert {run.tags[TRIGGER_TAG] for run in found} == {"backfill"}
    return {
        run.run_id: (
            frozenset(key.path[0] for key in run.asset_selection or ()),
            date.fromisoformat(run.tags["dagster/asset_partition_range_start"]),
            date.fromisoformat(run.tags["dagster/asset_partition_range_end"]),
        )
        for run in found
    }


def differences(one: Operator, other: Operator) -> dict[str, tuple[int, int]]:
    """Table -> its rows in the first warehouse, and the rows that only one of the two holds: all columns but the
    instant of writing, the hash of the row included.
    """
    with duckdb.connect(str(one.warehouse), read_only=True) as connection:
        connection.execute(f"attach '{other.warehouse}' as other (read_only)")
        return {name: _difference(connection, name) for name in QUALIFIED_NAMES}


def _difference(connection: duckdb.DuckDBPyConnection, name: str) -> tuple[int, int]:
    here, there = (f"(select * exclude (processed_at) from {place})" for place in (name, f"other.{name}"))
    one_sided = f"({here} except all {there}) union all ({there} except all {here})"
    found = connection.execute(f"select (select count(*) from {name}), count(*) from ({one_sided})").fetchone()
    assert found is not None
    return found[0], found[1]


def test_chunks_before_the_kill_do_not_run_again_and_the_tables_equal_an_uninterrupted_run(tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    summary = write_sample(str(landing), game_dates=GAME_DATES)
    assert (summary.first_date, summary.last_date) == (FIRST, LAST)
    chunks = [FIRST + timedelta(days=n) for n in range(0, (LAST - FIRST).days + 1, DAYS_PER_CHUNK)]
    assert (len(chunks), chunks[2]) == (5, THIRD)
    killed = Operator(landing, tmp_path / "killed")
    earlier: set[str] = set()
    for launch, kill in enumerate((*KILLS, None)):
        code, printed = backfill(killed, before=kill.program) if kill else backfill(killed)
        assert code == (-signal.SIGKILL if kill else 0), printed
        every = runs(killed)
        ran = [every[run] for run in every if run not in earlier]
        earlier = set(every)
        before = LAYERS[: launch - 1] if launch else ()
        assert [run for run in ran if run[0] & set(before)] == [], f"launch {launch + 1}: a finished phase ran again"
        if launch:
            again = [run for run in ran if KILLS[launch - 1].layer in run[0]]
            assert {run[1] for run in again} == set(chunks[2:]), f"launch {launch + 1}: {again}"
            assert "was left behind by a backfill that was killed" in printed
    whole = Operator(landing, tmp_path / "whole")
    assert backfill(whole)[0] == 0
    found = differences(whole, killed)
    assert {name for name, (rows, _) in found.items() if not rows} == NOT_IN_THE_SAMPLE
    assert {name: different for name, (_, different) in found.items() if different} == {}
