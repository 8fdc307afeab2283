"""The sensor that evaluates the automation conditions and asks for one run per range of dates.

Dagster offers a run per date or a backfill per tick. A backfill is taken up by a daemon that looks every 30 s, and
its partitions count as in progress until it looks again: a correction that travels through four levels would need
minutes. So the requests of neighbouring dates and equal tables become one run of a range, which every table supports.
Does NOT belong here: the conditions.
"""

import gc
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache

import dagster as dg
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
    PARTITION_NAME_TAG,
)

from nba_pipeline.orchestration.run_tags import run_tags

CONDITIONS = "conditions"
ONE_DAY = timedelta(days=1)


def conditions_sensor(
    assets: Sequence[dg.AssetsDefinition], status: dg.DefaultSensorStatus, every_seconds: int
) -> dg.AutomationConditionSensorDefinition:
    """The sensor over all tables. It runs in the code's own process, which knows the conditions made here."""
    sensor = dg.AutomationConditionSensorDefinition(
        CONDITIONS,
        target=dg.AssetSelection.assets(*(asset.key for asset in assets)),
        use_user_code_server=True,
        emit_backfills=False,
        run_tags=run_tags("automation"),
        minimum_interval_seconds=every_seconds,
        default_status=status,
        description="Requests partitions that are missing or whose inputs have other content.",
    )
    evaluate: Callable[[dg.SensorEvaluationContext], dg.SensorResult] = sensor._raw_fn  # type: ignore[assignment]

    def evaluate_in_ranges(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        _set_aside_what_is_loaded()
        result = evaluate(context)
        return result._replace(run_requests=in_ranges(result.run_requests or ()))

    def evaluation(context: dg.SensorEvaluationContext) -> list[dg.SensorResult]:
        return [evaluate_in_ranges(context)]

    sensor._raw_fn, sensor._evaluation_fn = evaluate_in_ranges, evaluation
    return sensor


@cache
def _set_aside_what_is_loaded() -> None:
    """Once per process, keep the collector of garbage from looking through all imported code again in every tick.

    A tick makes a hundred thousand short-lived objects from its cursor; collecting among a million others that stay
    doubles the processor time of every second idle tick.
    """
    gc.collect()
    gc.freeze()


def in_ranges(requests: Sequence[dg.RunRequest]) -> list[dg.RunRequest]:
    """Requests of single dates, those of neighbouring dates for the same tables joined; others as they are."""
    dated = sorted((r for r in requests if r.partition_key), key=lambda r: str(r.partition_key))
    ranges: list[tuple[dg.RunRequest, date]] = []
    for request in dated:
        day = date.fromisoformat(str(request.partition_key))
        for number, (first, last) in enumerate(ranges):
            if last + ONE_DAY == day and _tables(first) == _tables(request):
                ranges[number] = (first, day)
                break
        else:
            ranges.append((request, day))
    return [*(r for r in requests if not r.partition_key), *(_ranged(first, last) for first, last in ranges)]


def _tables(request: dg.RunRequest) -> frozenset[dg.AssetKey]:
    return frozenset(request.asset_selection or ())


def _ranged(request: dg.RunRequest, last: date) -> dg.RunRequest:
    window = {
        ASSET_PARTITION_RANGE_START_TAG: str(request.partition_key),
        ASSET_PARTITION_RANGE_END_TAG: last.isoformat(),
    }
    tags = {name: value for name, value in request.tags.items() if name != PARTITION_NAME_TAG}  # Dagster refuses both
    return dg.RunRequest(
        asset_selection=request.asset_selection,
        asset_check_keys=request.asset_check_keys,
        tags={**tags, **window},
    )
