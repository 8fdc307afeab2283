"""What the alert sensor remembers between two ticks, and its form as a cursor.

Losing it repeats messages and never loses one: everything open is then told again.
Does NOT belong here: deciding what to send.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from nba_pipeline.alerts.finding import Finding, Key
from nba_pipeline.errors import PipelineError

FORM = 1  # of the cursor
SPELT_FINDINGS = 3  # observations spelt out in a message; the partitions are always all there


class CursorError(PipelineError):
    """The cursor of the alert sensor cannot be read."""


@dataclass(frozen=True)
class Alert:
    """An open alert: since when, and when it was last told (None: not yet, a warning waits for the digest)."""

    first_seen: datetime
    told_at: datetime | None = None


@dataclass(frozen=True)
class Message:
    """One message to send. `lines` is what a digest says of it."""

    text: str
    lines: tuple[str, ...] = ()


@dataclass
class Book:
    """findings: what is wrong now. alerts: those findings as people were told. outbox: made and not delivered yet.

    overflow: messages above the hourly limit, for the next digest. recovered: warnings that ended, for the daily
    digest. sent_at, digest_at: deliveries of the last hour. evaluations, runs_until: read up to here.
    """

    findings: dict[tuple[str, str, str], Finding] = field(default_factory=dict)
    alerts: dict[Key, Alert] = field(default_factory=dict)
    outbox: list[Message] = field(default_factory=list)
    overflow: list[Message] = field(default_factory=list)
    recovered: list[str] = field(default_factory=list)
    sent_at: list[datetime] = field(default_factory=list)
    digest_at: datetime | None = None
    daily_on: str = ""
    held: bool = False
    evaluations: int = 0
    runs_until: datetime | None = None

    def put(self, findings: Sequence[Finding]) -> None:
        for finding in findings:
            self.findings[finding.place] = finding

    def grouped(self) -> dict[Key, list[Finding]]:
        """Findings by alert, partitions ascending."""
        groups: dict[Key, list[Finding]] = {}
        for finding in sorted(self.findings.values(), key=lambda f: f.place):
            groups.setdefault(finding.key, []).append(finding)
        return groups


def dump(book: Book) -> str:
    """The book as text."""
    document = {
        "form": FORM,
        "findings": [_group(key, findings) for key, findings in book.grouped().items()],
        "alerts": [{"key": asdict(key), **asdict(alert)} for key, alert in book.alerts.items()],
        "outbox": [asdict(message) for message in book.outbox],
        "overflow": [asdict(message) for message in book.overflow],
        "recovered": book.recovered,
        "sent_at": book.sent_at,
        "digest_at": book.digest_at,
        "daily_on": book.daily_on,
        "held": book.held,
        "evaluations": book.evaluations,
        "runs_until": book.runs_until,
    }
    return json.dumps(document, default=datetime.isoformat, separators=(",", ":"))


def load(cursor: str | None) -> Book:
    """The book of a cursor, an empty one without; raises CursorError for any other text."""
    if not cursor:
        return Book()
    try:
        document = json.loads(cursor)
        if document["form"] != FORM:
            raise ValueError(f"form {document['form']}")
        findings = [finding for entry in document["findings"] for finding in _findings(entry)]
        return Book(
            {finding.place: finding for finding in findings},
            {
                Key(**entry["key"]): Alert(datetime.fromisoformat(entry["first_seen"]), _instant(entry["told_at"]))
                for entry in document["alerts"]
            },
            [_message(entry) for entry in document["outbox"]],
            [_message(entry) for entry in document["overflow"]],
            list(document["recovered"]),
            [datetime.fromisoformat(text) for text in document["sent_at"]],
            _instant(document["digest_at"]),
            document["daily_on"],
            document["held"],
            document["evaluations"],
            _instant(document["runs_until"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise CursorError(
            f"the cursor of the alert sensor cannot be read ({error}). Reset it on the sensor's page: everything that "
            "is open is then told once more."
        ) from error


def _group(key: Key, findings: Sequence[Finding]) -> dict[str, object]:
    """The findings of an alert; what was observed is kept of the ones a message spells out."""
    observed = {finding.partition: finding.observed for finding in findings if finding.observed}
    newest = findings[-1]
    return {
        "key": asdict(key),
        "partitions": [finding.partition for finding in findings],
        "observed": dict(list(observed.items())[:SPELT_FINDINGS]),
        "run_id": newest.run_id,
        "command": newest.command,
    }


def _findings(entry: Mapping[str, Any]) -> list[Finding]:
    key, observed = Key(**entry["key"]), entry["observed"]
    return [
        Finding(key, partition, observed.get(partition, ""), entry["run_id"], entry["command"])
        for partition in entry["partitions"]
    ]


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _message(entry: dict[str, object]) -> Message:
    lines = entry["lines"]
    return Message(str(entry["text"]), tuple(map(str, lines)) if isinstance(lines, list) else ())
