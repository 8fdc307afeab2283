"""Handing messages to a webhook, and where its address is kept.

The address is a secret: it lives in `alerts.yaml` beside the instance's own configuration, is in no log, error or
metadata, and is read at every tick. Does NOT belong here: what a message says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import requests
import yaml

from nba_pipeline.alerts.book import Message
from nba_pipeline.errors import PipelineError

FILE = "alerts.yaml"
KNOWN = frozenset({"webhook", "pages", "timeout_seconds"})
TIMEOUT_SECONDS = 10.0
EXAMPLE = "webhook: <address>"

Send = Callable[[Message], None]


class AlertsNotConfiguredError(PipelineError):
    """There is no usable alerts.yaml."""


class DeliveryError(PipelineError):
    """A message was not accepted. Names the answer, never the address."""


@dataclass(frozen=True)
class Webhook:
    """An address that takes `{"text": ...}` by POST, as Slack's incoming webhooks do."""

    address: str = field(repr=False)
    pages: str = ""
    timeout_seconds: float = TIMEOUT_SECONDS

    def send(self, message: Message) -> None:
        """Deliver one message; raises DeliveryError unless the answer is 2xx."""
        try:
            answer = requests.post(
                self.address, json={"text": message.text}, timeout=self.timeout_seconds, allow_redirects=False
            )
        except requests.Timeout:
            raise DeliveryError(f"the alert webhook did not answer within {self.timeout_seconds} s.") from None
        except requests.RequestException as error:  # its text holds the address
            raise DeliveryError(f"the alert webhook cannot be reached ({type(error).__name__}).") from None
        if not 200 <= answer.status_code < 300:
            raise DeliveryError(
                f"the alert webhook answered {answer.status_code} instead of 2xx. Check the address in {FILE} of "
                "DAGSTER_HOME; the message is kept and tried again at the next tick."
            )


def read_webhook(home: Path) -> Webhook:
    """The webhook of an instance folder; raises AlertsNotConfiguredError when there is none."""
    path = home / FILE
    if not path.is_file():
        raise AlertsNotConfiguredError(f"{path} does not exist: write `{EXAMPLE}` into it, or stop the alert sensor.")
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        raise AlertsNotConfiguredError(f"{path} is not YAML: write `{EXAMPLE}` into it.") from None
    if not isinstance(found, dict) or set(found) - KNOWN or not isinstance(found.get("webhook"), str):
        raise AlertsNotConfiguredError(
            f"{path}: expected the keys {', '.join(sorted(KNOWN))}, of which webhook is required."
        )
    if urlsplit(found["webhook"]).scheme not in ("https", "http"):
        raise AlertsNotConfiguredError(f"{path}: webhook is not an https:// address.")
    timeout = found.get("timeout_seconds", TIMEOUT_SECONDS)
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0 < timeout <= 30:
        raise AlertsNotConfiguredError(f"{path}: timeout_seconds is a number above 0 and at most 30.")
    return Webhook(found["webhook"], str(found.get("pages", "")), float(timeout))


def deliver(outbox: Sequence[Message], send: Send) -> tuple[list[Message], DeliveryError | None]:
    """Send in order; returns what is left and, if anything is, why the first of it was not accepted.

    Raises DeliveryError when not even the first one was: nothing changed, so the tick may fail as a whole.
    """
    for number, message in enumerate(outbox):
        try:
            send(message)
        except DeliveryError as error:
            if number == 0:
                raise
            return list(outbox[number:]), error
    return [], None
