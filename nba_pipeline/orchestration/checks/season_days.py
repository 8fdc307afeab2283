"""Days of a season as the stored games tell them. Does NOT belong here: a calendar date."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from nba_pipeline.calendar import BOOTSTRAP_DAYS
from nba_pipeline.warehouse import Warehouse

GAMES = "nba_reference.games"
EASTERN = ZoneInfo("America/New_York")


def today() -> date:
    """The calendar day on which games of today tip off."""
    return datetime.now(EASTERN).date()


def first_settled_days(warehouse: Warehouse) -> dict[int, date]:
    """Season year -> its day 14, the first after the bootstrap; day 0 is the first game date."""
    sql = f"select season_year, min(game_date) as first_day from {GAMES} group by season_year"
    return {
        int(row["season_year"]): row["first_day"] + timedelta(days=BOOTSTRAP_DAYS)
        for row in warehouse.query(sql).to_pylist()
    }
