"""The one retry layer between this project and BigQuery: every attempt of a job has an id of its own.

A call whose outcome is unclear is followed by a look at the job it may have started: a finished one is adopted, a
running one waited for, and only an unknown or failed one is sent again. The client library retries nothing itself.
Does NOT belong here: what a job does, what a failure means (bigquery_failures.py).
"""

from __future__ import annotations

import logging
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

import pyarrow as pa
from google.api_core.exceptions import Conflict, GoogleAPIError, NotFound
from google.auth.exceptions import GoogleAuthError
from google.cloud import bigquery

from nba_pipeline.warehouse.bigquery_failures import Failure, call_failure, job_failure, refusal
from nba_pipeline.warehouse.errors import WarehouseError

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
RETRY_SECONDS = 600.0
LONGEST_PAUSE_SECONDS = 60.0
QUEUE_PAUSE_SECONDS = 5.0  # at least, when too many statements wait for the table
JOB_SECONDS = 600.0  # BigQuery ends a job that runs longer
WAIT_SECONDS = JOB_SECONDS + 60.0
FIRST_POLL_SECONDS, LONGEST_POLL_SECONDS = 0.05, 2.0
CALL_SECONDS = 60.0
UPLOAD_SECONDS = 300.0
LABEL_CHARACTERS = 63
NO_RETRY: Any = None  # the client's annotations leave out that None is allowed
PARTITION_BYTES = 2 * 1024**3  # billed for one partition at most
RANGE_BYTES = 20 * 1024**3

Job = bigquery.QueryJob | bigquery.LoadJob
Answer = TypeVar("Answer")

CALL_ERRORS = (GoogleAPIError, GoogleAuthError, OSError)  # those of the HTTP library are OSErrors


@dataclass(frozen=True)
class Work:
    """One job to be done: `submit` starts it under the id it is given.

    name: the beginning of its ids, unique to this piece of work. place and statement: for messages.
    """

    name: str
    place: str
    statement: str
    submit: Callable[[str], Job]


@dataclass(frozen=True)
class Finished:
    """A job that ended well, and how many attempts that took."""

    job: Job
    attempts: int

    @property
    def job_id(self) -> str:
        return str(self.job.job_id)


