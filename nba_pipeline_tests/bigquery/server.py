"""A BigQuery protocol server on the loopback interface, alive for one `with` block.

Does NOT belong here: building its environment (server_environment.py), faults (fault_proxy.py), pytest.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from nba_pipeline_tests.bigquery.server_environment import ServerUnavailableError, ensure_environment, server_home

HOST = "127.0.0.1"
PROJECT = "local-project"
READY_WITHIN_SECONDS = 90.0  # two seconds on an idle machine
MAX_STARTS = 3  # another process may take a free port before the server does
_SERVE = Path(__file__).with_name("serve.py")


@dataclass(frozen=True)
class Server:
    """Where a running server listens."""

    rest_port: int
    storage_port: int
    project: str = PROJECT

    def address(self, dataset_prefix: str, *, rest_port: int | None = None) -> str:
        """Warehouse address of the datasets with this prefix, by way of another port if told."""
        return (
            f"bigquery://{self.project}?dataset_prefix={dataset_prefix}&location=US"
            f"&endpoint=http://{HOST}:{rest_port or self.rest_port}&storage_endpoint={HOST}:{self.storage_port}"
        )


@contextmanager
def running_server(folder: Path) -> Iterator[Server]:
    """A server that keeps its data and its log in `folder`; it has ended when the block has."""
    python = ensure_environment()
    log = folder / "server.log"
    for attempt in range(1, MAX_STARTS + 1):
        server = Server(_free_port(), _free_port())
        with log.open("ab") as output, _process(python, server, folder / f"data{attempt}", output) as process:
            if _ready(server, process):
                yield server
                return
    raise ServerUnavailableError(f"the BigQuery protocol server does not answer:\n{log.read_text()[-3000:]}")


@contextmanager
def _process(python: Path, server: Server, data: Path, output: object) -> Iterator[subprocess.Popen[bytes]]:
    data.mkdir(parents=True)
    ports = ["--port", str(server.rest_port), "--grpc-port", str(server.storage_port)]
    process = subprocess.Popen(
        [str(python), str(_SERVE), "serve", "--host", HOST, *ports, "--data-dir", str(data), "--project", PROJECT],
        stdin=subprocess.PIPE,
        stdout=output,  # type: ignore[call-overload]
        stderr=subprocess.STDOUT,
        env={"HOME": str(server_home()), "PATH": os.environ["PATH"], "TMPDIR": str(data)},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdin is not None
        process.stdin.close()


def _ready(server: Server, process: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if _answers(server):
            return True
        time.sleep(0.1)
    return False


def _answers(server: Server) -> bool:
    with closing(http.client.HTTPConnection(HOST, server.rest_port, timeout=5)) as connection:
        try:
            connection.request("GET", f"/bigquery/v2/projects/{server.project}/datasets")
            return connection.getresponse().status == 200
        except OSError:
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
