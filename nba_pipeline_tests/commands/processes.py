"""Running `nba-pipeline` as a person does: a process of its own, settings by options, history in a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

OTHER_GAPS = """
from pathlib import Path
from nba_pipeline.expectations import accepted_gaps
accepted_gaps.FILE = Path({file!r})
"""
COMMAND = """
from nba_pipeline.cli import main
main()
"""


@dataclass(frozen=True)
class Operator:
    """One landing zone, one warehouse and one history below a folder.

    gaps: a file to read in the place of the accepted gaps of the repository.
    before: Python that runs in the process before the command does.
    """

    landing: Path
    folder: Path
    gaps: Path | None = None
    before: str = ""

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse.duckdb"

    def run(self, command: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Finished process of the command on this landing zone and warehouse; of whatever code is checked out."""
        located = ("--landing", str(self.landing), "--warehouse", f"duckdb:///{self.warehouse}")
        environment = {**os.environ, "DAGSTER_HOME": str(self.folder / "dagster_home")}
        if command in ("backfill", "preflight"):
            options = (*options, "--waive", "code=tests run on any working tree")
        before = self.before + (OTHER_GAPS.format(file=str(self.gaps)) if self.gaps else "")
        program = ["-c", before + COMMAND] if before else ["-m", "nba_pipeline"]
        arguments = [sys.executable, *program, command, *located, *options]
        return subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
