"""The heartbeat: every sensor and schedule of the code ticks in time, and no other one runs.

The manifest is the code's own list of sensors and schedules. A fault fails the tick of the heartbeat sensor, which
the pages show and alerts read; the daily message of the morning is the alarm for the heartbeat itself.
Does NOT belong here: sending alerts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import dagster as dg
from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus
from dagster._utils.schedules import schedule_execution_time_iterator

from nba_pipeline.errors import PipelineError

HEARTBEAT = "heartbeat"
EVERY_SECONDS = 300
LATE_AFTER = 3  # intervals
ONCE_A_DAY = timedelta(hours=20)  # with room for the days the clocks change; such a schedule may not be due yet


class HeartbeatError(PipelineError):
    """A sensor or schedule is late, stopped, or runs without being in the code."""


@dataclass(frozen=True)
class Beat:
    """One sensor or schedule and the longest time between two of its ticks."""

    name: str
    interval: timedelta


def manifest(
    sensors: Sequence[dg.SensorDefinition], schedules: Sequence[dg.ScheduleDefinition], now: datetime
) -> list[Beat]:
    """What is to tick, from the definitions."""
    beats = [Beat(sensor.name, timedelta(seconds=sensor.minimum_interval_seconds or 30)) for sensor in sensors]
    beats.append(Beat(HEARTBEAT, timedelta(seconds=EVERY_SECONDS)))
    return beats + [Beat(schedule.name, _cron_interval(schedule, now)) for schedule in schedules]


def _cron_interval(schedule: dg.ScheduleDefinition, now: datetime) -> timedelta:
    times = schedule_execution_time_iterator(
        now.timestamp(), str(schedule.cron_schedule), schedule.execution_timezone, ascending=True
    )
    first, second = next(times), next(times)
    return second - first


def heartbeat_faults(instance: dg.DagsterInstance, beats: Sequence[Beat], now: datetime) -> list[str]:
    """A sentence per sensor or schedule that is late or stopped, and per one that runs without being in the code."""
    states = {state.name: state for state in instance.all_instigator_state()}
    expected = {beat.name for beat in beats}
    faults = [fault for beat in beats if (fault := _fault(instance, beat, states.get(beat.name), now))]
    for name, state in sorted(states.items()):
        if name not in expected and state.status is not InstigatorStatus.STOPPED:
            faults.append(f"{name} is running and not in the code; stop it or deploy the code that has it")
    return faults


def _fault(instance: dg.DagsterInstance, beat: Beat, state: InstigatorState | None, now: datetime) -> str:
    if state is None:
        return f"{beat.name} has never run; is the daemon up and is it switched on?"
    if state.status is InstigatorStatus.STOPPED:
        return f"{beat.name} is stopped; switch it on under Automation"
    ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1)
    if not ticks:
        return f"{beat.name} has not ticked yet" if beat.interval < ONCE_A_DAY else ""
    silent = now - datetime.fromtimestamp(ticks[0].timestamp, UTC)
    if silent <= LATE_AFTER * beat.interval:
        return ""
    return f"{beat.name} last ticked {_spoken(silent)} ago, its interval is {_spoken(beat.interval)}"


def _spoken(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def heartbeat_sensor(
    beats: Callable[[datetime], list[Beat]], status: dg.DefaultSensorStatus, clock: Callable[[], datetime]
) -> dg.SensorDefinition:
    """The sensor that fails its tick while anything is out of step; `beats` gives the manifest at an instant."""

    @dg.sensor(
        name=HEARTBEAT,
        minimum_interval_seconds=EVERY_SECONDS,
        default_status=status,
        description="Fails while a sensor or schedule is late, stopped or unknown.",
    )
    def _heartbeat(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        now = clock()
        expected = beats(now)
        faults = heartbeat_faults(context.instance, expected, now)
        if faults:
            raise HeartbeatError("; ".join(faults))
        return dg.SkipReason(f"{len(expected)} sensors and schedules tick in time")

    return _heartbeat
