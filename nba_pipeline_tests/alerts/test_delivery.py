"""Delivery over a real connection: 2xx only, no address in any message, nothing lost, nothing sent twice."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from nba_pipeline.alerts.book import Message
from nba_pipeline.alerts.delivery import (
    FILE,
    AlertsNotConfiguredError,
    DeliveryError,
    Webhook,
    deliver,
    read_webhook,
)
from nba_pipeline_tests.alerts.receiver import Receiver, listening

THREE = [Message("one"), Message("two"), Message("three")]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as found:
        yield found


def test_a_message_arrives_as_the_text_of_a_json_document(receiver: Receiver) -> None:
    Webhook(receiver.address).send(Message("ERROR: a\nb"))
    assert receiver.texts == ["ERROR: a\nb"]


@pytest.mark.parametrize("status", [301, 404, 500])
def test_any_answer_but_2xx_is_a_failure_that_names_the_status_and_not_the_address(
    receiver: Receiver, status: int
) -> None:
    receiver.answers = [status]
    with pytest.raises(DeliveryError, match=f"answered {status} instead of 2xx") as raised:
        Webhook(receiver.address).send(Message("x"))
    assert "secret-token" not in f"{raised.value!r} {raised.value.__context__!r} {Webhook(receiver.address)!r}"


def test_a_webhook_that_hangs_is_a_failure(receiver: Receiver) -> None:
    receiver.gate.clear()
    with pytest.raises(DeliveryError, match=r"did not answer within 0\.2 s"):
        Webhook(receiver.address, timeout_seconds=0.2).send(Message("x"))


def test_an_address_where_nobody_listens_is_a_failure_that_keeps_the_address_to_itself() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/services/secret-token"
        with pytest.raises(DeliveryError, match="cannot be reached") as raised:
            Webhook(address).send(Message("x"))
    assert "secret-token" not in str(raised.value)
    assert raised.value.__suppress_context__


def test_a_failure_half_way_keeps_the_rest_in_order(receiver: Receiver) -> None:
    receiver.answers = [200, 404]
    left, fault = deliver(THREE, Webhook(receiver.address).send)
    assert [message.text for message in left] == ["two", "three"]
    assert "404" in str(fault)
    assert deliver(left, Webhook(receiver.address).send) == ([], None)
    assert receiver.texts == ["one", "two", "three"]


def test_a_failure_of_the_first_message_is_raised(receiver: Receiver) -> None:
    receiver.answers = [404]
    with pytest.raises(DeliveryError):
        deliver(THREE, Webhook(receiver.address).send)


def test_the_address_is_read_from_the_instance_folder(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("webhook: https://host/x\npages: http://pages\ntimeout_seconds: 3\n")
    assert read_webhook(tmp_path) == Webhook("https://host/x", "http://pages", 3.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "does not exist"),
        ("webhook: [", "is not YAML"),
        ("pages: http://pages", "webhook is required"),
        ("webhook: https://secret/x\nchannel: nba", "expected the keys pages, timeout_seconds, webhook"),
        ("webhook: secret", "is not an https:// address"),
        ("webhook: https://secret/x\ntimeout_seconds: soon", "at most 30"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_without_its_content(tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / FILE).write_text(text)
    with pytest.raises(AlertsNotConfiguredError, match=FILE) as raised:
        read_webhook(tmp_path)
    assert said in str(raised.value)
    assert "secret" not in str(raised.value)
