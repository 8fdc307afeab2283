"""On which dates a table has rows: the one denominator of progress, coverage and reports.

Derived from the schedule, never from the table in question (the schedule is its own witness).
Does NOT belong here: counting stored rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from nba_pipeline import catalog
from nba_pipeline.calendar import earliest_season_day, expected_dates
from nba_pipeline.expectations.accepted_gaps import games_left_out
from nba_pipeline.schema import Table
from nba_pipeline.schema.frames import frame_from_arrow
from nba_pipeline.warehouse import Warehouse

SCHEDULE_TABLE = "raw.nbac_schedule"
COLUMNS = ("game_date", "season_year", "is_final", "is_postponed", "nba_game_id")
TEAMS = ("home_team_abbr", "away_team_abbr")
RESULTS = "final_game"  # in the name of a row-count rule: the table has rows only for games that were played
UNIVERSE = "universe"  # row-count rule: the table has rows of teams with an earlier game this season only


def stored_games(warehouse: Warehouse, first: date, last: date) -> pd.DataFrame:
    """COLUMNS and TEAMS of the stored schedule from the start of the first season to `last`."""
    table = catalog.tables()[SCHEDULE_TABLE]
    data = warehouse.read(table, columns=(*COLUMNS, *TEAMS), first=earliest_season_day(first), last=last)
    return frame_from_arrow(table, data)


def expected_days(table: Table, games: pd.DataFrame, days: Sequence[date]) -> set[date] | None:
    """Days on which the table must have rows; None for optional tables, which have rows where a file landed.

    games: columns COLUMNS, and TEAMS for the player universe. A postponed game is expected in the schedule alone, a
    game not played yet in no table of results, a game without data in none of the tables it is an accepted gap of.
    """
    if table.optional or not table.partition_column:
        return None
    left_out = games_left_out(str(table))
    if left_out:
        games = games[~games["nba_game_id"].isin(left_out)]
    if str(table) != SCHEDULE_TABLE:
        games = games[~games["is_postponed"].astype("bool")]
    wanted = pd.DatetimeIndex(pd.to_datetime(list(days))).as_unit("us")
    if table.layer in ("precompute", "predictions"):
        return _days(expected_dates("processable", games, wanted))
    if RESULTS in table.row_count:
        games = games[games["is_final"].astype("bool")]
    elif table.row_count == UNIVERSE:
        games = _with_earlier_game(games)
    return _days(expected_dates("game", games, wanted))


def _with_earlier_game(games: pd.DataFrame) -> pd.DataFrame:
    """Games of which a team has played before in its season: none on the first two dates of most seasons."""
    kept = games[["game_date", "season_year", "is_final"]]
    sides = pd.concat([kept.assign(team_abbr=games[side]) for side in TEAMS])
    played = sides[sides["is_final"].astype("bool")]
    firsts = played.groupby(["season_year", "team_abbr"], as_index=False).agg(first_played=("game_date", "min"))
    entering = sides.merge(firsts, on=["season_year", "team_abbr"], how="left", validate="many_to_one")
    return entering[entering["first_played"] < entering["game_date"]]


def _days(stamps: pd.DatetimeIndex) -> set[date]:
    return {stamp.date() for stamp in stamps}
