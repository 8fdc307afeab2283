"""What the fault proxy can do to a request instead of passing it on unharmed.

The job errors carry the texts and reasons real BigQuery gives; the protocol server gives none of them by itself.
Does NOT belong here: which request is hit and how often (fault_proxy.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class JobFails:
    """The job is accepted and fails without having done anything. The reason decides the HTTP status of look-ups."""

    reason: str
    message: str
    status: int = 400


@dataclass(frozen=True)
class Refused:
    """The request is answered with an error; the server never sees it."""

    status: int
    reason: str
    message: str


@dataclass(frozen=True)
class Dropped:
    """The connection ends without an answer, before the server saw the request, or after it did what was asked."""

    after: bool


@dataclass(frozen=True)
class Slow:
    """The request reaches the server, or the answer the client, after a while."""

    seconds: float
    before: bool = True


@dataclass(frozen=True)
class Malformed:
    """The server does what was asked; the answer breaks off in the middle of its JSON."""


@dataclass(frozen=True)
class Rewritten:
    """The server gets another statement than the client sent."""

    change: Callable[[str], str]


Fault = JobFails | Refused | Dropped | Slow | Malformed | Rewritten

CONFLICT = JobFails(
    "invalidQuery",
    "Could not serialize access to table local-project:d.t due to concurrent update; transaction aborted",
)
QUEUE_FULL = JobFails(
    "jobRateLimitExceeded",
    "Resources exceeded during query execution: Too many DML statements outstanding against table "
    "local-project:d.t, limit is 20.",
)
RATE_LIMIT = JobFails(
    "rateLimitExceeded", "Exceeded rate limits: too many table update operations for this table.", status=403
)
QUOTA = JobFails(
    "quotaExceeded",
    "Quota exceeded: Your table exceeded quota for imports or query appends per table.",
    status=403,
)
STREAMING_BUFFER = JobFails(
    "invalidQuery",
    "UPDATE or DELETE statement over table d.t would affect rows in the streaming buffer, which is not supported",
)
DUPLICATE_MATCH = JobFails(
    "invalidQuery", "UPDATE/MERGE must match at most one source row for each target row", status=400
)
BACKEND_ERROR = JobFails("backendError", "An internal error occurred and the request could not be completed.", 503)
INTERNAL_ERROR = Refused(500, "internalError", "An internal error occurred and the request could not be completed.")
UNAVAILABLE = Refused(503, "backendError", "Error encountered during execution. Retrying may solve the problem.")
TOO_MANY_REQUESTS = Refused(429, "rateLimitExceeded", "Exceeded rate limits: too many api requests per user per method")
LOST_BEFORE = Dropped(after=False)
LOST_ACKNOWLEDGEMENT = Dropped(after=True)
MALFORMED = Malformed()
