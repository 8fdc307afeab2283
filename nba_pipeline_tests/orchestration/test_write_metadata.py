"""Which reasons excuse a date without rows, and what is reported of a partition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import dagster as dg
import pandas as pd
import pytest

from nba_pipeline.analytics import upcoming_player_game_context
from nba_pipeline.orchestration.requests import WriteRequest
from nba_pipeline.orchestration.write_metadata import partition_event_metadata, zero_row_fault
from nba_pipeline.precompute import player_daily_cache
from nba_pipeline.schema import Table, TableRows
from nba_pipeline.schema.frames import empty_frame
from nba_pipeline.warehouse import PartitionCounts, Scope, WriteResult, conform
from nba_pipeline_tests.orchestration.toy import SCORES, TOTALS, frame

DAY = date(2024, 1, 15)
DAYS = pd.DatetimeIndex([DAY]).as_unit("us")
UNPLAYED = upcoming_player_game_context.TABLE
CACHE = player_daily_cache.TABLE
OPTIONAL = replace(SCORES, optional=True)


def fault(table: Table, reason: str) -> str:
    rows = TableRows(empty_frame(table), skip_reasons={DAY: reason})
    return zero_row_fault(WriteRequest(table, rows, DAYS, 0.0), rows)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        *((table, "no_games") for table in (SCORES, OPTIONAL, TOTALS, UNPLAYED, CACHE)),
        (OPTIONAL, "source_has_no_rows"),
        (CACHE, "bootstrap"),
        (UNPLAYED, "no_earlier_game"),
    ],
)
def test_a_reason_that_the_table_can_have_excuses_a_date(table: Table, reason: str) -> None:
    assert fault(table, reason) == ""


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (SCORES, "source_has_no_rows"),
        (SCORES, "bootstrap"),
        (TOTALS, "source_has_no_rows"),
        (TOTALS, "bootstrap"),
        (TOTALS, "no_earlier_game"),
        (UNPLAYED, "bootstrap"),
        (CACHE, "no_earlier_game"),
        (OPTIONAL, "bootstrap"),
        (OPTIONAL, "tired"),
    ],
)
def test_a_reason_that_the_table_cannot_have_excuses_nothing(table: Table, reason: str) -> None:
    message = fault(table, reason)
    assert message.startswith(f"{table}: skip reason(s) ['{reason}'] are not legal here")
    assert "2024-01-15" in message


def metadata_of(counts: PartitionCounts, **notes: Mapping[date, tuple[str, ...]]) -> Mapping[str, object]:
    rows = TableRows(frame((str(DAY), "BOS", 100, 0.5)), **notes)  # type: ignore[arg-type]
    batch = conform(SCORES, rows.rows, Scope(DAY, DAY))
    request = WriteRequest(SCORES, rows, DAYS, 0.0)
    return partition_event_metadata(request, rows, batch, WriteResult({DAY: counts}, "append"), DAY, {})


def warnings_of(counts: PartitionCounts, **notes: Mapping[date, tuple[str, ...]]) -> list[str]:
    found = metadata_of(counts, **notes).get("warnings")
    return found.value.splitlines() if isinstance(found, dg.MarkdownMetadataValue) and found.value else []


def test_rows_that_arrive_under_a_stored_key_with_other_content_are_a_warning() -> None:
    conflicting = PartitionCounts(rows=10, unchanged=8, conflicting=2)
    assert metadata_of(conflicting)["rows_conflicting"] == 2
    (sentence,) = warnings_of(conflicting)
    assert sentence.startswith("- 2 row(s) arrived under a stored key with other content; the stored rows stayed")


def test_the_warning_of_the_writer_follows_those_of_the_transform() -> None:
    sentences = warnings_of(PartitionCounts(rows=1, conflicting=1), warnings={DAY: ("no file of this date",)})
    assert [sentence[:16] for sentence in sentences] == ["- no file of thi", "- 1 row(s) arriv"]


def test_rows_that_agree_with_the_stored_ones_warn_of_nothing() -> None:
    assert warnings_of(PartitionCounts(rows=10, inserted=2, unchanged=8)) == []


def test_a_reason_to_remove_rows_stands_with_the_write_and_the_newest_source_with_the_partition() -> None:
    rows = TableRows(frame((str(DAY), "BOS", 100, 0.5)))
    batch = conform(SCORES, rows.rows, Scope(DAY, DAY))
    landed = datetime(2024, 1, 16, 6, 5, tzinfo=UTC)
    request = WriteRequest(SCORES, rows, DAYS, 0.0, source_max_at={DAY: landed})
    result = WriteResult({DAY: PartitionCounts(rows=1)}, "merge")
    found = partition_event_metadata(request, rows, batch, result, DAY, {}, "league withdrew the game")
    assert found["shrink_override"] == "league withdrew the game"
    assert found["source_max_at"] == dg.MetadataValue.timestamp(landed)
    without = partition_event_metadata(WriteRequest(SCORES, rows, DAYS, 0.0), rows, batch, result, DAY, {})
    assert not {"shrink_override", "source_max_at"} & set(without)


WHOLE = replace(SCORES, primary_key=("team_abbr",), partition_column=None)
NO_DAYS = pd.DatetimeIndex([]).as_unit("us")


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("source_has_no_rows", ""),
        ("", "the transform made no rows; its inputs are empty or not built yet"),
        ("no_games", "skip reason 'no_games' is not legal for a table without partitions"),
    ],
)
def test_a_table_without_partitions_is_empty_for_one_reason_only(reason: str, said: str) -> None:
    rows = TableRows(empty_frame(WHOLE), table_skip_reason=reason)
    message = zero_row_fault(WriteRequest(WHOLE, rows, NO_DAYS, 0.0), rows)
    assert said in message
    assert bool(message) == bool(said)


def test_an_empty_table_without_partitions_tells_why() -> None:
    rows = TableRows(empty_frame(WHOLE), table_skip_reason="source_has_no_rows")
    batch = conform(WHOLE, rows.rows, None)
    request, result = WriteRequest(WHOLE, rows, NO_DAYS, 0.0), WriteResult({None: PartitionCounts(rows=0)}, "merge")
    found = partition_event_metadata(request, rows, batch, result, None, {})
    assert (found["rows"], found["skip_reason"]) == (0, "source_has_no_rows")
