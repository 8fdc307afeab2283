"""The toy graph as a job that a run can load by name; which dates go wrong is written in a file beside it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import dagster as dg
import pandas as pd

from nba_pipeline.schema import TableRows
from nba_pipeline_tests.orchestration.toy import frame, toy_assets, toy_resources

FOLDER_VARIABLE = "TOY_FOLDER"


def toy_job() -> dg.JobDefinition:
    """toy_scores raises on the dates under `raise`, and breaks a blocking rule on those under `refuse`.

    Dates in points.txt have other points than the rest: a correction.
    """
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
        jobs=[dg.define_asset_job("toy", selection=dg.AssetSelection.all())],
        resources=toy_resources(folder),
        executor=dg.in_process_executor,
    ).resolve_job_def("toy")
