"""Values of another table for the same player and date."""

from __future__ import annotations

import pandas as pd
import pytest

from nba_pipeline.precompute.universe import same_date
from nba_pipeline.schema.frames import STRING_DTYPE

ROWS = pd.DataFrame(
    {
        "game_date": pd.to_datetime(["2024-01-02", "2024-01-01", "2024-01-02"]).as_unit("us"),
        "player_lookup": pd.array(["a", "a", "c"], dtype=STRING_DTYPE),
    },
    index=[7, 8, 9],
)
OTHER = pd.DataFrame(
    {
        "analysis_date": pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-02"]).as_unit("us"),
        "player_lookup": pd.array(["a", "b", "a"], dtype=STRING_DTYPE),
        "rate": [0.1, 0.2, 0.3],
    },
    index=[5, 5, 6],
)
ON, KEY = ("game_date", "player_lookup"), ("analysis_date", "player_lookup")


def test_values_come_from_the_row_of_both_keys_and_are_null_without_one() -> None:
    found = same_date(ROWS, OTHER, ["rate"], on=ON, key=KEY)
    pd.testing.assert_frame_equal(found, pd.DataFrame({"rate": [0.3, 0.1, float("nan")]}, index=[7, 8, 9]))


def test_repeated_key_of_the_other_table_is_refused() -> None:
    with pytest.raises(ValueError, match="analysis_date and player_lookup of the other rows are repeated"):
        same_date(ROWS, pd.concat([OTHER, OTHER.tail(1)]), ["rate"], on=ON, key=KEY)
