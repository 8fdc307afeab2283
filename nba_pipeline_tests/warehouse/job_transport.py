"""The HTTP side of BigQuery's jobs, in memory and scripted: what a request meets is written down before it is made.

Does NOT belong here: running a statement (nba_pipeline_tests/bigquery has a server that does).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import requests

INSERT, LOOK_UP = "insert", "look-up"


@dataclass(frozen=True)
class Answer:
    """An error answered instead of doing anything."""

    status: int
    reason: str = ""
    message: str = "told so by the script"


@dataclass(frozen=True)
class Lost:
    """The connection breaks: before anything happened, or after the job was accepted."""

    accepted: bool


@dataclass(frozen=True)
class Ends:
    """The job is accepted and, after `polls` look-ups that find it running, ends: well, or with an error."""

    reason: str = ""
    message: str = ""
    polls: int = 0


Step = Answer | Lost | Ends


@dataclass
class JobTransport:
    """Stands where the client has its HTTP session. Inserts follow `inserts`, look-ups `look_ups`, then all is well."""

    inserts: list[Step] = field(default_factory=list)
    look_ups: list[Step] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)
    jobs: dict[str, Ends] = field(default_factory=dict)
    polled: dict[str, int] = field(default_factory=dict)
    bodies: list[Mapping[str, object]] = field(default_factory=list)

    def request(self, method: str, url: str, data: str | None = None, **_: object) -> requests.Response:
        kind = INSERT if method == "POST" else LOOK_UP
        script = self.inserts if kind == INSERT else self.look_ups
        step = script.pop(0) if script else Ends()
        if kind == INSERT:
            return self._insert(json.loads(data or "{}"), step)
        job_id = url.partition("/jobs/")[2].partition("?")[0]
        self.seen.append((LOOK_UP, job_id))
        if isinstance(step, Lost):
            raise requests.ConnectionError("connection reset by peer")
        if isinstance(step, Answer):
            return _error(step)
        if job_id not in self.jobs:
            return _error(Answer(404, "notFound", f"Not found: Job {job_id}"))
        self.polled[job_id] = self.polled.get(job_id, 0) + 1
        return _response(200, self._resource(job_id))

    def _insert(self, body: dict[str, object], step: Step) -> requests.Response:
        reference = body["jobReference"]
        assert isinstance(reference, dict)
        job_id = str(reference["jobId"])
        self.seen.append((INSERT, job_id))
        self.bodies.append(body)
        if isinstance(step, Answer):
            return _error(step)
        if job_id in self.jobs:
            return _error(Answer(409, "duplicate", f"Already Exists: Job {job_id}"))
        if isinstance(step, Ends) or step.accepted:
            self.jobs[job_id] = step if isinstance(step, Ends) else Ends()
        if isinstance(step, Lost):
            raise requests.ConnectionError("connection reset by peer")
        return _response(200, self._resource(job_id))

    def _resource(self, job_id: str) -> dict[str, object]:
        job = self.jobs[job_id]
        done = self.polled.get(job_id, 0) >= job.polls
        status: dict[str, object] = {"state": "DONE" if done else "RUNNING"}
        if done and job.reason:
            status["errorResult"] = {"reason": job.reason, "message": job.message}
        return {
            "jobReference": {"projectId": "nba-project", "jobId": job_id, "location": "US"},
            "configuration": {"jobType": "QUERY", "query": {"query": "select 1"}},
            "status": status,
        }


def _error(answer: Answer) -> requests.Response:
    errors = [{"reason": answer.reason, "message": answer.message}]
    return _response(answer.status, {"error": {"code": answer.status, "message": answer.message, "errors": errors}})


def _response(status: int, body: Mapping[str, object]) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.request = requests.Request("POST", "http://nowhere.invalid").prepare()  # named in error messages
    response.headers["Content-Type"] = "application/json"
    response._content = json.dumps(body).encode()
    return response
