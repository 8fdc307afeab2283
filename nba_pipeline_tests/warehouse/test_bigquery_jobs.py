"""The retry layer of BigQuery against scripted answers: one id per attempt, look-ups after unclear outcomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from nba_pipeline.warehouse.bigquery_jobs import (
    LONGEST_PAUSE_SECONDS,
    MAX_ATTEMPTS,
    RETRY_SECONDS,
    Finished,
    Jobs,
    Purpose,
    label,
    query_work,
)
from nba_pipeline.warehouse.errors import (
    ConflictError,
    DataRefusedError,
    QuotaError,
    RateLimitError,
    StatementError,
    UnreachableError,
    WarehouseError,
)
from nba_pipeline_tests.warehouse.job_transport import INSERT, LOOK_UP, Answer, Ends, JobTransport, Lost, Step

SQL = "merge into players"
SERIALIZE = Ends("invalidQuery", "Could not serialize access to table p:d.t due to concurrent update")


@dataclass
class Bench:
    """A retry layer on a scripted transport, whose sleeping moves its clock."""

    transport: JobTransport = field(default_factory=JobTransport)
    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def run(self, *inserts: Step, look_ups: tuple[Step, ...] = ()) -> Finished:
        self.transport.inserts, self.transport.look_ups = list(inserts), list(look_ups)
        client = bigquery.Client(
            "nba-project",
            AnonymousCredentials(),
            _http=self.transport,
            location="US",
            client_options={"api_endpoint": "http://nowhere.invalid"},
        )
        jobs = Jobs(client, sleep=self.sleep, clock=lambda: self.now, uniform=lambda low, high: (low + high) / 2)
        purpose = Purpose("Run.1", "raw.players", date(2024, 1, 15), date(2024, 1, 15))
        return jobs.run(query_work(client, "w", "raw.players", SQL, purpose))


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_job_that_ends_well_is_sent_once_with_its_cap_labels_and_id(bench: Bench) -> None:
    done = bench.run()
    assert (done.job_id, done.attempts, bench.slept) == ("w_1", 1, [])
    configuration = bench.transport.bodies[0]["configuration"]
    assert isinstance(configuration, dict)
    assert configuration["labels"] == {"run": "run_1", "asset": "raw_players", "partitions": "2024-01-15_2024-01-15"}
    assert configuration["query"]["maximumBytesBilled"] == str(2 * 1024**3)
    assert configuration["query"]["useQueryCache"] is False


def test_running_job_is_waited_for(bench: Bench) -> None:
    assert bench.run(Ends(polls=3)).job_id == "w_1"
    assert bench.transport.seen == [(INSERT, "w_1")] + [(LOOK_UP, "w_1")] * 3


def test_conflict_is_tried_again_under_a_new_id(bench: Bench) -> None:
    done = bench.run(SERIALIZE, SERIALIZE)
    assert (done.job_id, done.attempts) == ("w_3", 3)
    assert bench.slept == [2.0, 4.0]


def test_full_queue_waits_five_seconds_at_first(bench: Bench) -> None:
    bench.run(Ends("jobRateLimitExceeded", "Too many DML statements outstanding against table p:d.t, limit is 20."))
    assert bench.slept == [5.0]


def test_lost_acknowledgement_adopts_the_job_that_was_accepted(bench: Bench) -> None:
    done = bench.run(Lost(accepted=True))
    assert done.job_id == "w_1"
    assert bench.transport.seen == [(INSERT, "w_1"), (LOOK_UP, "w_1")]


def test_request_that_never_arrived_is_sent_again_under_a_new_id(bench: Bench) -> None:
    assert bench.run(Lost(accepted=False)).job_id == "w_2"
    assert bench.transport.seen == [(INSERT, "w_1"), (LOOK_UP, "w_1"), (INSERT, "w_2")]


def test_known_id_means_that_the_job_is_there_already(bench: Bench) -> None:
    bench.transport.jobs["w_1"] = Ends()
    assert bench.run().job_id == "w_1"
    assert bench.transport.seen == [(INSERT, "w_1"), (LOOK_UP, "w_1")]


@pytest.mark.parametrize("fault", [Lost(accepted=False), Answer(503, "backendError"), Answer(429, "rateLimitExceeded")])
def test_failing_look_up_never_sends_a_running_job_twice(bench: Bench, fault: Step) -> None:
    done = bench.run(Ends(polls=1), look_ups=(fault,))
    assert done.job_id == "w_1"
    assert [job for kind, job in bench.transport.seen if kind == INSERT] == ["w_1"]


def test_adopted_job_that_failed_for_a_passing_reason_is_sent_again(bench: Bench) -> None:
    bench.transport.jobs["w_1"] = Ends("backendError", "An internal error occurred.")
    assert bench.run().job_id == "w_2"


def permanent() -> list[tuple[Step, type[WarehouseError], str]]:
    return [
        (Ends("quotaExceeded", "Quota exceeded: too many imports"), QuotaError, "Wait for its reset"),
        (Answer(403, "quotaExceeded", "Quota exceeded"), QuotaError, "Wait for its reset"),
        (
            Ends("invalidQuery", "UPDATE/MERGE must match at most one source row for each target row"),
            DataRefusedError,
            "correct them",
        ),
        (Ends("invalidQuery", "UPDATE would affect rows in the streaming buffer"), StatementError, "was streamed into"),
        (Answer(400, "invalidQuery", "Syntax error at [1:1]"), StatementError, "a retry would fail again"),
        (Answer(403, "accessDenied", "Access Denied"), StatementError, "permissions"),
        (Ends("bytesBilledLimitExceeded", "Query exceeded limit for bytes billed"), StatementError, "limits"),
    ]


@pytest.mark.parametrize(("step", "error", "advice"), permanent())
def test_permanent_failure_is_told_after_one_attempt(
    bench: Bench, step: Step, error: type[WarehouseError], advice: str
) -> None:
    with pytest.raises(error) as told:
        bench.run(step)
    for part in ("raw.players", "w_1", "1 attempt", SQL, advice):
        assert part in str(told.value)
    assert bench.slept == []


@pytest.mark.parametrize(
    ("step", "error"),
    [
        (SERIALIZE, ConflictError),
        (Ends("rateLimitExceeded", "Exceeded rate limits"), RateLimitError),
        (Answer(500, "internalError"), UnreachableError),
    ],
)
def test_eight_attempts_are_all(bench: Bench, step: Step, error: type[WarehouseError]) -> None:
    with pytest.raises(error, match="8 attempt"):
        bench.run(*[step] * 20)
    assert [job for kind, job in bench.transport.seen if kind == INSERT] == [f"w_{n}" for n in range(1, 9)]
    assert bench.slept == [2.0, 4.0, 8.0, 16.0, 32.0, LONGEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS]
    assert len(bench.slept) == MAX_ATTEMPTS - 1


def test_ten_minutes_are_all(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    take: Callable[..., object] = bench.transport.request

    def slowly(*args: object, **kwargs: object) -> object:
        bench.now += 200.0
        return take(*args, **kwargs)

    monkeypatch.setattr(bench.transport, "request", slowly)
    with pytest.raises(ConflictError, match="3 attempt"):
        bench.run(*[SERIALIZE] * 8)
    assert bench.now <= RETRY_SECONDS + 200


def test_job_that_never_ends_is_not_sent_again_while_it_runs(bench: Bench) -> None:
    with pytest.raises(UnreachableError, match="still RUNNING"):
        bench.run(Ends(polls=10**6))
    assert [job for kind, job in bench.transport.seen if kind == INSERT] == ["w_1"]


def test_errors_have_the_category_of_an_alert() -> None:
    found = {error: error.category for error in (ConflictError, RateLimitError, UnreachableError, QuotaError)}
    assert list(found.values()) == ["write_failure", "write_failure", "infrastructure", "quota"]
    assert (DataRefusedError.category, StatementError.category) == ("data", "code")


@pytest.mark.parametrize(
    ("text", "made"),
    [("raw.nbac_schedule", "raw_nbac_schedule"), ("Ünïcode run/1", "_n_code_run_1"), ("x" * 80, "x" * 63), ("", "")],
)
def test_label_has_the_characters_and_length_labels_may_have(text: str, made: str) -> None:
    assert label(text) == made


def test_range_of_partitions_may_be_billed_ten_times_as_much_as_one() -> None:
    day, later = date(2024, 1, 15), date(2024, 1, 16)
    assert Purpose("r", "a", day, day).maximum_bytes == 2 * 1024**3
    assert Purpose("r", "a", day, later).maximum_bytes == 20 * 1024**3
    assert Purpose("r", "a").maximum_bytes == 20 * 1024**3
