"""Usage and shooting efficiency of the players of a game, from their box rows.

Does NOT belong here: windows over several games, team ratings.
"""

from __future__ import annotations

import pandas as pd

from nba_pipeline.basketball import possessions, shooting

MINUTES_TOLERANCE = 5.0  # minutes; a box further from a whole number of overtimes misses players
TEAM_GAME = ["nba_game_id", "team_abbr"]
SUMMED = ("seconds_played", "fg_attempts", "ft_attempts", "turnovers")


def efficiency_columns(rows: pd.DataFrame) -> pd.DataFrame:
    """usage_rate, ts_pct, efg_pct of every row; NULL for rows without a box line.

    rows: nba_game_id, team_abbr, is_dnp and the box statistics. Team sums run over the box rows of the team in that
    game; a team whose minutes do not fit any game length has no usage rates.
    """
    box = rows[~rows["is_dnp"]]
    team = complete_sums(box, TEAM_GAME, SUMMED)
    minutes = team["seconds_played"] / 60
    excess = (minutes - possessions.team_minutes(possessions.overtime_periods(minutes))).abs()
    team_minutes = minutes.where(excess <= MINUTES_TOLERANCE)
    usage = shooting.usage_rate(
        shooting.plays_used(box["fg_attempts"], box["ft_attempts"], box["turnovers"]),
        box["minutes_played"],
        team_used=shooting.plays_used(team["fg_attempts"], team["ft_attempts"], team["turnovers"]),
        team_minutes=team_minutes,
    )
    return pd.DataFrame(
        {
            "usage_rate": usage,
            "ts_pct": shooting.ts_pct(box["points"], box["fg_attempts"], box["ft_attempts"]),
            "efg_pct": shooting.efg_pct(box["fg_makes"], box["three_pt_makes"], box["fg_attempts"]),
        },
        index=box.index,
    ).reindex(rows.index)


def complete_sums(rows: pd.DataFrame, by: list[str], columns: tuple[str, ...]) -> pd.DataFrame:
    """Sum over the group of every row, on the rows' index; NaN where a member of the group is unknown."""
    grouped = rows.groupby(by)
    values = rows[list(columns)].astype("float64")
    keys = grouped.ngroup()
    sums = values.groupby(keys).transform("sum")
    known = values.notna().groupby(keys).transform("all")
    return sums.where(known)
