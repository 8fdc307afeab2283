"""From what was told and what is wrong now to the messages that are due: sent on change, never on state.

Pure: the book and an instant in, messages out, the book renewed. Does NOT belong here: Dagster, the network.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from nba_pipeline.alerts.book import Alert, Book, Message
from nba_pipeline.alerts.finding import ANSWERED, Finding, Key
from nba_pipeline.alerts.wording import Links, digest, opened, recovered, summary

REPEAT_AFTER = timedelta(hours=24)  # an open ERROR or BLOCK is told again
MOST_MESSAGES, WITHIN = 10, timedelta(hours=1)  # above this, one digest with counts


def due_messages(book: Book, now: datetime, links: Links) -> list[Message]:
    """Messages about everything that opened, lasts or ended since the book was last brought up to date."""
    groups = book.grouped()
    messages = [_ended(book, key, groups, now, links) for key in list(book.alerts) if key not in groups]
    messages += [_open(book, key, findings, now, links) for key, findings in groups.items()]
    return [message for message in messages if message]


def as_one(messages: Sequence[Message]) -> Message:
    """Everything that a backfill changed, as the one message at its end."""
    return summary([line for message in messages for line in message.lines])


def rationed(book: Book, messages: Sequence[Message], now: datetime) -> None:
    """Put into the outbox what an hour has room for; the rest becomes one digest an hour, nothing is dropped."""
    book.sent_at = [at for at in book.sent_at if now - at < WITHIN]
    room = max(0, MOST_MESSAGES - len(book.sent_at))
    book.outbox.extend(messages[:room])
    book.sent_at.extend([now] * len(messages[:room]))
    book.overflow.extend(messages[room:])
    if book.overflow and (book.digest_at is None or now - book.digest_at >= WITHIN):
        book.outbox.append(digest([line for message in book.overflow for line in message.lines], len(book.overflow)))
        book.overflow, book.digest_at = [], now


def warnings_since(book: Book, now: datetime, links: Links) -> list[str]:
    """Lines of the daily digest: warnings not told yet and those that ended; both count as told from here on."""
    lines: list[str] = []
    for key, findings in book.grouped().items():
        alert = book.alerts.get(key)
        if key.severity == "warn" and alert and alert.told_at is None:
            lines.extend(opened(key, findings, alert.first_seen, links).lines)
            book.alerts[key] = Alert(alert.first_seen, now)
    lines.extend(book.recovered)
    book.recovered = []
    return lines


def _open(book: Book, key: Key, findings: Sequence[Finding], now: datetime, links: Links) -> Message | None:
    alert = book.alerts.get(key)
    if alert is None:
        book.alerts[key] = alert = Alert(now)
    if key.severity not in ANSWERED:
        return None
    if alert.told_at and now - alert.told_at < REPEAT_AFTER:
        return None
    message = opened(key, findings, alert.first_seen, links, again=alert.told_at is not None)
    book.alerts[key] = Alert(alert.first_seen, now)
    return message


def _ended(book: Book, key: Key, groups: dict[Key, list[Finding]], now: datetime, links: Links) -> Message | None:
    """A recovery, unless nobody was told of the alert or it goes on at another severity."""
    alert = book.alerts.pop(key)
    if alert.told_at is None or any(other.about == key.about for other in groups):
        return None
    message = recovered(key, alert.first_seen, now)
    if key.severity in ANSWERED:
        return message
    book.recovered.extend(message.lines)
    return None