@dataclass(frozen=True)
class Jobs:
    """Runs jobs to their end."""

    client: bigquery.Client
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    uniform: Callable[[float, float], float] = field(default=random.uniform)

    def run(self, work: Work) -> Finished:
        """The job, finished without an error; raises what `refusal` makes of the last failure otherwise."""
        started = self.clock()
        unclear = ""
        attempt = 1
        while True:
            outcome = self._attempt(work, f"{work.name}_{attempt}", unclear)
            if not isinstance(outcome, Failure):
                return Finished(outcome, attempt)
            unclear = outcome.job_id if outcome.unclear else ""
            self._pause(outcome, attempt, started, work.place, work.statement)
            attempt += 1

    def call(self, place: str, statement: str, call: Callable[[], Answer]) -> Answer:
        """The answer of a call that starts no job and may be repeated; NotFound and Conflict pass as they are."""
        started = self.clock()
        attempt = 1
        while True:
            try:
                return call()
            except (NotFound, Conflict):
                raise
            except CALL_ERRORS as error:
                failure = call_failure(error)
            self._pause(failure, attempt, started, place, statement)
            attempt += 1

    def rows(self, finished: Finished, place: str, statement: str) -> pa.Table:
        """The rows a finished query returned."""
        job = finished.job
        assert isinstance(job, bigquery.QueryJob)

        def fetch() -> pa.Table:
            return job.result(retry=NO_RETRY, job_retry=None, timeout=CALL_SECONDS).to_arrow(
                create_bqstorage_client=False
            )

        return self.call(place, statement, fetch)

    def _attempt(self, work: Work, job_id: str, unclear: str) -> Job | Failure:
        """One attempt: the job of the attempt before if that exists, else a new one; waited for."""
        asked = unclear or job_id
        try:
            job = self._find(unclear) if unclear else None
            if job is None:
                asked = job_id
                job = self._start(work, job_id)
            self._wait(job)
        except CALL_ERRORS as error:
            return call_failure(error, asked)
        if job.error_result:
            return job_failure(job.error_result, str(job.job_id))
        return job

    def _start(self, work: Work, job_id: str) -> Job:
        try:
            return work.submit(job_id)
        except Conflict:  # only this attempt uses the id: its acknowledgement was lost
            found = self._find(job_id)
            if found is None:
                raise
            return found

    def _find(self, job_id: str) -> Job | None:
        try:
            found = self.client.get_job(job_id, location=self.client.location, retry=NO_RETRY, timeout=CALL_SECONDS)
        except NotFound:
            return None
        assert isinstance(found, bigquery.QueryJob | bigquery.LoadJob), f"{job_id} is the job of somebody else"
        return found

    def _wait(self, job: Job) -> None:
        """Until the job is done; TimeoutError when that takes longer than BigQuery lets it run."""
        deadline = self.clock() + WAIT_SECONDS
        pause = FIRST_POLL_SECONDS
        while job.state != "DONE":
            if self.clock() >= deadline:
                raise TimeoutError(f"job {job.job_id} is still {job.state} after {WAIT_SECONDS:g} s")
            self.sleep(pause)
            pause = min(2 * pause, LONGEST_POLL_SECONDS)
            job.reload(retry=NO_RETRY, timeout=CALL_SECONDS)

    def _pause(self, failure: Failure, attempt: int, started: float, place: str, statement: str) -> None:
        """Wait before the next attempt, or raise when there is none."""
        if not failure.retried or attempt >= MAX_ATTEMPTS:
            raise _given_up(failure, place, statement, attempt)
        delay = min(LONGEST_PAUSE_SECONDS, 2.0**attempt)
        if failure.kind == "queue":
            delay = max(delay, QUEUE_PAUSE_SECONDS)
        delay *= self.uniform(0.5, 1.5)
        if self.clock() - started + delay > RETRY_SECONDS:
            raise _given_up(failure, place, statement, attempt)
        self.sleep(delay)


def _given_up(failure: Failure, place: str, statement: str, attempts: int) -> WarehouseError:
    """The error to raise; the log has the whole statement, of which the error holds a line."""
    log.error("%s: job %s failed; its statement:\n%s", place, failure.job_id or "(none)", statement)
    return refusal(failure, place, statement, attempts)


@dataclass(frozen=True)
class Purpose:
    """What a job is for, as its labels say, and which range of partitions it touches."""

    run: str = ""
    asset: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def maximum_bytes(self) -> int:
        one = self.first is not None and self.first == self.last
        return PARTITION_BYTES if one else RANGE_BYTES

    @property
    def labels(self) -> dict[str, str]:
        partitions = f"{self.first}_{self.last}" if self.first and self.last else "all"
        return {
            "run": label(self.run or "none"),
            "asset": label(self.asset or "none"),
            "partitions": label(partitions),
        }


def label(text: str) -> str:
    """The text in the characters and the length a label may have."""
    return re.sub(r"[^a-z0-9_-]", "_", text.lower())[:LABEL_CHARACTERS]


def query_config(purpose: Purpose) -> bigquery.QueryJobConfig:
    return bigquery.QueryJobConfig(
        labels=purpose.labels,
        maximum_bytes_billed=purpose.maximum_bytes,
        use_query_cache=False,
        job_timeout_ms=int(JOB_SECONDS * 1000),
    )


def query_work(client: bigquery.Client, name: str, place: str, sql: str, purpose: Purpose) -> Work:
    """A query as work."""

    def submit(job_id: str) -> bigquery.QueryJob:
        return client.query(
            sql,
            job_config=query_config(purpose),
            job_id=job_id,
            location=client.location,
            retry=NO_RETRY,
            job_retry=None,
            timeout=CALL_SECONDS,
        )

    return Work(name, place, sql, submit)
