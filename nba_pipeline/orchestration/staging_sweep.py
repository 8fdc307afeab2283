"""Hourly removal of staging tables that failed or killed writes left in BigQuery. It starts no run.

Does NOT belong here: what counts as left over (warehouse.bigquery_staging).
"""

from collections.abc import Callable
from datetime import datetime

import dagster as dg
from dagster._core.storage.dagster_run import IN_PROGRESS_RUN_STATUSES, RunsFilter

from nba_pipeline.orchestration.resources import WarehouseResource
from nba_pipeline.warehouse.bigquery import BigQueryWarehouse
from nba_pipeline.warehouse.bigquery_staging import STAGING_HOURS

STAGING_SWEEP = "staging_sweep"
EVERY_SECONDS = 3600


def staging_sweep(status: dg.DefaultSensorStatus, clock: Callable[[], datetime]) -> dg.SensorDefinition:
    """The sensor of a warehouse on BigQuery; DuckDB stages in temporary tables, which end with their connection."""

    @dg.sensor(
        name=STAGING_SWEEP,
        minimum_interval_seconds=EVERY_SECONDS,
        default_status=status,
        description=f"Removes staging tables older than {STAGING_HOURS} hours whose run is over.",
    )
    def _sweep(context: dg.SensorEvaluationContext, warehouse: WarehouseResource) -> dg.SkipReason:
        opened = warehouse.open()
        if not isinstance(opened, BigQueryWarehouse):
            raise TypeError(f"{STAGING_SWEEP}: {warehouse.url} keeps no staging tables; remove the sensor.")
        running = context.instance.get_run_ids(RunsFilter(statuses=IN_PROGRESS_RUN_STATUSES))
        swept = opened.sweep(running, clock())
        if swept.warning:
            context.log.warning(swept.warning)
        return dg.SkipReason(f"{len(swept.removed)} left-over staging table(s) removed")

    return _sweep
