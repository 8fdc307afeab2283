"""The report after a backfill: what is there, what is missing or too much, and how grave it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pytest

from nba_pipeline import catalog
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.orchestration.whole_table_checks import whole_table_check_functions
from nba_pipeline.readiness.evaluated import READ_NOT_EVALUATED
from nba_pipeline.readiness.plan import days_between, ranges_text
from nba_pipeline.readiness.verify import CheckFinding, TableReport, verify
from nba_pipeline.schema import Table, TableRows
from nba_pipeline.warehouse import WriteOptions
from nba_pipeline.warehouse.quarantine import quarantine_batch
from nba_pipeline_tests.checks.store import SCHEDULE, TABLES, TDZA, TOGS, Store, sides
from nba_pipeline_tests.orchestration.toy import SCORES, TOTALS, frame, rows_for, run_toy, toy_assets
from nba_pipeline_tests.readiness.history import evaluated

FIRST, LAST = date(2021, 10, 19), date(2021, 10, 22)
DAYS = days_between(FIRST, LAST)
ROWS = frame(*((str(day), team, 100, 0.5) for day in DAYS[:3] for team in ("BOS", "NYK")))


@pytest.fixture(autouse=True)
def _catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {**TABLES, str(SCORES): SCORES, str(TOTALS): TOTALS}
    monkeypatch.setattr(catalog, "tables", lambda: known)
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "1000")


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with open_instance(tmp_path / "dagster_home") as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "warehouse.duckdb")


@pytest.fixture
def written(tmp_path: Path, instance: dg.DagsterInstance, store: Store) -> Store:
    """The toy tables over four days with games on the first three."""
    run_toy(tmp_path, instance, toy_assets(rows_for(ROWS)), FIRST, LAST)
    for day in DAYS[:3]:
        store.game(day, "BOS", "NYK")
    return store


def report(
    instance: dg.DagsterInstance, store: Store, table: Table, first: date = FIRST, last: date = LAST
) -> TableReport:
    """The report after the checks of the whole table have run, as they do at the end of every backfill."""
    for name in set(READ_NOT_EVALUATED) & set(whole_table_check_functions(table)):
        evaluated(instance, table, name, None, "", passed=True)
    return verify(instance, store.warehouse, [table], first, last)[0]


def test_a_complete_range_is_ok(instance: dg.DagsterInstance, written: Store) -> None:
    found = report(instance, written, SCORES)
    assert (found.level, found.rows, found.present, found.expected) == ("ok", 6, 3, 3)
    assert (found.missing, found.failed, found.drifted, found.extra, found.findings) == ([], {}, {}, [], [])


def test_days_that_were_never_run_are_missing(instance: dg.DagsterInstance, written: Store) -> None:
    found = report(instance, written, SCORES, last=LAST + timedelta(days=2))
    assert found.missing == [LAST + timedelta(days=1), LAST + timedelta(days=2)]
    assert found.level == "error"


def test_a_game_date_without_rows_is_missing_though_it_ran(instance: dg.DagsterInstance, written: Store) -> None:
    written.game(LAST, "CHI", "CLE")
    found = report(instance, written, SCORES)
    assert (found.missing, found.present, found.expected) == ([LAST], 3, 4)


def test_rows_on_days_without_games_are_extra(instance: dg.DagsterInstance, written: Store) -> None:
    written.run(f"delete from {SCHEDULE.qualified_name} where game_date = date '{DAYS[1]}'")
    found = report(instance, written, SCORES)
    assert (found.extra, found.level) == ([DAYS[1]], "error")


def test_rows_put_there_behind_dagster_are_drifted_and_extra(instance: dg.DagsterInstance, written: Store) -> None:
    written.insert(SCORES, {"game_date": LAST, "team_abbr": "BOS", "points": 1})
    found = report(instance, written, SCORES)
    assert found.drifted == {LAST: "0 row(s) recorded, 1 stored"}
    assert found.extra == [LAST]


def test_lost_rows_are_drift(instance: dg.DagsterInstance, written: Store) -> None:
    written.run(f"delete from {SCORES.qualified_name} where game_date = date '{FIRST}' and team_abbr = 'BOS'")
    found = report(instance, written, SCORES)
    assert (found.drifted, found.level) == ({FIRST: "2 row(s) recorded, 1 stored"}, "error")


def test_copies_are_counted_and_are_an_error(instance: dg.DagsterInstance, written: Store) -> None:
    written.run(
        f"insert into {SCORES.qualified_name} select * from {SCORES.qualified_name} where game_date = '{FIRST}'"
    )
    found = report(instance, written, SCORES)
    assert (found.duplicate_rows, found.level) == (2, "error")
    assert found.findings[0].check == "unique_key"
    assert "2 surplus row(s): BOS, NYK" in found.findings[0].examples[0]


def test_ranges_and_null_rates_only_warn(tmp_path: Path, instance: dg.DagsterInstance, store: Store) -> None:
    rows = frame(("2021-10-19", "BOS", 100, 1.2), ("2021-10-19", "NYK", 100, None), ("2021-10-19", "CHI", 100, None))
    run_toy(tmp_path, instance, toy_assets(rows_for(rows)), FIRST, FIRST)
    store.game(FIRST, "BOS", "NYK")
    found = report(instance, store, SCORES, last=FIRST)
    assert found.level == "warn"
    assert [(finding.check, finding.severity, finding.partitions) for finding in found.findings] == [
        ("null_rates", "warn", 1),
        ("value_ranges", "warn", 1),
    ]
    assert found.findings[0].examples == ("2021-10-19: rate: 2 of 3 NULL (66.7%), ceiling 50.0%: CHI, NYK",)


def test_sentences_of_the_transform_warn(tmp_path: Path, instance: dg.DagsterInstance, store: Store) -> None:
    made = TableRows(frame(("2021-10-19", "BOS", 100, 0.5)), warnings={FIRST: ("land a corrected box",)})
    run_toy(tmp_path, instance, toy_assets(lambda dates: made), FIRST, FIRST)
    store.game(FIRST, "BOS", "NYK")
    found = report(instance, store, SCORES, last=FIRST)
    assert found.level == "warn"
    assert "land a corrected box" in found.warnings[FIRST]


def test_a_date_refused_by_a_blocking_check_has_failed(
    tmp_path: Path, instance: dg.DagsterInstance, store: Store
) -> None:
    rows = frame(("2021-10-19", "BOS", 100, 0.5), ("2021-10-20", "BOS", -5, 0.5))
    run_toy(tmp_path, instance, toy_assets(rows_for(rows)), FIRST, DAYS[1], raise_on_error=False)
    for day in DAYS[:2]:
        store.game(day, "BOS", "NYK")
    found = report(instance, store, SCORES, last=DAYS[1])
    assert list(found.failed) == [DAYS[1]]
    assert found.failed[DAYS[1]].startswith("invariants: TS-01")
    assert CheckFinding("invariants", "block", 1, (found.findings[0].examples[0],)) in found.findings
    assert found.level == "error"


def test_only_records_of_the_newest_run_of_a_partition_count(instance: dg.DagsterInstance, written: Store) -> None:
    newest = instance.get_latest_materialization_event(asset_key(SCORES))
    assert newest is not None
    for run in ("an earlier run", newest.run_id):
        records = [{"partition_date": FIRST, "action": "reject_row", "rule": "bad_value"}]
        batch = quarantine_batch(records, str(SCORES), run)
        written.warehouse.ensure(batch.table)
        written.warehouse.write(batch, WriteOptions(run_id=run))
    found = report(instance, written, SCORES)
    assert [(group.rule, group.records) for group in found.quarantine] == [("bad_value", 1)]
    assert found.level == "warn"


def test_a_table_that_does_not_exist_is_an_error(instance: dg.DagsterInstance, store: Store) -> None:
    store.game(FIRST, "BOS", "NYK")
    found = report(instance, store, TOGS)
    assert (found.level, found.missing) == ("error", DAYS)
    assert found.findings == [
        CheckFinding("unique_key", "error", 1, ("analytics.team_offense_game_summary does not exist in the warehouse",))
    ]


def test_a_check_without_its_tables_is_an_error_and_the_report_goes_on(
    instance: dg.DagsterInstance, store: Store
) -> None:
    store.create(SCHEDULE)
    store.insert(TOGS, *sides({"game_date": FIRST, "game_id": "20211019_BOS_NYK"}))
    found = report(instance, store, TOGS)
    named = {finding.check for finding in found.findings if "could not be evaluated" in finding.examples[0]}
    assert {"row_count_vs_schedule", "invariants", "reconciliation"} <= named
    assert found.level == "error"


def test_team_rows_in_three_all_star_breaks_are_six_extra_dates(instance: dg.DagsterInstance, store: Store) -> None:
    extra = [date(2022, 2, 18), date(2022, 2, 20), date(2023, 2, 17), date(2023, 2, 19), date(2024, 2, 16),
             date(2024, 2, 18)]  # fmt: skip
    for year in (2022, 2023, 2024):
        store.insert(TOGS, *sides(store.game(date(year, 2, 10), "BOS", "NYK")))
    store.insert(TOGS, *({"game_date": day, "team_abbr": "EST"} for day in extra))
    found = report(instance, store, TOGS, date(2022, 2, 10), date(2024, 2, 20))
    assert found.extra == extra
    assert ranges_text(found.extra).startswith("2022-02-18, 2022-02-20, 2023-02-17")
    assert found.level == "error"


def test_as_of_rows_on_bootstrap_days_are_extra(instance: dg.DagsterInstance, store: Store) -> None:
    store.game(date(2022, 10, 18), "BOS", "PHI")
    store.game(date(2022, 10, 31), "BOS", "PHI")
    store.insert(TDZA, {"analysis_date": date(2022, 10, 31), "team_abbr": "BOS"})
    assert report(instance, store, TDZA, date(2022, 10, 30), date(2022, 11, 2)).extra == [date(2022, 10, 31)]


def whole_table(instance: dg.DagsterInstance, store: Store) -> dict[str, CheckFinding]:
    """Check -> finding, of the checks whose last outcome is read."""
    found = verify(instance, store.warehouse, [SCORES], FIRST, LAST)[0]
    assert found.evaluated.keys() == {"constant_columns", "null_regression"}
    return {finding.check: finding for finding in found.findings}


def test_a_check_of_the_whole_table_that_never_ran_is_not_claimed_to_have_passed(
    instance: dg.DagsterInstance, written: Store
) -> None:
    assert whole_table(instance, written) == {
        name: CheckFinding(name, "warn", 1, ("not evaluated yet: every backfill ends with it",))
        for name in ("constant_columns", "null_regression")
    }


def test_the_last_outcome_of_a_check_of_the_whole_table_is_reported(
    instance: dg.DagsterInstance, written: Store
) -> None:
    evaluated(instance, SCORES, "constant_columns", None, "1 of 1 partitions")
    evaluated(instance, SCORES, "null_regression", None, "", passed=True)
    assert whole_table(instance, written) == {
        "constant_columns": CheckFinding("constant_columns", "error", 1, ("1 of 1 partitions",))
    }


def test_an_outcome_from_before_the_newest_write_is_named_as_that(
    tmp_path: Path, instance: dg.DagsterInstance, written: Store
) -> None:
    evaluated(instance, SCORES, "constant_columns", None, "", passed=True)
    run_toy(tmp_path, instance, toy_assets(rows_for(ROWS)), FIRST, FIRST)
    finding = whole_table(instance, written)["constant_columns"]
    assert finding.severity == "warn"
    assert "before the newest write: pass" in finding.examples[0]
