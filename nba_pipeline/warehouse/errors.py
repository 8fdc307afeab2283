"""What can go wrong at the warehouse. Every message names the table, the culprit, what was found and what to do.

A RetryableError may succeed unchanged later; a PermanentError will not: the data, the contract or the code has to
change first. `category` is the one an alert carries. Does NOT belong here: an engine, Dagster.
"""

from __future__ import annotations

from typing import ClassVar

from nba_pipeline.errors import PipelineError


class WarehouseError(PipelineError):
    """Base of everything the warehouse package raises. statement: the whole of what was refused, where it is SQL."""

    category: ClassVar[str] = "write_failure"

    def __init__(self, message: str = "", *, statement: str = "") -> None:
        super().__init__(message)
        self.statement = statement


class RetryableError(WarehouseError):
    """The same call may succeed later."""


class PermanentError(WarehouseError):
    """The same call fails again until data, contract or settings change."""


class ContractError(PermanentError):
    """Rows that do not fit the table: columns, types, keys, NULL in a required column, scope."""

    category = "data"


class TooManyRejectsError(PermanentError):
    """More rows or cells fail the domain rules than a single bad record explains."""

    category = "data"


class ZeroRowsError(PermanentError):
    """No rows for a partition, and no legal reason for that."""

    category = "data"


class ShrinkError(PermanentError):
    """The write would remove more stored rows of a partition than a correction explains."""

    category = "data"


class DuplicateKeysStoredError(PermanentError):
    """The table already stores a key more than once inside the scope of the write."""

    category = "data"


class SchemaDriftError(PermanentError):
    """The stored columns are not those of the contract."""

    category = "code"


class StatementError(PermanentError):
    """The engine refused a statement; its message and the first line of the SQL are in it, the log has the whole."""

    category = "code"


class DataRefusedError(PermanentError):
    """The engine refused values or found data that contradicts the statement."""

    category = "data"


class QuotaError(PermanentError):
    """A daily or fixed limit is used up; trying again would only use up more."""

    category = "quota"


class ReadBackError(PermanentError):
    """What is stored after the write is not what was sent. DuckDB has rolled the write back; BigQuery has not, the
    message says where the rows of before and the sent ones are."""


class LockTimeoutError(RetryableError):
    """Another process kept the database file to itself for longer than the writer waits."""

    category = "infrastructure"


class ConflictError(RetryableError):
    """A concurrent transaction changed the same rows, at every attempt."""


class RateLimitError(RetryableError):
    """The engine asked for fewer requests, at every attempt."""


class UnreachableError(RetryableError):
    """The warehouse did not answer, or answered with a fault of its own, at every attempt."""

    category = "infrastructure"


STATEMENT_CHARACTERS = 120  # of a statement in a message


def statement_line(statement: str) -> str:
    """The first line of a statement, cut to STATEMENT_CHARACTERS: an account repeats a message per blocked table.

    Whoever raises the error writes the whole statement to the log.
    """
    first, _, rest = statement.strip().partition("\n")
    if not rest and len(first) <= STATEMENT_CHARACTERS:
        return first
    return f"{first[:STATEMENT_CHARACTERS].rstrip()} ... (whole in the log)"
