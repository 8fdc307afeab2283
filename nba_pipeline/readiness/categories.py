"""Why a partition failed, as the kind of trouble that alerts and reports group by.

Does NOT belong here: severity, what an alert looks like.
"""

from __future__ import annotations

import dagster as dg
from dagster import DagsterInstance

from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.schema import Table
from nba_pipeline.warehouse.errors import WarehouseError

REFUSED_BY_CHECK = "data_quality"
LEAKAGE = "leakage"
ANY_OTHER_ERROR = "code"  # an exception that no class of this project names
MISSING_FILES = "data_missing"
RUNS_SEARCHED = 20  # newest failed runs in which the failure of a table is looked for
MISSING = frozenset({"MissingInputError", "LandingError"})


def category_of_error(class_name: str) -> str:
    """Category of an exception by the name of its class, as a step failure keeps it."""
    if class_name in MISSING:
        return MISSING_FILES
    return _declared(WarehouseError).get(class_name, ANY_OTHER_ERROR)


def category_of_check(check: str) -> str:
    """Category of a finding of a check."""
    return LEAKAGE if check == "leakage" else REFUSED_BY_CHECK


def category_of_last_failure(instance: DagsterInstance, table: Table) -> str:
    """Category of the error that the newest failed run of the table ended with; `code` where none is found."""
    key = asset_key(table)
    step = "__".join(key.path)
    for run in instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE]), limit=RUNS_SEARCHED):
        if run.asset_selection and key not in run.asset_selection:
            continue
        for entry in instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE):
            if entry.step_key == step and entry.dagster_event:
                error = entry.dagster_event.step_failure_data.error
                while error is not None and error.cause is not None:
                    error = error.cause
                return category_of_error(error.cls_name or "") if error else ANY_OTHER_ERROR
    return ANY_OTHER_ERROR


def _declared(kind: type[WarehouseError]) -> dict[str, str]:
    found = {kind.__name__: kind.category}
    for below in kind.__subclasses__():
        found |= _declared(below)
    return found
