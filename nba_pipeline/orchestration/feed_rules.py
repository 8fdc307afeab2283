"""When a landed source of a date is asked for: what kind of feed it is and how long to wait.

Does NOT belong here: listing files, requesting runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from nba_pipeline.orchestration.horizon import NEW_YORK

RESULT_FEEDS = frozenset(
    {
        "nba_boxscore_live",
        "nba_boxscore_traditional",
        "nba_leaguegamelog",
        "nba_play_by_play",
        "nba_shot_chart",
        "nba_gamebook",
    }
)
"""Feeds that exist only once a game is over; every other feed of a date is known before its first tip."""


@dataclass(frozen=True)
class Pace:
    """How fast the landing sensor acts. Clock times are US Eastern.

    interval, idle_interval: between two looks in and out of season. quiet, quiet_snapshots: time without a new file
    of a source and date after which it counts as delivered. quiet_corrections: the same for a date that was delivered
    in full before: one corrected file of it is as good as all, and the rest would make the next run.
    deadline: results of the day before are taken as they are.
    """

    interval: timedelta = timedelta(seconds=30)
    idle_interval: timedelta = timedelta(minutes=30)
    quiet: timedelta = timedelta(seconds=120)
    quiet_snapshots: timedelta = timedelta(minutes=10)
    quiet_corrections: timedelta = timedelta(0)
    deadline: time = time(9)
    most_requests: int = 25
    season_ahead_days: int = 14


def is_past_deadline(day: date, now: datetime, pace: Pace) -> bool:
    """Whether the results of `day` are due: from the deadline of the morning after."""
    return now >= datetime.combine(day + timedelta(days=1), pace.deadline, NEW_YORK)
