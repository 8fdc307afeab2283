"""Dagster's pages on a fresh instance, and a real browser to open them. Does NOT belong here: what a page must show."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from nba_pipeline_tests.source_tree import ROOT

SCREENSHOTS = ROOT / "build" / "screenshots"
START_SECONDS = 120
PATIENCE_MILLISECONDS = 60_000  # for a page element; a shared machine may be busy
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class Pages:
    """The webserver of one instance, and a page of the browser that looks at it."""

    address: str
    page: Page

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path, wait_until="domcontentloaded")
        return self.page

    def keep(self, name: str) -> None:
        """Store what is shown now as a picture for people."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")


def chromium() -> str | None:
    """Path of an installed Chromium."""
    return next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)


@contextmanager
def opened_pages(folder: Path, landing: Path, executable: str) -> Iterator[Pages]:
    """`dagster dev` with the instance and warehouse below `folder`, made where there are none; stopped at the end."""
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(folder / "dagster_home"),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "NBA_LANDING": str(landing),
        "NBA_WAREHOUSE": f"duckdb:///{folder / 'warehouse.duckdb'}",
    }
    (folder / "dagster_home").mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-m", "nba_pipeline", "instance"], env=environment, check=True, capture_output=True)
    address = f"http://127.0.0.1:{_free_port()}"
    with _server(address, environment, folder / "dagster.log"), sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1500, "height": 950})
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        yield Pages(address, page)
        browser.close()


@contextmanager
def _server(address: str, environment: dict[str, str], log: Path) -> Iterator[None]:
    dagster = Path(sys.executable).parent / "dagster"
    command = [str(dagster), "dev", "-w", "workspace.yaml", "--host", "127.0.0.1", "--port", address.rpartition(":")[2]]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
        try:
            _wait_for(address, process, log)
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)  # the webserver, the daemon and the code server with it
            process.wait()


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/server_info", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.5)
    raise AssertionError(f"dagster dev did not answer at {address}:\n{log.read_text(errors='replace')[-4000:]}")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
