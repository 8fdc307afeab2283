"""Something that is wrong now, as an alert names it.

Does NOT belong here: reading it from Dagster, wording a message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["warn", "error", "block"]
Category = Literal[
    "upstream_late", "data_missing", "data_quality", "leakage", "write_failure", "data", "code", "quota",
    "cost", "infrastructure", "correction_pending",
]  # fmt: skip

ANSWERED: tuple[Severity, ...] = ("error", "block")
"""Severities that are told at once and again every day; a warning waits for the digest."""

CATEGORY_OF_CHECK: Mapping[str, Category] = {
    "row_count_vs_schedule": "data_missing",
    "coverage": "data_missing",
    "leakage": "leakage",
}
"""Checks that are about something else than the quality of values."""

CATEGORY_OF_ERROR: Mapping[str, Category] = {
    "LockTimeoutError": "infrastructure",
    "UnreachableError": "infrastructure",
    "ConflictError": "write_failure",
    "RateLimitError": "write_failure",
    "ReadBackError": "write_failure",
    "QuotaError": "quota",
    "ContractError": "data",
    "TooManyRejectsError": "data",
    "DataRefusedError": "data",
    "ShrinkError": "data",
    "DuplicateKeysStoredError": "data",
    "ZeroRowsError": "data_missing",
    "MissingInputError": "data_missing",
}
"""Error classes of a failed step; any other is a fault of the code."""


@dataclass(frozen=True)
class Key:
    """What makes two findings one alert."""

    table: str
    subject: str  # name of a check, or of an event such as run_failure
    severity: Severity
    category: Category

    @property
    def about(self) -> tuple[str, str]:
        """The key without its level: a change from ERROR to WARN is about the same."""
        return self.table, self.subject


@dataclass(frozen=True)
class Finding:
    """One partition (blank: the whole table) of one alert. `observed` says what was found against what limit."""

    key: Key
    partition: str = ""
    observed: str = ""
    run_id: str = ""
    command: str = ""

    @property
    def place(self) -> tuple[str, str, str]:
        """Where it is: a newer finding at the same place replaces it."""
        return self.key.table, self.key.subject, self.partition
