"""An old schedule is told by the age of its newest snapshot, in season and by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from nba_pipeline.alerts import schedule_age
from nba_pipeline.alerts.schedule_age import OldSchedule, waking_time
from nba_pipeline.landing.grammar import file_path
from nba_pipeline.orchestration.horizon import NEW_YORK
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse
from nba_pipeline_tests.automation.landing_zone import games

DAY = date(2024, 1, 16)


def eastern(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=NEW_YORK)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with open_instance(tmp_path / "dagster_home") as opened:
        yield opened


@pytest.fixture
def season(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, str]]:
    """The games of the landed schedule, which a test may change."""
    landed = [("2024-01-16", 1, "scheduled")]

    def read(landing: object, dates: pd.DatetimeIndex) -> pd.DataFrame:
        return games(*landed)

    monkeypatch.setattr(schedule_age, "read_schedule", read)
    return landed


class Zone:
    """A landing folder and the look at it."""

    def __init__(self, folder: Path, instance: dg.DagsterInstance) -> None:
        self.root, self.instance = folder / "landing", instance
        self.schedule = OldSchedule(str(self.root))
        self.warehouse = DuckDBWarehouse(folder / "w.duckdb")

    def land(self, at: datetime) -> None:
        path = self.root / file_path("nba_schedule", at.date(), "2023-24", at, "json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")

    def level(self, now: datetime) -> str:
        found = list(self.schedule.look(self.instance, self.warehouse, now))
        return found[0].key.severity if found else ""


@pytest.fixture
def zone(tmp_path: Path, instance: dg.DagsterInstance) -> Zone:
    return Zone(tmp_path, instance)


@pytest.mark.usefixtures("season")
def test_a_snapshot_of_three_hours_is_a_warning_and_of_six_an_error(zone: Zone) -> None:
    zone.land(eastern(9))
    levels = [zone.level(eastern(hour, minute)) for hour, minute in ((11, 59), (12, 0), (14, 59), (15, 0))]
    assert levels == ["", "warn", "warn", "error"]


@pytest.mark.usefixtures("season")
def test_a_new_snapshot_ends_it(zone: Zone) -> None:
    zone.land(eastern(9))
    assert zone.level(eastern(16)) == "error"
    zone.land(eastern(15, 30))
    assert zone.level(eastern(16)) == ""


@pytest.mark.usefixtures("season")
def test_the_hours_in_which_none_lands_are_not_counted(zone: Zone) -> None:
    zone.land(eastern(23, day=DAY - timedelta(days=1)))
    assert [zone.level(eastern(hour, minute)) for hour, minute in ((4, 59), (6, 59), (7, 0), (10, 0))] == [
        "", "", "warn", "error",
    ]  # fmt: skip


def test_in_summer_nothing_is_late(zone: Zone, season: list[tuple[str, int, str]]) -> None:
    zone.land(eastern(9))
    season[:] = [("2024-02-01", 1, "scheduled")]  # 16 days ahead
    assert zone.level(eastern(20)) == ""


@pytest.mark.usefixtures("season")
def test_an_installation_that_never_had_a_snapshot_works_from_an_archive(zone: Zone) -> None:
    assert zone.level(eastern(20)) == ""


@pytest.mark.usefixtures("season")
def test_the_finding_says_how_old_the_snapshot_is_and_against_what(zone: Zone) -> None:
    zone.land(eastern(9))
    (finding,) = zone.schedule.look(zone.instance, zone.warehouse, eastern(15, 30))
    assert (finding.key.table, finding.key.category) == ("raw.nbac_schedule", "upstream_late")
    assert finding.observed == (
        "the newest snapshot of the schedule is of 2024-01-16 09:00 ET, 6.5 hours old without those before 05:00; "
        "late from 3 h, an error from 6: land a new one"
    )


def test_time_over_several_nights_counts_the_days_alone() -> None:
    assert waking_time(eastern(22), eastern(6, day=DAY + timedelta(days=2))) == timedelta(hours=2 + 19 + 1)
