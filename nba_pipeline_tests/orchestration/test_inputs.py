"""Edges as Dagster keeps them."""

from __future__ import annotations

import pytest

from nba_pipeline.orchestration.inputs import TableInput, same_day, table_input, window
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline_tests.orchestration.toy import SCORES


@pytest.mark.parametrize(
    "edge",
    [
        same_day(SCORES, columns=("game_date", "team_abbr")),
        same_day(SCORES, columns=("game_date",), ordered=False),
        window(SCORES, days=3, columns=("team_abbr",)),
    ],
    ids=["ordered", "unordered", "window"],
)
def test_edge_is_read_back_from_its_metadata_as_it_was_declared(edge: TableInput) -> None:
    assert table_input(asset_key(edge.table), edge.metadata()) == edge
