"""Sensors and schedules whose last tick failed, the heartbeat among them.

Does NOT belong here: whether one is late or stopped (the heartbeat fails its own tick over that).
"""

from __future__ import annotations

from collections.abc import Collection

from dagster import DagsterInstance
from dagster._core.scheduler.instigation import InstigatorStatus, TickStatus

from nba_pipeline.alerts.finding import Finding, Key

TICK_FAILURE = "tick_failure"
OBSERVED_CHARACTERS = 300


def failed_ticks(instance: DagsterInstance, without: Collection[str] = ()) -> list[Finding]:
    """One finding per running sensor or schedule whose newest finished tick failed."""
    found = []
    for state in instance.all_instigator_state():
        if state.name in without or state.status is InstigatorStatus.STOPPED:
            continue
        ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=2)
        finished = next((tick for tick in ticks if tick.status is not TickStatus.STARTED), None)
        if finished is not None and finished.status is TickStatus.FAILURE:
            key = Key(f"automation {state.name}", TICK_FAILURE, "error", "infrastructure")
            error = finished.error
            while error is not None and error.cause is not None:
                error = error.cause
            text = " ".join(error.message.split()) if error else "failed"
            found.append(Finding(key, observed=text[:OBSERVED_CHARACTERS]))
    return found
