"""How often in a row a player has beaten a points line: today's line, or the line of each game.

Does NOT belong here: choosing the line.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nba_pipeline.asof import AsOf, Floats, History, Ints

PLAYER = "player_lookup"
GRADED = ("OVER", "UNDER")


def current_line_streaks(before: AsOf, lines: pd.Series) -> dict[str, pd.Series]:
    """Newest games in a row above, or below, today's line; games at the line are skipped, NULL without a line.

    before: the newest earlier played game of every row. lines: one per row.
    """
    over, under = _runs(before, lines.to_numpy(dtype=np.float64))
    has_line = lines.notna().to_numpy()
    return {
        "over_current_line_streak": pd.Series(over, dtype="Int64").where(has_line),
        "under_current_line_streak": pd.Series(under, dtype="Int64").where(has_line),
    }


def own_line_streaks(before: AsOf, rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Newest games in a row over, or under, the line each had; a push is skipped, NULL if no game had a result."""
    played = before.history
    decided = History(played.rows[played.rows["over_under_result"].isin(GRADED)], PLAYER)
    is_over = (decided.rows["over_under_result"] == "OVER").to_numpy(dtype=bool)
    newest = decided.as_of(rows)
    known = before.tally(played.count(where=played.known("over_under_result"))) > 0
    runs = {"prop_over_streak": decided.run(is_over), "prop_under_streak": decided.run(~is_over)}
    return {name: pd.Series(newest.tally(run), dtype="Int64").where(known) for name, run in runs.items()}


def _runs(newest: AsOf, lines: Floats) -> tuple[Ints, Ints]:
    """Length of the run above and of the run below the line of each row, walking back one game of all at a time."""
    points = newest.history.rows["points"].to_numpy(dtype=np.float64, na_value=np.nan)
    side, length = np.zeros(len(lines), dtype=np.int64), np.zeros(len(lines), dtype=np.int64)
    going = newest.known & ~np.isnan(lines)
    back = 0
    while going.any():
        game = newest.back(back)
        margin = np.nan_to_num(np.sign(game.number(points) - lines)).astype(np.int64)
        side = np.where(going & (side == 0), margin, side)
        going = going & game.known & ((margin == 0) | (margin == side))
        length += going & (margin != 0)
        back += 1
    return np.where(side > 0, length, 0), np.where(side < 0, length, 0)
