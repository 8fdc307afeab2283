"""The proofs notice what they are there to notice: transforms that are wrong on purpose."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from nba_pipeline.orchestration.recompute import OUTCOMES, instant_column, look_back_recipes
from nba_pipeline_tests.proofs.chain import base_tables, run_chain, with_made
from nba_pipeline_tests.proofs.conftest import Proven
from nba_pipeline_tests.proofs.doubles import (
    Double,
    doubled,
    dropping_rows,
    inclusive,
    lagging,
    late,
    selecting_who_played,
    taking_rows_as_they_come,
    unsteady,
)
from nba_pipeline_tests.proofs.evidence import (
    absent_rows,
    blindness,
    look_ahead,
    order_dependence,
    range_dependence,
)
from nba_pipeline_tests.proofs.stored import changed, run, store

RECIPES = look_back_recipes()
WITH_EARLIER_GAMES = [n for n, r in RECIPES.items() if any(e.edge == "season_to_date" for e in r.inputs.values())]
WITH_SNAPSHOTS = [
    name
    for name, recipe in RECIPES.items()
    if any(edge.table.partition_column and instant_column(edge.table) for edge in recipe.inputs.values())
]
OF_PLAYERS = [name for name, recipe in RECIPES.items() if recipe.table.row_count in ("universe", "universe_keys")]
FROM_RESULTS_ALONE = [
    name
    for name, recipe in RECIPES.items()
    if not any(str(edge.table) in RECIPES for edge in recipe.inputs.values())
    and not any(set(OUTCOMES.get(str(edge.table), ())) & set(edge.columns) for edge in recipe.inputs.values())
]
DAY = "2021-11-04"  # past the bootstrap, with games the day before and the day after
AROUND = ("2021-11-03", "2021-11-05")
ALONE = (DAY, DAY)


class Wrong:
    """One wrong table over three dates together, made of right ones."""

    def __init__(self, league: Proven, name: str, double: Double) -> None:
        self.name, self.book = name, with_made(league.book, league.whole)
        self.recipes = doubled(league.recipes, name, double)
        self.whole = run_chain(self.book, self.recipes, pd.date_range(*AROUND, unit="us"))
        self.days = pd.DatetimeIndex([DAY]).as_unit("us")

    def is_named_by(self, findings: list[str]) -> bool:
        """Whether the proof has something to say, and says it of this table."""
        return {finding.split()[0].rstrip(",") for finding in findings} == {self.name}


def test_the_doubles_below_are_not_empty_lists() -> None:
    assert set(WITH_EARLIER_GAMES) == set(RECIPES)
    assert len(WITH_SNAPSHOTS) == 2
    assert len(OF_PLAYERS) == 4
    assert len(FROM_RESULTS_ALONE) == 2


@pytest.mark.parametrize("name", WITH_EARLIER_GAMES)
def test_a_game_that_sees_itself_is_caught_by_perturbation_and_by_the_range(league: Proven, name: str) -> None:
    wrong = Wrong(league, name, inclusive)
    assert wrong.is_named_by(look_ahead(wrong.book, wrong.recipes, wrong.whole, wrong.days))
    assert wrong.is_named_by(range_dependence(wrong.book, wrong.recipes, wrong.whole, [ALONE]))


@pytest.mark.parametrize("name", WITH_SNAPSHOTS)
def test_quotes_from_after_the_tip_off_are_caught_by_perturbation(league: Proven, name: str) -> None:
    wrong = Wrong(league, name, late)
    assert wrong.is_named_by(look_ahead(wrong.book, wrong.recipes, wrong.whole, wrong.days))


@pytest.mark.parametrize("name", OF_PLAYERS)
def test_rows_chosen_by_who_then_played_are_caught_by_every_proof(league: Proven, name: str) -> None:
    wrong = Wrong(league, name, selecting_who_played)
    assert wrong.is_named_by(look_ahead(wrong.book, wrong.recipes, wrong.whole, wrong.days))
    assert wrong.is_named_by(range_dependence(wrong.book, wrong.recipes, wrong.whole, [ALONE]))
    assert wrong.is_named_by(absent_rows(wrong.book, wrong.recipes, wrong.whole, wrong.days))


@pytest.mark.parametrize("name", RECIPES)
def test_lost_rows_are_caught(league: Proven, name: str) -> None:
    wrong = Wrong(league, name, dropping_rows)
    assert wrong.is_named_by(absent_rows(wrong.book, wrong.recipes, wrong.whole, wrong.days))


@pytest.mark.parametrize("name", WITH_EARLIER_GAMES)
def test_rows_taken_as_they_come_are_caught_by_shuffling(league: Proven, name: str) -> None:
    wrong = Wrong(league, name, taking_rows_as_they_come)
    assert wrong.is_named_by(order_dependence(wrong.book, wrong.recipes, wrong.whole, [AROUND]))


@pytest.mark.parametrize("name", FROM_RESULTS_ALONE)
def test_a_history_that_lags_behind_is_caught_by_the_reverse_guard(league: Proven, name: str) -> None:
    wrong = Wrong(league, name, lagging)
    assert wrong.is_named_by(blindness(wrong.book, wrong.recipes, wrong.whole, wrong.days))


@pytest.mark.parametrize("double", [inclusive, unsteady])
def test_rows_that_differ_from_run_to_run_are_caught_by_writing_them_again(
    league: Proven, tmp_path: Path, instance: dg.DagsterInstance, double: Double
) -> None:
    name, first, alone, last = FROM_RESULTS_ALONE[0], *(pd.Timestamp(day).date() for day in (AROUND[0], DAY, AROUND[1]))
    recipes = doubled(league.recipes, name, double)
    store(tmp_path, {table: league.book[table] for table in base_tables(recipes)})
    run(tmp_path, instance, recipes, first, last)
    assert changed(run(tmp_path, instance, recipes, alone, alone)).keys() == {name}
