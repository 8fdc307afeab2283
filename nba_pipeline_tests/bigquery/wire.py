"""What one REST request asks of BigQuery, read from the bytes on the wire.

Does NOT belong here: answering or forwarding a request (fault_proxy.py), faults (faults.py).
"""

from __future__ import annotations

import email
import email.policy
import gzip
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

# what a request does, by the words the tests use
LOAD = "load"
MERGE = "merge"
QUERY = "query"
OTHER_JOBS = "job of another kind"
LOOK_UP = "look-up"
STREAMING = "streaming insert"
METADATA = "metadata"
JOBS = (LOAD, MERGE, QUERY, OTHER_JOBS)

_JOB = re.compile(r"/bigquery/v2/projects/[^/]+/(?:jobs|queries)/(?P<job>[^/?]+)")
_INSERTED = re.compile(r"/bigquery/v2/projects/[^/]+/(?:jobs|queries)$")


@dataclass(frozen=True)
class Request:
    """One request: what it does, the job it starts or asks about, the statement of a query job."""

    method: str
    target: str
    kind: str
    job_id: str = ""
    statement: str = ""
    destination: str = ""
    bytes_cap: int | None = None
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def starts_job(self) -> bool:
        return self.kind in JOBS


def read_request(
    method: str, target: str, headers: Mapping[str, str], body: bytes, uploads: Mapping[str, Request]
) -> Request:
    """The request in words. uploads: the first request of every resumable upload, by upload id."""
    url = urlsplit(target)
    if method == "PUT" and url.path.startswith("/upload/"):
        return replace(uploads[parse_qs(url.query)["upload_id"][0]], method=method, target=target)
    if method == "POST" and _INSERTED.search(url.path):
        return _job_request(method, target, _job_resource(headers, body))
    if method == "POST" and url.path.endswith("/insertAll"):
        return Request(method, target, STREAMING)
    asked = _JOB.search(url.path)
    return Request(method, target, LOOK_UP, asked["job"]) if asked else Request(method, target, METADATA)


def _job_resource(headers: Mapping[str, str], body: bytes) -> dict[str, object]:
    if headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    kind = headers.get("Content-Type", "")
    if kind.startswith("multipart/"):
        message = email.message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body, policy=email.policy.HTTP)
        body = next(iter(message.iter_parts())).get_payload(decode=True)
    resource: dict[str, object] = json.loads(body)
    return resource


def _job_request(method: str, target: str, resource: dict[str, object]) -> Request:
    reference = _part(resource, "jobReference")
    configuration = _part(resource, "configuration") or {"query": resource}  # jobs.query has no configuration
    labels = tuple(sorted((name, str(value)) for name, value in _part(configuration, "labels").items()))
    job_id = str(reference.get("jobId", ""))
    if "load" in configuration:
        return Request(method, target, LOAD, job_id, destination=_destination(configuration, "load"), labels=labels)
    if "query" not in configuration:
        return Request(method, target, OTHER_JOBS, job_id, labels=labels)
    query = _part(configuration, "query")
    statement = str(query["query"])
    cap = query.get("maximumBytesBilled")
    return Request(
        method,
        target,
        MERGE if statement.lstrip().lower().startswith("merge") else QUERY,
        job_id,
        statement,
        bytes_cap=int(str(cap)) if cap else None,
        labels=labels,
    )


def _part(resource: dict[str, object], name: str) -> dict[str, object]:
    part = resource.get(name) or {}
    assert isinstance(part, dict)
    return part


def _destination(configuration: dict[str, object], job: str) -> str:
    table = _part(_part(configuration, job), "destinationTable")
    return f"{table['datasetId']}.{table['tableId']}"
