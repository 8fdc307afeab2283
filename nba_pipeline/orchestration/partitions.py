"""The one partition definition: every calendar day in US Eastern time from the first supported season on.

No exclusions and no end: excluding days makes an automation tick ten times slower, and changing the definition
resets what automation has handled. Days without games are materialised empty.
"""

from __future__ import annotations

from datetime import date

import dagster as dg
import pandas as pd

FIRST_DAY = date(2021, 10, 19)  # first game date of the oldest season the warehouse supports
DAILY = dg.DailyPartitionsDefinition(FIRST_DAY.isoformat(), timezone="America/New_York", end_offset=1)


def partition_dates(first: date, last: date) -> pd.DatetimeIndex:
    """Every day of [first, last] as midnights without a zone."""
    return pd.date_range(first, last, freq="D", unit="us")


def partition_key(day: date) -> str:
    return day.isoformat()
