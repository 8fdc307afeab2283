"""How far a team comes to a game: the leg from the venue of its previous game, and the legs of the last two weeks.

The first leg of a season starts in the home city. A city without coordinates gives an unknown leg, never zero miles.
Does NOT belong here: rest, results, choosing the city of a game.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nba_pipeline.asof import AsOf, Flags, Floats, History
from nba_pipeline.basketball.distance import great_circle_miles

LEG_DAYS = 14  # days before the game whose legs are added up
SECONDS_PER_HOUR = 3600
VENUE_COLUMNS = ("venue_city", "latitude", "longitude", "time_zone")


def travel_columns(team_games: History, before: AsOf, venues: pd.DataFrame) -> dict[str, Any]:
    """Travel of every row of `team_games`, which are all team games of the seasons, later ones included.

    Rows need venue_city, home_city, home_game and cutoff_at. before: each row's previous team game.
    """
    rows = team_games.rows
    places = venues.sort_values("venue_city", ignore_index=True)
    cities = pd.Index(places["venue_city"])
    here = cities.get_indexer(pd.Index(rows["venue_city"]))
    origin = before.column("venue_city").where(pd.Series(before.known), rows["home_city"])
    there = cities.get_indexer(pd.Index(origin))
    known = (here >= 0) & (there >= 0)
    miles = np.where(known, _miles_between(places)[there, here], np.nan)
    shift = _utc_offset_hours(here, rows["cutoff_at"], places) - _utc_offset_hours(there, rows["cutoff_at"], places)
    zones = pd.Series(np.where(known, shift, 0), dtype="Int64").where(known)
    away_from_home = (rows["venue_city"] != rows["home_city"]).fillna(False) & rows["venue_city"].notna()
    is_road = (~rows["home_game"] | away_from_home).to_numpy(dtype=bool)
    complete = before.count_within(LEG_DAYS, where=~known) == 0
    crossed = before.total_within(np.where(known, np.abs(shift), 0), LEG_DAYS)
    return {
        "venue_time_zone": places["time_zone"].reindex(here).reset_index(drop=True),
        "travel_miles": miles,
        "time_zone_changes": zones,
        "consecutive_road_games": team_games.run(is_road),
        "miles_traveled_last_14_days": np.where(complete, _newest_first_total(before, miles, LEG_DAYS), np.nan),
        "time_zones_crossed_last_14_days": pd.Series(crossed, dtype="Int64").where(complete),
    }


def _miles_between(places: pd.DataFrame) -> Floats:
    """Distance of every pair of venues: one table for all rows, so that a leg never depends on the rows beside it."""
    latitude, longitude = (places[name].to_numpy(dtype=np.float64) for name in ("latitude", "longitude"))
    return np.asarray(great_circle_miles(latitude[:, None], longitude[:, None], latitude, longitude))


def _utc_offset_hours(place: np.ndarray, instants: pd.Series, places: pd.DataFrame) -> np.ndarray:
    """Offset of local time from UTC at each place and instant, whole hours; 0 for an unknown place."""
    zone = places["time_zone"].reindex(place).reset_index(drop=True)
    offset = np.zeros(len(place), dtype=np.int64)
    for name, rows in zone.groupby(zone).groups.items():
        local = instants.iloc[rows].dt.tz_convert(name).dt.tz_localize(None)
        seconds = (local - instants.iloc[rows].dt.tz_localize(None)).dt.total_seconds()
        offset[rows] = np.rint(seconds.to_numpy() / SECONDS_PER_HOUR)
    return offset


def _newest_first_total(before: AsOf, values: Floats, days: int) -> Floats:
    """Sum of the values of the rows of the last `days` days, added newest to oldest; 0.0 without any."""
    games = before.count_within(days)
    total = np.zeros(len(games))
    for back in range(int(games.max(initial=0))):
        inside: Flags = games > back
        total[inside] += before.back(back).number(values)[inside]
    return total
