"""The digest of a partition covers exactly the upstream versions its windows reach."""

from __future__ import annotations

import hashlib
from datetime import date

import dagster as dg
import pytest

from nba_pipeline.orchestration.input_versions import input_versions
from nba_pipeline.orchestration.inputs import TableInput, same_day, season_to_date, window
from nba_pipeline_tests.orchestration.toy import SCORES

FIRST, SECOND, THIRD = date(2021, 10, 19), date(2021, 10, 20), date(2021, 10, 21)
A, B, C = "2021-10-19=a", "2021-10-20=b", "2021-10-21=c"


@pytest.mark.parametrize(
    ("edge", "expected"),
    [
        (same_day(SCORES, ("points",)), {FIRST: [A], SECOND: [B], THIRD: [C]}),
        (season_to_date(SCORES, ("points",)), {FIRST: [], SECOND: [A], THIRD: [A, B]}),
        (window(SCORES, days=1, columns=("points",)), {FIRST: [A], SECOND: [A, B], THIRD: [B, C]}),
    ],
    ids=["same day", "season to date", "window of a day"],
)
def test_a_day_is_made_of_the_versions_it_reads(edge: TableInput, expected: dict[date, list[str]]) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        for day, version in ((THIRD, "c"), (FIRST, "a"), (SECOND, "b")):
            instance.report_runless_asset_event(
                dg.AssetMaterialization(
                    ["raw", "toy_scores"], partition=str(day), tags={"dagster/data_version": version}
                )
            )
        found = input_versions(instance, [edge], [FIRST, SECOND, THIRD])
    texts = {day: "raw.toy_scores\n" + "\n".join(versions) for day, versions in expected.items()}
    assert found == {day: hashlib.sha256(text.encode()).hexdigest()[:16] for day, text in texts.items()}
