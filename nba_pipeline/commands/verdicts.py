"""What a readiness command answers, as exit code and in words. 3, not evaluated, belongs to the entry point."""

from __future__ import annotations

from collections.abc import Mapping

READY, NOT_READY, READY_WITH_WARNINGS = 0, 1, 2  # exit codes
VERDICTS: Mapping[int, str] = {READY: "READY", NOT_READY: "NOT READY", READY_WITH_WARNINGS: "READY WITH WARNINGS"}
