"""The storm brake: automation that starts too many runs stops requesting more.

Does NOT belong here: what is requested, how many runs may run at once (the instance's configuration).
"""

from __future__ import annotations

from datetime import datetime, timedelta

import dagster as dg
from dagster._core.storage.dagster_run import RunsFilter

from nba_pipeline.orchestration.run_tags import AUTOMATIC, TRIGGER_TAG

MOST_RUNS, WITHIN = 60, timedelta(minutes=60)


def automatic_runs(instance: dg.DagsterInstance, now: datetime) -> int:
    """Runs that a sensor, a schedule or a condition started in the hour before `now`."""
    return instance.get_runs_count(RunsFilter(tags={TRIGGER_TAG: list(AUTOMATIC)}, created_after=now - WITHIN))


def is_storm(instance: dg.DagsterInstance, now: datetime) -> bool:
    return automatic_runs(instance, now) > MOST_RUNS
