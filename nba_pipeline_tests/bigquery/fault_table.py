"""The table of fault, attempts and outcome at the end of a test run.

The fault tests note their line as a property of the test, which also travels from worker processes.
Does NOT belong here: a fault, a test.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

PROPERTY = "bigquery_fault"
HEADER = ("fault", "attempts", "outcome")
Line = tuple[str, str, str]


def note_fault(record_property: Callable[[str, object], None], fault: str, attempts: int, outcome: str) -> None:
    record_property(PROPERTY, [fault, str(attempts), outcome])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the lines of the fault tests that passed."""
    lines: list[Line] = sorted(
        tuple(value)
        for report in terminalreporter.stats.get("passed", [])
        for name, value in getattr(report, "user_properties", [])
        if name == PROPERTY
    )
    if not lines:
        return
    widths = [max(len(line[place]) for line in (HEADER, *lines)) for place in range(2)]
    terminalreporter.section("writes to BigQuery under faults")
    for fault, attempts, outcome in (HEADER, *lines):
        terminalreporter.write_line(f"{fault:<{widths[0]}}  {attempts:>{widths[1]}}  {outcome}")
