"""Checks over all partitions: copies, ranges and rules that do not block."""

from __future__ import annotations

from datetime import date

import dagster as dg
import pytest

from nba_pipeline import catalog
from nba_pipeline.orchestration.recompute import look_back_recipes
from nba_pipeline.orchestration.resources import WarehouseResource
from nba_pipeline.orchestration.whole_table_checks import (
    LOOK_BACK_TABLES,
    duplicates,
    evaluated,
    value_ranges,
    whole_table_check_functions,
    whole_table_checks,
)
from nba_pipeline.schema import Column, Condition, Invariant, Table
from nba_pipeline.schema.fields import GAME_DATE, TEAM_ABBR
from nba_pipeline_tests.checks.store import DAY, NEXT_DAY, PGS, TOGS, UPGC, Store

EVERY_TABLE = catalog.tables  # as it is before the tests here name fewer

LINES = Table(
    layer="raw",
    name="lines",
    grain="one row per team and date",
    columns=(
        GAME_DATE,
        TEAM_ABBR,
        Column("spread", "FLOAT64", "Spread.", unit="points", source="test", minimum=-25, maximum=25.5),
        Column(
            "rate",
            "FLOAT64",
            "Rate.",
            unit="share",
            source="test",
            maximum=0.6,
            range_when=(Condition("spread", "is not null"),),
        ),
        Column("book", "STRING", "Book.", unit="category", source="test", allowed=("a'b", "c")),
    ),
    primary_key=("game_date", "team_abbr"),
    partition_column="game_date",
    invariants=(
        Invariant("L-01", "rate <= 0.9", "error", "Nobody is that good."),
        Invariant("L-02", "spread <> 0", "warn", "Somebody is favoured."),
        Invariant("L-03", "team_abbr <> 'XXX'", "block", "A team is a team."),
    ),
)


def row(team: str, day: date = DAY, **more: object) -> dict[str, object]:
    return {"game_date": day, "team_abbr": team, **more}


def test_copies_in_any_partition_are_an_error(store: Store) -> None:
    store.insert(TOGS, row("BOS"), row("NYK", NEXT_DAY), row("NYK", NEXT_DAY))
    first, second = duplicates(store.warehouse, TOGS)
    assert (first.partition, first.severity) == (DAY, "pass")
    assert (second.partition, second.severity) == (NEXT_DAY, "error")
    assert second.observed["surplus_rows"] == 1


def test_an_empty_table_has_no_copies_and_an_absent_one_fails(store: Store) -> None:
    store.create(TOGS)
    assert evaluated("duplicates", duplicates, store.warehouse, TOGS) == []
    verdict = evaluated("duplicates", duplicates, store.warehouse, PGS)[0]
    assert (verdict.severity, verdict.description) == (
        "error",
        "analytics.player_game_summary does not exist in the warehouse",
    )


@pytest.mark.parametrize(
    "inside", [{"spread": -25.0}, {"spread": 25.5}, {"rate": 0.9}, {"rate": 0.6, "spread": 1.0}, {"book": "a'b"}, {}]
)
def test_bounds_belong_to_the_range_and_null_is_never_outside(store: Store, inside: dict[str, object]) -> None:
    store.insert(LINES, row("BOS", **inside))
    assert [verdict.severity for verdict in value_ranges(store.warehouse, LINES)] == ["pass"]


@pytest.mark.parametrize(
    ("outside", "text"),
    [
        ({"spread": -25.5}, "spread: 1 row(s) break: at least -25 and at most 25.5. BOS"),
        ({"rate": 0.61, "spread": 1.0}, "rate: 1 row(s) break: at most 0.6 where spread is not null. BOS"),
        ({"book": "d"}, "book: 1 row(s) break: one of a'b, c. BOS"),
    ],
)
def test_values_outside_warn_and_are_named(store: Store, outside: dict[str, object], text: str) -> None:
    store.insert(LINES, row("BOS", **outside), row("NYK"))
    verdict = value_ranges(store.warehouse, LINES)[0]
    assert (verdict.severity, verdict.description) == ("warn", text)


def test_declared_rules_report_at_their_own_level_and_blocking_ones_elsewhere(store: Store) -> None:
    store.insert(LINES, row("XXX"), row("BOS", spread=0.0), row("NYK", NEXT_DAY, rate=0.95))
    first, second = value_ranges(store.warehouse, LINES)
    assert (first.severity, first.observed) == ("warn", {"L-02": 1})
    assert (second.severity, second.observed) == ("error", {"L-01": 1})


def test_a_range_of_dates_is_judged_alone(store: Store) -> None:
    store.insert(LINES, row("BOS", spread=99.0), row("NYK", NEXT_DAY, spread=1.0))
    assert [v.partition for v in value_ranges(store.warehouse, LINES, NEXT_DAY, NEXT_DAY)] == [NEXT_DAY]


def test_real_bounds_of_usage_hold_from_five_minutes_on(store: Store) -> None:
    store.insert(
        PGS,
        row("BOS", player_lookup="a", usage_rate=1.9, minutes_played=0.1),
        row("BOS", player_lookup="b", usage_rate=0.61, minutes_played=5.0),
    )
    verdict = value_ranges(store.warehouse, PGS)[0]
    assert verdict.observed["usage_rate"] == 1
    assert "usage_rate: 1 row(s) break" in verdict.description


def test_only_the_tables_concerned_have_a_check() -> None:
    always = {"duplicates", "value_ranges", "constant_columns"}
    assert set(whole_table_check_functions(LINES)) == always
    assert set(whole_table_check_functions(TOGS)) == {*always, "reconciliation", "null_regression"}


def test_tables_that_look_back_are_checked_for_look_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "leakage" in whole_table_check_functions(UPGC)
    assert "leakage" not in whole_table_check_functions(PGS)
    monkeypatch.setattr(catalog, "tables", EVERY_TABLE)
    assert set(look_back_recipes()) == LOOK_BACK_TABLES


def test_dagster_shows_the_worst_partitions_first(store: Store) -> None:
    days = [date(2024, 1, day) for day in range(1, 13)]
    store.insert(LINES, *(row("BOS", day, spread=0.0) for day in days), row("NYK", days[-1], rate=0.95))
    definition = whole_table_checks(LINES)[0]
    resources = {"warehouse": WarehouseResource(url=f"duckdb:///{store.path}")}
    upstream = dg.AssetSpec(dg.AssetKey(["raw", "lines"]))
    job = dg.Definitions(
        assets=[upstream], asset_checks=[definition], resources=resources, executor=dg.in_process_executor
    )
    result = job.resolve_implicit_global_asset_job_def().execute_in_process()
    evaluations = {found.check_name: found for found in result.get_asset_check_evaluations()}
    assert evaluations["duplicates"].passed
    ranges = evaluations["value_ranges"]
    assert (ranges.passed, ranges.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert ranges.description == "12 of 12 partitions"
    records = ranges.metadata["worst_partitions"].records  # type: ignore[union-attr]
    assert len(records) == 10
    assert [str(record.data["partition"]) for record in records][:2] == ["2024-01-12", "2024-01-01"]
