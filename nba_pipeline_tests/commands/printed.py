"""What `nba-pipeline backfill` printed, as values. Does NOT belong here: running it, expectations."""

from __future__ import annotations

import re

KINDS = ("planned", "done", "empty", "failed", "blocked", "not attempted")

Account = dict[str, dict[str, int]]


def account(printed: str) -> Account:
    """Table -> partitions of each kind, from the summary at the end; kinds without partitions are left out."""
    number = r"\s*│\s*(\d+)" * len(KINDS)
    rows = re.findall(rf"^│ (\w+\.\w+){number} +│$", printed, re.MULTILINE)
    return {name: {kind: int(n) for kind, n in zip(KINDS, counts, strict=True) if int(n)} for name, *counts in rows}


def troubles(printed: str, kind: str) -> list[tuple[str, str, str]]:
    """Table, dates as ranges, and reason of every line of the kind `failed` or `blocked`."""
    return re.findall(rf"^{kind}  (\S+)  ([\d., -]+): (.*)$", printed, re.MULTILINE)
