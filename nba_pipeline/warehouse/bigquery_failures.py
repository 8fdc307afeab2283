"""What BigQuery says when something fails, and what that means: retry, adopt, or give up and why.

Classified by message first and by reason second, because different faults share the reason `invalidQuery`.
Does NOT belong here: calling BigQuery, waiting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from google.api_core.exceptions import GoogleAPICallError
from google.auth.exceptions import GoogleAuthError, TransportError

from nba_pipeline.warehouse.errors import (
    ConflictError,
    DataRefusedError,
    QuotaError,
    RateLimitError,
    StatementError,
    UnreachableError,
    WarehouseError,
    statement_line,
)

Kind = Literal["conflict", "queue", "rate", "backend", "quota", "data", "request"]
RETRIED: frozenset[Kind] = frozenset({"conflict", "queue", "rate", "backend"})

MESSAGES: tuple[tuple[str, Kind], ...] = (
    ("streaming buffer", "request"),
    ("message larger than max", "request"),  # of the client's own limit, under the status of a rate limit
    ("too many dml statements outstanding", "queue"),
    ("could not serialize access", "conflict"),
    ("aborted due to concurrent update", "conflict"),
    ("at most one source row", "data"),
    ("not null", "data"),
    ("cannot be null", "data"),
    ("required field", "data"),
    ("overflow", "data"),
    ("invalid value", "data"),
    ("connection reset", "backend"),
    ("connection aborted", "backend"),
    ("timed out", "backend"),
)
REASONS: Mapping[str, Kind] = {
    "quotaExceeded": "quota",
    "rateLimitExceeded": "rate",
    "jobRateLimitExceeded": "rate",
    "backendError": "backend",
    "jobBackendError": "backend",
    "internalError": "backend",
    "jobInternalError": "backend",
    "tableUnavailable": "backend",
    "timeout": "backend",
}
CODES: Mapping[int, Kind] = {
    408: "backend", 429: "rate", 500: "backend", 502: "backend", 503: "backend", 504: "backend",
}  # fmt: skip

STREAMING_ADVICE = (
    "The table was streamed into, which this project never does; nothing is retried and nothing works around it. "
    "Find who streams, stop it, and launch again 90 minutes later."
)
ADVICE: Mapping[Kind, str] = {
    "conflict": "Another writer changes the same table at every attempt: find it; each table has one writer.",
    "queue": "Too many statements wait for this table: find its other writers; each table has one.",
    "rate": "The rate limit held at every attempt: let other work of the project end, then launch again.",
    "backend": "BigQuery did not answer usefully in time. Launch again once it does.",
    "quota": "A daily or fixed limit of the project is used up. Wait for its reset or raise it; retries add to it.",
    "data": "The rows or the stored data are at fault: correct them, then launch again.",
    "request": "The statement, the permissions or the limits are at fault: correct them; a retry would fail again.",
}
ERRORS: Mapping[Kind, type[WarehouseError]] = {
    "conflict": ConflictError,
    "queue": ConflictError,
    "rate": RateLimitError,
    "backend": UnreachableError,
    "quota": QuotaError,
    "data": DataRefusedError,
    "request": StatementError,
}


@dataclass(frozen=True)
class Failure:
    """One failed attempt. unclear: the job may exist and may finish although the call failed."""

    kind: Kind
    text: str
    job_id: str = ""
    unclear: bool = False

    @property
    def retried(self) -> bool:
        return self.kind in RETRIED


def classify(message: str, reason: str = "", code: int | None = None) -> Kind:
    """The kind of a failure by its message, then its reason, then its HTTP status."""
    lowered = message.lower()
    for words, kind in MESSAGES:
        if words in lowered:
            return kind
    if reason in REASONS:
        return REASONS[reason]
    return CODES.get(code, "request") if code is not None else "request"


def job_failure(error: Mapping[str, object], job_id: str) -> Failure:
    """The failure of a job that ended with `errorResult`."""
    message, reason = str(error.get("message", "")), str(error.get("reason", ""))
    return Failure(classify(message, reason), f"{reason}: {message}", job_id)


def call_failure(error: Exception, job_id: str = "") -> Failure:
    """The failure of a call; after one that may have reached BigQuery the outcome of the job is unclear."""
    if isinstance(error, GoogleAPICallError):
        reason = str(error.errors[0].get("reason", "")) if error.errors and isinstance(error.errors[0], dict) else ""
        code = int(error.code) if error.code is not None else None
        kind = classify(str(error.message), reason, code)
        return Failure(kind, str(error), job_id, unclear=kind in RETRIED)
    if isinstance(error, GoogleAuthError) and not (error.retryable or isinstance(error, TransportError)):
        return Failure("request", f"no usable credentials: {error}", job_id)
    return Failure("backend", f"{type(error).__name__}: {error}", job_id, unclear=True)


def refusal(failure: Failure, place: str, statement: str, attempts: int) -> WarehouseError:
    """The error to raise; of the statement it holds `statement_line`, since an account repeats it per blocked table.

    place: the table or what was asked for; statement: its SQL or what was sent instead.
    """
    advice = STREAMING_ADVICE if "streaming buffer" in failure.text.lower() else ADVICE[failure.kind]
    job = f", job {failure.job_id}" if failure.job_id else ""
    return ERRORS[failure.kind](
        f"{place}: BigQuery failed{job}, {attempts} attempt(s): {failure.text}. {advice} "
        f"Statement: {statement_line(statement)}",
        statement=statement,
    )
