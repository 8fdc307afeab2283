"""What an examination found: one subject, how it stands, what was seen, what to do about it.

Does NOT belong here: looking at anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from nba_pipeline.errors import PipelineError

Level = Literal["ok", "warn", "fault", "unknown"]
"""unknown: it could not be looked at, so it is neither in order nor at fault."""

READY, NOT_READY, READY_WITH_WARNINGS, NOT_EVALUATED = 0, 1, 2, 3  # exit codes


@dataclass(frozen=True)
class Finding:
    """One line of the examination. `advice` is what to do, blank when nothing is."""

    subject: str
    level: Level
    found: str
    advice: str = ""


def looked_at(subject: str, look: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """The findings of one look. A refusal of the project's own is a fault; its sentence says what to do."""
    try:
        return list(look())
    except PipelineError as error:
        return [Finding(subject, "fault", " ".join(str(error).split()))]


def exit_code(findings: Sequence[Finding]) -> int:
    """1 with a fault, 3 when something could not be looked at, 2 with a warning, else 0."""
    levels = {finding.level for finding in findings}
    if "fault" in levels:
        return NOT_READY
    if "unknown" in levels:
        return NOT_EVALUATED
    return READY_WITH_WARNINGS if "warn" in levels else READY
