"""What BigQuery's messages, reasons and HTTP codes mean, one table: message first, reason second, code last."""

from __future__ import annotations

import pytest
import requests
from google.api_core.exceptions import BadRequest, Forbidden, ServiceUnavailable
from google.auth.exceptions import RefreshError, TransportError

from nba_pipeline.warehouse.bigquery_failures import (
    Failure,
    call_failure,
    classify,
    job_failure,
    refusal,
)
from nba_pipeline.warehouse.errors import STATEMENT_CHARACTERS, StatementError


@pytest.mark.parametrize(
    ("message", "reason", "code", "kind"),
    [
        ("Could not serialize access to table t due to concurrent update", "invalidQuery", 400, "conflict"),
        ("Transaction is aborted due to concurrent update against table t", "invalidQuery", 400, "conflict"),
        ("Too many DML statements outstanding against table t", "jobRateLimitExceeded", 400, "queue"),
        ("Exceeded rate limits: too many table update operations", "rateLimitExceeded", 403, "rate"),
        ("Exceeded rate limits", "jobRateLimitExceeded", 403, "rate"),
        ("slow down", "", 429, "rate"),
        ("try again", "backendError", 400, "backend"),
        ("try again", "internalError", 500, "backend"),
        ("", "", 502, "backend"),
        ("", "", 503, "backend"),
        ("", "", 504, "backend"),
        ("Quota exceeded: too many imports", "quotaExceeded", 403, "quota"),
        ("Quota exceeded", "quotaExceeded", 429, "quota"),
        ("UPDATE/MERGE must match at most one source row for each target row", "invalidQuery", 400, "data"),
        ("Required field game_date cannot be null", "invalidQuery", 400, "data"),
        ("int64 overflow: 1 + 9223372036854775807", "invalidQuery", 400, "data"),
        ("would affect rows in the streaming buffer", "invalidQuery", 400, "request"),
        ("Syntax error: Unexpected keyword FROM", "invalidQuery", 400, "request"),
        ("Not found: Table p:d.t", "notFound", 404, "request"),
        ("Access Denied", "accessDenied", 403, "request"),
        ("Query exceeded limit for bytes billed", "bytesBilledLimitExceeded", 400, "request"),
        ("Received message larger than max (16932265 vs. 4194304)", "", 429, "request"),
        ("no such thing", "", None, "request"),
    ],
)
def test_message_reason_and_code_decide_in_this_order(message: str, reason: str, code: int | None, kind: str) -> None:
    assert classify(message, reason, code) == kind


def test_failed_job_is_clear_and_failed_call_is_not() -> None:
    job = job_failure({"reason": "backendError", "message": "An internal error occurred"}, "w_1")
    assert job == Failure("backend", "backendError: An internal error occurred", "w_1")
    assert call_failure(ServiceUnavailable("busy"), "w_1") == Failure("backend", "503 busy", "w_1", unclear=True)
    assert call_failure(BadRequest("Syntax error"), "w_1") == Failure("request", "400 Syntax error", "w_1")


def test_reason_of_a_call_is_read_from_its_errors() -> None:
    refused = Forbidden("no more", errors=[{"reason": "quotaExceeded"}])
    assert call_failure(refused).kind == "quota"


def test_broken_connections_are_retried_and_wrong_credentials_are_not() -> None:
    for broken in (requests.ConnectionError("reset"), requests.Timeout("slow"), TransportError("no route")):  # type: ignore[no-untyped-call]
        failure = call_failure(broken, "w_1")
        assert (failure.kind, failure.unclear) == ("backend", True)
    assert call_failure(RefreshError("expired")).kind == "request"  # type: ignore[no-untyped-call]


def test_refusal_names_table_job_answer_what_to_do_and_statement() -> None:
    error = refusal(Failure("request", "400 Syntax error", "w_1"), "raw.players", "merge into players", 1)
    assert isinstance(error, StatementError)
    assert str(error) == (
        "raw.players: BigQuery failed, job w_1, 1 attempt(s): 400 Syntax error. The statement, the permissions or the "
        "limits are at fault: correct them; a retry would fail again. Statement: merge into players"
    )


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ("select 1", "select 1"),
        ("\nselect count(*)\nfrom players", "select count(*) ... (whole in the log)"),
        (f"select {'a' * 200}", f"select {'a' * (STATEMENT_CHARACTERS - 7)} ... (whole in the log)"),
    ],
)
def test_refusal_holds_one_line_of_a_statement(statement: str, line: str) -> None:
    error = refusal(Failure("request", "400 Syntax error", "w_1"), "raw.players", statement, 1)
    assert str(error).endswith(f"Statement: {line}")
    assert "\n" not in str(error)
