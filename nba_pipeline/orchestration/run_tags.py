"""Tags of a run that tell who started it and from which code.

Does NOT belong here: tags that change what a run does (the IO manager's).
"""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from typing import Literal, get_args

TRIGGER_TAG, SHA_TAG, DIRTY_TAG, REASON_TAG = "nba/trigger", "nba/git_sha", "nba/git_dirty", "nba/reason"
Trigger = Literal["sensor", "automation", "schedule", "backfill", "operator"]
AUTOMATIC: tuple[Trigger, ...] = ("sensor", "automation", "schedule")
UNKNOWN = "unknown"  # the code was installed without its repository
SOURCE = Path(__file__).resolve().parent


def run_tags(trigger: Trigger, reason: str = "") -> dict[str, str]:
    """Tags of a run started by `trigger`; `reason` is a sentence for a person."""
    if trigger not in get_args(Trigger):
        raise ValueError(f"run tag {TRIGGER_TAG}={trigger}: use one of {get_args(Trigger)}.")
    return {TRIGGER_TAG: trigger, **code_tags(), **({REASON_TAG: reason} if reason else {})}


@cache
def code_tags() -> dict[str, str]:
    """Commit of the running code and whether files differ from it, read once per process."""
    commit = _git("rev-parse", "HEAD")
    if commit is None:
        return {SHA_TAG: UNKNOWN, DIRTY_TAG: UNKNOWN}
    changed = _git("status", "--porcelain", "--untracked-files=no")
    return {SHA_TAG: commit, DIRTY_TAG: UNKNOWN if changed is None else str(bool(changed)).lower()}


def _git(*arguments: str) -> str | None:
    """Output of a git command on the folder of this code; None without git or without a repository."""
    try:
        done = subprocess.run(["git", "-C", str(SOURCE), *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
