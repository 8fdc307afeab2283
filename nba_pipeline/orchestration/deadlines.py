"""By when a table is made every day: freshness policies with a deadline in US Eastern time.

They say that something was written in time, and a back-fill of an old season counts as such; whether the newest dates
are there is the partition lag (alerts). Dates without games are made empty every morning, which keeps the policies
green in summer. Does NOT belong here: what is done about a late table.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import dagster as dg

from nba_pipeline.orchestration.feed_rules import RESULT_FEEDS
from nba_pipeline.orchestration.horizon import NEW_YORK
from nba_pipeline.schema import Table

RESULTS, FEATURES, LATE_SOURCES = 11, 12, 15  # hour: what happened, what is about to happen, gamebook and play-by-play


def daily_deadline(table: Table, feeds: Sequence[str], *, looks_back: bool) -> dg.FreshnessPolicy | None:
    """Written between midnight and the hour; none for a table without partitions, which rests in summer."""
    if not table.partition_column:
        return None
    hour = RESULTS
    if table.optional:
        hour = LATE_SOURCES if RESULT_FEEDS & set(feeds) else FEATURES
    elif looks_back:
        hour = FEATURES
    return dg.FreshnessPolicy.cron(f"0 {hour} * * *", timedelta(hours=hour), timezone=str(NEW_YORK))
