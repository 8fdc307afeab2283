"""What stands against a backfill: codes, how grave each is, and the operator's waivers of single findings.

Does NOT belong here: looking for findings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from nba_pipeline.errors import PipelineError

Code = Literal[
    "schema", "code", "upstream", "in_progress", "duplicates", "trial", "disk", "load_jobs", "waivers", "long",
    "schedule",
]  # fmt: skip
MEANING: Mapping[Code, str] = {
    "schema": "the stored columns of a table are not those of its contract",
    "code": "the code that runs is not a commit, or not the one that automation runs",
    "upstream": "a partition that the plan reads is missing or blocked",
    "in_progress": "a run or another backfill works on a table of the plan",
    "duplicates": "a table of the plan stores keys more than once in the range",
    "trial": "computing one date failed or gave no rows",
    "disk": "too little room beside the warehouse file",
    "load_jobs": "the plan needs more load jobs a table than a day allows",
    "waivers": "waivers.yaml holds entries that have run out",
    "long": "the plan takes long at the measured rate",
    "schedule": "the newest schedule snapshot is old",
}
WARNINGS: frozenset[Code] = frozenset({"long", "schedule", "waivers"})
TAG = "nba/waived_"  # run tag of a waived finding: this and its code; the value is the reason


class UnknownFindingError(PipelineError):
    """--waive names no kind of finding, or gives no reason."""


@dataclass(frozen=True)
class Finding:
    """One thing that stands against the backfill. `waived`: why the operator lets it pass; blank when it stands."""

    code: Code
    text: str
    warning: bool = False
    waived: str = ""

    @property
    def refuses(self) -> bool:
        return not self.warning and not self.waived

    def __str__(self) -> str:
        word = "waived" if self.waived else "warning" if self.warning else "REFUSED"
        return f"{word}  {self.code}  {self.text}{f' (waived: {self.waived})' if self.waived else ''}"


def finding(code: Code, text: str) -> Finding:
    return Finding(code, text, warning=code in WARNINGS)


def parse_waivers(options: Sequence[str]) -> dict[str, str]:
    """`code=reason` options as a mapping; raises UnknownFindingError."""
    waived = {}
    for option in options:
        code, separator, reason = option.partition("=")
        if code not in MEANING:
            raise UnknownFindingError(f"--waive {option}: {code!r} is no finding; known: {', '.join(MEANING)}.")
        if not separator or not reason.strip():
            raise UnknownFindingError(f"--waive {option}: say why, as {code}=reason.")
        waived[code] = reason.strip()
    return waived


def with_waivers(findings: Sequence[Finding], waived: Mapping[str, str]) -> list[Finding]:
    """The findings, those with a waived code marked."""
    return [replace(found, waived=waived.get(found.code, "")) for found in findings]


def waiver_tags(findings: Sequence[Finding]) -> dict[str, str]:
    """Run tags that keep what was waived; a waiver that met no finding leaves none."""
    return {f"{TAG}{found.code}": found.waived for found in findings if found.waived}
