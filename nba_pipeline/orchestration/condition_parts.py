"""Parts of the automation conditions that Dagster does not offer.

`HeldByCheck` judges the severity of a check: Dagster's `check_passed` takes a blocking check that only warned for a
failed one and would hold its descendants for ever. Its `all_deps_blocking_checks_passed` also lets a window pass
when any one of its dates passed. Does NOT belong here: which table gets which condition.
"""

from __future__ import annotations

import asyncio
from collections.abc import Set as AbstractSet
from datetime import timedelta
from typing import Any
from weakref import WeakKeyDictionary

import dagster as dg
from dagster._core.asset_graph_view.asset_graph_view import AssetGraphView
from dagster._core.asset_graph_view.entity_subset import EntitySubset
from dagster._core.definitions.assets.graph.base_asset_graph import BaseAssetGraph
from dagster._core.definitions.declarative_automation.automation_context import AutomationContext
from dagster._core.definitions.declarative_automation.operands.subset_automation_condition import (
    SubsetAutomationCondition,
)
from dagster._core.storage.asset_check_execution_record import (
    AssetCheckExecutionRecordStatus,
    AssetCheckPartitionInfo,
)
from dagster._core.storage.event_log.base import PartitionKeyFilter
from dagster._record import record

from nba_pipeline.calendar import earliest_season_day
from nba_pipeline.orchestration.horizon import window
from nba_pipeline.orchestration.partitions import FIRST_DAY
from nba_pipeline.orchestration.storm import is_storm

MOST_TURNS = 100_000  # of the event loop; judging a table takes a few hundred


@record
class WithinReach(SubsetAutomationCondition[dg.AssetKey]):
    """Partitions that a table may read for a date inside the horizon: from the start of that date's season.

    The partition mappings of windows are as long as the longest season and reach into the season before, of which
    nothing is read: a gap there must not hold the new season.
    """

    @property
    def name(self) -> str:
        return "within_reach"

    def compute_subset(self, context: AutomationContext[dg.AssetKey]) -> EntitySubset[dg.AssetKey]:
        if not context.candidate_subset.is_partitioned:
            return context.candidate_subset
        return _within_reach(context.asset_graph_view, context.key)


def _within_reach(view: AssetGraphView, key: dg.AssetKey) -> EntitySubset[dg.AssetKey]:
    first, today = window(view.effective_dt)
    start = max(earliest_season_day(first), FIRST_DAY)
    return view.compute_latest_time_window_subset(key, lookback_delta=timedelta(days=(today - start).days + 1))


@record
class HeldByCheck(SubsetAutomationCondition[dg.AssetCheckKey]):
    """Materialised partitions whose check found an ERROR, or never finished for what was last written."""

    @property
    def name(self) -> str:
        return "held_by_check"

    async def compute_subset(  # type: ignore[override]
        self, context: AutomationContext[dg.AssetCheckKey]
    ) -> EntitySubset[dg.AssetCheckKey]:
        view, key = context.asset_graph_view, context.key
        made = await view.compute_materialized_asset_subset(key.asset_key)
        instance = view.instance
        if not context.candidate_subset.is_partitioned:
            held = not made.is_empty and _is_held(instance, key, None, _info(view, key, None).get(None))
            return context.candidate_subset if held else context.get_empty_subset()
        wanted = context.candidate_subset.expensively_compute_partition_keys()
        days = sorted(wanted & made.expensively_compute_partition_keys())
        found = _info(view, key, tuple(days)) if days else {}
        held_days = {day for day in days if _is_held(instance, key, day, found.get(day))}
        return context.candidate_subset.compute_intersection_with_partition_keys(held_days)


Infos = dict[str | None, AssetCheckPartitionInfo]
_read_in_tick: WeakKeyDictionary[AssetGraphView, dict[object, Infos]] = WeakKeyDictionary()


def _info(view: AssetGraphView, key: dg.AssetCheckKey, days: tuple[str, ...] | None) -> Infos:
    """The newest execution of a check by partition, read once in a tick: many tables look back on the same season."""
    known = _read_in_tick.setdefault(view, {})
    if (key, days) not in known:
        infos = view.instance.event_log_storage.get_asset_check_partition_info([key], partition_keys=days)
        known[key, days] = {info.partition_key: info for info in infos}
    return known[key, days]


