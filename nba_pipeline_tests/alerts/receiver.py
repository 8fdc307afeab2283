"""A webhook on this machine: keeps what it is sent and answers as a test tells it to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    """texts: messages received. answers: status codes of the next answers, 200 once used up.

    While `gate` is not set, an answer waits: a webhook that hangs.
    """

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.answers: list[int] = []
        self.gate = threading.Event()
        self.gate.set()
        self.address = ""


@contextmanager
def listening() -> Iterator[Receiver]:
    """The receiver on a free port of the loopback address, stopped at the end."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            receiver.gate.wait()
            status = receiver.answers.pop(0) if receiver.answers else 200
            if status == 200:
                receiver.texts.append(body["text"])
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    receiver.address = f"http://127.0.0.1:{server.server_port}/services/secret-token"
    try:
        yield receiver
    finally:
        receiver.gate.set()
        server.shutdown()
        thread.join()
        server.server_close()
