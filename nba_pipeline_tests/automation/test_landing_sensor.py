"""What the landing sensor requests: by content, once, complete, inside the horizon."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from nba_pipeline.orchestration import landing_sensor
from nba_pipeline.orchestration.run_tags import run_tags
from nba_pipeline_tests.automation.landing_zone import BOX, BOX_FEED, LandingZone, games

FINAL = games(("2024-01-15", 1, "final"), ("2024-01-15", 2, "final"), ("2024-01-15", 3, "postponed"))
G1, G2 = "0022300001", "0022300002"
ODDS = "odds_game_lines"


@pytest.fixture
def zone(tmp_path: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> LandingZone:
    """02:00 of the night after 2024-01-15, whose schedule is requested already."""
    made = LandingZone(tmp_path, instance, "2024-01-16T02:00")
    monkeypatch.setattr(landing_sensor, "read_schedule", lambda landing, dates: made.schedule)
    made.put_schedule(FINAL)
    assert made.tick_when_quiet() == [(("raw.nbac_schedule",), "2024-01-15", "2024-01-15")]
    return made


def land_boxes(zone: LandingZone, payload: str = "{}", fetched: int = 0) -> None:
    for unit in (G1, G2):
        zone.put(BOX_FEED, "2024-01-15", unit, payload, fetched=fetched)


def test_complete_results_are_requested_once(zone: LandingZone) -> None:
    land_boxes(zone)
    assert zone.tick_when_quiet() == [((BOX,), "2024-01-15", "2024-01-15")]
    assert [zone.tick() for _ in range(3)] == [[], [], []]


def test_files_still_arriving_are_waited_for_and_the_page_says_so(zone: LandingZone) -> None:
    land_boxes(zone)
    assert zone.tick() == []
    assert zone.skipped is not None
    assert "files still arriving" in zone.skipped
    zone.wait(seconds=100)
    land_boxes(zone, "{ }", fetched=1)
    zone.tick()
    zone.wait(seconds=100)
    assert zone.tick() == []  # quiet for 100 s only
    zone.wait(seconds=30)
    assert len(zone.tick()) == 1


def test_hundred_deliveries_of_one_file_and_a_touch_make_one_request(zone: LandingZone) -> None:
    land_boxes(zone)
    requests = zone.tick_when_quiet()
    for fetched in range(1, 101):
        path = zone.put(BOX_FEED, "2024-01-15", G1, "{}", fetched=fetched)
        if fetched % 10 == 0:
            requests += zone.tick_when_quiet()
    os.utime(path, (1, 1))
    requests += zone.tick_when_quiet()
    assert len(requests) == 1


def test_correction_and_its_withdrawal_are_both_requested(zone: LandingZone) -> None:
    land_boxes(zone)
    zone.tick_when_quiet()
    zone.put(BOX_FEED, "2024-01-15", G1, '{"points": 3}', fetched=1)
    assert zone.tick_when_quiet() == [((BOX,), "2024-01-15", "2024-01-15")]
    zone.put(BOX_FEED, "2024-01-15", G1, "{}", fetched=2)
    assert zone.tick_when_quiet() == [((BOX,), "2024-01-15", "2024-01-15")]
    assert len(set(zone.keys)) == len(zone.keys) == 4


def test_correction_of_a_complete_date_is_requested_at_the_next_look(zone: LandingZone) -> None:
    land_boxes(zone)
    zone.tick_when_quiet()
    zone.put(BOX_FEED, "2024-01-15", G1, '{"points": 3}', fetched=1)
    assert zone.tick() == [((BOX,), "2024-01-15", "2024-01-15")]


def test_correction_of_a_date_without_all_its_files_waits_like_a_first_delivery(zone: LandingZone) -> None:
    zone.put(BOX_FEED, "2024-01-15", G1, "{}")
    zone.now = zone.now.replace(hour=9)
    assert zone.tick_when_quiet() == [((BOX,), "2024-01-15", "2024-01-15")]  # past the deadline: what is there
    zone.put(BOX_FEED, "2024-01-15", G1, '{"points": 3}', fetched=1)
    assert zone.tick() == []
    zone.wait(seconds=120)
    assert zone.tick() == [((BOX,), "2024-01-15", "2024-01-15")]


def test_corrected_snapshots_wait_like_the_first_ones(zone: LandingZone) -> None:
    zone.put(ODDS, "2024-01-16", "abc-spreads", "{}")
    zone.tick_when_quiet()
    zone.put(ODDS, "2024-01-16", "abc-spreads", "{ }", fetched=1)
    assert zone.tick() == []
    assert zone.tick_when_quiet() == [(("raw.odds_api_game_lines",), "2024-01-16", "2024-01-16")]


def test_game_that_is_not_final_holds_the_date_before_the_deadline(zone: LandingZone) -> None:
    zone.put_schedule(games(("2024-01-15", 1, "final"), ("2024-01-15", 2, "live")))
    land_boxes(zone)
    zone.tick_when_quiet()
    assert zone.tick() == []
    assert zone.skipped == f"{BOX} 2024-01-15: 1 of 2 games not final"


def test_final_game_without_a_file_holds_the_date_and_is_named(zone: LandingZone) -> None:
    zone.put(BOX_FEED, "2024-01-15", G1, "{}")
    assert zone.tick_when_quiet() == []
    assert zone.skipped == f"{BOX} 2024-01-15: no file yet for 1 of 2 final games: {G2}"
    zone.put(BOX_FEED, "2024-01-15", G2, "{}")
    assert zone.tick_when_quiet() == [((BOX,), "2024-01-15", "2024-01-15")]


def test_deadline_takes_what_is_there(zone: LandingZone) -> None:
    zone.put(BOX_FEED, "2024-01-15", G1, "{}")
    assert zone.tick_when_quiet() == []
    zone.now = zone.now.replace(hour=8, minute=59)
    assert zone.tick() == []
    zone.wait(minutes=1)
    assert zone.tick() == [((BOX,), "2024-01-15", "2024-01-15")]


def test_snapshots_wait_ten_minutes_and_not_for_results(zone: LandingZone) -> None:
    zone.put(ODDS, "2024-01-16", "abc-spreads", "{}")
    zone.tick()
    zone.wait(minutes=9)
    assert zone.tick() == []
    zone.wait(minutes=1)
    assert zone.tick() == [(("raw.odds_api_game_lines",), "2024-01-16", "2024-01-16")]


def test_tables_due_on_one_date_share_a_run(zone: LandingZone) -> None:
    land_boxes(zone)
    for unit in (G1, G2):
        zone.put("nba_play_by_play", "2024-01-15", unit, "{}")
    assert zone.tick_when_quiet() == [(("raw.nbac_play_by_play", BOX), "2024-01-15", "2024-01-15")]


def test_date_before_the_horizon_is_left_alone(zone: LandingZone) -> None:
    zone.put(ODDS, "2024-01-06", "abc-spreads", "{}")
    zone.put(ODDS, "2024-01-07", "abc-spreads", "{}")
    assert zone.tick_when_quiet() == [(("raw.odds_api_game_lines",), "2024-01-07", "2024-01-07")]


def test_unreadable_file_does_not_stop_the_others(zone: LandingZone, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = zone.put(ODDS, "2024-01-16", "abc-spreads", "{}")
    broken.unlink()
    broken.symlink_to("/nowhere/at/all")
    zone.put(ODDS, "2024-01-15", "abc-spreads", "{}")
    assert zone.tick_when_quiet() == [(("raw.odds_api_game_lines",), "2024-01-15", "2024-01-16")]


def test_cap_leaves_the_rest_for_the_next_tick(zone: LandingZone) -> None:
    zone.pace = type(zone.pace)(most_requests=3)
    for day in range(10, 15):
        zone.put(ODDS, f"2024-01-{day}", "abc-spreads", "{}")
    table = ("raw.odds_api_game_lines",)
    assert zone.tick_when_quiet() == [(table, "2024-01-10", "2024-01-12")]
    assert zone.tick() == [(table, "2024-01-13", "2024-01-14")]


def test_moved_game_is_one_run_over_its_old_and_new_date(zone: LandingZone) -> None:
    moved = games(("2024-01-14", 1, "final"), ("2024-01-15", 2, "final"), ("2024-01-15", 3, "postponed"))
    zone.put_schedule(moved)
    assert zone.tick_when_quiet() == [(("raw.nbac_schedule",), "2024-01-14", "2024-01-15")]
    zone.put_schedule(moved)
    assert zone.tick_when_quiet() == []


def test_game_of_tomorrow_is_requested_when_its_date_has_come(zone: LandingZone) -> None:
    zone.put_schedule(games(("2024-01-15", 1, "final"), ("2024-01-15", 2, "final"), ("2024-01-15", 3, "postponed"),
                            ("2024-01-17", 4, "scheduled")))  # fmt: skip
    assert zone.tick_when_quiet() == []
    zone.wait(days=1)
    assert zone.tick_when_quiet() == [(("raw.nbac_schedule",), "2024-01-17", "2024-01-17")]


def test_late_tip_off_lands_on_the_date_it_began(zone: LandingZone) -> None:
    """Tip-off 22:30, final whistle 01:10: the file is under the date of tip-off, the clock is already on the next."""
    zone.now = zone.now.replace(hour=1, minute=10)
    land_boxes(zone)
    assert zone.tick_when_quiet() == [((BOX,), "2024-01-15", "2024-01-15")]


def test_off_season_is_looked_at_every_half_hour(zone: LandingZone) -> None:
    zone.now = datetime(2024, 8, 1, 12, tzinfo=UTC)
    zone.tick()
    zone.put(ODDS, "2024-08-01", "abc-spreads", "{}")
    zone.wait(minutes=10)
    assert zone.tick() == []
    assert zone.skipped == "off-season: next look later"
    zone.wait(minutes=20)
    zone.tick()
    zone.wait(minutes=30)
    assert len(zone.tick()) == 1


def test_storm_stops_requests_and_is_over_when_it_calms(zone: LandingZone, instance: dg.DagsterInstance) -> None:
    zone.now = datetime.now(UTC)
    for _ in range(61):
        instance.add_run(_finished_run())
    land_boxes(zone)
    assert zone.tick_when_quiet() == []
    assert zone.skipped == "storm brake: more than 60 automatic runs in an hour"
    zone.wait(hours=2)
    zone.tick()
    assert zone.skipped is not None
    assert "storm" not in zone.skipped


def _finished_run() -> dg.DagsterRun:
    return dg.DagsterRun(job_name="warehouse", status=dg.DagsterRunStatus.SUCCESS, tags=run_tags("automation"))
