"""A loopback proxy in front of the protocol server: keeps a log of every request, and harms those it was told to.

Does NOT belong here: the faults themselves (faults.py), reading a request (wire.py).
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from nba_pipeline_tests.bigquery.faults import Dropped, Fault, JobFails, Malformed, Refused, Rewritten, Slow
from nba_pipeline_tests.bigquery.partition_filter import FilteredTables
from nba_pipeline_tests.bigquery.server import HOST
from nba_pipeline_tests.bigquery.wire import LOAD, LOOK_UP, Request, read_request

PASSED_ON = ("Content-Type", "Content-Encoding", "Content-Range", "Host", "X-Upload-Content-Type")
PASSED_BACK = ("Content-Type", "Location", "Range", "X-GUploader-UploadID")
UPSTREAM_TIMEOUT_SECONDS = 120.0

Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Call:
    """One request as it came in: what it asked, what was done to it."""

    request: Request
    fault: Fault | None


@dataclass
class _Rule:
    fault: Fault
    hits: Callable[[Request], bool]
    times: int


@dataclass
class FaultProxy:
    """Faults to come and requests gone by. Safe to use from several threads."""

    server_port: int
    port: int = 0
    calls: list[Call] = field(default_factory=list)
    rules: list[_Rule] = field(default_factory=list)
    uploads: dict[str, Request] = field(default_factory=dict)
    failed: dict[str, tuple[JobFails, dict[str, object]]] = field(default_factory=dict)
    filtered: FilteredTables = field(default_factory=FilteredTables)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def inject(self, fault: Fault, kind: str, *, times: int = 1, hits: Callable[[Request], bool] | None = None) -> None:
        """Do this to the next `times` requests of the kind (of those that `hits` accepts)."""
        with self.lock:
            self.rules.append(_Rule(fault, lambda r: r.kind == kind and (hits is None or hits(r)), times))

    def heal(self) -> None:
        """Forget the faults not used up, and the log."""
        with self.lock:
            self.rules.clear()
            self.calls.clear()

    def requests(self, *kinds: str) -> list[Request]:
        """Requests gone by, of these kinds if any are given."""
        with self.lock:
            return [call.request for call in self.calls if not kinds or call.request.kind in kinds]

    def jobs(self, *kinds: str) -> list[Request]:
        """First request of every job that was started, whatever became of it."""
        started: dict[str, Request] = {}
        for request in self.requests(*kinds):
            if request.starts_job:
                started.setdefault(request.job_id or request.statement, request)
        return list(started.values())

    def due_fault(self, request: Request) -> Fault | None:
        with self.lock:
            for rule in self.rules:
                if rule.times and rule.hits(request):
                    rule.times -= 1
                    return rule.fault
        return None

    def note(self, request: Request, fault: Fault | None) -> None:
        with self.lock:
            self.calls.append(Call(request, fault))


@contextmanager
def running_proxy(server_port: int) -> Iterator[FaultProxy]:
    """A proxy on a free loopback port that passes on to the server's port."""
    proxy = FaultProxy(server_port)
    handler = type("Handler", (_Handler,), {"proxy": proxy})
    with ThreadingHTTPServer((HOST, 0), handler) as listener:
        listener.daemon_threads = True
        proxy.port = listener.server_address[1]
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            listener.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    proxy: FaultProxy
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the terminal; the log is `FaultProxy.calls`."""

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = read_request(self.command, self.path, self.headers, body, self.proxy.uploads)
        fault = self.proxy.due_fault(request) or self.proxy.filtered.refusal(request)
        self.proxy.note(request, fault)
        answer = self._answer(request, fault, body)
        if answer is None:
            self.close_connection = True
            return
        status, headers, content = answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = handle_any

    def _answer(self, request: Request, fault: Fault | None, body: bytes) -> Answer | None:
        """Status, headers and content; None ends the connection without an answer."""
        if request.kind == LOOK_UP and request.job_id in self.proxy.failed:
            return self._look_up(request)
        match fault:
            case None:
                return self._forward(request, body)
            case JobFails():
                job = _failed_job(request, fault)
                self.proxy.failed[request.job_id] = (fault, job)
                return _json(200, job)
            case Refused(status, reason, message):
                return _json(status, _error(status, reason, message))
            case Dropped(after):
                if after:
                    self._forward(request, body)
                return None
            case Slow(seconds, before):
                answer = None if before else self._forward(request, body)
                time.sleep(seconds)
                return answer or self._forward(request, body)
            case Malformed():
                status, headers, content = self._forward(request, body)
                return status, headers, content[: len(content) // 2]
            case Rewritten(change):
                resource = json.loads(body)
                query = resource.get("configuration", {}).get("query", resource)
                query["query"] = change(query["query"])
                return self._forward(request, json.dumps(resource).encode())

    def _look_up(self, request: Request) -> Answer:
        """What BigQuery says of a failed job: the job itself, or an error to who asks for its rows."""
        fault, job = self.proxy.failed[request.job_id]
        if "/queries/" in request.path:
            return _json(fault.status, _error(fault.status, fault.reason, fault.message))
        return _json(200, job)

    def _forward(self, request: Request, body: bytes) -> Answer:
        headers = {name: self.headers[name] for name in PASSED_ON if name in self.headers}
        upstream = http.client.HTTPConnection(HOST, self.proxy.server_port, timeout=UPSTREAM_TIMEOUT_SECONDS)
        with closing(upstream) as connection:
            passed_on = self.proxy.filtered.without_option(request, body)
            connection.request(self.command, self.path, passed_on, headers)
            response = connection.getresponse()
            content = self.proxy.filtered.with_option(request, response.read())
        back = {name: response.headers[name] for name in PASSED_BACK if name in response.headers}
        if "X-GUploader-UploadID" in back:
            self.proxy.uploads[back["X-GUploader-UploadID"]] = request
        return response.status, back, content


def _json(status: int, resource: object) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(resource).encode()


def _error(status: int, reason: str, message: str) -> dict[str, object]:
    return {"error": {"code": status, "message": message, "errors": [{"reason": reason, "message": message}]}}


def _failed_job(request: Request, fault: JobFails) -> dict[str, object]:
    """The job resource of a job that ended in an error."""
    project = urlsplit(request.target).path.partition("/projects/")[2].partition("/")[0]
    error = {"reason": fault.reason, "message": fault.message}
    return {
        "kind": "bigquery#job",
        "id": f"{project}:US.{request.job_id}",
        "jobReference": {"projectId": project, "jobId": request.job_id, "location": "US"},
        "configuration": _configuration(request, project),
        "status": {"state": "DONE", "errorResult": error, "errors": [error]},
        "statistics": {"creationTime": "0", "startTime": "0", "endTime": "0"},
    }


def _configuration(request: Request, project: str) -> dict[str, object]:
    if request.kind != LOAD:
        return {"jobType": "QUERY", "query": {"query": request.statement}}
    dataset, _, table = request.destination.partition(".")
    target = {"projectId": project, "datasetId": dataset, "tableId": table}
    return {"jobType": "LOAD", "load": {"destinationTable": target}}
