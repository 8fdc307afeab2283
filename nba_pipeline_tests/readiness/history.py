"""What Dagster remembers, put there directly: materialisations with a recorded row count, evaluations of checks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import dagster as dg
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluation

from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.schema import Table


def materialised(instance: dg.DagsterInstance, table: Table, days: Iterable[date | None], rows: int = 1) -> None:
    """Every day (None: the whole table) was written with so many rows."""
    for day in days:
        event = dg.AssetMaterialization(asset_key(table), partition=str(day) if day else None, metadata={"rows": rows})
        instance.report_runless_asset_event(event)


def evaluated(
    instance: dg.DagsterInstance,
    table: Table,
    check: str,
    day: date | None,
    finding: str,
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR,
    *,
    passed: bool = False,
) -> None:
    """A check was evaluated for a day, or for the whole table."""
    evaluation = AssetCheckEvaluation(
        asset_key=asset_key(table),
        check_name=check,
        passed=passed,
        metadata={},
        severity=severity,
        description=finding,
        partition=str(day) if day else None,
    )
    instance.report_runless_asset_event(evaluation)
