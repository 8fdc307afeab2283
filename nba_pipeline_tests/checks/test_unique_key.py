"""`unique_key`: copies, NULL keys, stored columns that are not the declared ones, empty partitions."""

from __future__ import annotations

from nba_pipeline.orchestration.checks.evaluate import partition_checks
from nba_pipeline.orchestration.checks.structure import unique_key
from nba_pipeline_tests.checks.store import DAY, NEXT_DAY, TOGS, Store

DAYS = [DAY, NEXT_DAY]


def row(team: str, day: object = DAY) -> dict[str, object]:
    return {"game_date": day, "team_abbr": team}


def test_a_date_with_single_rows_and_a_date_without_rows_pass(store: Store) -> None:
    store.insert(TOGS, row("BOS"), row("NYK"))
    first, second = unique_key(store.warehouse, TOGS, DAYS)
    assert (first.severity, first.observed["rows"]) == ("pass", 2)
    assert (second.severity, second.observed["rows"]) == ("pass", 0)


def test_copies_block_their_own_date_and_are_named(store: Store) -> None:
    store.insert(TOGS, row("BOS"), row("BOS"), row("BOS"), row("NYK"), row("NYK", NEXT_DAY))
    first, second = unique_key(store.warehouse, TOGS, DAYS)
    assert first.severity == "block"
    assert first.description == "1 key(s) stored more than once, 2 surplus row(s): BOS"
    assert first.observed == {"rows": 4, "surplus_rows": 2, "null_keys": 0}
    assert second.severity == "pass"


def test_at_most_five_keys_are_named_and_all_are_counted(store: Store) -> None:
    teams = ["ATL", "BKN", "BOS", "CHA", "CHI", "CLE", "DAL"]
    store.insert(TOGS, *(row(team) for team in teams for _ in range(2)))
    verdict = unique_key(store.warehouse, TOGS, [DAY])[0]
    assert verdict.description == "7 key(s) stored more than once, 7 surplus row(s): ATL, BKN, BOS, CHA, CHI"


def test_every_row_with_a_null_key_is_counted(store: Store) -> None:
    store.insert(TOGS, row("BOS"))
    store.run(f"alter table {TOGS.qualified_name} alter column team_abbr drop not null")
    store.run(f"insert into {TOGS.qualified_name} select * replace (null as team_abbr) from {TOGS.qualified_name}")
    store.run(f"insert into {TOGS.qualified_name} select * from {TOGS.qualified_name} where team_abbr is null")
    verdict = unique_key(store.warehouse, TOGS, [DAY])[0]
    assert verdict.severity == "block"
    assert verdict.observed["null_keys"] == 2


def test_a_stored_column_of_another_type_blocks_every_date_and_says_which(store: Store) -> None:
    store.insert(TOGS, row("BOS"))
    store.run(f"alter table {TOGS.qualified_name} alter column pace type bigint")
    verdicts = unique_key(store.warehouse, TOGS, DAYS)
    assert [verdict.severity for verdict in verdicts] == ["block", "block"]
    assert "pace is stored as INT64, declared as FLOAT64" in verdicts[0].description


def test_a_missing_key_column_fails_instead_of_raising(store: Store) -> None:
    store.create(TOGS)
    store.run(f"alter table {TOGS.qualified_name} drop column team_abbr")
    verdict = unique_key(store.warehouse, TOGS, [DAY])[0]
    assert verdict.severity == "block"
    assert "team_abbr is stored as nothing" in verdict.description


def test_an_absent_table_fails_instead_of_raising(store: Store) -> None:
    verdict = unique_key(store.warehouse, TOGS, [DAY])[0]
    assert (verdict.severity, verdict.observed["rows"]) == ("block", 0)
    assert verdict.description == "analytics.team_offense_game_summary does not exist in the warehouse"


def test_a_check_whose_query_is_refused_fails_on_every_date(store: Store) -> None:
    store.insert(TOGS, row("BOS"))  # no schedule, no players: nothing to compare with
    checks = partition_checks(TOGS)
    for name in ("row_count_vs_schedule", "invariants"):
        verdicts = checks[name](store.warehouse, TOGS, DAYS)
        assert [verdict.severity for verdict in verdicts] == ["block", "block"]
        assert "could not be evaluated" in verdicts[0].description
    assert {v.severity for v in checks["null_rates"](store.warehouse, TOGS, DAYS)} == {"error"}
