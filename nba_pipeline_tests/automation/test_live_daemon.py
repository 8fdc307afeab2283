"""A correction lands while the daemon runs: what depends on it is made again, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.scheduler.instigation import TickStatus
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from nba_pipeline.landing import LandedFile, Landing
from nba_pipeline.landing.grammar import file_path
from nba_pipeline.orchestration.conditions_sensor import CONDITIONS
from nba_pipeline.orchestration.instance import open_instance, prepare_instance
from nba_pipeline.orchestration.landing_sensor import LANDING_SENSOR
from nba_pipeline.orchestration.run_tags import AUTOMATIC, TRIGGER_TAG
from nba_pipeline.readiness.plan import days_between
from nba_pipeline.sample import write_sample
from nba_pipeline_tests.commands.processes import Operator
from nba_pipeline_tests.figures import note_seconds

PATIENCE_SECONDS = 600  # on a machine that does ten other things; an idle one needs a tenth of it
MOST_RUNS = 6  # files, gamebook and players, gamebook of today, teams, all that looks back; defence zones if changed
BOX_FEED = "nba_boxscore_live"
RANGE = (ASSET_PARTITION_RANGE_START_TAG, ASSET_PARTITION_RANGE_END_TAG)
SENSORS = (LANDING_SENSOR, CONDITIONS)

OF_ITS_DATE = {
    "raw.nbac_player_boxscores",
    "raw.nbac_team_boxscore",
    "analytics.player_game_summary",
    "analytics.team_offense_game_summary",
    "analytics.team_defense_game_summary",
}
OF_LATER_DATES = {
    "analytics.upcoming_team_game_context",
    "analytics.upcoming_player_game_context",
    "precompute.player_shot_zone_analysis",
    "precompute.player_daily_cache",
    "precompute.player_composite_factors",
    "precompute.ml_feature_store",
}
GAMEBOOK = "raw.nbac_gamebook_player_stats"  # names its inactive players by the box scores of the days before
DEFENCE = "precompute.team_defense_zone_analysis"  # follows only where the defence summary changed


class Daemon:
    """`dagster-daemon run` on the live league; the runs it started, by reading the instance."""

    def __init__(self, operator: Operator, league_now: datetime) -> None:
        self.home = operator.folder / "dagster_home"
        environment = {
            **os.environ,
            "DAGSTER_HOME": str(self.home),
            "DAGSTER_EVENT_BATCH_SIZE": "1000",
            "NBA_LANDING": str(operator.landing),
            "NBA_WAREHOUSE": f"duckdb:///{operator.warehouse}",
            "LIVE_LEAGUE_NOW": league_now.isoformat(),
            "LIVE_LEAGUE_STARTED": datetime.now(UTC).isoformat(),
        }
        self.log = operator.folder / "daemon.log"
        arguments = [sys.executable, "-m", "dagster._daemon", "run", "-m", "nba_pipeline_tests.automation.live_league"]
        with self.log.open("w") as log:
            self._process = subprocess.Popen(arguments, env=environment, stdout=log, stderr=subprocess.STDOUT)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)

    def runs(self, instance: dg.DagsterInstance) -> list[dg.DagsterRun]:
        return instance.get_runs(dg.RunsFilter(tags={TRIGGER_TAG: list(AUTOMATIC)}))

    def settled(self, instance: dg.DagsterInstance, since: float, most_seconds: float) -> float:
        """Wait until nothing is left to do; seconds from `since` to the end of the last run.

        That is when, after the last run ended and after `since`, both sensors have looked twice and asked for nothing.
        """
        while time.time() - since < most_seconds:
            runs = self.runs(instance)
            ended = max([since, *(instance.get_run_stats(run.run_id).end_time or since for run in runs)])
            if all(run.is_finished for run in runs) and all(self._idle(instance, name, ended) for name in SENSORS):
                return ended - since
            time.sleep(1)
        raise AssertionError(f"automation has not come to rest in {most_seconds} s: {self.log.read_text()[-3000:]}")

    def _idle(self, instance: dg.DagsterInstance, name: str, after: float) -> bool:
        for state in instance.all_instigator_state():
            if state.name == name:
                ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id, after=after)
                return len(ticks) >= 2 and all(tick.status is TickStatus.SKIPPED for tick in ticks[:2])
        return False


@pytest.fixture
def league(tmp_path: Path) -> Operator:
    """Sixteen simulated game dates, everything made up to the last, which is today."""
    operator = Operator(tmp_path / "landing", tmp_path)
    summary = write_sample(str(operator.landing), game_dates=16)
    today = summary.last_date
    prepare_instance(operator.folder / "dagster_home")
    done = operator.run("backfill", "--from", "2024-10-01", "--to", today.isoformat(), "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    return operator


@pytest.fixture
def instance(league: Operator) -> Iterator[dg.DagsterInstance]:
    with open_instance(league.folder / "dagster_home") as opened:
        yield opened


@pytest.mark.long
def test_correction_of_one_game_makes_again_what_depends_on_it(
    league: Operator, instance: dg.DagsterInstance, record_property: Callable[[str, object], None]
) -> None:
    landing = Landing(str(league.landing))
    boxes = landing.files((BOX_FEED,), date(2024, 10, 1), date(2024, 12, 1))[0]
    today = max(file.date for file in boxes)
    newest = max((file for file in boxes if file.date < today), key=lambda file: file.date)
    daemon = Daemon(league, datetime.combine(today, datetime.min.time(), UTC) + timedelta(hours=16))
    try:
        daemon.settled(instance, time.time(), most_seconds=PATIENCE_SECONDS)
        before = {run.run_id for run in daemon.runs(instance)}
        payload, landed_at = _with_one_assist_less(landing.read(newest)), time.time()
        landing.put(BOX_FEED, newest.date, newest.unit, newest.fetched_at + timedelta(hours=5), payload)
        seconds = daemon.settled(instance, landed_at, most_seconds=PATIENCE_SECONDS)
        runs = [run for run in daemon.runs(instance) if run.run_id not in before]
        again = time.time()
        _land_again(league.landing, newest, payload)
        daemon.settled(instance, again, most_seconds=PATIENCE_SECONDS)
        after = [run for run in daemon.runs(instance) if run.run_id not in before]
    finally:
        daemon.stop()
    note_seconds(record_property, f"until the last of {len(runs)} runs after a landed correction ended", seconds)
    print(*timeline(instance, runs, landed_at), sep="\n")
    assert len(after) == len(runs), "the same content was run again"
    made = _made(runs)
    assert {name: days for name, days in made.items() if name not in (GAMEBOOK, DEFENCE)} == {
        **{name: {newest.date} for name in OF_ITS_DATE},
        **{name: {today} for name in OF_LATER_DATES},
    }
    assert made[GAMEBOOK] == {newest.date, today}
    assert made.get(DEFENCE, {today}) == {today}
    assert all(run.status is dg.DagsterRunStatus.SUCCESS for run in runs)
    assert len(runs) <= MOST_RUNS


def timeline(instance: dg.DagsterInstance, runs: list[dg.DagsterRun], since: float) -> list[str]:
    """A line per run: when it was asked for, taken from the queue, began and ended, seconds after `since`."""
    lines = []
    for run in runs:
        record, stats = instance.get_run_record_by_id(run.run_id), instance.get_run_stats(run.run_id)
        asked = record.create_timestamp.timestamp() if record else None
        instants = (asked, stats.launch_time, stats.start_time, stats.end_time)
        names = ", ".join(sorted(key.path[-1] for key in run.asset_selection or ()))
        lines.append("".join(f"{(instant or since) - since:8.1f}" for instant in instants) + f"  {names}")
    return sorted(lines)


def _with_one_assist_less(payload: bytes) -> bytes:
    document = json.loads(payload)
    player = next(p for p in document["game"]["homeTeam"]["players"] if p["statistics"]["assists"] > 0)
    player["statistics"]["assists"] -= 1
    return json.dumps(document).encode()


def _land_again(root: Path, file: LandedFile, payload: bytes) -> None:
    """The same content under a later name, as a fetcher without memory would write it."""
    later = file.fetched_at + timedelta(hours=9)
    (root / file_path(file.feed, file.date, file.unit, later, "json")).write_bytes(payload)


def _made(runs: list[dg.DagsterRun]) -> dict[str, set[date]]:
    """Table -> dates that the runs were asked for."""
    made: dict[str, set[date]] = {}
    for run in runs:
        first, last = (date.fromisoformat(run.tags[tag]) for tag in RANGE)
        for key in run.asset_selection or ():
            made.setdefault(".".join(key.path), set()).update(days_between(first, last))
    return made
