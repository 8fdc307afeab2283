"""The Dagster code location: every declared table as an asset, with its resources.

Does NOT belong here: logic of any kind.
"""

from __future__ import annotations

import dagster as dg

from nba_pipeline.alerts.alert_sensor import Source, alert_sensor
from nba_pipeline.alerts.day_costs import BYTES_OF_DAY, DayCosts
from nba_pipeline.alerts.partition_lag import PARTITION_LAG, LateTables
from nba_pipeline.alerts.schedule_age import SCHEDULE_AGE, OldSchedule
from nba_pipeline.catalog import table_modules
from nba_pipeline.expectations.expected_days import SCHEDULE_TABLE
from nba_pipeline.orchestration.automation import Automation, instigators
from nba_pipeline.orchestration.io_manager import MergeIOManager
from nba_pipeline.orchestration.resources import LandingResource, WarehouseResource
from nba_pipeline.orchestration.run_requests import CHECKS_JOB, WAREHOUSE_JOB
from nba_pipeline.orchestration.whole_table_checks import whole_table_checks
from nba_pipeline.readiness.coverage_check import coverage_check
from nba_pipeline.settings import Settings, load_settings

JOB_DESCRIPTION = "All tables; a run takes a selection of them and a range of partitions."
CHECKS_DESCRIPTION = "Checks over all partitions of the tables, in runs of their own."


def build_definitions(settings: Settings, automation: Automation | None = None) -> dg.Definitions:
    """All assets, checks, sensors and schedules, reading from and writing to where the settings say.

    Automation is on by itself for a warehouse on BigQuery, and has to be switched on for a DuckDB file.
    """
    warehouse = WarehouseResource(url=settings.warehouse)
    modules = table_modules()
    checks = [check for module in modules.values() for check in whole_table_checks(module.TABLE)]
    tables = [module.TABLE for module in modules.values()]
    checks.append(coverage_check(modules[SCHEDULE_TABLE].TABLE, tables))
    whole = dg.AssetSelection.checks(*checks)
    assets, on_bigquery = [module.asset for module in modules.values()], settings.engine == "bigquery"
    automation = automation or Automation(running=on_bigquery)
    sources = [
        Source(frozenset({PARTITION_LAG}), LateTables(tables).look),
        Source(frozenset({SCHEDULE_AGE}), OldSchedule(settings.landing).look),
    ]
    if on_bigquery:  # a DuckDB file bills nothing
        sources.append(Source(frozenset({BYTES_OF_DAY}), DayCosts(tables).look))
    alerts = alert_sensor(
        settings.dagster_home, tables, running=automation.running, sources=sources, clock=automation.clock
    )
    by_itself = instigators(assets, tables, automation, sweeps_staging=on_bigquery, others=[alerts])
    return dg.Definitions(
        assets=assets,
        asset_checks=checks,
        jobs=[
            dg.define_asset_job(WAREHOUSE_JOB, dg.AssetSelection.all() - whole, description=JOB_DESCRIPTION),
            dg.define_asset_job(CHECKS_JOB, whole, description=CHECKS_DESCRIPTION),
        ],
        sensors=by_itself.sensors,
        schedules=by_itself.schedules,
        resources={
            "warehouse": warehouse,
            "landing": LandingResource(root=settings.landing),
            "warehouse_io": MergeIOManager(warehouse=warehouse),
        },
        executor=dg.in_process_executor,
    )


defs = build_definitions(load_settings())


def asset_job() -> dg.JobDefinition:
    """The job over all assets, as a function of this module so that a run can name where its code is."""
    return defs.resolve_job_def(WAREHOUSE_JOB)


def checks_job() -> dg.JobDefinition:
    """The job over all whole-table checks."""
    return defs.resolve_job_def(CHECKS_JOB)
