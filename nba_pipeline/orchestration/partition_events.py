"""One materialisation event per partition, each with its own metadata and data version.

Dagster copies one data version to every partition of a range run (dagster-io/dagster issues 18649 and 34013), so
a re-run of one date would look like a change to everything below it. The IO manager therefore reports its own
events, and marks the output so that Dagster adds none of its own. A test counts the events of a range run: if a
later Dagster stops honouring the mark, it fails there. Does NOT belong here: what the metadata says.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import dagster as dg
from dagster._core.definitions.data_version import (
    CODE_VERSION_TAG,
    DATA_VERSION_IS_USER_PROVIDED_TAG,
    DATA_VERSION_TAG,
)
from dagster._core.definitions.source_asset import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION
from dagster._core.events import DagsterEventBatchMetadata, StepMaterializationData
from dagster._core.execution.context.system import StepExecutionContext

NO_AUTOMATIC_EVENT: Mapping[str, bool] = {SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION: True}


@dataclass(frozen=True)
class PartitionEvent:
    """What is reported of one partition (None: the whole table)."""

    partition: str | None
    metadata: Mapping[str, dg.MetadataValue | str | int | float | bool]
    data_version: str
    tags: Mapping[str, str] = field(default_factory=dict)


def materialization_events(
    step: StepExecutionContext, key: dg.AssetKey, code_version: str | None, events: Sequence[PartitionEvent]
) -> Iterator[dg.DagsterEvent]:
    """The events of one write, stored as one batch in one transaction, and yielded for whoever follows the run.

    They are stored through the instance, as Dagster does with planned events: through the step, each would pass a
    logger and carry its step four times.
    """
    batch_id = f"{step.run_id}.{step.step.key}.materializations"
    for number, event in enumerate(events, start=1):
        tags = {**event.tags, DATA_VERSION_TAG: event.data_version, DATA_VERSION_IS_USER_PROVIDED_TAG: "true"}
        if code_version:
            tags[CODE_VERSION_TAG] = code_version
        materialization = dg.AssetMaterialization(key, metadata=event.metadata, partition=event.partition, tags=tags)
        reported = dg.DagsterEvent(
            dg.DagsterEventType.ASSET_MATERIALIZATION.value,
            step.job_name,
            step_key=step.step.key,
            node_handle=step.node_handle,
            event_specific_data=StepMaterializationData(materialization, []),
            message=f"Materialized {key.to_user_string()}{f' on {event.partition}' if event.partition else ''}.",
        )
        batch = DagsterEventBatchMetadata(batch_id, is_end=number == len(events)) if event.partition else None
        step.instance.report_dagster_event(reported, step.run_id, logging.DEBUG, batch_metadata=batch)
        yield reported
