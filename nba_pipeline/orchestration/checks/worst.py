"""The ten worst partitions of a check as a table for its page, each with the command that repairs it.

Does NOT belong here: judging.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import dagster as dg

from nba_pipeline.orchestration.checks.thresholds import WORST_PARTITIONS
from nba_pipeline.orchestration.checks.verdicts import ORDER, Verdict
from nba_pipeline.schema import Table

COLUMNS = ("partition", "severity", "finding", "repair")
FINDING_CHARACTERS = 500
DUPLICATES = ("duplicates", "unique_key")  # checks whose findings a new computation alone does not mend
COVERAGE = "coverage"  # its findings are about all tables of a date
REPAIR = "repair"  # of what a verdict observed: the command for it, where it is not that of its partition
MOST_TOTALS = 12  # numbers of a check that are added up over its partitions; more would bury its page


def failing(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Verdicts that did not pass, gravest first, then earliest."""
    found = [verdict for verdict in verdicts if not verdict.passed]
    return sorted(found, key=lambda verdict: (-ORDER.index(verdict.severity), verdict.partition or date.min))


def worst_table(table: Table, check: str, verdicts: Iterable[Verdict]) -> dg.TableMetadataValue:
    """Partition, severity, finding and repair of the worst verdicts."""
    records = [
        dg.TableRecord(
            {
                "partition": str(verdict.partition or "whole table"),
                "severity": verdict.severity,
                "finding": verdict.description[:FINDING_CHARACTERS],
                "repair": str(verdict.observed.get(REPAIR) or repair_command(table, check, verdict.partition)),
            }
        )
        for verdict in failing(verdicts)[:WORST_PARTITIONS]
    ]
    columns = [dg.TableColumn(column, "string") for column in COLUMNS]
    return dg.MetadataValue.table(records, schema=dg.TableSchema(columns=columns))


def repair_command(table: Table, check: str, partition: date | None) -> str:
    """What an operator runs for the partition once the cause is mended."""
    day = f" --from {partition} --to {partition}" if partition else ""
    if check in DUPLICATES:
        return f"nba-pipeline duplicates --tables {table}{day} --repair"
    if check == COVERAGE:
        return f"nba-pipeline backfill{day} --only missing --yes"
    window = day or f" --from {date.today()} --to {date.today()}"
    return f"nba-pipeline backfill --tables {table}{window} --only all"


def totals(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """Counts that the verdicts observed, added up, so that the page of the check plots them over time."""
    added: dict[str, int] = {}
    for verdict in verdicts:
        for name, value in verdict.observed.items():
            if isinstance(value, int) and not isinstance(value, bool):
                added[name] = added.get(name, 0) + value
    return added if len(added) <= MOST_TOTALS else {}
