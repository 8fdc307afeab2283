"""How many games of a season so far have shot zones: below 90 % the NULL ceilings of the zone defence are not judged.

Does NOT belong here: games without play-by-play as a finding (game_rules).
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import date
from itertools import accumulate

from nba_pipeline.calendar import earliest_season_day
from nba_pipeline.orchestration.checks.defence_zones import DEFENSE, ZONE_TABLE
from nba_pipeline.orchestration.checks.sql import bounds, literal, whole
from nba_pipeline.orchestration.checks.thresholds import ZONE_GAMES_OF_SEASON
from nba_pipeline.orchestration.checks.verdicts import Days
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse


def thin_zone_days(warehouse: Warehouse, table: Table, days: Days) -> dict[date | None, float]:
    """The days on which too few of the season's earlier games have zones, with their share; none of other tables."""
    first, last = bounds(days) if days else (None, None)
    if str(table) != ZONE_TABLE or first is None or last is None:
        return {}
    sql = (
        f"select game_date, count(*) as games, count(shot_zone_source) as zoned from {DEFENSE}\n"
        f"where game_date between {literal(earliest_season_day(first))} and {literal(last)}\n"
        f"group by game_date order by game_date"
    )
    rows = warehouse.query(sql).to_pylist()
    dates = [row["game_date"] for row in rows]
    games = list(accumulate((whole(row, "games") for row in rows), initial=0))
    zoned = list(accumulate((whole(row, "zoned") for row in rows), initial=0))
    thin: dict[date | None, float] = {}
    for day in days:
        if day is None:
            continue
        start, end = bisect_left(dates, earliest_season_day(day)), bisect_left(dates, day)
        earlier = games[end] - games[start]
        share = (zoned[end] - zoned[start]) / earlier if earlier else 1.0
        if share < ZONE_GAMES_OF_SEASON:
            thin[day] = share
    return thin


def coverage_text(share: float) -> str:
    return f"zone ceilings not judged: {share:.1%} of the season's games so far have zones"
