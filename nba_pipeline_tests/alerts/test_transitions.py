"""What is sent when: on change, once per alert, again after a day, never more than the hourly limit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from nba_pipeline.alerts.book import Book, CursorError, dump, load
from nba_pipeline.alerts.finding import Category, Finding, Key, Severity
from nba_pipeline.alerts.transitions import as_one, due_messages, rationed, warnings_since
from nba_pipeline.alerts.wording import Links

NOON = datetime(2024, 1, 20, 12, tzinfo=UTC)
LINKS = Links("http://pages:3000/")
PGS = "analytics.player_game_summary"
VERIFY = "nba-pipeline verify --from {first} --to {last} --tables player_game_summary"


def finding(
    partition: str = "2024-01-15",
    severity: Severity = "error",
    *,
    table: str = PGS,
    subject: str = "null_rates",
    category: Category = "data_quality",
) -> Finding:
    return Finding(
        Key(table, subject, severity, category), partition, "usage_rate: 45 % NULL, ceiling 5 %", "r1", VERIFY
    )


def texts(book: Book, at: datetime = NOON) -> list[str]:
    """Headings of what is due, after the book went through a cursor."""
    messages = due_messages(book, at, LINKS)
    kept = load(dump(book))
    assert dump(kept) == dump(book)
    return [message.text.partition("\n")[0] for message in messages]


def test_an_error_is_told_at_once_with_everything_a_person_needs() -> None:
    book = Book()
    book.put([finding("2024-01-15"), finding("2024-01-17"), finding("2024-01-16")])
    assert due_messages(book, NOON, LINKS)[0].text.splitlines() == [
        f"ERROR: {PGS} null_rates",
        "partitions (3): 2024-01-15..2024-01-17",
        "found: 2024-01-15: usage_rate: 45 % NULL, ceiling 5 %",
        "found: 2024-01-16: usage_rate: 45 % NULL, ceiling 5 %",
        "found: 2024-01-17: usage_rate: 45 % NULL, ceiling 5 %",
        "category: data_quality; first seen 2024-01-20 12:00 UTC",
        "look: http://pages:3000/runs/r1",
        "run: nba-pipeline verify --from 2024-01-15 --to 2024-01-17 --tables player_game_summary",
    ]


def test_without_the_address_of_the_pages_a_run_is_named_by_its_id() -> None:
    book = Book()
    book.put([finding()])
    assert "look: run r1" in due_messages(book, NOON, Links())[0].text.splitlines()


def test_the_same_failure_forty_times_and_then_a_pass_is_one_alert_and_one_recovery() -> None:
    book, said = Book(), []
    for minute in range(40):
        book.put([finding()])
        said += texts(book, NOON + timedelta(minutes=minute))
    book.findings.clear()
    said += texts(book, NOON + timedelta(minutes=40))
    said += texts(book, NOON + timedelta(minutes=41))
    assert said == [f"ERROR: {PGS} null_rates", f"OK: {PGS} null_rates"]


def test_an_open_error_is_told_again_once_a_day_with_its_new_partitions() -> None:
    book = Book()
    book.put([finding("2024-01-15")])
    assert len(texts(book)) == 1
    book.put([finding("2024-01-16")])
    assert texts(book, NOON + timedelta(hours=23, minutes=59)) == []
    again = due_messages(book, NOON + timedelta(hours=24), LINKS)[0].text
    assert again.startswith(f"ERROR still open: {PGS} null_rates\npartitions (2): 2024-01-15..2024-01-16")
    assert "first seen 2024-01-20 12:00 UTC" in again
    assert texts(book, NOON + timedelta(hours=25)) == []


def test_a_warning_waits_for_the_daily_digest_and_is_in_it_once() -> None:
    book = Book()
    book.put([finding(severity="warn")])
    assert texts(book) == []
    assert warnings_since(book, NOON, LINKS)[0].startswith(f"WARN: {PGS} null_rates: 2024-01-15")
    assert warnings_since(book, NOON, LINKS) == []
    book.findings.clear()
    assert texts(book) == []
    assert warnings_since(book, NOON, LINKS) == [f"OK: {PGS} null_rates"]


def test_a_warning_that_ended_before_the_digest_is_never_told() -> None:
    book = Book()
    book.put([finding(severity="warn")])
    texts(book)
    book.findings.clear()
    assert texts(book) == []
    assert warnings_since(book, NOON, LINKS) == []


def test_a_warning_that_becomes_an_error_is_told_at_once_and_does_not_recover() -> None:
    book = Book()
    book.put([finding(severity="warn")])
    texts(book)
    warnings_since(book, NOON, LINKS)
    book.put([finding(severity="block")])
    assert texts(book) == [f"BLOCK: {PGS} null_rates"]
    assert book.recovered == []


def test_a_check_is_told_once_per_category_and_severity() -> None:
    book = Book()
    book.put([finding("2024-01-15"), finding("2024-01-16", "block"), finding(subject="leakage", category="leakage")])
    assert sorted(texts(book)) == [f"BLOCK: {PGS} null_rates", f"ERROR: {PGS} leakage", f"ERROR: {PGS} null_rates"]


def test_ten_messages_an_hour_then_one_digest_that_names_the_rest() -> None:
    book = Book()
    book.put([finding(table=f"raw.table_{number:02}") for number in range(14)])
    rationed(book, due_messages(book, NOON, LINKS), NOON)
    assert len(book.outbox) == 11
    digest = book.outbox[-1].text.splitlines()
    assert digest[0] == "DIGEST: 4 more message(s) this hour (4 ERROR)"
    assert [line.split()[1] for line in digest[1:]] == [f"raw.table_{number}" for number in range(10, 14)]


def test_what_comes_after_the_digest_of_an_hour_waits_for_the_next_one_and_is_not_lost() -> None:
    book = Book()
    book.put([finding(table=f"raw.table_{number:02}") for number in range(14)])
    rationed(book, due_messages(book, NOON, LINKS), NOON)
    book.outbox = []
    book.put([finding(table="raw.late")])
    rationed(book, due_messages(book, NOON + timedelta(minutes=30), LINKS), NOON + timedelta(minutes=30))
    assert (len(book.outbox), len(book.overflow)) == (0, 1)
    book = load(dump(book))
    rationed(book, [], NOON + timedelta(minutes=60))
    assert [message.text.splitlines()[1].split()[1] for message in book.outbox] == ["raw.late"]
    assert book.overflow == []


def test_a_long_digest_counts_what_it_does_not_spell_out() -> None:
    book = Book()
    book.put([finding(subject=f"check_{number:02}") for number in range(55)])
    rationed(book, due_messages(book, NOON, LINKS), NOON)
    lines = book.outbox[-1].text.splitlines()
    assert lines[0] == "DIGEST: 45 more message(s) this hour (45 ERROR)"
    assert lines[-1] == f"and 5 more of {PGS}"
    assert len(lines) == 1 + 40 + 1


def test_the_summary_of_a_backfill_counts_and_lists() -> None:
    book = Book()
    book.put([finding(subject="old")])
    due_messages(book, NOON, LINKS)
    book.findings.clear()
    book.put([finding("2024-01-15"), finding("2024-01-18")])
    lines = as_one(due_messages(book, NOON, LINKS)).text.splitlines()
    assert lines[0] == "BACKFILL ended: 1 ERROR, 1 OK"
    assert f"OK: {PGS} old" in lines
    assert any(line.startswith(f"ERROR: {PGS} null_rates: 2024-01-15, 2024-01-18; run: ") for line in lines)
    assert as_one([]).text == "BACKFILL ended: nothing opened, nothing recovered"


def test_a_cursor_of_other_origin_is_refused_with_what_to_do() -> None:
    for text in ("nonsense", '{"form": 0}', '{"form": 1}'):
        with pytest.raises(CursorError, match="Reset it on the sensor's page"):
            load(text)


def test_the_cursor_of_a_thousand_failed_partitions_stays_small() -> None:
    book = Book()
    first = datetime(2021, 10, 19, tzinfo=UTC)
    book.put([finding(f"{first + timedelta(days=number):%Y-%m-%d}") for number in range(1000)])
    due_messages(book, NOON, LINKS)
    assert len(dump(book)) < 20_000
