"""What a change on BigQuery did, compared with what was planned; every difference is told with its partition."""

from __future__ import annotations

from datetime import date

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from nba_pipeline.warehouse.bigquery_read_back import statistics_faults, stored_faults
from nba_pipeline.warehouse.bigquery_statements import COUNTS
from nba_pipeline.warehouse.protocol import PartitionCounts
from nba_pipeline_tests.warehouse.example_tables import D, day_after

NEXT = day_after(D)
PLANNED: dict[date | None, PartitionCounts] = {
    D: PartitionCounts(rows=5, inserted=2, updated=1, deleted=1, unchanged=2),
    NEXT: PartitionCounts(rows=0, deleted=3),
}
AS_PLANNED = {"stored": 5, "staged": 5, "known": 5, "same": 5}


def found(**differing: int) -> dict[str, dict[date | None, int]]:
    return {name: {D: differing.get(name, AS_PLANNED.get(name, 0))} for name in COUNTS}


def job(**statistics: int) -> bigquery.QueryJob:
    counted = {"dmlStats": {name: str(count) for name, count in statistics.items()}} if statistics else {}
    resource = {
        "jobReference": {"projectId": "nba-project", "jobId": "w_change_1"},
        "configuration": {"query": {"query": "merge"}},
        "statistics": {"query": counted},
    }
    client = bigquery.Client("nba-project", AnonymousCredentials())  # type: ignore[no-untyped-call]
    made: bigquery.QueryJob = bigquery.QueryJob.from_api_repr(resource, client)
    return made


def test_partition_that_holds_what_was_sent_has_no_faults() -> None:
    assert stored_faults(found(), PLANNED, "merge") == []
    assert stored_faults(found(same=3), PLANNED, "append") == []


@pytest.mark.parametrize(
    ("differing", "told"),
    [
        ({"stored": 6}, "rows 6, due 5"),
        ({"same": 4}, "sent rows stored as sent 4, due 5"),
        ({"stored_twice": 1}, "keys stored twice 1, due 0"),
        ({"null_keys": 2}, "NULL keys 2, due 0"),
    ],
)
def test_difference_is_told_with_its_partition(differing: dict[str, int], told: str) -> None:
    assert stored_faults(found(**differing), PLANNED, "merge") == [f"2024-01-15: {told}"]


def test_append_needs_every_sent_key_but_not_its_content() -> None:
    assert stored_faults(found(known=4), PLANNED, "append") == ["2024-01-15: sent rows stored 4, due 5"]


def test_append_may_find_what_another_run_added_but_never_fewer_rows_or_a_key_twice() -> None:
    assert stored_faults(found(stored=9), PLANNED, "append") == []
    assert stored_faults(found(stored=4), PLANNED, "append") == ["2024-01-15: rows 4, due 5"]
    assert stored_faults(found(stored=9, stored_twice=1), PLANNED, "append") == [
        "2024-01-15: keys stored twice 1, due 0"
    ]
    assert stored_faults(found(stored=9), PLANNED, "replace") == ["2024-01-15: rows 9, due 5"]


def test_table_without_partitions_is_named_the_table() -> None:
    counts: dict[date | None, PartitionCounts] = {None: PartitionCounts(rows=1, inserted=1)}
    empty: dict[str, dict[date | None, int]] = {name: {} for name in COUNTS}
    assert stored_faults(empty, counts, "merge") == ["the table: rows 0, due 1"]


def test_counts_of_the_engine_are_compared_with_the_plan() -> None:
    planned = {"insertedRowCount": 2, "updatedRowCount": 1, "deletedRowCount": 4}
    assert statistics_faults(job(**planned), PLANNED) == []
    assert statistics_faults(job(**{**planned, "updatedRowCount": 0}), PLANNED) == ["updated 0 rows, due 1"]
    assert statistics_faults(job(), PLANNED) == ["the job names no changed rows"]
