"""The phase gate: present and expected dates per table, what is missing and why, and the answer as an exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pytest

from nba_pipeline import catalog
from nba_pipeline.commands.coverage import document, exit_code, lines
from nba_pipeline.expectations import accepted_gaps, waivers
from nba_pipeline.expectations.expected_days import expected_days, stored_games
from nba_pipeline.orchestration.inputs import same_day, season_to_date
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.readiness.coverage import Coverage, coverage, gate_tables, readers, season_start
from nba_pipeline.readiness.plan import days_between
from nba_pipeline.reference import teams
from nba_pipeline.schema import Column, Table
from nba_pipeline.schema.fields import GAME_DATE, TEAM_ABBR
from nba_pipeline_tests.checks.store import GAMES, PGS, PLAY_BY_PLAY, PSZA, SCHEDULE, TABLES, TDGS, TDZA, TOGS, Store
from nba_pipeline_tests.readiness.history import evaluated, materialised

FIRST, LAST = date(2021, 12, 29), date(2022, 1, 7)
DAYS = days_between(FIRST, LAST)
OFF = date(2022, 1, 1)
GAME_DATES = [day for day in DAYS if day != OFF]
GAP = date(2022, 1, 3)
TEAMS = teams.TABLE
WARN = dg.AssetCheckSeverity.WARN


@pytest.fixture(autouse=True)
def _catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "tables", lambda: TABLES)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path, instance: dg.DagsterInstance) -> Store:
    """One game on nine of ten days, its schedule stored and materialised."""
    made = Store(tmp_path / "warehouse.duckdb")
    for day in GAME_DATES:
        made.game(day, "BOS", "NYK")
    materialised(instance, SCHEDULE, GAME_DATES)
    materialised(instance, SCHEDULE, [OFF], rows=0)
    return made


def fill(instance: dg.DagsterInstance, store: Store, table: Table, days: Sequence[date] = GAME_DATES) -> None:
    """One row on each of the days, and the day without games closed empty."""
    store.insert(table, *({table.partition_column or "": day} for day in days))
    materialised(instance, table, days)
    materialised(instance, table, [OFF], rows=0)


def ask(instance: dg.DagsterInstance, store: Store, *tables: Table, **options: object) -> Coverage:
    return coverage(instance, store.warehouse, tables, FIRST, LAST, **options)  # type: ignore[arg-type]


def test_complete_tables_are_ready(instance: dg.DagsterInstance, store: Store) -> None:
    fill(instance, store, PGS)
    fill(instance, store, TOGS)
    report = ask(instance, store, PGS, TOGS)
    assert lines(report) == [
        "player_game_summary              9/9",
        "team_offense_game_summary        9/9",
        "READY: 2 of 2 tables complete",
    ]
    assert exit_code(report) == 0


def test_one_missing_date_is_named_with_those_who_need_it_until_it_is_filled(
    instance: dg.DagsterInstance, store: Store
) -> None:
    fill(instance, store, PGS, [day for day in GAME_DATES if day != GAP])
    fill(instance, store, TOGS)
    needed = {str(PGS): ("player_shot_zone_analysis", "player_daily_cache"), str(TOGS): ("player_daily_cache",)}
    report = ask(instance, store, PGS, TOGS, needed_by=needed)
    assert lines(report) == [
        "player_game_summary              8/9  missing 2022-01-03  "
        "needed by player_shot_zone_analysis, player_daily_cache",
        "team_offense_game_summary        9/9",
        "  player_game_summary 2022-01-03: never materialised",
        "NOT READY: 1 of 2 tables incomplete, 1 dates missing",
    ]
    assert exit_code(report) == 1
    fill(instance, store, PGS, [GAP])
    assert exit_code(ask(instance, store, PGS, TOGS, needed_by=needed)) == 0


def test_rows_recorded_but_not_stored_are_missing(instance: dg.DagsterInstance, store: Store) -> None:
    fill(instance, store, PGS)
    store.run(f"delete from {PGS.qualified_name} where game_date = date '{GAP}'")
    found = ask(instance, store, PGS).tables[0]
    assert (found.present, found.expected, found.missing) == (8, 9, [GAP])
    assert found.reasons == {GAP: "drifted: 1 row(s) recorded, 0 stored"}


def test_a_game_date_that_was_closed_empty_is_missing(instance: dg.DagsterInstance, store: Store) -> None:
    fill(instance, store, PGS, [day for day in GAME_DATES if day != GAP])
    materialised(instance, PGS, [GAP], rows=0)
    assert ask(instance, store, PGS).tables[0].reasons == {GAP: "materialised without rows"}


@pytest.mark.parametrize(("recorded", "complete"), [({"skip_reason": "source_has_no_rows"}, True), ({}, False)])
def test_a_table_without_partitions_may_be_empty_for_a_recorded_reason(
    instance: dg.DagsterInstance, store: Store, recorded: dict[str, str], *, complete: bool
) -> None:
    event = dg.AssetMaterialization(asset_key(TEAMS), metadata={"rows": 0, **recorded})
    instance.report_runless_asset_event(event)
    assert ask(instance, store, TEAMS).tables[0].complete is complete


def test_a_date_whose_blocking_check_failed_is_missing(instance: dg.DagsterInstance, store: Store) -> None:
    fill(instance, store, PGS)
    evaluated(instance, PGS, "row_count_vs_schedule", GAP, "1 game(s) with one team only")
    found = ask(instance, store, PGS).tables[0]
    assert found.missing == [GAP]
    assert found.reasons == {GAP: "failed: row_count_vs_schedule: 1 game(s) with one team only"}


def test_a_range_of_missing_dates_runs_on_over_days_without_games(instance: dg.DagsterInstance, store: Store) -> None:
    fill(instance, store, PGS, [day for day in GAME_DATES if day < date(2021, 12, 31) or day == date(2022, 1, 6)])
    assert "missing 2021-12-31..2022-01-05, 2022-01-07" in lines(ask(instance, store, PGS))[0]


def test_a_day_without_games_that_was_never_materialised_is_not_ready(
    instance: dg.DagsterInstance, store: Store
) -> None:
    """Whatever reads it would be held by it."""
    store.insert(PGS, *({"game_date": day} for day in GAME_DATES))
    materialised(instance, PGS, GAME_DATES)
    report = ask(instance, store, PGS)
    assert (report.tables[0].missing, report.tables[0].unsound) == ([], [OFF])
    assert lines(report)[-2:] == [
        "  player_game_summary 2022-01-01: never materialised",
        "NOT READY: 1 of 1 tables incomplete, 1 other partitions failed, drifted or never materialised",
    ]


def test_an_optional_table_has_no_expected_dates_but_its_failures_count(
    instance: dg.DagsterInstance, store: Store
) -> None:
    fill(instance, store, PLAY_BY_PLAY, GAME_DATES[:4])
    materialised(instance, PLAY_BY_PLAY, GAME_DATES[4:], rows=0)
    report = ask(instance, store, PLAY_BY_PLAY)
    assert lines(report)[0] == "nbac_play_by_play          4  optional"
    assert exit_code(report) == 0
    evaluated(instance, PLAY_BY_PLAY, "unique_key", GAP, "2 keys twice")
    assert exit_code(ask(instance, store, PLAY_BY_PLAY)) == 1


def test_an_open_error_is_a_warning_and_an_open_warning_is_nothing(instance: dg.DagsterInstance, store: Store) -> None:
    fill(instance, store, PGS)
    evaluated(instance, PGS, "null_rates", GAP, "fouls: 1 of 9 NULL", WARN)
    assert exit_code(ask(instance, store, PGS)) == 0
    evaluated(instance, PGS, "null_rates", OFF, "usage_rate: 7 of 9 NULL")
    evaluated(instance, PGS, "value_ranges", None, "3 of 9 partitions")
    report = ask(instance, store, PGS)
    assert report.tables[0].open_errors == [
        "null_rates 2022-01-01: usage_rate: 7 of 9 NULL",
        "value_ranges: 3 of 9 partitions",
    ]
    assert lines(report)[-1] == "READY WITH WARNINGS: 1 of 1 tables complete, 2 open errors"
    assert exit_code(report) == 2


def test_a_check_that_passed_or_an_error_outside_the_range_is_not_open(
    instance: dg.DagsterInstance, store: Store
) -> None:
    fill(instance, store, PGS)
    evaluated(instance, PGS, "null_rates", GAP, "", passed=True)
    evaluated(instance, PGS, "null_rates", LAST + timedelta(days=1), "usage_rate: 7 of 9 NULL")
    assert ask(instance, store, PGS).tables[0].open_errors == []


def test_a_table_without_partitions_is_there_or_not(instance: dg.DagsterInstance, store: Store) -> None:
    report = ask(instance, store, TEAMS)
    assert lines(report)[0] == "teams        0/1  missing the whole table"
    assert report.tables[0].reasons == {None: "never materialised"}
    store.insert(TEAMS, {"team_abbr": "BOS"})
    materialised(instance, TEAMS, [None], rows=2)
    assert ask(instance, store, TEAMS).tables[0].reasons == {None: "drifted: 2 row(s) recorded, 1 stored"}
    materialised(instance, TEAMS, [None])
    assert exit_code(ask(instance, store, TEAMS)) == 0
    evaluated(instance, TEAMS, "unique_key", None, "BOS twice")
    assert ask(instance, store, TEAMS).tables[0].reasons == {None: "failed: unique_key: BOS twice"}


def test_without_the_schedule_nothing_is_ready(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    """No expected dates is no reason to call a table complete."""
    report = ask(instance, Store(tmp_path / "empty.duckdb"), PGS)
    assert (report.ready, report.unknown) == (False, DAYS)
    assert lines(report)[-2] == "the schedule of 10 day(s) is not stored: 2021-12-29..2022-01-07"


def test_the_report_as_json_names_every_date(instance: dg.DagsterInstance, store: Store) -> None:
    fill(instance, store, PGS, [day for day in GAME_DATES if day != GAP])
    made = json.loads(json.dumps(document(ask(instance, store, PGS)), default=str))
    assert made["verdict"] == "NOT READY"
    table = made["tables"][0]
    assert (table["table"], table["present"], table["expected"]) == ("analytics.player_game_summary", 8, 9)
    assert table["missing"] == ["2022-01-03"]
    assert table["reasons"] == {"2022-01-03": "never materialised"}


def test_a_layer_waits_for_the_layer_above() -> None:
    tables = list(TABLES.values())
    assert gate_tables(tables, "precompute") == [PGS, TOGS, TDGS]
    assert gate_tables(tables, "predictions") == [TDZA, PSZA]
    assert {table.layer for table in gate_tables(tables, "analytics")} == {"raw", "reference"}
    assert {table.layer for table in gate_tables(tables, "raw")} == {"raw"}


def test_readers_of_a_table_come_from_the_edges() -> None:
    edges = {
        str(PSZA): (season_to_date(PGS, ("points",)), same_day(GAMES, ("game_id",))),
        str(TDZA): (season_to_date(TDGS, ("points",)), same_day(GAMES, ("game_id",))),
    }
    assert readers(edges) == {
        str(PGS): ("player_shot_zone_analysis",),
        str(GAMES): ("player_shot_zone_analysis", "team_defense_zone_analysis"),
        str(TDGS): ("team_defense_zone_analysis",),
    }


def test_the_season_starts_with_its_first_game(store: Store) -> None:
    store.game(date(2021, 6, 16), "BOS", "GSW")
    store.game(date(2022, 10, 18), "BOS", "PHI")
    assert season_start(store.warehouse, date(2022, 1, 5)) == FIRST
    assert season_start(store.warehouse, date(2022, 7, 1)) == FIRST
    assert season_start(store.warehouse, date(2022, 10, 20)) == date(2022, 10, 18)
    assert season_start(store.warehouse, date(2022, 10, 4)) == date(2022, 10, 4)


def test_the_player_universe_is_expected_once_a_playing_team_has_played(tmp_path: Path) -> None:
    """Four teams play on the first two days; on the third day one of them plays again."""
    store = Store(tmp_path / "warehouse.duckdb")
    start = date(2022, 10, 18)
    days = days_between(start, start + timedelta(days=3))
    store.game(start, "BOS", "PHI")
    store.game(days[1], "CHI", "DEN")
    store.game(days[2], "BOS", "MIA", is_final=False)
    store.game(days[3], "LAL", "GSW", is_final=False)
    universe = Table(
        layer="analytics",
        name="universe",
        grain="one row per team",
        columns=(GAME_DATE, TEAM_ABBR, Column("x", "INT64", "A number.", unit="count", source="test")),
        primary_key=("game_date", "team_abbr"),
        partition_column="game_date",
        row_count="universe",
    )
    games = stored_games(store.warehouse, start, days[3])
    assert expected_days(universe, games, days) == {days[2]}


def test_a_waiver_in_the_range_and_every_accepted_gap_are_printed_and_a_waiver_is_a_warning(
    instance: dg.DagsterInstance, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(instance, store, PGS)
    (tmp_path / "gaps.yaml").write_text(
        f'accepted_gaps: [{{nba_game_id: "0022100001", tables: [{TOGS}], reason: lost at the source}}]'
    )
    monkeypatch.setattr(accepted_gaps, "FILE", tmp_path / "gaps.yaml")
    assert lines(ask(instance, store, PGS))[-2:] == [
        f"accepted gap 0022100001 in {TOGS}: lost at the source",
        "READY: 1 of 1 tables complete",
    ]
    last = date.today() + timedelta(days=1)
    entry = f"table: {PGS}, check: row_count_vs_schedule, partition: {GAP}, reason: known, expires: {last}"
    (tmp_path / "waivers.yaml").write_text(f"waivers: [{{{entry}}}]")
    monkeypatch.setattr(waivers, "FILE", tmp_path / "waivers.yaml")
    report = ask(instance, store, PGS)
    assert lines(report)[-2:] == [
        f"waiver {PGS} row_count_vs_schedule {GAP}, until {last}: known",
        "READY WITH WARNINGS: 1 of 1 tables complete, 1 waivers",
    ]
    assert exit_code(report) == 2
    assert ask(instance, store, TOGS).waivers == ()


def test_a_correction_that_waits_is_named_with_the_command_that_brings_it_in() -> None:
    report = Coverage(FIRST, LAST, [], [], corrections={GAP: [str(PGS), str(TOGS)]})
    assert lines(report)[:2] == [
        f"correction_pending: {GAP}  not seen by {PGS}, {TOGS}",
        f"run: nba-pipeline backfill --only stale --from {GAP} --to {LAST}",
    ]
    assert exit_code(report) == 2
    assert document(report)["correction_pending"] == {str(GAP): [str(PGS), str(TOGS)]}
