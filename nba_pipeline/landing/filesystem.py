"""The file system behind a landing root, and writing a file there once: whole or not at all, never over another.

Does NOT belong here: names of landed files, what they hold.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs
from gcsfs.core import GCSFileSystem  # type: ignore[import-untyped]
from gcsfs.retry import RETRIABLE_EXCEPTIONS, HttpError  # type: ignore[import-untyped]
from google.auth.exceptions import GoogleAuthError

from nba_pipeline.errors import PipelineError

BUCKET_SCHEME = "gs://"
TRANSPORT_ERRORS: tuple[type[Exception], ...] = (*RETRIABLE_EXCEPTIONS, HttpError, GoogleAuthError)
"""What a bucket's library raises when the bucket does not answer; some are OSErrors."""
UNFINISHED = ".unfinished-"  # a hidden name, which no listing of landed files shows


class LandingError(PipelineError):
    """A landed file would have been changed or cannot be read, or the landing zone cannot be listed."""


class UnreachableError(PipelineError):
    """The bucket of the landing zone is not there, does not answer or refuses access: nothing about a single file."""


def open_root(root: str) -> tuple[AbstractFileSystem, str]:
    """The file system of a landing root and the root's path in it, without a slash at its end.

    Raises UnreachableError for a bucket that does not exist: a mistyped name must not look like an empty landing zone.
    """
    # A remembered listing of a bucket would hide what another process has landed since.
    if not root.startswith(BUCKET_SCHEME):
        filesystem, path = url_to_fs(root, use_listings_cache=False)
        return filesystem, path.rstrip("/")
    with listing(root):
        # The core class: the one registered for gs:// asks the storage control service of what kind the bucket is,
        # which needs one more permission and warns at every access where it is missing.
        filesystem = GCSFileSystem(use_listings_cache=False)
        path = filesystem._strip_protocol(root).rstrip("/")
        bucket = path.partition("/")[0]
        if not filesystem.exists(bucket):
            raise UnreachableError(f"landing: {root}: there is no bucket {bucket!r}. Check NBA_LANDING.")
    return filesystem, path


@contextmanager
def reaching(root: str) -> Iterator[None]:
    """What a bucket answers instead of its content, as an UnreachableError; a file's own faults pass."""
    try:
        yield
    except TRANSPORT_ERRORS as error:
        raise UnreachableError(
            f"landing: {root} does not answer as a bucket should: {error or type(error).__name__}. Check NBA_LANDING, "
            "the network and the credentials: they need storage.objects.list and .get, and .create to land files."
        ) from error


@contextmanager
def listing(root: str) -> Iterator[None]:
    """Like `reaching`, and a root that is no folder or may not be listed as a LandingError."""
    try:
        with reaching(root):
            yield
    except OSError as error:
        raise LandingError(f"landing: {root} cannot be listed: {error}. Check NBA_LANDING.") from error


def write_once(filesystem: AbstractFileSystem, path: str, data: bytes) -> None:
    """Write a new file that appears whole; raises FileExistsError when the name is taken, also by a file landed now.

    A bucket does both by itself. A local file is written beside its name and then linked to it, which no two
    processes can do; a file system without hard links is an OSError.
    """
    if "file" not in (filesystem.protocol if isinstance(filesystem.protocol, tuple) else (filesystem.protocol,)):
        filesystem.pipe_file(path, data, mode="create")
        return
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{UNFINISHED}{secrets.token_hex(8)}")
    try:
        with unfinished.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
