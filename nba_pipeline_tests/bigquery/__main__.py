"""`python -m nba_pipeline_tests.bigquery`: a protocol server to try BigQuery on, until Ctrl-C.

Its data is gone when it ends. Does NOT belong here: tests, faults.
"""

from __future__ import annotations

import signal
import sys
import tempfile
from pathlib import Path

from nba_pipeline_tests.bigquery.fault_proxy import running_proxy
from nba_pipeline_tests.bigquery.server import running_server
from nba_pipeline_tests.bigquery.server_environment import ServerUnavailableError


def main() -> int:
    """Serve, print the address as a line to copy, wait."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="bigquery_") as folder:
        try:
            with running_server(Path(folder)) as server, running_proxy(server.rest_port) as proxy:
                print(f"export NBA_WAREHOUSE='{server.address('try_', rest_port=proxy.port)}'", flush=True)
                signal.pause()
        except KeyboardInterrupt:
            return 0
        except ServerUnavailableError as error:
            print(error, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
