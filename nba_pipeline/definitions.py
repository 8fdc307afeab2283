"""The Dagster code location: every declared table as an asset, with its resources.

Does NOT belong here: logic of any kind.
"""

from __future__ import annotations

import dagster as dg

from nba_pipeline.catalog import table_modules
from nba_pipeline.orchestration.io_manager import MergeIOManager
from nba_pipeline.orchestration.resources import LandingResource, WarehouseResource
from nba_pipeline.orchestration.whole_table_checks import whole_table_checks
from nba_pipeline.settings import Settings, load_settings

JOB, CHECKS_JOB = "warehouse", "whole_table_checks"
JOB_DESCRIPTION = "All tables; a run takes a selection of them and a range of partitions."
CHECKS_DESCRIPTION = "Checks over all partitions of the tables, in runs of their own."


def build_definitions(settings: Settings) -> dg.Definitions:
    """All assets and checks, reading from and writing to where the settings say."""
    warehouse = WarehouseResource(url=settings.warehouse)
    modules = table_modules()
    checks = [check for module in modules.values() for check in whole_table_checks(module.TABLE)]
    whole = dg.AssetSelection.checks(*checks)
    return dg.Definitions(
        assets=[module.asset for module in modules.values()],
        asset_checks=checks,
        jobs=[
            dg.define_asset_job(JOB, dg.AssetSelection.all() - whole, description=JOB_DESCRIPTION),
            dg.define_asset_job(CHECKS_JOB, whole, description=CHECKS_DESCRIPTION),
        ],
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
    return defs.resolve_job_def(JOB)


def checks_job() -> dg.JobDefinition:
    """The job over all whole-table checks."""
    return defs.resolve_job_def(CHECKS_JOB)
