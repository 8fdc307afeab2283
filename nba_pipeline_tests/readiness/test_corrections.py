"""A correction behind the horizon of automation is named until its readers have seen it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import dagster as dg
import pytest

from nba_pipeline.orchestration.input_versions import INPUT_VERSION_TAG, input_versions
from nba_pipeline.orchestration.inputs import TableInput, same_day, season_to_date
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.readiness.corrections import pending_corrections
from nba_pipeline.readiness.state import PartitionState
from nba_pipeline.schema import Table
from nba_pipeline_tests.checks.store import PGS, PLAYER_BOX, PSZA

TODAY = date(2024, 1, 20)
DAYS = [date(2024, 1, day) for day in range(4, 16)]
EDGES = {
    PGS: (same_day(PLAYER_BOX, ("points",)),),
    PSZA: (season_to_date(PGS, ("points",)),),
}


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


@pytest.fixture
def computed(instance: dg.DagsterInstance) -> dg.DagsterInstance:
    """Boxes, player games and zones of every day, each from the versions of then."""
    for table in (PLAYER_BOX, PGS, PSZA):
        for day in DAYS:
            write(instance, table, day, "v1", changed=1)
    return instance


def write(instance: dg.DagsterInstance, table: Table, day: date, version: str, changed: int) -> None:
    read: tuple[TableInput, ...] = EDGES.get(table, ())
    tags = {"dagster/data_version": version}
    if read:
        tags[INPUT_VERSION_TAG] = input_versions(instance, read, [day])[day]
    event = dg.AssetMaterialization(
        asset_key(table), partition=str(day), metadata={"rows": 1, "rows_updated": changed}, tags=tags
    )
    instance.report_runless_asset_event(event)


def pending(instance: dg.DagsterInstance) -> dict[date, list[str]]:
    states: dict[str, dict[date, PartitionState]] = {}
    for table in EDGES:
        newest = states.setdefault(str(table), {})
        for record in instance.fetch_materializations(asset_key(table), limit=100).records:
            written = record.asset_materialization
            assert written is not None
            state = PartitionState("done", input_version=(written.tags or {})[INPUT_VERSION_TAG])
            newest.setdefault(date.fromisoformat(str(written.partition)), state)
    return pending_corrections(instance, EDGES, states, TODAY)


def test_nothing_is_pending_where_everything_was_computed_from_todays_versions(computed: dg.DagsterInstance) -> None:
    assert pending(computed) == {}


def test_an_old_correction_is_named_with_the_tables_that_have_not_seen_it(computed: dg.DagsterInstance) -> None:
    corrected = date(2024, 1, 5)
    write(computed, PLAYER_BOX, corrected, "v2", changed=1)
    assert pending(computed) == {corrected: [str(PGS)]}
    write(computed, PGS, corrected, "v2", changed=1)
    assert pending(computed) == {corrected: [str(PSZA)]}
    for day in DAYS:
        write(computed, PSZA, day, "v2", changed=1)
    assert pending(computed) == {}


def test_a_correction_inside_the_horizon_is_left_to_automation(computed: dg.DagsterInstance) -> None:
    write(computed, PLAYER_BOX, date(2024, 1, 11), "v2", changed=1)
    assert pending(computed) == {}
    write(computed, PLAYER_BOX, date(2024, 1, 10), "v2", changed=1)
    assert list(pending(computed)) == [date(2024, 1, 10)]


def test_the_same_rows_written_again_correct_nothing(computed: dg.DagsterInstance) -> None:
    write(computed, PLAYER_BOX, date(2024, 1, 5), "v1", changed=0)
    assert pending(computed) == {}
