"""Columns that lose values: against the 90 days before, without the partitions that failed themselves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from nba_pipeline.orchestration.checks.null_regression import null_regression, populations
from nba_pipeline.orchestration.checks.verdicts import Verdict
from nba_pipeline.orchestration.whole_table_checks import whole_table_check_functions
from nba_pipeline.schema import Column, Condition, NullCeiling, Table
from nba_pipeline.schema.fields import GAME_DATE, PLAYER_LOOKUP
from nba_pipeline_tests.checks.store import MLFS, PGS, TDZA, UPGC, Store

ACTIVE = (Condition("is_active", "=", True),)
LINES = Table(
    layer="raw",
    name="usage",
    grain="one row per player and date",
    columns=(
        GAME_DATE,
        PLAYER_LOOKUP,
        Column("is_active", "BOOL", "Played.", unit="flag", source="test"),
        Column(
            "usage_rate",
            "FLOAT64",
            "Usage.",
            unit="fraction",
            source="test",
            nulls=NullCeiling(date=0.01, error=0.05, population=ACTIVE),
        ),
    ),
    primary_key=("game_date", "player_lookup"),
    partition_column="game_date",
)
FIRST = date(2024, 1, 1)


def fill(store: Store, day: date, filled: int, rows: int) -> None:
    """`rows` active players, `filled` of them with a value, and one inactive one without."""
    store.insert(LINES, *rows_of(day, filled, rows))


def rows_of(day: date, filled: int, rows: int) -> list[dict[str, object]]:
    return [
        {"game_date": day, "player_lookup": f"p{n}", "is_active": n < rows, "usage_rate": 0.2 if n < filled else None}
        for n in range(rows + 1)
    ]


def days_of(store: Store, count: int, *, first: date = FIRST, filled: int = 49, rows: int = 50) -> date:
    """So many dates in a row, 98 % filled unless told; returns the day after."""
    days = [first + timedelta(days=n) for n in range(count)]
    store.insert(LINES, *(row for day in days for row in rows_of(day, filled, rows)))
    return first + timedelta(days=count)


def verdict(store: Store, day: date) -> Verdict:
    return {found.partition: found for found in null_regression(store.warehouse, LINES)}[day]


@pytest.mark.parametrize(
    ("filled", "rows", "level", "text"),
    [
        (184, 210, "error", "usage_rate: 184 of 210 filled (87.6%), 98.0% before, ratio 0.894, REGRESSION"),
        (193, 210, "warn", "usage_rate: 193 of 210 filled (91.9%), 98.0% before, ratio 0.938, DEGRADATION"),
        (206, 210, "pass", ""),
        (19, 21, "pass", ""),
    ],
)
def test_a_loss_is_measured_against_the_rate_of_60_partitions(
    store: Store, filled: int, rows: int, level: str, text: str
) -> None:
    """Of 21 rows 20.6 are expected: 1.6 missing ones are chance."""
    day = days_of(store, 60)
    fill(store, day, filled, rows)
    found = verdict(store, day)
    assert (found.severity, found.description) == (level, f"{text} since {day}" if text else "")


def test_a_long_loss_does_not_become_the_norm(store: Store) -> None:
    """Broken for longer than the 90 days: the newest sound partitions stay what it is compared with."""
    broken = days_of(store, 30)
    after = days_of(store, 100, first=broken, filled=40)
    fill(store, after, 40, 50)
    found = verdict(store, after)
    assert found.severity == "error"
    assert found.description.endswith(f"98.0% before, ratio 0.816, REGRESSION since {broken}")


def test_a_column_that_is_filled_again_begins_a_new_loss_later(store: Store) -> None:
    day = days_of(store, 20)
    for n, filled in enumerate((40, 49, 40)):
        fill(store, day + timedelta(days=n), filled, 50)
    assert verdict(store, day + timedelta(days=1)).passed
    assert verdict(store, day + timedelta(days=2)).description.endswith(f"since {day + timedelta(days=2)}")


def test_an_improvement_passes_and_is_noted(store: Store) -> None:
    day = days_of(store, 20, filled=40)
    fill(store, day, 50, 50)
    found = verdict(store, day)
    assert (found.severity, found.observed) == ("pass", {"usage_rate": 1.25})
    assert found.description.endswith("80.0% before, ratio 1.250, IMPROVEMENT")


def test_the_season_before_stands_in_for_too_few_partitions(store: Store) -> None:
    days_of(store, 40, first=date(2023, 3, 1))
    day = days_of(store, 9, filled=50)
    fill(store, day, 40, 50)
    assert verdict(store, day).severity == "error"


@pytest.mark.parametrize(("partitions", "rows"), [(9, 50), (20, 4)])
def test_with_too_little_before_it_is_not_evaluated_and_says_so(store: Store, partitions: int, rows: int) -> None:
    day = days_of(store, partitions, filled=rows, rows=rows)
    fill(store, day, 0, 50)
    found = verdict(store, day)
    assert (found.severity, found.description) == (
        "pass",
        "not evaluated: 1 column(s) with too few partitions or rows before",
    )


def test_ninety_days_are_looked_back(store: Store) -> None:
    """The oldest date is 91 days old when the newest is judged: only the others count."""
    fill(store, FIRST, 0, 5000)
    days_of(store, 90, first=FIRST + timedelta(days=1))
    day = FIRST + timedelta(days=91)
    fill(store, day, 40, 50)
    assert "98.0% before" in verdict(store, day).description


def test_a_table_without_rows_has_no_verdicts(store: Store) -> None:
    store.create(LINES)
    assert null_regression(store.warehouse, LINES) == []
    assert "null_regression" in whole_table_check_functions(LINES)


def test_trailing_values_are_judged_for_players_and_teams_with_games_enough() -> None:
    assert populations(MLFS)["points_avg_last_5"] == "true and games_played_season > 10"
    assert populations(TDZA)["weakest_zone"] == "true and games_in_sample > 10"
    assert "days_since_2_plus_days_rest" not in populations(UPGC)
    assert "avg_points_vs_opponent" not in populations(MLFS)
    assert populations(PGS)["usage_rate"] == "is_active = true"
    assert "odds_api_player_points_props" in populations(PGS)["points_line"]
