"""Every fault on the way to BigQuery: the write is applied exactly once, or refused with nothing changed."""

from __future__ import annotations

import multiprocessing
import secrets
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from nba_pipeline.warehouse import bigquery_jobs
from nba_pipeline.warehouse.errors import (
    ConflictError,
    DataRefusedError,
    QuotaError,
    ReadBackError,
    StatementError,
    WarehouseError,
)
from nba_pipeline_tests.bigquery import faults, writer_process
from nba_pipeline_tests.bigquery.fault_proxy import running_proxy
from nba_pipeline_tests.bigquery.fault_table import note_fault
from nba_pipeline_tests.bigquery.faults import Fault
from nba_pipeline_tests.bigquery.server import Server
from nba_pipeline_tests.bigquery.wire import JOBS, LOAD, LOOK_UP, MERGE, METADATA, QUERY, STREAMING, Request
from nba_pipeline_tests.bigquery.written_player import CHANGES, Day, day_behind, new_rows, old_rows
from nba_pipeline_tests.warehouse.example_tables import tally

pytestmark = pytest.mark.bigquery

ALWAYS = 99
Note = Callable[[str, object], None]


@dataclass(frozen=True)
class Case:
    """A fault that hits the next requests of a kind. jobs: jobs of that kind the server or the proxy then knows."""

    name: str
    fault: Fault
    kind: str
    times: int = 1
    jobs: int = 1
    hits: Callable[[Request], bool] | None = None

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}".replace(" ", "_")


def creates_staging(request: Request) -> bool:
    return request.method == "POST" and request.path.endswith("_staging/tables")


APPLIED = [
    Case("serialisation conflict twice", faults.CONFLICT, MERGE, times=2, jobs=3),
    Case("DML queue full twice", faults.QUEUE_FULL, MERGE, times=2, jobs=3),
    Case("rate limit of the job twice", faults.RATE_LIMIT, MERGE, times=2, jobs=3),
    Case("rate limit of the request (429)", faults.TOO_MANY_REQUESTS, MERGE, jobs=2),
    Case("internal error (500)", faults.INTERNAL_ERROR, MERGE, jobs=2),
    Case("unavailable (503)", faults.UNAVAILABLE, MERGE, jobs=2),
    Case("backend error of the job", faults.BACKEND_ERROR, MERGE, jobs=2),
    Case("connection lost before the job was accepted", faults.LOST_BEFORE, MERGE, jobs=2),
    Case("acknowledgement lost", faults.LOST_ACKNOWLEDGEMENT, MERGE),
    Case("malformed answer", faults.MALFORMED, MERGE),
    Case("slow answer", faults.Slow(0.5), MERGE),
    Case("rate limit", faults.RATE_LIMIT, LOAD, jobs=2),
    Case("unavailable (503)", faults.UNAVAILABLE, LOAD, jobs=2),
    Case("connection lost before the job was accepted", faults.LOST_BEFORE, LOAD, jobs=2),
    Case("acknowledgement lost", faults.LOST_ACKNOWLEDGEMENT, LOAD),
    Case("malformed answer", faults.MALFORMED, LOAD),
    Case("unavailable (503)", faults.UNAVAILABLE, QUERY, jobs=3),
    Case("acknowledgement lost", faults.LOST_ACKNOWLEDGEMENT, QUERY, jobs=2),
    Case("connection lost", faults.LOST_ACKNOWLEDGEMENT, LOOK_UP, jobs=0),
    Case("malformed answer", faults.MALFORMED, LOOK_UP, jobs=0),
    Case("unavailable (503)", faults.UNAVAILABLE, METADATA, jobs=0),
    Case("staging made, acknowledgement lost", faults.LOST_ACKNOWLEDGEMENT, METADATA, jobs=0, hits=creates_staging),
]
REFUSED: list[tuple[Case, type[WarehouseError], str]] = [
    (Case("quota used up", faults.QUOTA, MERGE, times=ALWAYS), QuotaError, "Quota exceeded"),
    (Case("streaming buffer", faults.STREAMING_BUFFER, MERGE, times=ALWAYS), StatementError, "streaming buffer"),
    (
        Case("two source rows match", faults.DUPLICATE_MATCH, MERGE, times=ALWAYS),
        DataRefusedError,
        "at most one source",
    ),
    (Case("serialisation conflict for ever", faults.CONFLICT, MERGE, times=ALWAYS, jobs=8), ConflictError, "serialize"),
    (Case("quota used up", faults.QUOTA, LOAD, times=ALWAYS), QuotaError, "Quota exceeded"),
]


@pytest.fixture(scope="module")
def stored_day(bigquery_server: Server) -> Iterator[Day]:
    """One day for all tests of this module; making datasets and tables anew takes longer than a write."""
    with running_proxy(bigquery_server.rest_port) as proxy:
        yield day_behind(bigquery_server.address(f"f{secrets.token_hex(5)}_", rest_port=proxy.port), proxy)


