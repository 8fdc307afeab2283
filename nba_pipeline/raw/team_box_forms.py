"""Team lines of every box-score form -> columns of `nbac_team_boxscore`.

Turnovers are the sum of the players' in every form; team rebounds are in no column.
Does NOT belong here: payload shapes, the table.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from nba_pipeline.basketball import clocks
from nba_pipeline.raw import box_columns
from nba_pipeline.raw.convert import Converted, convert
from nba_pipeline.raw.sieve import Sieve
from nba_pipeline.schema import Table

MINUTES_TOLERANCE = 5  # minutes; sums of rounded player minutes are 237-243 in a game without overtime
LIVE: Mapping[str, str] = {**box_columns.LIVE, "total_rebounds": "reboundsPersonal"}
ARCHIVE: Mapping[str, str] = {**box_columns.ARCHIVE, "turnovers": "tov_players", "turnovers_total": "tov_total"}
LIVE_EXTRAS = {
    "turnovers_total": "turnoversTotal",
    "points_in_the_paint": "pointsInThePaint",
    "points_fast_break": "pointsFastBreak",
    "points_second_chance": "pointsSecondChance",
}


def live_columns(sieve: Sieve, table: Table) -> None:
    """Live box; its reboundsTotal holds team rebounds, reboundsPersonal does not."""
    sieve.read(table, {"team_id": "teamId", **LIVE, **LIVE_EXTRAS})
    _read_minutes(sieve, "minutes")


def traditional_columns(sieve: Sieve, table: Table) -> None:
    """Traditional box; turnovers are the players' sum, the team total is not stated."""
    sieve.read(table, {"team_id": "TEAM_ID", **box_columns.TRADITIONAL})
    _read_minutes(sieve, "MIN")


def archive_columns(sieve: Sieve, table: Table) -> None:
    """Archive; a plus_minus that is not a whole number is unknown (18 rows in three seasons)."""
    names = {name: source for name, source in ARCHIVE.items() if name != "plus_minus"}
    sieve.read(table, {"team_id": "team_id", **names})
    printed = convert(sieve.source["plus_minus"], "FLOAT64").values
    whole = printed == np.floor(printed)
    sieve.count("plus_minus_not_whole", printed.notna() & ~whole)
    nothing_bad = np.zeros(len(printed), dtype=bool)
    converted = Converted(printed.where(whole).astype("Int64"), nothing_bad, nothing_bad)
    sieve.take("plus_minus", converted, sieve.source["plus_minus"])
    _read_minutes(sieve, "minutes")


def validate(sieve: Sieve) -> None:
    """Both teams of the game, the schedule's score, box identities, team minutes."""
    _require_both_teams(sieve)
    rows = sieve.rows
    is_home = rows["is_home"].fillna(False).astype("bool")
    scheduled = sieve.schedule("home_score").where(is_home, sieve.schedule("away_score"))
    detail = "the schedule has another score for the team"
    sieve.refuse(rows["points"] != scheduled, "identity_failed", column="points", detail=detail)
    box_columns.check_identities(sieve)
    expected = clocks.TEAM_MINUTES_REGULATION + clocks.TEAM_MINUTES_OVERTIME * rows["overtime_periods"]
    off = (rows["minutes"] - expected.astype("Float64")).abs() > MINUTES_TOLERANCE
    sieve.refuse(off, "out_of_range", column="minutes", detail="not within 5 of 240 + 25 per overtime")


def _require_both_teams(sieve: Sieve) -> None:
    """Refuse the rows of a game that has not exactly its two teams."""
    pairs = pd.DataFrame({"game": sieve.rows["nba_game_id"], "team": sieve.rows["team_abbr"]})[sieve.alive]
    teams = sieve.rows["nba_game_id"].map(pairs.groupby("game")["team"].nunique())
    sieve.refuse(teams != 2, "pair_conflict", column="team_abbr", detail="the file has not both teams of the game")


def _read_minutes(sieve: Sieve, name: str) -> None:
    """Team minutes, and the overtimes they show; without minutes the schedule's overtimes."""
    printed = sieve.printed(name)
    values, bad = clocks.minutes(printed)
    sieve.refuse(bad, "bad_value", column="minutes", value=printed, detail="expected a playing time >= 0")
    sieve.rows["minutes"] = values
    extra = (values - clocks.TEAM_MINUTES_REGULATION) / clocks.TEAM_MINUTES_OVERTIME
    overtimes = extra.round().clip(lower=0).astype("Int64")
    sieve.rows["overtime_periods"] = overtimes.fillna(sieve.schedule("overtime_periods"))