def _is_held(
    instance: dg.DagsterInstance, key: dg.AssetCheckKey, day: str | None, info: AssetCheckPartitionInfo | None
) -> bool:
    if info is None or info.latest_execution_status is AssetCheckExecutionRecordStatus.PLANNED or not info.is_current:
        return True
    if info.latest_execution_status is AssetCheckExecutionRecordStatus.SUCCEEDED:
        return False
    history = instance.event_log_storage.get_asset_check_execution_history(
        key, limit=1, status={AssetCheckExecutionRecordStatus.FAILED}, partition_filter=PartitionKeyFilter(key=day)
    )
    evaluation = history[0].evaluation if history else None
    return evaluation is None or evaluation.severity is dg.AssetCheckSeverity.ERROR


@record
class AncestorsAtRest(SubsetAutomationCondition[dg.AssetKey]):
    """True unless a partition of any table above is being made or will be requested in this tick.

    Direct inputs are not enough: a feature table does not read a team summary itself, but what it does read will be
    made again after it. Tables with the condition `together` run in one run, date by date and in their order, so a
    request of those in the same tick is no obstacle; each waits for what is above any of them, lest the first to be
    ready starts alone and the others wait for it.
    """

    together: str

    @property
    def name(self) -> str:
        return "ancestors_at_rest"

    async def compute_subset(self, context: AutomationContext[dg.AssetKey]) -> EntitySubset[dg.AssetKey]:  # type: ignore[override]
        if context.candidate_subset.is_empty:
            return context.candidate_subset
        graph, view = context.asset_graph, context.asset_graph_view
        joining = {key for key in graph.materializable_asset_keys if _label(graph, key) == self.together}
        starting = joining if context.key in joining else {context.key}
        above = {ancestor for key in starting for ancestor in graph.get_ancestor_asset_keys(key)} - {context.key}
        await _judged_beside(context, above - joining)
        for key in sorted(above):
            if graph.get(key).partitions_def is None:
                continue
            requested = context.request_subsets_by_key.get(key)
            if requested is not None and not requested.is_empty and key not in joining:
                return context.get_empty_subset()
            if await _is_being_made(view, key):
                return context.get_empty_subset()
        return context.candidate_subset


async def _judged_beside(context: AutomationContext[dg.AssetKey], above: AbstractSet[dg.AssetKey]) -> None:
    """Let those of `above` be judged first that Dagster judges at the same time.

    It goes down the graph level by level and judges the tables of a level concurrently. A table that is judged has an
    entry in the requests, if an empty one; those on levels below have none yet and are not waited for. A table that
    this sensor does not judge at all is not waited for long: it is not requested, and at worst a second run follows.
    """
    graph = context.asset_graph
    level = next(keys for keys in graph.toposorted_entity_keys_by_level if context.key in keys)
    beside = {key for key in above if key in level and graph.get(key).automation_condition is not None}
    for _ in range(MOST_TURNS):
        if beside <= context.request_subsets_by_key.keys():
            return
        await asyncio.sleep(0)


def _label(graph: BaseAssetGraph[Any], key: dg.AssetKey) -> str | None:
    condition = graph.get(key).automation_condition
    return condition.get_label() if condition else None


async def _is_being_made(view: AssetGraphView, key: dg.AssetKey) -> bool:
    near = _within_reach(view, key)
    for moving in (
        await view.compute_run_in_progress_subset(key=key, from_subset=near),
        await view.compute_backfill_in_progress_subset(key=key, from_subset=near),
    ):
        if not moving.compute_intersection(near).is_empty:
            return True
    return False


@record
class Calm(SubsetAutomationCondition[dg.AssetKey]):
    """False while the storm brake is on."""

    @property
    def name(self) -> str:
        return "no_storm"

    def compute_subset(self, context: AutomationContext[dg.AssetKey]) -> EntitySubset[dg.AssetKey]:
        view = context.asset_graph_view
        return context.get_empty_subset() if is_storm(view.instance, view.effective_dt) else context.candidate_subset
