"""The state of partitioned checks, for which the lineage and the pages of a table ask: all partitions at once.

Dagster's storage works it out anew for every page, partition by partition: a millisecond each, 22 s for the checks of
five tables over five seasons, and the browser asks again every few seconds. Here the partitions of a state are put
together in one step. What a state means is Dagster's. Does NOT belong here: reading executions, storing them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import dagster as dg
from dagster._core.asset_graph_view.serializable_entity_subset import SerializableEntitySubset
from dagster._core.storage.asset_check_execution_record import (
    AssetCheckExecutionRecordStatus,
    AssetCheckExecutionResolvedStatus,
    AssetCheckPartitionInfo,
)
from dagster._core.storage.asset_check_state import AssetCheckState
from dagster._core.storage.dagster_run import FINISHED_STATUSES, RunsFilter

Partitions = dg.PartitionsDefinition[str]
Subset = SerializableEntitySubset[dg.AssetCheckKey]
Recorded = AssetCheckExecutionRecordStatus
Resolved = AssetCheckExecutionResolvedStatus
OUTCOMES = {Recorded.SUCCEEDED: Resolved.SUCCEEDED, Recorded.FAILED: Resolved.FAILED}


def asset_check_states(
    instance: dg.DagsterInstance, keys: Sequence[tuple[dg.AssetCheckKey, Partitions | None]]
) -> Mapping[dg.AssetCheckKey, AssetCheckState]:
    """The state of each check, up to date, as Dagster's `get_asset_check_state` returns it."""
    infos: dict[dg.AssetCheckKey, list[AssetCheckPartitionInfo]] = defaultdict(list)
    for info in instance.event_log_storage.get_asset_check_partition_info([key for key, _ in keys]):
        infos[info.check_key].append(info)
    planned = {info.latest_planned_run_id for found in infos.values() for info in found if _is_planned(info)}
    runs = instance.get_runs(RunsFilter(run_ids=sorted(planned), statuses=FINISHED_STATUSES)) if planned else []
    finished, subsets = {run.run_id: run.status for run in runs}, Subsets()
    return {
        key: _before_runs(key, partitions, infos[key], subsets).with_updates(key, partitions, [], finished)
        if partitions
        else AssetCheckState.empty().with_updates(key, None, infos[key], finished)
        for key, partitions in keys
    }


def _is_planned(info: AssetCheckPartitionInfo) -> bool:
    return info.latest_execution_status is Recorded.PLANNED


@dataclass
class Subsets:
    """Subsets of partitions made in one request; the checks of most tables share them."""

    made: dict[tuple[Partitions, frozenset[str]], dg.PartitionsSubset] = field(default_factory=dict)
    valid: dict[Partitions, frozenset[str]] = field(default_factory=dict)

    def of(self, key: dg.AssetCheckKey, partitions: Partitions, days: Iterable[str]) -> Subset:
        """Those of `days` that the check has; a partition that was taken from the definition is left out."""
        if partitions not in self.valid:
            self.valid[partitions] = frozenset(partitions.get_partition_keys())
        wanted = self.valid[partitions].intersection(days)
        if (partitions, wanted) not in self.made:
            self.made[partitions, wanted] = partitions.subset_with_partition_keys(sorted(wanted))
        return Subset(key=key, value=self.made[partitions, wanted])


def _before_runs(
    key: dg.AssetCheckKey, partitions: Partitions, infos: Sequence[AssetCheckPartitionInfo], subsets: Subsets
) -> AssetCheckState:
    """The state by the executions alone; a planned one counts as in progress, whatever became of its run.

    An outcome from before the newest materialisation is none.
    """
    by_status: dict[Resolved, list[str]] = {status: [] for status in Resolved}
    by_run: dict[str, list[str]] = defaultdict(list)
    for info in infos:
        if info.partition_key is None:
            continue
        if _is_planned(info):
            by_status[Resolved.IN_PROGRESS].append(info.partition_key)
            by_run[info.latest_planned_run_id].append(info.partition_key)
        elif info.latest_execution_status in OUTCOMES and info.is_current:
            by_status[OUTCOMES[info.latest_execution_status]].append(info.partition_key)
    newest = (max(i.latest_check_event_storage_id, i.latest_materialization_storage_id or 0) for i in infos)
    return AssetCheckState(
        latest_storage_id=max(newest, default=0),
        subsets={status: subsets.of(key, partitions, days) for status, days in by_status.items()},
        in_progress_runs={run: subsets.of(key, partitions, days) for run, days in by_run.items()},
    )
