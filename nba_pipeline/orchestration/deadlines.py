"""By when the newest date of a table is due, in US Eastern time: the one source of every rule about lateness.

A deadline becomes a freshness policy on the pages, which says that something was written in time and which a back-fill
of an old season satisfies too; whether the newest dates are there is the partition lag (alerts). Dates without games
are made empty every morning, which keeps the policies green in summer. Does NOT belong here: what is done about a late
table, when a landed source is taken in (feed_rules).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import dagster as dg

from nba_pipeline.expectations.expected_days import RESULTS
from nba_pipeline.orchestration.feed_rules import RESULT_FEEDS
from nba_pipeline.orchestration.horizon import NEW_YORK
from nba_pipeline.schema import Table

EARLIER_GAMES = frozenset({"teams_with_earlier_game", "players_with_earlier_game"})
"""Row-count rules of tables of today that are made of the games played before alone."""


@dataclass(frozen=True)
class Deadline:
    """US Eastern hours at which the newest date is late; `days_before`: 1 when yesterday is due today."""

    days_before: int
    warn: time
    error: time


RESULTS_DUE = Deadline(1, time(10, 30), time(11))  # games that were played
STANDINGS_DUE = Deadline(0, time(10, 30), time(11))  # what today's date knows of the games before
FEATURES_DUE = Deadline(0, time(11, 30), time(12))  # known before the games of the day, such as odds and rosters
LATE_RESULTS_DUE = Deadline(1, time(9), time(15))  # gamebook, play-by-play

SNAPSHOTS_FROM = time(5)  # a new schedule lands every hour from here to midnight
SNAPSHOT_LATE_AFTER = timedelta(hours=3), timedelta(hours=6)  # age of the newest one: warning, error


def deadline_of(table: Table, feeds: Sequence[str] = ()) -> Deadline | None:
    """When the newest date of a table is due; None without partitions: such a table rests in summer.

    feeds: the landed feeds that the table is made from; they tell the kinds of an optional source apart.
    """
    if not table.partition_column:
        return None
    if table.optional:
        return LATE_RESULTS_DUE if RESULT_FEEDS & set(feeds) else FEATURES_DUE
    if RESULTS in table.row_count or table.layer in ("raw", "reference"):
        return RESULTS_DUE
    return STANDINGS_DUE if table.row_count in EARLIER_GAMES else FEATURES_DUE


def freshness_policy(table: Table, feeds: Sequence[str]) -> dg.FreshnessPolicy | None:
    """Written between midnight and the hour from which the table is late."""
    due = deadline_of(table, feeds)
    if due is None:
        return None
    since_midnight = timedelta(hours=due.error.hour, minutes=due.error.minute)
    return dg.FreshnessPolicy.cron(f"{due.error.minute} {due.error.hour} * * *", since_midnight, timezone=str(NEW_YORK))


def newest_due(due: Deadline, now: datetime) -> date:
    """The newest date that is late if it is not there at this instant."""
    local = now.astimezone(NEW_YORK)
    return local.date() - timedelta(days=due.days_before + (local.time() < due.error))
