"""The toy graph as a job that a run can load by name; which dates go wrong is written in a file beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import dagster as dg
import pandas as pd

from nba_pipeline.orchestration.whole_table_checks import whole_table_checks
from nba_pipeline.schema import TableRows
from nba_pipeline_tests.orchestration.toy import SCORES, TOTALS, frame, toy_assets, toy_resources

FOLDER_VARIABLE = "TOY_FOLDER"


def toy_job() -> dg.JobDefinition:
    """toy_scores raises on the dates under `raise`, and breaks a blocking rule on those under `refuse`.

    Dates in points.txt have other points than the rest: a correction.
    """
    return _toy_definitions().resolve_job_def("toy")


def toy_checks_job() -> dg.JobDefinition:
    """The whole-table checks of the toy graph; its tables are in `checked_toy_job`."""
    return _toy_definitions(_whole_table_checks()).resolve_job_def("toy_checks")


def checked_toy_job() -> dg.JobDefinition:
    """The toy graph in a code location that has whole-table checks as well."""
    return _toy_definitions(_whole_table_checks()).resolve_job_def("toy")


def _whole_table_checks() -> list[dg.AssetChecksDefinition]:
    return [check for table in (SCORES, TOTALS) for check in whole_table_checks(table)]


def _toy_definitions(checks: Sequence[dg.AssetChecksDefinition] = ()) -> dg.Definitions:
    folder = Path(os.environ[FOLDER_VARIABLE])

    def source(dates: pd.DatetimeIndex) -> TableRows:
        faults = json.loads((folder / "faults.json").read_text())
        days = [str(day.date()) for day in dates]
        broken = sorted(set(days) & set(faults["raise"]))
        if broken:
            raise ValueError(f"unusable input on {broken[0]}")
        corrected = (folder / "points.txt").read_text().split() if (folder / "points.txt").exists() else []
        points = {**dict.fromkeys(corrected, 77), **dict.fromkeys(faults["refuse"], -1)}
        return TableRows(frame(*((day, "BOS", points.get(day, 100), 0.5) for day in days)))

    return dg.Definitions(
        assets=toy_assets(source),
        asset_checks=checks,
        jobs=[
            dg.define_asset_job("toy", selection=dg.AssetSelection.all() - dg.AssetSelection.checks(*checks)),
            *([dg.define_asset_job("toy_checks", selection=dg.AssetSelection.checks(*checks))] if checks else []),
        ],
        resources=toy_resources(folder),
        executor=dg.in_process_executor,
    )
