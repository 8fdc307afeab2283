"""Waivers and accepted gaps: what the files may say, when an entry counts, and what it does to a finding."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from nba_pipeline import catalog
from nba_pipeline.expectations import accepted_gaps, waivers
from nba_pipeline.expectations.accepted_gaps import AcceptedGapError
from nba_pipeline.expectations.waivers import WaiverError, active_waivers, all_waivers, expired_waivers, waiver_of
from nba_pipeline.orchestration.checks.evaluate import partition_checks
from nba_pipeline.orchestration.checks.row_counts import row_count_vs_schedule
from nba_pipeline.orchestration.checks.verdicts import Verdict
from nba_pipeline.orchestration.checks.waiving import with_waivers
from nba_pipeline.orchestration.whole_table_checks import whole_table_check_functions
from nba_pipeline_tests.checks.store import DAY, PGS, PLAYER_BOX, TOGS, Store, sides

TODAY = date(2024, 1, 20)
CHECK = "row_count_vs_schedule"
Write = Callable[[str], None]


def entry(**changes: object) -> str:
    fields = {"table": PGS, "check": CHECK, "partition": DAY, "reason": "looked at", "expires": "2024-01-22", **changes}
    return "waivers:\n- {" + ", ".join(f"{name}: {value}" for name, value in fields.items()) + "}\n"


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Put a text in the place of waivers.yaml."""
    file = tmp_path / "waivers.yaml"
    monkeypatch.setattr(waivers, "FILE", file)
    return lambda text: (file.write_text(text), None)[1]


def test_no_waiver_of_the_repository_has_run_out() -> None:
    assert [str(waiver) for waiver in expired_waivers()] == []


def test_every_waiver_and_accepted_gap_of_the_repository_names_what_exists() -> None:
    tables = catalog.tables()
    for waiver in all_waivers():
        table = tables[waiver.table]
        assert waiver.check in {*partition_checks(table), *whole_table_check_functions(table)}
    assert {name for gap in accepted_gaps.accepted_gaps() for name in gap.tables} <= tables.keys()


def test_a_waiver_counts_up_to_and_including_its_last_day(write: Write) -> None:
    write(entry())
    last = date(2024, 1, 22)
    assert [waiver.partition for waiver in active_waivers(last)] == [DAY]
    assert (active_waivers(last + timedelta(days=1)), len(expired_waivers(last + timedelta(days=1)))) == ((), 1)


def test_a_waiver_is_about_one_table_check_and_partition(write: Write) -> None:
    write(entry(expires=date.today()))
    assert waiver_of(str(PGS), CHECK, DAY) is not None
    assert waiver_of(str(TOGS), CHECK, DAY) is None
    assert waiver_of(str(PGS), "unique_key", DAY) is None
    assert waiver_of(str(PGS), CHECK, DAY + timedelta(days=1)) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (entry(expires="2024-02-04"), "more than 14 days away"),
        (entry(reason="''"), "reason must not be blank"),
        (entry(partition="sometime"), "neither a date nor 'whole'"),
        (entry(expires="soon"), "is not a date"),
        (entry(until="2024-01-22"), "has the fields"),
        ("waivers: 3\n", "expected one list"),
        ("- a: b\n  c", "waivers.yaml: "),
    ],
)
def test_an_entry_that_cannot_be_used_is_refused(write: Write, text: str, message: str) -> None:
    write(text)
    with pytest.raises(WaiverError, match=message):
        all_waivers(TODAY)


def test_the_last_day_may_be_14_days_away(write: Write) -> None:
    write(entry(expires="2024-02-03"))
    assert len(all_waivers(TODAY)) == 1


def test_a_waived_block_is_a_warning_that_says_so_and_other_dates_are_judged_as_before(write: Write) -> None:
    write(entry(expires=date.today(), reason="known"))
    other = Verdict(DAY + timedelta(days=1), "block", "1 of 2 games")
    waived, kept = with_waivers(PGS, CHECK, [Verdict(DAY, "block", "1 of 2 games", {"found": 1}), other])
    assert kept == other
    assert (waived.severity, waived.observed) == ("warn", {"found": 1, "waived": True, "waived_severity": "block"})
    assert waived.description == f"waived until {date.today()} (known): 1 of 2 games"


def test_a_finding_on_the_whole_table_is_waived_by_name(write: Write) -> None:
    write(entry(check="leakage", partition="whole", expires=date.today()))
    assert [v.severity for v in with_waivers(PGS, "leakage", [Verdict(None, "error", "late")])] == ["warn"]


def test_a_pass_or_a_warning_needs_no_waiver(write: Write) -> None:
    write(entry(expires=date.today()))
    verdicts = [Verdict(DAY), Verdict(DAY, "warn", "few")]
    assert with_waivers(PGS, CHECK, verdicts) == verdicts


# accepted gaps


def gap(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str) -> None:
    file = folder / "accepted_gaps.yaml"
    file.write_text(text)
    monkeypatch.setattr(accepted_gaps, "FILE", file)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("nba_game_id: 0022300001, tables: [a.b], reason: lost", "not ten digits in quotes"),
        ('nba_game_id: "0022300001", tables: a.b, reason: lost', "not a list"),
        ('nba_game_id: "0022300001", tables: [a.b], reason: ""', "reason must not be blank"),
        ('nba_game_id: "0022300001", reason: lost', "has the fields"),
    ],
)
def test_a_gap_that_cannot_be_used_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fields: str, message: str
) -> None:
    gap(monkeypatch, tmp_path, f"accepted_gaps: [{{{fields}}}]")
    with pytest.raises(AcceptedGapError, match=message):
        accepted_gaps.accepted_gaps()


@pytest.fixture
def half(tmp_path: Path) -> Store:
    """Two final games, box scores of the first."""
    store = Store(tmp_path / "warehouse.duckdb")
    present = store.game(DAY, "BOS", "NYK")
    store.game(DAY, "CHI", "CLE")
    for table in (PGS, PLAYER_BOX, TOGS):
        copies = range(1 if table is TOGS else 10)
        rows = [{"player_lookup": f"p{n}", "seconds_played": 600} if table is not TOGS else {} for n in copies]
        store.insert(table, *({**side, **row} for side in map(_known(table), sides(present)) for row in rows))
    return store


def _known(table: object) -> Callable[[dict[str, object]], dict[str, object]]:
    names = set(table.by_name)  # type: ignore[attr-defined]
    return lambda side: {name: value for name, value in side.items() if name in names}


@pytest.mark.parametrize(("table", "severity"), [(PGS, "block"), (TOGS, "block"), (PLAYER_BOX, "warn")])
def test_a_game_without_rows_is_left_out_of_the_expected_ones_once_it_is_an_accepted_gap(
    half: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: object, severity: str
) -> None:
    (before,) = row_count_vs_schedule(half.warehouse, table, [DAY])  # type: ignore[arg-type]
    assert (before.severity, before.observed["absent"], before.observed["expected"]) == (severity, 1, 4)
    text = f'accepted_gaps: [{{nba_game_id: "2401150000", tables: [{table}], reason: lost}}]'
    half.run("update nba_raw.nbac_schedule set nba_game_id = '2401150000' where nba_game_id = '240115CCLE'")
    half.run("update nba_reference.games set nba_game_id = '2401150000' where nba_game_id = '240115CCLE'")
    gap(monkeypatch, tmp_path, text)
    (after,) = row_count_vs_schedule(half.warehouse, table, [DAY])  # type: ignore[arg-type]
    assert (after.severity, after.observed["absent"], after.observed["expected"]) == ("pass", 0, 2)
