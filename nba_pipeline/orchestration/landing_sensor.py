"""The landing sensor: new content in the landing zone becomes runs of exactly the tables and dates it is about.

A run rebuilds its partitions from all their files, and the same content is requested once. Tables that are due on
one date share a run, and so do neighbouring dates on which the same tables are due. Does NOT belong here: what is
due (landing_rules), fetching, what reads these tables.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import dagster as dg
import pandas as pd

from nba_pipeline.landing.grammar import SEASON_FEEDS
from nba_pipeline.orchestration.feed_rules import Pace
from nba_pipeline.orchestration.horizon import window
from nba_pipeline.orchestration.landed_content import HashMemory, landed_days, season_digest
from nba_pipeline.orchestration.landing_cursor import LandingCursor
from nba_pipeline.orchestration.landing_inputs import read_schedule
from nba_pipeline.orchestration.landing_rules import Verdicts, Watched, changed_schedule, is_off_season, judge
from nba_pipeline.orchestration.partitions import partition_dates
from nba_pipeline.orchestration.resources import LandingResource
from nba_pipeline.orchestration.run_requests import WAREHOUSE_JOB, run_request
from nba_pipeline.orchestration.storm import MOST_RUNS, is_storm
from nba_pipeline.orchestration.table_asset import FEEDS

LANDING_SENSOR = "landing"
NAMED_WAITING = 12  # reasons spelt out when nothing is requested; the count is complete

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Remembered:
    """What one process keeps between ticks to save work; losing it costs time and nothing else."""

    hashes: HashMemory = field(default_factory=HashMemory)
    schedule: dict[str, pd.DataFrame] = field(default_factory=dict)


def watched_tables(assets: Sequence[dg.AssetsDefinition]) -> list[Watched]:
    """Tables that are made from landed files, with their feeds, from the metadata of their assets."""
    found = []
    for asset in assets:
        for key, metadata in asset.metadata_by_key.items():
            feeds = tuple(feed for feed in str(metadata.get(FEEDS, "")).split(", ") if feed)
            if feeds:
                found.append(Watched(".".join(key.path), feeds))
    return found


def landing_sensor(
    assets: Sequence[dg.AssetsDefinition], status: dg.DefaultSensorStatus, pace: Pace, clock: Clock = utc_now
) -> dg.SensorDefinition:
    """The sensor over all tables that read landed files."""
    tables, remembered = watched_tables(assets), Remembered()

    @dg.sensor(
        name=LANDING_SENSOR,
        job_name=WAREHOUSE_JOB,
        minimum_interval_seconds=int(pace.interval.total_seconds()),
        default_status=status,
        description="Requests the tables and dates that new landed content is about.",
    )
    def _landing(context: dg.SensorEvaluationContext, landing: LandingResource) -> dg.SensorResult:
        return look(context, landing, tables, remembered, clock(), pace)

    return _landing


def look(
    context: dg.SensorEvaluationContext,
    landing: LandingResource,
    tables: Sequence[Watched],
    remembered: Remembered,
    now: datetime,
    pace: Pace,
) -> dg.SensorResult:
    """One tick."""
    cursor, (first, last) = LandingCursor.load(context.cursor), window(now)
    if is_storm(context.instance, now):
        if not cursor.stormy:
            context.log.error(f"More than {MOST_RUNS} automatic runs in an hour: nothing is requested until it calms.")
        cursor.stormy = True
        return _nothing(f"storm brake: more than {MOST_RUNS} automatic runs in an hour", cursor, first)
    cursor.stormy = False
    schedules = [table for table in tables if SEASON_FEEDS & set(table.feeds)]
    root = landing.root
    digest = "|".join(season_digest(root, feed) for table in schedules for feed in table.feeds)
    games = _games(landing, digest, first, last, remembered, pace)
    if is_off_season(games, last, pace) and not _idle_is_over(cursor, now, pace):
        return _nothing("off-season: next look later", cursor, first)
    cursor.looked_at = now.isoformat()
    daily = [table for table in tables if table not in schedules]
    landed = landed_days(root, sorted({f for table in daily for f in table.feeds}), first, last, remembered.hashes)
    for (feed, day), content in landed.items():
        for path in content.unreadable:
            context.log.warning(f"landing: {path} of {feed} {day} cannot be read; the other files are used.")
    verdicts = judge(daily, landed, games, cursor, now, pace)
    requests = [*_schedule_requests(schedules, games, digest, cursor, (first, last), now, pace, verdicts)]
    requests += _requests(verdicts, cursor, pace.most_requests - len(requests))
    reason = None if requests else _waiting(verdicts)
    return dg.SensorResult(run_requests=requests, skip_reason=reason, cursor=cursor.dump(first))


def _games(
    landing: LandingResource, digest: str, first: date, last: date, remembered: Remembered, pace: Pace
) -> pd.DataFrame:
    """The schedule as landed, parsed again only when its files or the window changed."""
    key = f"{digest}|{first}"
    if key not in remembered.schedule:
        ahead = partition_dates(first, last + timedelta(days=pace.season_ahead_days))
        remembered.schedule = {key: read_schedule(landing.open(), ahead)}
    return remembered.schedule[key]


def _idle_is_over(cursor: LandingCursor, now: datetime, pace: Pace) -> bool:
    return not cursor.looked_at or now - datetime.fromisoformat(cursor.looked_at) >= pace.idle_interval


def _schedule_requests(
    schedules: Sequence[Watched],
    games: pd.DataFrame,
    digest: str,
    cursor: LandingCursor,
    days: tuple[date, date],
    now: datetime,
    pace: Pace,
    verdicts: Verdicts,
) -> list[dg.RunRequest]:
    """One run over the dates that a new schedule changes: a moved game leaves and arrives in one write."""
    changed = changed_schedule(games, cursor, *days) if schedules else {}
    if not changed:
        return []
    since = cursor.see("schedule", days[1], digest, now)
    if now - since < pace.quiet:
        verdicts.waiting.append(f"schedule of {', '.join(map(str, changed))}: files still arriving")
        return []
    cursor.games |= {str(day): version for day, version in changed.items()}
    key = sha256("|".join(f"{day}={version}" for day, version in sorted(changed.items())).encode()).hexdigest()
    names = [table.name for table in schedules]
    reason = f"schedule changed on {', '.join(map(str, changed))}"
    return [run_request(names, (min(changed), max(changed)), key=f"{names}|{key}", trigger="sensor", reason=reason)]


def _requests(verdicts: Verdicts, cursor: LandingCursor, most: int) -> list[dg.RunRequest]:
    """Runs of what is due, earliest date first; what exceeds the cap waits for the next tick."""
    ordered = sorted(verdicts.due.items(), key=lambda item: (item[0][1], item[0][0]))
    by_day: dict[date, dict[str, str]] = {}
    for (table, day), digest in ordered[:most]:
        by_day.setdefault(day, {})[table] = digest
        cursor.done[f"{table}|{day}"] = digest
    requests: list[dg.RunRequest] = []
    for first, last in _ranges(by_day):
        due = by_day[first]
        days = [day for day in by_day if first <= day <= last]
        contents = "|".join(f"{day} {table}={digest}" for day in days for table, digest in sorted(by_day[day].items()))
        key = f"{first}..{last}|{sha256(contents.encode()).hexdigest()}"
        reason = f"new content of {', '.join(map(str, days))}: {', '.join(sorted(due))}"
        requests.append(run_request(due, (first, last), key=key, trigger="sensor", reason=reason))
    return requests


def _ranges(by_day: Mapping[date, Mapping[str, str]]) -> list[tuple[date, date]]:
    """First and last of neighbouring dates that are due for the same tables."""
    ranges: list[tuple[date, date]] = []
    for day, due in by_day.items():
        if ranges and ranges[-1][1] + timedelta(days=1) == day and set(by_day[ranges[-1][0]]) == set(due):
            ranges[-1] = (ranges[-1][0], day)
        else:
            ranges.append((day, day))
    return ranges


def _waiting(verdicts: Verdicts) -> str:
    if not verdicts.waiting:
        return "nothing new has landed"
    more = f"; {len(verdicts.waiting) - NAMED_WAITING} more" if len(verdicts.waiting) > NAMED_WAITING else ""
    return "; ".join(verdicts.waiting[:NAMED_WAITING]) + more


def _nothing(reason: str, cursor: LandingCursor, first: date) -> dg.SensorResult:
    return dg.SensorResult(run_requests=[], skip_reason=reason, cursor=cursor.dump(first))
