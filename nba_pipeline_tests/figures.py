"""Seconds that tests measure, printed at the end of a test run.

A test notes its figure as a property, which also travels from worker processes. Does NOT belong here: limits, tests.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

PROPERTY = "seconds"


def note_seconds(record_property: Callable[[str, object], None], what: str, seconds: float) -> None:
    """Print `seconds` beside the words `what` once all tests are done."""
    record_property(PROPERTY, [what, round(seconds, 2)])


def print_figures(terminalreporter: pytest.TerminalReporter) -> None:
    """The figures of the tests that passed or failed."""
    lines = sorted(
        (str(what), float(seconds))
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        for name, value in getattr(report, "user_properties", [])
        if name == PROPERTY
        for what, seconds in [value]
    )
    if lines:
        terminalreporter.section("seconds")
    for what, seconds in lines:
        terminalreporter.write_line(f"{seconds:>8.2f}  {what}")
