"""An old schedule: how long ago the newest snapshot landed, by the name of its file.

Snapshots land hourly from the early morning on, so the hours before that are not counted. Nothing is late in the
off-season, nor where no snapshot ever landed: such an installation works from an archive. Does NOT belong here: what a
snapshot says.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from dagster import DagsterInstance

from nba_pipeline.alerts.finding import Category, Finding, Key, Severity
from nba_pipeline.expectations.expected_days import SCHEDULE_TABLE
from nba_pipeline.landing import Landing, LandingError, UnreachableError
from nba_pipeline.landing.grammar import SEASON_FEEDS
from nba_pipeline.orchestration.deadlines import SNAPSHOT_LATE_AFTER, SNAPSHOTS_FROM
from nba_pipeline.orchestration.feed_rules import Pace
from nba_pipeline.orchestration.horizon import NEW_YORK
from nba_pipeline.orchestration.landing_inputs import read_schedule
from nba_pipeline.orchestration.landing_rules import is_off_season
from nba_pipeline.orchestration.partitions import partition_dates
from nba_pipeline.warehouse import Warehouse

SCHEDULE_AGE = "schedule_age"


class OldSchedule:
    """Looks at the age of the schedule. The landing zone is listed only once the newest known snapshot is old."""

    def __init__(self, landing: str, pace: Pace | None = None) -> None:
        self._landing, self._pace = Landing(landing), pace or Pace()
        self._newest: datetime | None = None
        self._season: tuple[date, datetime, bool] | None = None

    def look(self, instance: DagsterInstance, warehouse: Warehouse, now: datetime) -> Iterable[Finding]:
        """A finding while the newest snapshot is too old, or the landing zone cannot be read."""
        try:
            return list(self._late(now))
        except (LandingError, UnreachableError) as error:
            return [_finding("error", "infrastructure", " ".join(str(error).split()))]

    def _late(self, now: datetime) -> Iterable[Finding]:
        warn, error = SNAPSHOT_LATE_AFTER
        if self._newest is None or waking_time(self._newest, now) >= warn:
            self._newest = self._newest_snapshot(now)
        if self._newest is None or waking_time(self._newest, now) < warn or self._is_off_season(self._newest, now):
            return
        age = waking_time(self._newest, now)
        text = (
            f"the newest snapshot of the schedule is of {self._newest.astimezone(NEW_YORK):%Y-%m-%d %H:%M} ET, "
            f"{age / timedelta(hours=1):.1f} hours old without those before {SNAPSHOTS_FROM:%H:%M}; "
            f"late from {warn / timedelta(hours=1):g} h, an error from {error / timedelta(hours=1):g}: land a new one"
        )
        yield _finding("error" if age >= error else "warn", "upstream_late", text)

    def _newest_snapshot(self, now: datetime) -> datetime | None:
        today = now.astimezone(NEW_YORK).date()
        files, _ = self._landing.files(sorted(SEASON_FEEDS), today, today)
        return max((file.fetched_at for file in files), default=None)

    def _is_off_season(self, newest: datetime, now: datetime) -> bool:
        """As the landed schedule says; read once per day and snapshot."""
        today = now.astimezone(NEW_YORK).date()
        if self._season is None or self._season[:2] != (today, newest):
            ahead = today + timedelta(days=self._pace.season_ahead_days)
            games = read_schedule(self._landing, partition_dates(today - timedelta(days=1), ahead))
            self._season = (today, newest, is_off_season(games, today, self._pace))
        return self._season[2]


def waking_time(since: datetime, until: datetime) -> timedelta:
    """Time from one instant to the other without the US Eastern hours in which no snapshot lands."""
    spent, day = timedelta(0), since.astimezone(NEW_YORK).date()
    while day <= until.astimezone(NEW_YORK).date():
        opens = datetime.combine(day, SNAPSHOTS_FROM, NEW_YORK)
        closes = datetime.combine(day + timedelta(days=1), time(0), NEW_YORK)
        first, last = max(since.timestamp(), opens.timestamp()), min(until.timestamp(), closes.timestamp())
        spent += timedelta(seconds=max(0.0, last - first))
        day += timedelta(days=1)
    return spent


def _finding(severity: Severity, category: Category, observed: str) -> Finding:
    return Finding(Key(SCHEDULE_TABLE, SCHEDULE_AGE, severity, category), observed=observed)
