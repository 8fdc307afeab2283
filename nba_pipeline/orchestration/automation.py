"""Everything that runs by itself, in one place: sensors and schedules with the pace they keep.

Off unless asked for: a demo or a laptop must not start to fill today's partitions because somebody opened the pages.
Does NOT belong here: what any of them decides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import dagster as dg

from nba_pipeline.orchestration.conditions_sensor import conditions_sensor
from nba_pipeline.orchestration.feed_rules import Pace
from nba_pipeline.orchestration.heartbeat import Beat, heartbeat_sensor, manifest
from nba_pipeline.orchestration.landing_sensor import landing_sensor, utc_now, watched_tables
from nba_pipeline.orchestration.schedules import schedules
from nba_pipeline.orchestration.staging_sweep import staging_sweep
from nba_pipeline.schema import Table


@dataclass(frozen=True)
class Automation:
    """running: switched on without anybody's doing. conditions_seconds: between two evaluations of the conditions."""

    running: bool = False
    pace: Pace = field(default_factory=Pace)
    conditions_seconds: int = 10
    clock: Callable[[], datetime] = utc_now


@dataclass(frozen=True)
class Instigators:
    sensors: tuple[dg.SensorDefinition, ...]
    schedules: tuple[dg.ScheduleDefinition, ...]


def instigators(
    assets: Sequence[dg.AssetsDefinition],
    tables: Sequence[Table],
    automation: Automation,
    *,
    sweeps_staging: bool,
    others: Sequence[dg.SensorDefinition] = (),
) -> Instigators:
    """All sensors and schedules; `others` are watched by the heartbeat as well."""
    on = dg.DefaultSensorStatus.RUNNING if automation.running else dg.DefaultSensorStatus.STOPPED
    by_clock = dg.DefaultScheduleStatus.RUNNING if automation.running else dg.DefaultScheduleStatus.STOPPED
    watched = watched_tables(assets)
    sensors: list[dg.SensorDefinition] = [
        landing_sensor(assets, on, automation.pace, automation.clock),
        conditions_sensor(assets, on, automation.conditions_seconds),
        *([staging_sweep(on, automation.clock)] if sweeps_staging else []),
        *others,
    ]
    timed = schedules(tables, watched, by_clock, automation.pace)

    def beats(now: datetime) -> list[Beat]:
        return manifest(sensors, timed, now)

    return Instigators((*sensors, heartbeat_sensor(beats, on, automation.clock)), tuple(timed))
