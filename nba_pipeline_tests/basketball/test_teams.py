"""The one table of team spellings."""

from __future__ import annotations

import pandas as pd
import pytest

from nba_pipeline.basketball.teams import ABBR_BY_NBA_TEAM_ID, TEAMS, abbr_of, team_abbr


@pytest.mark.parametrize(
    ("spelling", "abbr"),
    [
        ("UTAH", "UTA"), ("GS", "GSW"), ("NO", "NOP"), ("NY", "NYK"), ("SA", "SAS"), ("WSH", "WAS"), ("BRK", "BKN"),
        ("CHO", "CHA"), ("PHO", "PHX"), ("BROOKLYN NETS", "BKN"), ("Los Angeles Clippers", "LAC"),
        ("L.A. Lakers", "LAL"), ("trail blazers", "POR"), (" sixers ", "PHI"), ("Golden  State Warriors", "GSW"),
    ],
)  # fmt: skip
def test_known_spellings_map_to_the_tricode(spelling: str, abbr: str) -> None:
    assert abbr_of(spelling) == abbr


@pytest.mark.parametrize("spelling", ["Los Angeles", "New York", "EST", "", "Bostn", None, 1610612738])
def test_a_city_alone_or_an_unknown_code_is_no_team(spelling: object) -> None:
    assert abbr_of(spelling) is None


def test_thirty_teams_with_distinct_ids_and_codes() -> None:
    assert len({team.abbr for team in TEAMS}) == len({team.nba_team_id for team in TEAMS}) == 30
    assert len({team.balldontlie_id for team in TEAMS}) == 30
    assert sorted(ABBR_BY_NBA_TEAM_ID) == list(range(1610612737, 1610612767))


def test_a_column_of_spellings_keeps_its_index_and_its_gaps() -> None:
    found = team_abbr(pd.Series(["GS", None, "nowhere", "GS"], index=[3, 5, 7, 9]))
    assert found.index.tolist() == [3, 5, 7, 9]
    assert found.isna().tolist() == [False, True, True, False]
