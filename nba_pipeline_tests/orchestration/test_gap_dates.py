"""A date without any game but accepted gaps is empty with a reason; every other date still has to have rows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from nba_pipeline.expectations import accepted_gaps
from nba_pipeline.orchestration.gap_dates import gap_reasons, with_gap_reasons
from nba_pipeline.schema import TableRows
from nba_pipeline_tests.checks.store import DAY, GAMES, PGS, TOGS, Store

OTHER = DAY + timedelta(days=1)
LOST = "0042300001"


def test_only_a_date_whose_games_are_all_gaps_of_the_table_may_be_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "warehouse.duckdb")
    for day in (DAY, OTHER):
        store.insert(GAMES, {"game_date": day, "nba_game_id": LOST if day == DAY else "0042300002", "is_final": True})
    days = [DAY, OTHER]
    assert gap_reasons(store.warehouse, PGS, days) == {}
    file = tmp_path / "accepted_gaps.yaml"
    file.write_text(f'accepted_gaps: [{{nba_game_id: "{LOST}", tables: [{PGS}], reason: lost}}]')
    monkeypatch.setattr(accepted_gaps, "FILE", file)
    assert gap_reasons(store.warehouse, PGS, days) == {DAY: "no_games"}
    assert gap_reasons(store.warehouse, TOGS, days) == {}


def test_rows_that_are_there_after_all_need_no_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path / "warehouse.duckdb")
    for day in (DAY, OTHER):
        store.insert(GAMES, {"game_date": day, "nba_game_id": LOST, "is_final": True})
    file = tmp_path / "accepted_gaps.yaml"
    file.write_text(f'accepted_gaps: [{{nba_game_id: "{LOST}", tables: [{PGS}], reason: lost}}]')
    monkeypatch.setattr(accepted_gaps, "FILE", file)
    rows = TableRows(pd.DataFrame({"game_date": pd.to_datetime([OTHER]), "player_lookup": ["p"]}))
    assert with_gap_reasons(store.warehouse, PGS, [DAY, OTHER], rows).skip_reasons == {DAY: "no_games"}
