"""What a change did against what was planned: the engine's own counts, and what is stored afterwards.

Does NOT belong here: asking the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from google.cloud import bigquery

from nba_pipeline.warehouse.protocol import PartitionCounts

PartitionsChanged = Mapping[date | None, PartitionCounts]
Counts = Mapping[str, Mapping[date | None, int]]
"""Name of a count (bigquery_statements.COUNTS) -> partition -> number."""


def stored_faults(found: Counts, counts: PartitionsChanged, mode: str) -> list[str]:
    """Where a partition does not hold every sent row exactly once, and nothing else but what it should.

    An append may find more rows than were due: several runs at once add to the quarantine of one partition. What this
    write added itself is exact all the same, by `statistics_faults`.
    """
    appended = mode == "append"
    kept, sent = ("known", "sent rows stored") if appended else ("same", "sent rows stored as sent")
    faults = []
    for day, count in counts.items():
        rows = found["stored"].get(day, 0)
        facts = {
            "rows": (min(rows, count.rows) if appended else rows, count.rows),
            sent: (found[kept].get(day, 0), found["staged"].get(day, 0)),
            "keys stored twice": (found["stored_twice"].get(day, 0), 0),
            "NULL keys": (found["null_keys"].get(day, 0), 0),
        }
        faults += [f"{day or 'the table'}: {name} {it}, due {due}" for name, (it, due) in facts.items() if it != due]
    return faults


def statistics_faults(job: object, counts: PartitionsChanged) -> list[str]:
    """Where the engine's own count of the changed rows is not the planned one."""
    assert isinstance(job, bigquery.QueryJob)
    due = {
        "inserted": sum(count.inserted for count in counts.values()),
        "updated": sum(count.updated for count in counts.values()),
        "deleted": sum(count.deleted for count in counts.values()),
    }
    done = job.dml_stats
    if done is None:
        return ["the job names no changed rows"]
    found = {
        "inserted": done.inserted_row_count,
        "updated": done.updated_row_count,
        "deleted": done.deleted_row_count,
    }
    return [f"{name} {found[name]} rows, due {number}" for name, number in due.items() if found[name] != number]
