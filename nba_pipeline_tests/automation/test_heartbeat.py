"""The heartbeat names what is late, stopped or unknown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteInstigatorOrigin, RemoteRepositoryOrigin
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    InstigatorType,
    SensorInstigatorData,
    TickData,
    TickStatus,
)

from nba_pipeline.orchestration.automation import Automation, instigators
from nba_pipeline.orchestration.heartbeat import HEARTBEAT, Beat, HeartbeatError, heartbeat_faults, manifest

NOW = datetime(2024, 1, 16, 12, tzinfo=UTC)
BEAT = Beat("landing", timedelta(seconds=60))


def switch(instance: dg.DagsterInstance, name: str, status: InstigatorStatus, ticked: datetime | None = None) -> None:
    """A sensor in the instance's books, with its last tick."""
    origin = RemoteInstigatorOrigin(
        RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("nba_pipeline"), "__repository__"), name
    )
    data = SensorInstigatorData()
    state = InstigatorState(origin, InstigatorType.SENSOR, status, data)
    instance.add_instigator_state(state)
    if ticked:
        instance.create_tick(
            TickData(
                instigator_origin_id=state.instigator_origin_id, instigator_name=name,
                instigator_type=InstigatorType.SENSOR, status=TickStatus.SKIPPED, timestamp=ticked.timestamp(),
                selector_id=state.selector_id,
            )
        )  # fmt: skip


def test_sensor_in_time_is_no_fault(instance: dg.DagsterInstance) -> None:
    switch(instance, "landing", InstigatorStatus.RUNNING, NOW - timedelta(seconds=170))
    assert heartbeat_faults(instance, [BEAT], NOW) == []


def test_sensor_later_than_three_intervals_is_named_with_its_silence(instance: dg.DagsterInstance) -> None:
    switch(instance, "landing", InstigatorStatus.RUNNING, NOW - timedelta(minutes=10))
    assert heartbeat_faults(instance, [BEAT], NOW) == ["landing last ticked 10 min ago, its interval is 1 min"]


def test_stopped_sensor_and_one_that_never_ran_are_faults(instance: dg.DagsterInstance) -> None:
    switch(instance, "landing", InstigatorStatus.STOPPED, NOW)
    faults = heartbeat_faults(instance, [BEAT, Beat("conditions", timedelta(seconds=15))], NOW)
    assert faults[0].startswith("landing is stopped")
    assert faults[1].startswith("conditions has never run")


def test_sensor_that_is_not_in_the_code_is_a_fault(instance: dg.DagsterInstance) -> None:
    switch(instance, "landing", InstigatorStatus.RUNNING, NOW)
    switch(instance, "forgotten", InstigatorStatus.RUNNING, NOW)
    (fault,) = heartbeat_faults(instance, [BEAT], NOW)
    assert fault.startswith("forgotten is running and not in the code")


def test_daily_schedule_may_not_have_been_due_yet(instance: dg.DagsterInstance) -> None:
    switch(instance, "daily", InstigatorStatus.RUNNING)
    assert heartbeat_faults(instance, [Beat("daily", timedelta(hours=24))], NOW) == []


def test_manifest_is_everything_in_the_code_and_the_heartbeat_itself() -> None:
    made = instigators([], [], Automation(), sweeps_staging=True)
    names = {beat.name for beat in manifest(made.sensors[:-1], made.schedules, NOW)}
    assert names == {definition.name for definition in (*made.sensors, *made.schedules)}
    assert HEARTBEAT in names


def test_heartbeat_sensor_fails_its_tick(instance: dg.DagsterInstance) -> None:
    sensor = instigators([], [], Automation(clock=lambda: NOW), sweeps_staging=False).sensors[-1]
    with pytest.raises(HeartbeatError, match="landing has never run"):
        sensor(dg.build_sensor_context(instance=instance))


def test_automation_is_off_unless_asked_for() -> None:
    off, on = (instigators([], [], Automation(running=running), sweeps_staging=False) for running in (False, True))
    assert {sensor.default_status for sensor in off.sensors} == {dg.DefaultSensorStatus.STOPPED}
    assert {sensor.default_status for sensor in on.sensors} == {dg.DefaultSensorStatus.RUNNING}
    assert {schedule.default_status for schedule in on.schedules} == {dg.DefaultScheduleStatus.RUNNING}
