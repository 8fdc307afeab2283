"""The Dagster instance of this project: where its files lie and how it stores events.

Does NOT belong here: reading the environment (settings.py).
"""

from __future__ import annotations

import re
from pathlib import Path

import dagster as dg

from nba_pipeline.errors import PipelineError

BASE_DIR = re.compile(r"class: BatchingSqliteEventLogStorage\s+config:\s+base_dir:(.+)")


class InstanceError(PipelineError):
    """The instance folder cannot be used as it is."""


_INSTANCE_YAML = """\
# Written by nba-pipeline; safe to edit, it is not overwritten.
run_storage:
  module: dagster._core.storage.runs
  class: SqliteRunStorage
  config:
    base_dir: {home}/history
event_log_storage:
  module: nba_pipeline.orchestration.event_log
  class: BatchingSqliteEventLogStorage
  config:
    base_dir: {home}/history/runs
schedule_storage:
  module: dagster._core.storage.schedules
  class: SqliteScheduleStorage
  config:
    base_dir: {home}/schedules
concurrency:
  runs:
    max_concurrent_runs: 4
  pools:
    granularity: run
    default_limit: 1
telemetry:
  enabled: false
nux:
  enabled: false
"""


def prepare_instance(home: Path) -> Path:
    """Create the instance folder and its dagster.yaml unless they exist; returns the absolute folder."""
    home = home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    configuration = home / "dagster.yaml"
    if not configuration.exists():
        configuration.write_text(_INSTANCE_YAML.format(home=home), encoding="utf-8")
    _refuse_foreign_history(home, configuration)
    return home


def _refuse_foreign_history(home: Path, configuration: Path) -> None:
    """A copied instance folder would go on writing into the history of the folder it was copied from."""
    written_for = BASE_DIR.search(configuration.read_text(encoding="utf-8"))
    if written_for and Path(written_for[1].strip()) != home / "history" / "runs":
        raise InstanceError(
            f"{configuration}: event_log_storage.config.base_dir is {written_for[1]}, which is not below {home}. "
            "Was the folder copied? Correct the three base_dir entries, or delete the file to have it written anew."
        )


def open_instance(home: Path) -> dg.DagsterInstance:
    """The instance below `home`, prepared if need be."""
    return dg.DagsterInstance.from_config(str(prepare_instance(home)))
