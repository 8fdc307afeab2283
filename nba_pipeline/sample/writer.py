"""Writes the sample into a landing root: payloads by the grammar of the landing zone, archive files, one notice.

A landed file never changes: writing the same sample again leaves every file as it is, another sample is refused.
Does NOT belong here: what the files say.
"""

from __future__ import annotations

import gzip
import io
import json
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.core import url_to_fs

from nba_pipeline.errors import PipelineError
from nba_pipeline.landing.grammar import ARCHIVE, GZIPPED_ABOVE_BYTES, file_path


class SampleError(PipelineError):
    """The landing root already holds something else."""


class SampleWriter:
    """Files of one landing root (local folder or bucket address), counted as they are written."""

    def __init__(self, root: str) -> None:
        self._filesystem, path = url_to_fs(root)
        self._root = path.rstrip("/")
        self._folders: set[str] = set()
        self.files = 0
        self.bytes = 0

    def payload(self, feed: str, day: date, unit: str, fetched_at: datetime, document: Any) -> None:
        """Land a JSON document, gzipped like every large payload."""
        data = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        is_large = len(data) > GZIPPED_ABOVE_BYTES
        path = file_path(feed, day, unit, fetched_at, "json", gzipped=is_large)
        self._write(path, gzip.compress(data, compresslevel=6, mtime=0) if is_large else data)

    def archive(self, folder: str, season: str, table: pa.Table) -> None:
        """Write one season file of the archive."""
        buffer = io.BytesIO()
        pq.write_table(table, buffer, compression="zstd")
        self._write(f"{ARCHIVE}/{folder}/{season}.parquet", buffer.getvalue())

    def notice(self, name: str, text: str) -> None:
        """Write a text file at the root."""
        self._write(name, text.encode())

    def _write(self, path: str, data: bytes) -> None:
        target = f"{self._root}/{path}"
        folder = target.rsplit("/", 1)[0]
        if folder not in self._folders:
            self._filesystem.makedirs(folder, exist_ok=True)
            self._folders.add(folder)
        try:
            self._filesystem.pipe_file(target, data, mode="create")
        except FileExistsError as error:
            if self._filesystem.cat_file(target) != data:
                raise SampleError(
                    f"sample: {path} exists below {self._root} with other content; choose an empty landing root."
                ) from error
        self.files += 1
        self.bytes += len(data)
