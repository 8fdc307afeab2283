"""A landing zone in a bucket, served on the loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from gcsfs.core import GCSFileSystem

from nba_pipeline_tests.landing.storage_server import StorageServer, running_storage


@pytest.fixture
def storage_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StorageServer]:
    """A server of this test's own, where the Google libraries of this process find it: they read that variable."""
    GCSFileSystem.clear_instance_cache()  # an instance remembers the address it was made with
    with running_storage() as server:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", server.url)
        monkeypatch.setenv("NO_GCE_CHECK", "true")  # no machine of Google's cloud to ask for credentials
        yield server
    GCSFileSystem.clear_instance_cache()
