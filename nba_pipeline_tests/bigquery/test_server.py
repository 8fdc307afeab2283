"""The protocol server itself: it answers on the loopback interface alone, and it ends with its block."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from nba_pipeline_tests.bigquery import server_environment
from nba_pipeline_tests.bigquery.server import HOST, Server, running_server

pytestmark = pytest.mark.bigquery


def client(server: Server) -> bigquery.Client:
    options = {"api_endpoint": f"http://{HOST}:{server.rest_port}"}
    return bigquery.Client(server.project, credentials=AnonymousCredentials(), client_options=options)


def test_server_answers_a_statement_of_the_real_client(bigquery_server: Server) -> None:
    with client(bigquery_server) as connection:
        rows = connection.query("select date '2024-01-15' as day, 0.25 as share").result()
        assert [tuple(row.values())[1] for row in rows] == [0.25]


def test_server_has_ended_when_its_block_has(bigquery_server: Server, tmp_path: Path) -> None:
    with running_server(tmp_path) as second:
        assert second.rest_port != bigquery_server.rest_port
    for port in (second.rest_port, second.storage_port):
        with socket.socket() as probe:
            assert probe.connect_ex((HOST, port)) != 0


def test_python_that_does_not_answer_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = tmp_path / "python3.13"
    command.write_text("#!/bin/sh\necho 'version is not set' >&2\nexit 127\n")
    command.chmod(0o755)
    monkeypatch.setenv("PYTHON313", str(command))
    with pytest.raises(server_environment.ServerUnavailableError, match=r"no Python 3.13 .*set PYTHON313"):
        server_environment.find_python()
