"""What a team brings into a game: games played, rest, density, record and streak, all from earlier games.

Rest and density count every earlier game of the schedule, its result may still be on the way; record and streaks
count final ones. Does NOT belong here: travel, statistics, the opponent.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nba_pipeline.asof import AsOf, History, ratio

SHORT_DAYS, LONG_DAYS = 7, 14
TEAM = "team_abbr"


def rest_columns(before: AsOf) -> dict[str, Any]:
    """Game number, rest and density. before: the previous team game of every row."""
    rest = before.days_since() - 1
    return {
        "game_number_in_season": before.tally(before.history.count()) + 1,
        "team_days_rest": rest,
        "team_back_to_back": rest.eq(0).fillna(False),
        "games_in_last_7_days": before.count_within(SHORT_DAYS),
        "games_in_last_14_days": before.count_within(LONG_DAYS),
    }


def result_columns(team_games: pd.DataFrame, rows: pd.DataFrame) -> dict[str, Any]:
    """Record, streaks and last result before each row, from the final games among `team_games`."""
    final = History(team_games[team_games["is_final"] & team_games["win_flag"].notna()], TEAM)
    before = final.as_of(rows)
    won = final.rows["win_flag"].to_numpy(dtype=bool)
    last_won = before.number(won)
    return {
        "season_win_pct": ratio(before.tally(final.total(won)), before.tally(final.count())),
        "team_win_streak_entering": before.tally(final.run(won)),
        "team_loss_streak_entering": before.tally(final.run(~won)),
        "last_game_margin": (before.column("points") - before.column("opponent_points")).astype("Int64"),
        "last_game_result": pd.Series(np.select([last_won == 1, last_won == 0], ["W", "L"], "")).where(before.known),
    }
