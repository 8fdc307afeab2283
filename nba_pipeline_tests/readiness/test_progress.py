"""What a backfill says while it runs: game dates per table, how fast, how long it still takes."""

from __future__ import annotations

import io
from datetime import date, timedelta

import dagster as dg
import pytest
from rich.console import Console

from nba_pipeline.readiness.progress import BackfillProgress

NAME = "analytics.player_game_summary"
FIRST = date(2024, 1, 15)
GAME_DATES = {FIRST + timedelta(days=n) for n in range(10)}


class Clock:
    """Seconds that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def said() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def progress(clock: Clock, said: io.StringIO) -> BackfillProgress:
    return BackfillProgress(Console(file=said, width=200), {NAME: 10}, GAME_DATES, clock)


def materialised(day: date) -> dg.DagsterEvent:
    from dagster._core.events import StepMaterializationData

    key = dg.AssetKey(NAME.split("."))
    data = StepMaterializationData(dg.AssetMaterialization(key, partition=day.isoformat()))
    return dg.DagsterEvent(dg.DagsterEventType.ASSET_MATERIALIZATION.value, "warehouse", event_specific_data=data)


OTHER = dg.DagsterEvent(dg.DagsterEventType.RUN_SUCCESS.value, "warehouse")


def test_a_line_counts_game_dates_and_tells_rate_and_time_left(
    progress: BackfillProgress, clock: Clock, said: io.StringIO
) -> None:
    progress.trouble(failed={NAME: {FIRST: "raised"}}, blocked={})
    progress.chunk(2, 5)
    for n in (0, 1, 2, 3, -1):  # the last one is no game date
        progress.on_event(materialised(FIRST + timedelta(days=n)))
    clock.now = 12.0
    progress.on_event(OTHER)
    assert said.getvalue().split() == [
        "analytics",
        "player_game_summary",
        "chunk",
        "2/5",
        "done",
        "4/10",
        "(40.0",
        "%)",
        "rate",
        "20/min",
        "ETA",
        "0m18s",
        "failed",
        "1",
        "blocked",
        "0",
    ]


def test_a_table_is_named_again_only_after_ten_seconds_and_only_with_news(
    progress: BackfillProgress, clock: Clock, said: io.StringIO
) -> None:
    progress.chunk(1, 1)
    for second, day in ((10.0, 0), (15.0, 1), (19.9, 2), (20.0, 3)):
        clock.now = second
        progress.on_event(materialised(FIRST + timedelta(days=day)))
        progress.on_event(OTHER)
    clock.now = 60.0
    progress.on_event(OTHER)
    assert [line.split("done ")[1].split(" ")[0] for line in said.getvalue().splitlines()] == ["1/10", "4/10"]


def test_the_rate_is_that_of_the_newest_three_chunks(
    progress: BackfillProgress, clock: Clock, said: io.StringIO
) -> None:
    """Four dates in the first hundred seconds, then one every ten."""
    days = iter(sorted(GAME_DATES))
    for number, (start, count) in enumerate(((0.0, 4), (100.0, 1), (110.0, 1), (120.0, 1)), 1):
        clock.now = start
        progress.chunk(number, 4)
        for _ in range(count):
            progress.on_event(materialised(next(days)))
    clock.now = 130.0
    progress.on_event(OTHER)
    assert "done 7/10 (70.0 %)  rate 6/min  ETA 0m30s" in said.getvalue()


def test_the_end_of_a_phase_tells_what_was_not_told_yet(
    progress: BackfillProgress, clock: Clock, said: io.StringIO
) -> None:
    progress.chunk(1, 1)
    progress.on_event(materialised(FIRST))
    clock.now = 2.0
    progress.print_phase("analytics")
    table, phase = said.getvalue().splitlines()
    assert "done 1/10" in table
    assert " ".join(phase.split()) == "analytics done 1/10 table dates (10.0 %) after 2 s failed 0 blocked 0"
