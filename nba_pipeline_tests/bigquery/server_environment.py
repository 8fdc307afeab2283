"""The environment of the BigQuery protocol server: `.venv-bigquery`, Python 3.13, the locked packages.

    python -m nba_pipeline_tests.bigquery.server_environment

makes it where it is missing or its lock file changed. Needed: Python 3.13 (PYTHON313 names it; else `python3.13` of
the path or of pyenv) and a package index. Does NOT belong here: starting the server (server.py), pytest.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".venv-bigquery"
LOCK_FILE = Path(__file__).with_name("server-requirements.lock")
STAMP = FOLDER / ".installed"
EXTENSIONS = ("icu", "ducklake", "spatial")


class ServerUnavailableError(Exception):
    """The protocol server cannot be built or started here; the message says why and what to do."""


def server_python() -> Path:
    """The interpreter that runs the server."""
    return FOLDER / "bin" / "python"


def server_home() -> Path:
    """HOME of the server: DuckDB looks for its extensions below it."""
    return FOLDER / "home"


def ensure_environment() -> Path:
    """Make the environment unless it is there; several processes may ask at once. Returns its interpreter."""
    wanted = hashlib.sha256(LOCK_FILE.read_bytes()).hexdigest()
    with _one_at_a_time():
        if not STAMP.is_file() or STAMP.read_text() != wanted:
            _build(find_python())
            STAMP.write_text(wanted)
    return server_python()


def find_python() -> str:
    """Command of a Python 3.13 that really answers: a version manager puts commands on the path that do not."""
    asked = os.environ.get("PYTHON313")
    candidates = [asked] if asked else ["python3.13", *_of_pyenv()]
    for candidate in candidates:
        if _answer([candidate, "--version"]).startswith("Python 3.13."):
            return candidate
    raise ServerUnavailableError(
        f"no Python 3.13 ({', '.join(candidates)} tried), which the BigQuery protocol server needs. "
        "Install it, or set PYTHON313 to its path."
    )


def _of_pyenv() -> list[str]:
    installed = [name for name in _answer(["pyenv", "versions", "--bare"]).split() if name.startswith("3.13.")]
    return [str(Path(_answer(["pyenv", "prefix", name])) / "bin" / "python3.13") for name in installed]


def _answer(command: list[str]) -> str:
    """What the command prints; blank if it is not there or fails."""
    if shutil.which(command[0]) is None:
        return ""
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return result.stdout.strip() if result.returncode == 0 else ""


def _build(python: str) -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    _run([python, "-m", "venv", str(FOLDER)])
    pip = [str(server_python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, "--require-hashes", "-r", str(LOCK_FILE)])
    server_home().mkdir()
    imports = "; ".join(f"import_extension({name!r})" for name in EXTENSIONS)
    command = [str(server_python()), "-c", f"from duckdb_extensions import import_extension; {imports}"]
    _run(command, HOME=str(server_home()))


def _run(command: list[str], **environment: str) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})
    if result.returncode != 0:
        raise ServerUnavailableError(
            f"the environment of the BigQuery protocol server could not be made: `{' '.join(command)}` "
            f"ended with {result.returncode}: {result.stderr.strip()[-1500:]}"
        )


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with FOLDER.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Exit code 0: it is there. 1: it cannot be made, and this is CI. Elsewhere the tests that need it are skipped."""
    try:
        print(f"BigQuery protocol server: {ensure_environment()}")
    except ServerUnavailableError as error:
        print(f"BigQuery protocol server: {error}", file=sys.stderr)
        return 1 if os.environ.get("CI") else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
