"""What happens by the clock, in US Eastern time: closing empty dates, deadlines, the daily checks.

Each schedule makes at most one run request; where nothing is due it skips and says why. Does NOT belong here: what
is due (closing), what new files start (landing_sensor).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import dagster as dg
import pandas as pd

from nba_pipeline.orchestration.closing import empty_days, sources_without_file, tables_to_close, unpartitioned
from nba_pipeline.orchestration.feed_rules import Pace
from nba_pipeline.orchestration.horizon import NEW_YORK
from nba_pipeline.orchestration.landing_inputs import read_schedule
from nba_pipeline.orchestration.landing_rules import Watched, is_off_season
from nba_pipeline.orchestration.partitions import partition_dates
from nba_pipeline.orchestration.resources import LandingResource
from nba_pipeline.orchestration.run_requests import CHECKS_JOB, WAREHOUSE_JOB, run_request
from nba_pipeline.orchestration.run_tags import run_tags
from nba_pipeline.orchestration.storm import MOST_RUNS, is_storm
from nba_pipeline.schema import Table

CLOSING, RESULTS_DEADLINE, PREGAME_DEADLINE, DAILY_CHECKS = (
    "close_empty_dates",
    "deadline_of_results",
    "deadline_of_pregame_sources",
    "daily_checks",
)
CRON = {
    CLOSING: "30 5 * * *",
    RESULTS_DEADLINE: "0 9 * * *",
    PREGAME_DEADLINE: "30 10 * * *",
    DAILY_CHECKS: "0 11 * * *",
}
Request = dg.RunRequest | dg.SkipReason


@dataclass(frozen=True)
class Morning:
    """What a schedule looks at: the instance, the landed schedule around the date, the tables."""

    instance: dg.DagsterInstance
    games: pd.DataFrame
    today: date
    pace: Pace
    tables: tuple[Table, ...]
    watched: tuple[Watched, ...]

    @property
    def off_season(self) -> bool:
        return is_off_season(self.games, self.today, self.pace)


def closing_request(morning: Morning) -> Request:
    """Yesterday and today, if empty, for all tables in one run; in season also the tables without partitions."""
    days = empty_days(morning.games, morning.today)
    if not days:
        names = unpartitioned(morning.tables)
        return run_request(
            names, None, key=f"{CLOSING}|{morning.today}", trigger="schedule", reason="tables without partitions"
        )
    names = tables_to_close(morning.tables, off_season=morning.off_season)
    reason = f"no games on {', '.join(map(str, days))}"
    return run_request(names, (days[0], days[-1]), key=f"{CLOSING}|{morning.today}", trigger="schedule", reason=reason)


def results_request(morning: Morning) -> Request:
    """Optional sources of yesterday's results that nothing landed for."""
    yesterday = morning.today - timedelta(days=1)
    return _close_sources(morning, yesterday, results=True, name=RESULTS_DEADLINE)


def pregame_request(morning: Morning) -> Request:
    """Odds, injuries, rosters and lists of today that nothing landed for."""
    return _close_sources(morning, morning.today, results=False, name=PREGAME_DEADLINE)


def checks_request(morning: Morning) -> Request:
    """All whole-table checks, coverage among them."""
    if morning.off_season:
        return dg.SkipReason("off-season: nothing has changed since the last check")
    return dg.RunRequest(
        run_key=f"{DAILY_CHECKS}|{morning.today}",
        job_name=CHECKS_JOB,
        tags=run_tags("schedule", "daily checks over all dates"),
    )


def _close_sources(morning: Morning, day: date, *, results: bool, name: str) -> Request:
    if morning.off_season:
        return dg.SkipReason("off-season: the closing run has made every table")
    optional = {str(table) for table in morning.tables if table.optional}
    missing = sources_without_file(morning.instance, morning.watched, optional, day, results=results)
    if not missing:
        return dg.SkipReason(f"every optional source of {day} has been taken in")
    reason = f"deadline of {day}: {', '.join(missing)} without a file"
    return run_request(missing, (day, day), key=f"{name}|{day}", trigger="schedule", reason=reason)


REQUESTS = {
    CLOSING: closing_request,
    RESULTS_DEADLINE: results_request,
    PREGAME_DEADLINE: pregame_request,
    DAILY_CHECKS: checks_request,
}
DESCRIPTIONS = {
    CLOSING: "Makes dates without games empty in every table, and the tables without partitions once a day.",
    RESULTS_DEADLINE: "Takes yesterday's results as they are: optional sources without a file become empty.",
    PREGAME_DEADLINE: "Optional sources of today without a file become empty, so that features need not wait.",
    DAILY_CHECKS: "Checks over all dates of all tables.",
}


def schedules(
    tables: Sequence[Table], watched: Sequence[Watched], status: dg.DefaultScheduleStatus, pace: Pace
) -> list[dg.ScheduleDefinition]:
    """All schedules of the warehouse."""
    return [_schedule(name, tuple(tables), tuple(watched), status, pace) for name in CRON]


def _schedule(
    name: str, tables: tuple[Table, ...], watched: tuple[Watched, ...], status: dg.DefaultScheduleStatus, pace: Pace
) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=name,
        job_name=CHECKS_JOB if name == DAILY_CHECKS else WAREHOUSE_JOB,
        cron_schedule=CRON[name],
        execution_timezone=str(NEW_YORK),
        default_status=status,
        description=DESCRIPTIONS[name],
    )
    def _tick(context: dg.ScheduleEvaluationContext, landing: LandingResource) -> Request:
        now = context.scheduled_execution_time
        if is_storm(context.instance, now):
            return dg.SkipReason(f"storm brake: more than {MOST_RUNS} automatic runs in an hour")
        return REQUESTS[name](morning_of(context.instance, landing, now, tables, watched, pace))

    return _tick


def morning_of(
    instance: dg.DagsterInstance,
    landing: LandingResource,
    now: datetime,
    tables: tuple[Table, ...],
    watched: tuple[Watched, ...],
    pace: Pace,
) -> Morning:
    """The state of things at an instant, with the schedule from yesterday to the end of the look-ahead."""
    today = now.astimezone(NEW_YORK).date()
    days = partition_dates(today - timedelta(days=1), today + timedelta(days=pace.season_ahead_days))
    return Morning(instance, read_schedule(landing.open(), days), today, pace, tables, watched)
