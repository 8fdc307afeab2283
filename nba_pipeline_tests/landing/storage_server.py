"""A Google Cloud Storage server on the loopback, with the one rule of it that matters here and the package lacks.

`gcp-storage-emulator` answers the JSON API but writes over an object whatever `ifGenerationMatch` says; real storage
answers 412 when an object exists and 0 was asked for. The handler below does that.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from urllib.request import Request, urlopen

from gcp_storage_emulator.exceptions import NotFound
from gcp_storage_emulator.handlers.buckets import create_bucket
from gcp_storage_emulator.server import RequestHandler
from gcp_storage_emulator.storage import Storage

BUCKET = "landing-zone"
POLL_SECONDS = 0.01  # how long stopping the server may take
UPLOAD = re.compile(r"/upload/storage/v1/b/(?P<bucket>[^/]+)/o")


@dataclass
class StorageServer:
    """A running server with the bucket `BUCKET`. `refused` answers every request with a status, if set."""

    url: str
    storage: Any
    requests: list[str] = field(default_factory=list)
    refused: int | None = None

    def hold(self, name: str, content: bytes) -> None:
        """Put an object into the bucket with a plain upload."""
        upload = f"{self.url}/upload/storage/v1/b/{BUCKET}/o?uploadType=media&name={quote(name, safe='')}"
        headers = {"Content-Type": "application/octet-stream"}
        with urlopen(Request(upload, data=content, headers=headers, method="POST")) as answer:
            answer.read()


class Handler(RequestHandler):  # type: ignore[misc]
    """Requests of the emulator, logged, with `ifGenerationMatch=0` obeyed."""

    def __init__(self, server: StorageServer, *arguments: Any) -> None:
        self.owner = server
        super().__init__(server.storage, *arguments)

    def parse_request(self) -> bool:
        understood = super().parse_request()
        if understood:
            self.owner.requests.append(f"{self.command} {self.path}")
        if understood and self.owner.refused:
            self._answer(self.owner.refused)
            return False
        return understood

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        upload = UPLOAD.fullmatch(parts.path)
        if upload and parse_qs(parts.query).get("ifGenerationMatch") == ["0"]:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self._exists(upload["bucket"], _object_name(body)):
                self._answer(412)
                return
            self.rfile = io.BufferedReader(io.BytesIO(body))  # type: ignore[arg-type]
        super().do_POST()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _exists(self, bucket: str, name: str) -> bool:
        try:
            return bool(self.owner.storage.get_file_obj(bucket, name))
        except NotFound:
            return False

    def _answer(self, status: int) -> None:
        content = json.dumps({"error": {"code": status, "message": "refused by the test"}}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.close_connection = True


def _object_name(body: bytes) -> str:
    """The name in the first part of a multipart upload."""
    _, _, rest = body.partition(b"\n\n")
    return str(json.loads(rest.partition(b"\n--")[0])["name"])


@contextmanager
def running_storage() -> Iterator[StorageServer]:
    """A server on a free port of the loopback, stopped at the end of the block."""
    storage = Storage(use_memory_fs=True)
    create_bucket(BUCKET, storage)
    server = StorageServer("", storage)
    http = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, server))
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    thread = Thread(target=http.serve_forever, kwargs={"poll_interval": POLL_SECONDS}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
