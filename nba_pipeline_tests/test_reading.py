"""One line reads a stored table as a typed frame, and says what to ask instead where it cannot."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from dagster import PreviewWarning

from nba_pipeline import ReadError, catalog, read
from nba_pipeline.errors import SettingsError
from nba_pipeline.reference import teams
from nba_pipeline.schema import Table
from nba_pipeline.schema.frames import frame_dtype
from nba_pipeline_tests.checks.store import PGS, TABLES, Store

DAY, NEXT = date(2024, 1, 15), date(2024, 1, 16)


@pytest.fixture(autouse=True)
def _catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {**TABLES, str(teams.TABLE): teams.TABLE}
    monkeypatch.setattr(catalog, "tables", lambda: known)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "warehouse.duckdb")
    made.insert(
        PGS,
        {"game_date": DAY, "player_lookup": "dnp", "is_dnp": True},
        {"game_date": NEXT, "player_lookup": "anna", "points": 31, "ts_pct": 0.61},
        {"game_date": DAY, "player_lookup": "bob", "points": 0},
        {"game_date": DAY, "player_lookup": "anna", "points": 24, "ts_pct": 0.5},
    )
    made.insert(teams.TABLE, {"team_abbr": "NYK"}, {"team_abbr": "BOS"})
    return made


def test_one_day_comes_in_the_order_of_the_key_with_all_business_columns(store: Store) -> None:
    frame = read("player_game_summary", "2024-01-15", warehouse=store.warehouse)
    assert list(frame["player_lookup"]) == ["anna", "bob", "dnp"]
    assert tuple(frame.columns) == PGS.column_names


def test_a_range_holds_its_first_and_its_last_day(store: Store) -> None:
    frame = read("player_game_summary", "2024-01-15", "2024-01-16", warehouse=store.warehouse)
    assert list(frame["game_date"]) == [pd.Timestamp(DAY)] * 3 + [pd.Timestamp(NEXT)]
    assert len(read("player_game_summary", "2024-01-16", "2024-01-20", warehouse=store.warehouse)) == 1


@pytest.mark.parametrize("day", ["2024-01-15", DAY, datetime(2024, 1, 15), pd.Timestamp("2024-01-15")])
def test_a_day_is_a_text_a_date_or_a_midnight(store: Store, day: date | str) -> None:
    assert len(read("player_game_summary", day, warehouse=store.warehouse)) == 3


def test_columns_are_those_named_in_that_order_with_the_declared_types(store: Store) -> None:
    names = ["ts_pct", "points", "player_lookup", "game_date", "is_dnp", "processed_at"]
    frame = read("player_game_summary", DAY, columns=names, warehouse=store.warehouse)
    assert list(frame.columns) == names
    declared = {column.name: column for column in PGS.stored_columns}
    assert {name: str(frame[name].dtype) for name in names} == {
        name: str(pd.Series(dtype=frame_dtype(declared[name])).dtype)  # type: ignore[call-overload]
        for name in names
    }
    assert frame["points"].isna().tolist() == [False, False, True]


def test_one_column_may_be_a_text(store: Store) -> None:
    assert list(read("player_game_summary", DAY, columns="points", warehouse=store.warehouse).columns) == ["points"]


def test_a_day_without_rows_is_an_empty_frame_with_the_same_types(store: Store) -> None:
    empty = read("player_game_summary", "2023-12-24", warehouse=store.warehouse)
    assert len(empty) == 0
    filled = read("player_game_summary", DAY, warehouse=store.warehouse)
    assert empty.dtypes.to_dict() == filled.dtypes.to_dict()


@pytest.mark.parametrize("name", ["teams", "reference.teams", "nba_reference.teams"])
def test_a_table_without_partitions_is_read_whole(store: Store, name: str) -> None:
    assert list(read(name, columns=["team_abbr"], warehouse=store.warehouse)["team_abbr"]) == ["BOS", "NYK"]


def test_the_warehouse_is_an_address_or_the_one_of_the_environment(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"duckdb:///{store.path}"
    assert len(read("player_game_summary", DAY, warehouse=address)) == 3
    monkeypatch.setenv("NBA_WAREHOUSE", address)
    assert len(read("player_game_summary", DAY)) == 3
    with pytest.raises(SettingsError, match="expected duckdb"):
        read("player_game_summary", DAY, warehouse="warehouse.duckdb")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("player_game_sumary", "there is no table 'player_game_sumary', did you mean player_game_summary or"),
        ("precompute.team_defense_zones", "did you mean team_defense_zone_analysis"),
        ("zone_analysis", "did you mean player_shot_zone_analysis or team_defense_zone_analysis"),
        ("injuries", "there is no table 'injuries'. Known: nbac_schedule, games"),
    ],
)
def test_an_unknown_table_names_those_that_are_near(store: Store, name: str, message: str) -> None:
    with pytest.raises(ReadError, match=message.replace(".", r"\.")):
        read(name, DAY, warehouse=store.warehouse)


def test_an_unknown_column_names_those_that_are_near(store: Store) -> None:
    with pytest.raises(
        ReadError, match=r"analytics\.player_game_summary has no column 'point', did you mean points or"
    ):
        read("player_game_summary", DAY, columns=["point"], warehouse=store.warehouse)
    with pytest.raises(ReadError, match=r"'usage', did you mean usage_rate\? 'xyz'\. Known: game_date, player_lookup"):
        read("player_game_summary", DAY, columns=["usage", "xyz", "points"], warehouse=store.warehouse)


@pytest.mark.parametrize(("columns", "message"), [(["points", "points"], r"names \['points'\]"), ([], "names none")])
def test_columns_are_named_once_and_at_least_one(store: Store, columns: list[str], message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read("player_game_summary", DAY, columns=columns, warehouse=store.warehouse)


@pytest.mark.parametrize(
    ("table", "first", "last", "message"),
    [
        ("player_game_summary", None, None, r"one partition a day \(game_date\): name a day"),
        ("team_defense_zone_analysis", None, None, r"one partition a day \(analysis_date\)"),
        ("player_game_summary", "2024-01-16", "2024-01-15", "first 2024-01-16 is after last 2024-01-15"),
        ("player_game_summary", "15.1.2024", None, r"'15\.1\.2024' is not a day: use YYYY-MM-DD"),
        ("player_game_summary", datetime(2024, 1, 15, 19, 30), None, "is an instant, not a day"),
        ("player_game_summary", datetime(2024, 1, 15, tzinfo=UTC), None, "is an instant, not a day"),
        ("teams", "2024-01-15", None, "has no partitions, it is read whole: leave the dates out"),
    ],
)
def test_dates_that_do_not_fit_the_table_are_refused(
    store: Store, table: str, first: date | str | None, last: str | None, message: str
) -> None:
    with pytest.raises(ReadError, match=message):
        read(table, first, last, warehouse=store.warehouse)


def test_a_table_that_is_not_stored_is_an_error_and_no_empty_frame(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"analytics\.team_offense_game_summary: the warehouse given does not hold"):
        read("team_offense_game_summary", DAY, warehouse=store.warehouse)
    absent = tmp_path / "absent.duckdb"
    with pytest.raises(ReadError, match=r"absent\.duckdb does not hold this table"):
        read("games", DAY, warehouse=f"duckdb:///{absent}")
    assert not absent.exists()


def test_importing_the_package_loads_neither_pandas_nor_dagster() -> None:
    code = "import sys, nba_pipeline; print([name for name in ('pandas', 'dagster', 'duckdb') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_what_dagster_says_of_its_preview_features_is_not_shown(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    known = catalog.tables()

    def talkative() -> Mapping[str, Table]:
        warnings.warn("in preview", PreviewWarning, stacklevel=1)
        return known

    monkeypatch.setattr(catalog, "tables", talkative)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        read("player_game_summary", DAY, columns=["points"], warehouse=store.warehouse)
    assert [str(warning.message) for warning in said] == []
