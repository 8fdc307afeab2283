"""When automation runs a table: `same_day` and `look_back`, both on data versions.

A partition is requested when it was never made, or when a partition it reads got other content. `look_back` is for
tables that read a window of earlier dates, `same_day` for the others. Updates of the tables without partitions
request nothing, else one new player would request five seasons. Does NOT belong here: schedules, what has landed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import dagster as dg
from dagster import AutomationCondition as AC
from dagster._core.definitions.declarative_automation.automation_condition import BuiltinAutomationCondition

from nba_pipeline.orchestration.condition_parts import AncestorsAtRest, Calm, HeldByCheck, WithinReach
from nba_pipeline.orchestration.horizon import HORIZON_DAYS

LOOK_BACK = "look_back"

Condition = BuiltinAutomationCondition[Any]  # of tables and, in parts, of their checks


def same_day(unpartitioned: Collection[dg.AssetKey], *, from_files: bool = False) -> Condition:
    """For tables that read the same date of other tables.

    from_files: the table is also made from landed files, so that the landing sensor says when a date is first made.
    """
    return _named("same_day", _recent() & _wanted(unpartitioned, from_files) & _ready(), from_files)


def look_back(unpartitioned: Collection[dg.AssetKey], *, from_files: bool = False) -> Condition:
    """For tables that read a window of earlier dates: complete windows only, and not while an ancestor is moving.

    A request of an ancestor and of this table in one tick would be two unordered runs, since their dates differ.
    """
    ready = AncestorsAtRest(together=LOOK_BACK) & _ready()
    return _named(LOOK_BACK, _recent() & _wanted(unpartitioned, from_files) & ready, from_files)


def _recent() -> Condition:
    """Inside the horizon. First in every condition, because all that follows looks at these partitions only.

    Of an input as well: a correction of an older date would otherwise reach the newest dates of every window.
    """
    return AC.in_latest_time_window(timedelta(days=HORIZON_DAYS))


def _wanted(unpartitioned: Collection[dg.AssetKey], from_files: bool) -> Condition:
    """Never made and not failed, or an input has other content than when the partition was last handled.

    A failed partition is left alone until an input changes. Whether it was ever made is a state and not an event:
    remembered as an event while the run is under way, it would ask for a second run of a run that failed.
    """
    changed = AC.any_deps_match(_recent() & AC.data_version_changed())
    if unpartitioned:
        changed = changed.ignore(dg.AssetSelection.assets(*unpartitioned))
    outdated = changed.since_last_handled().with_label("input changed since last handled")
    if from_files:
        return ~AC.missing() & outdated
    return (AC.missing() & ~AC.execution_failed() & ~AC.newly_requested()) | outdated


def _ready() -> Condition:
    """Inputs are there, at rest and not held by a check, as far as a date inside the horizon reads them."""
    near = WithinReach()
    missing = AC.any_deps_match(near & AC.missing() & ~AC.will_be_requested())
    held = AC.any_deps_match(near & AC.any_checks_match(HeldByCheck() & ~AC.will_be_requested(), blocking_only=True))
    moving = AC.any_deps_match(near & AC.in_progress())
    return (
        ~AC.in_progress()
        & ~missing.with_label("an input is missing")
        & ~moving.with_label("an input is being made")
        & ~held.with_label("an input is held by a check")
        & Calm()
    )


def _named(name: str, condition: Condition, from_files: bool) -> Condition:
    return condition.with_label(f"{name}, made from files" if from_files else name)
