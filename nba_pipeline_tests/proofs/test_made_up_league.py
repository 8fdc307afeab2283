"""The proofs on the made-up league: the past alone makes a row, whatever is asked for together and in what order."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import dagster as dg
import pandas as pd

from nba_pipeline import catalog
from nba_pipeline_tests.proofs.conftest import Proven
from nba_pipeline_tests.proofs.evidence import (
    absent_rows,
    batches,
    blindness,
    deafness,
    look_ahead,
    order_dependence,
    range_dependence,
)
from nba_pipeline_tests.proofs.stored import changed, run, store

# The first partition, a season border, the end of the bootstrap, the days around the break, single days.
RANGES = (
    ("2021-10-19", "2021-10-19"),
    ("2021-10-31", "2021-11-03"),
    ("2021-11-12", "2021-11-19"),
    ("2021-11-24", "2022-10-20"),
    ("2022-11-10", "2022-11-10"),
    ("2022-11-25", "2022-11-25"),
)


def test_every_as_of_table_is_proven(league: Proven) -> None:
    as_of = {name for name, table in catalog.tables().items() if table.layer == "precompute"}
    as_of |= {"analytics.upcoming_team_game_context", "analytics.upcoming_player_game_context"}
    assert set(league.recipes) == as_of
    assert [name for name, made in league.whole.items() if not made.rows.num_rows] == []


def test_nothing_dated_from_the_day_on_changes_its_rows(league: Proven) -> None:
    assert look_ahead(league.book, league.recipes, league.whole, league.days[[1, 11, 18, 26, 37, 51]]) == []


def test_other_results_of_the_newest_games_change_rows_of_every_table(league: Proven) -> None:
    assert blindness(league.book, league.recipes, league.whole, league.days[[12, 40]]) == []


def test_a_quote_or_report_at_the_tip_off_still_counts(league: Proven) -> None:
    assert deafness(league.book, league.recipes, league.whole, batches(league.days[[18, 45]])[0]) == []


def test_a_date_has_the_same_rows_alone_and_in_any_range(league: Proven) -> None:
    assert range_dependence(league.book, league.recipes, league.whole, RANGES) == []


def test_rows_and_dates_may_come_in_any_order(league: Proven) -> None:
    assert order_dependence(league.book, league.recipes, league.whole, RANGES[3:4]) == []


def test_exactly_those_have_rows_whom_the_past_names(league: Proven) -> None:
    assert absent_rows(league.book, league.recipes, league.whole, league.days[::5]) == []


def test_a_second_run_changes_no_row_and_neither_does_one_date_alone(
    league: Proven, tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    first, alone, last = date(2022, 11, 4), date(2022, 11, 5), date(2022, 11, 7)
    store(tmp_path, league.book)
    made = run(tmp_path, instance, league.recipes, first, last)
    expected = {
        name: table.on(pd.date_range(first, last, unit="us")).rows.num_rows for name, table in league.whole.items()
    }
    assert {name: counts["rows_inserted"] for name, counts in made.items()} == expected
    again = run(tmp_path, instance, league.recipes, first, last)
    assert {name: counts["rows"] for name, counts in again.items()} == expected
    assert changed(again) == {}
    assert changed(run(tmp_path, instance, league.recipes, alone, alone)) == {}
