"""A failure that a waiver lets pass becomes a warning that says so. Does NOT belong here: reading waivers."""

from __future__ import annotations

from collections.abc import Iterable

from nba_pipeline.expectations.waivers import active_waivers
from nba_pipeline.orchestration.checks.verdicts import Verdict
from nba_pipeline.schema import Table

WAIVED = "waived"  # metadata key of an evaluation that counts as a warning only because of a waiver


def with_waivers(table: Table, check: str, verdicts: Iterable[Verdict]) -> list[Verdict]:
    """The verdicts of a check; errors and blocks that are waived today as warnings, with why and how grave they are."""
    waivers = {w.partition: w for w in active_waivers() if (w.table, w.check) == (str(table), check)}
    judged = []
    for verdict in verdicts:
        waiver = waivers.get(verdict.partition)
        if waiver is not None and verdict.severity in ("error", "block"):
            observed = {**verdict.observed, WAIVED: True, "waived_severity": verdict.severity}
            text = f"waived until {waiver.expires} ({waiver.reason}): {verdict.description}"
            verdict = Verdict(verdict.partition, "warn", text, observed)
        judged.append(verdict)
    return judged
