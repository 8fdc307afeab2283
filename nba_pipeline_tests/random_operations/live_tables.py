"""The code location of the daemon: the three tables, made by themselves when a file lands or an input changes.

Its clock stands at noon of the last day, so that the ten newest dates are within the horizon of automation and the
four before are not. The storm brake is off: two hundred operations in minutes are a storm.
"""

import json
import os
from datetime import UTC, datetime, time
from pathlib import Path

import dagster as dg
import dagster._time

from nba_pipeline import catalog
from nba_pipeline.orchestration import storm
from nba_pipeline.orchestration.conditions_sensor import conditions_sensor
from nba_pipeline.orchestration.run_tags import run_tags
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline_tests.orchestration.toy import SCORES, toy_resources
from nba_pipeline_tests.random_operations.graph import DAYS, FOLDER_VARIABLE, JOB, assets
from nba_pipeline_tests.random_operations.operations import catalogue

EVERY_SECONDS = 5
NOON = datetime.combine(DAYS[-1], time(17), UTC)

catalog.tables = catalogue  # type: ignore[assignment]
dagster._time._mockable_get_current_datetime = lambda: NOON
storm.MOST_RUNS = 1_000_000
folder = Path(os.environ[FOLDER_VARIABLE])
tables = assets(folder)


@dg.sensor(
    name="landed",
    job_name=JOB,
    minimum_interval_seconds=EVERY_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def landed(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Asks for the scores of every day whose file has other content than at the last look."""
    known = json.loads(context.cursor or "{}")
    found = {file.stem: file.read_text() for file in sorted(folder.glob("*-*.json"))}
    requests = [
        dg.RunRequest(
            asset_selection=[asset_key(SCORES)],
            tags={
                **run_tags("sensor"),
                "dagster/asset_partition_range_start": day,
                "dagster/asset_partition_range_end": day,
            },
        )
        for day, content in found.items()
        if known.get(day) != content
    ]
    return dg.SensorResult(run_requests=requests, cursor=json.dumps(found))


defs = dg.Definitions(
    assets=tables,
    jobs=[dg.define_asset_job(JOB, selection=dg.AssetSelection.all())],
    sensors=[landed, conditions_sensor(tables, dg.DefaultSensorStatus.RUNNING, EVERY_SECONDS)],
    resources=toy_resources(folder),
    executor=dg.in_process_executor,
)
