"""Requests of single dates become runs of ranges."""

from __future__ import annotations

from datetime import date, timedelta

import dagster as dg
from dagster._core.test_utils import freeze_time

from nba_pipeline.orchestration.conditions_sensor import CONDITIONS, conditions_sensor, in_ranges
from nba_pipeline.orchestration.run_tags import TRIGGER_TAG
from nba_pipeline_tests.automation.toys import MARKS, SUMS, TOPS, World

A, B = dg.AssetKey("a"), dg.AssetKey("b")


def request(day: str, *keys: dg.AssetKey) -> dg.RunRequest:
    return dg.RunRequest(partition_key=day, asset_selection=list(keys), tags={"x": "y", "dagster/partition": day})


def ranges(requests: list[dg.RunRequest]) -> list[tuple[set[str], str, str]]:
    return [
        (
            {key.to_user_string() for key in r.asset_selection or ()},
            r.tags["dagster/asset_partition_range_start"],
            r.tags["dagster/asset_partition_range_end"],
        )
        for r in requests
    ]


def test_neighbouring_dates_of_the_same_tables_share_a_run() -> None:
    made = in_ranges([request("2024-01-02", A, B), request("2024-01-01", B, A), request("2024-01-03", A)])
    assert ranges(made) == [({"a", "b"}, "2024-01-01", "2024-01-02"), ({"a"}, "2024-01-03", "2024-01-03")]
    assert made[0].tags["x"] == "y"
    assert "dagster/partition" not in made[0].tags, "Dagster refuses a run with a range and a single partition"


def test_gap_between_dates_splits_a_range() -> None:
    made = in_ranges([request("2024-01-01", A), request("2024-01-03", A)])
    assert [first for _, first, _ in ranges(made)] == ["2024-01-01", "2024-01-03"]


def test_request_without_a_date_stays_as_it_is() -> None:
    whole = dg.RunRequest(asset_selection=[A])
    assert in_ranges([whole]) == [whole]


def test_sensor_asks_for_one_run_over_the_dates_that_follow_a_correction(world: World) -> None:
    """The sensor as the daemon calls it, on the definitions as it finds them: the joining must not get lost."""
    assets = list(world.defs.assets or ())
    sensor = conditions_sensor(assets, dg.DefaultSensorStatus.STOPPED, 30)  # type: ignore[arg-type]
    defs = dg.Definitions(assets=assets, sensors=[sensor], resources=dict(world.defs.resources or {}))
    repository = defs.get_repository_def()
    found = repository.get_sensor_def(CONDITIONS)

    def tick(cursor: str | None) -> dg.SensorResult:
        context = dg.build_sensor_context(instance=world.instance, cursor=cursor, repository_def=repository)
        return found.evaluate_tick(context)  # type: ignore[return-value]

    with freeze_time(world.now):
        first = tick(None)
    world.source.points[date(2021, 11, 15)] = 130
    world.run([MARKS, SUMS, TOPS], date(2021, 11, 15))
    with freeze_time(world.now + timedelta(minutes=1)):
        requests = list(tick(first.cursor).run_requests or ())
    looking_back = {"precompute/form", "precompute/trend", "precompute/features"}
    assert ranges(requests) == [(looking_back, "2021-11-16", "2021-11-20")]
    assert requests[0].tags[TRIGGER_TAG] == "automation"
    assert "dagster/partition" not in requests[0].tags
