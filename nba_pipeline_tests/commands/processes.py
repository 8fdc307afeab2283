"""Running `nba-pipeline` as a person does: a process of its own, settings by options, history in a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Operator:
    """One landing zone, one warehouse and one history below a folder."""

    landing: Path
    folder: Path

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse.duckdb"

    def run(self, command: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Finished process of the command on this landing zone and warehouse."""
        located = ("--landing", str(self.landing), "--warehouse", f"duckdb:///{self.warehouse}")
        environment = {**os.environ, "DAGSTER_HOME": str(self.folder / "dagster_home")}
        arguments = [sys.executable, "-m", "nba_pipeline", command, *located, *options]
        return subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
