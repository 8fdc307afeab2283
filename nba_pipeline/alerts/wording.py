"""What a message says: table, check, partitions, what was found, category, since when, where to look, what to run.

Does NOT belong here: when a message is sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from nba_pipeline.alerts.book import SPELT_FINDINGS, Message
from nba_pipeline.alerts.finding import Finding, Key
from nba_pipeline.readiness.plan import ranges_text

DIGEST_LINES = 40  # lines of a digest; what is left is counted by table
WHOLE = "whole table"
TIME = "%Y-%m-%d %H:%M UTC"


@dataclass(frozen=True)
class Links:
    """Where the Dagster pages are; blank: a run is named by its id."""

    pages: str = ""

    def run(self, run_id: str) -> str:
        return f"{self.pages.rstrip('/')}/runs/{run_id}" if self.pages else f"run {run_id}"


def opened(
    key: Key, findings: Sequence[Finding], first_seen: datetime, links: Links, *, again: bool = False
) -> Message:
    """An alert with all its partitions; `again` when it was told before and is still open."""
    heading = f"{key.severity.upper()}{' still open' if again else ''}: {key.table} {key.subject}"
    partitions = _partitions(findings)
    parts = [heading, f"partitions ({len(findings)}): {partitions}"]
    observed = [finding for finding in findings if finding.observed][:SPELT_FINDINGS]
    parts += [f"found: {finding.partition or WHOLE}: {finding.observed}" for finding in observed]
    parts.append(f"category: {key.category}; first seen {first_seen:{TIME}}")
    newest = findings[-1]
    if newest.run_id:
        parts.append(f"look: {links.run(newest.run_id)}")
    command = _command(findings)
    if command:
        parts.append(f"run: {command}")
    return Message("\n".join(parts), (f"{heading}: {partitions}{f'; run: {command}' if command else ''}",))


def recovered(key: Key, first_seen: datetime, now: datetime) -> Message:
    """The end of an alert."""
    heading = f"OK: {key.table} {key.subject}"
    text = f"{heading}\n{key.severity.upper()} since {first_seen:{TIME}} ended after {_span(now - first_seen)}"
    return Message(text, (heading,))


def digest(lines: Sequence[str], messages: int) -> Message:
    """Many messages as one."""
    heading = f"DIGEST: {messages} more message(s) this hour ({_counts(lines)})"
    return Message("\n".join([heading, *_cut(lines)]), tuple(lines))


def summary(lines: Sequence[str]) -> Message:
    """What changed over a backfill."""
    heading = f"BACKFILL ended: {_counts(lines) or 'nothing opened, nothing recovered'}"
    return Message("\n".join([heading, *lines]), (heading,))


def _counts(lines: Sequence[str]) -> str:
    """`3 ERROR, 1 OK` by the first words of the lines."""
    return ", ".join(f"{count} {word}" for word, count in sorted(Counter(x.partition(":")[0] for x in lines).items()))


def _cut(lines: Sequence[str]) -> list[str]:
    if len(lines) <= DIGEST_LINES:
        return list(lines)
    left = Counter(line.partition(": ")[2].partition(" ")[0] for line in lines[DIGEST_LINES:])
    return [*lines[:DIGEST_LINES], *(f"and {count} more of {table}" for table, count in sorted(left.items()))]


def _partitions(findings: Sequence[Finding]) -> str:
    """All partitions, neighbouring days as a range."""
    days = [date.fromisoformat(finding.partition) for finding in findings if finding.partition]
    whole = [WHOLE] if any(not finding.partition for finding in findings) else []
    return ", ".join([*whole, *([ranges_text(days)] if days else [])])


def _command(findings: Sequence[Finding]) -> str:
    """The command with the range from the first to the last partition of the alert."""
    days = [finding.partition for finding in findings if finding.partition]
    text = findings[-1].command
    return text.format(first=min(days), last=max(days)) if days else text


def _span(span: timedelta) -> str:
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    return f"{hours} h {minutes} min"
