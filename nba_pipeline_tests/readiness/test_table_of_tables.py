"""The table of tables comes from the declarations and the warehouse, and replaces one block of a document."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from nba_pipeline.readiness.table_of_tables import END, START, MarkersError, markdown, table_lines, with_block
from nba_pipeline.reference import teams
from nba_pipeline_tests.checks.store import GAMES, TDZA, TOGS, Store

DOCUMENT = f"# Title\n\n{START}\nold rows\n{END}\n\nthe end\n"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "warehouse.duckdb")
    made.insert(TOGS, *({"game_date": date(2022, 1, day), "team_abbr": "BOS"} for day in (5, 3, 9)))
    made.insert(teams.TABLE, {"team_abbr": "BOS"}, {"team_abbr": "NYK"})
    return made.create(TDZA)


def test_rows_and_dates_are_those_stored(store: Store) -> None:
    lines = table_lines(store.warehouse, (GAMES, TOGS, TDZA, teams.TABLE))
    assert [(line.name, line.rows, line.first, line.last) for line in lines] == [
        ("games", None, None, None),
        ("team_offense_game_summary", 3, date(2022, 1, 3), date(2022, 1, 9)),
        ("team_defense_zone_analysis", 0, None, None),
        ("teams", 2, None, None),
    ]


def test_grain_key_and_write_mode_are_those_declared(store: Store) -> None:
    line = table_lines(store.warehouse, (TDZA,))[0]
    assert (line.grain, line.key, line.write_mode) == (TDZA.grain, ("analysis_date", "team_abbr"), "merge")


def test_markdown_has_one_row_per_table(store: Store) -> None:
    made = markdown(table_lines(store.warehouse, (GAMES, TOGS))).splitlines()
    assert made[:2] == [
        "| Table | Grain | Key | Rows | First date | Last date | Write |",
        "| --- | --- | --- | ---: | --- | --- | --- |",
    ]
    games, offense = made[2:]
    assert games.endswith("| not stored |  |  | merge |")
    assert offense == (
        f"| `nba_analytics.team_offense_game_summary` | {TOGS.grain} | `game_date`, `team_abbr` | 3 | 2022-01-03 "
        "| 2022-01-09 | merge |"
    )


def test_only_the_block_between_the_markers_is_replaced() -> None:
    made = with_block(DOCUMENT, "| new |")
    assert made.startswith(f"# Title\n\n{START}\n")
    assert made.endswith(f"\n\n| new |\n\n{END}\n\nthe end\n")
    assert "old rows" not in made
    assert with_block(made, "| new |") == made


@pytest.mark.parametrize("document", ["no markers", START, f"{END}\n{START}", f"{DOCUMENT}{DOCUMENT}"])
def test_a_document_without_one_place_for_it_is_refused(document: str) -> None:
    with pytest.raises(MarkersError, match="tables:start"):
        with_block(document, "| new |")
