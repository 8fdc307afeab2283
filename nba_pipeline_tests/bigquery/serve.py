"""Runs the protocol server until its standard input closes, so that it never outlives the tests that started it.

Run by the interpreter of `.venv-bigquery` as a file; arguments are those of `local-bigquery`.
"""

from __future__ import annotations

import os
import sys
import threading


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    from local_bigquery.cli import main

    threading.Thread(target=_end_with_parent, daemon=True).start()
    main(sys.argv[1:])
