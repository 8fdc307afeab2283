"""How far back automation acts: the correction horizon. Does NOT belong here: what is done inside it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")
HORIZON_DAYS = 10  # D >= today - 9: older corrections wait for `backfill --only stale`


def window(now: datetime) -> tuple[date, date]:
    """First and last date that automation touches at this instant: the horizon up to today."""
    today = now.astimezone(NEW_YORK).date()
    return today - timedelta(days=HORIZON_DAYS - 1), today