@pytest.fixture
def day(stored_day: Day) -> Day:
    stored_day.begin()
    return stored_day


def attempts(case: Case) -> int:
    """Jobs the step needed, or requests where it starts none; a write has a second query, for the read-back."""
    if case.kind not in JOBS:
        return 1 + case.times
    return case.jobs - 1 if case.kind == QUERY else case.jobs


@pytest.mark.parametrize("case", APPLIED, ids=str)
def test_write_is_applied_exactly_once(day: Day, case: Case, record_property: Note) -> None:
    day.proxy.inject(case.fault, case.kind, times=case.times, hits=case.hits)
    result = day.write(new_rows())
    assert tally(result) == CHANGES
    assert day.holds(new_rows())
    assert [rule.times for rule in day.proxy.rules] == [0]
    jobs = day.proxy.jobs(case.kind)
    assert len(jobs) == case.jobs
    assert len({job.job_id for job in jobs}) == len(jobs)
    assert day.proxy.requests(STREAMING) == []
    assert day.staging_tables() == 0
    note_fault(record_property, f"{case.kind}: {case.name}", attempts(case), "applied once")


@pytest.mark.parametrize(("case", "error", "message"), REFUSED, ids=[str(case) for case, _, _ in REFUSED])
def test_write_is_refused_with_nothing_changed(
    day: Day, case: Case, error: type[WarehouseError], message: str, record_property: Note
) -> None:
    before = day.content()
    day.proxy.inject(case.fault, case.kind, times=case.times)
    with pytest.raises(error, match=message):
        day.write(new_rows())
    assert day.content() == before
    assert len(day.proxy.jobs(case.kind)) == case.jobs
    assert day.staging_tables() == 1
    assert day.swept() == 0
    assert {job.statement.split()[0].lower() for job in day.proxy.jobs(QUERY)} <= {"select", "with"}
    note_fault(record_property, f"{case.kind}: {case.name}", case.jobs, f"refused ({error.__name__}), nothing changed")


def test_answer_that_comes_too_late_is_looked_up_and_adopted(
    day: Day, monkeypatch: pytest.MonkeyPatch, record_property: Note
) -> None:
    monkeypatch.setattr(bigquery_jobs, "CALL_SECONDS", 2.0)
    day.proxy.inject(faults.Slow(4.0, before=False), MERGE)
    assert tally(day.write(new_rows())) == CHANGES
    assert day.holds(new_rows())
    assert len(day.proxy.jobs(MERGE)) == 1
    note_fault(record_property, "merge: answer later than the time-out", 1, "applied once")


def test_row_the_backend_drops_is_noticed_and_the_next_run_heals_it(day: Day, record_property: Note) -> None:
    new = "when not matched and S.player_lookup <> 'player060' then insert"
    day.proxy.inject(faults.Rewritten(lambda text: text.replace("when not matched then insert", new)), MERGE)
    with pytest.raises(ReadBackError, match="inserted 0 rows, due 1"):
        day.write(new_rows())
    assert day.staging_tables() == 1
    assert tally(day.write(new_rows())) == (1, 0, 0, 59)
    assert day.holds(new_rows())
    assert day.swept() == 0
    note_fault(
        record_property, "merge: backend drops a row", 1, "noticed (ReadBackError), sent rows kept, next run heals"
    )


def test_conflicts_are_waited_out_longer_every_time(day: Day) -> None:
    day.proxy.inject(faults.CONFLICT, MERGE, times=3)
    day.write(new_rows())
    longest = [pause for pause in day.pauses if pause >= 1]
    assert len(longest) == 3
    assert all(0.5 * 2**n <= pause <= 1.5 * 2**n for n, pause in enumerate(longest, 1))


def test_kill_between_staging_and_merge_leaves_the_old_rows(day: Day, record_property: Note) -> None:
    before = day.content()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([writer_process.__name__])
    target, rows = writer_process.write_and_die_before_the_merge, new_rows()
    writer = context.Process(target=target, args=(day.address, rows))
    writer.start()
    writer.join(120)
    assert writer.exitcode == -signal.SIGKILL
    assert day.content() == before
    assert len(day.proxy.jobs(LOAD)) == 1
    assert day.proxy.jobs(MERGE) == []
    assert day.staging_tables() == 1
    assert day.swept() == 0
    assert tally(day.write(new_rows())) == CHANGES
    assert day.holds(new_rows())
    assert day.staging_tables() == 0
    note_fault(record_property, "kill -9 between staging and merge", 1, "nothing changed, next run applies")


def test_staging_table_of_a_run_in_progress_is_not_swept(day: Day) -> None:
    day.proxy.inject(faults.QUOTA, MERGE)
    with pytest.raises(QuotaError):
        day.write(new_rows())
    assert day.warehouse.sweep(frozenset()).removed == ()  # younger than six hours
    assert day.staging_tables() == 1
    assert day.holds(old_rows())
