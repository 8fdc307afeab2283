"""Small frames that charts are drawn from, and what a figure says."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.text import Text

from nba_pipeline.charts.shot_zones import Zone

DAYS = pd.date_range("2024-01-15", periods=4)


def states(*rows: tuple[str, str]) -> pd.DataFrame:
    """One row per table: its name and a letter per day from 2024-01-15 on: p, m, x (extra), b, o (off)."""
    names = {"p": "present", "m": "missing", "x": "extra", "b": "blocked", "o": "off"}
    return pd.concat(
        [
            pd.DataFrame({"table": table, "day": DAYS[: len(letters)], "state": [names[letter] for letter in letters]})
            for table, letters in rows
        ],
        ignore_index=True,
    )


def counts(**nulls: list[int]) -> pd.DataFrame:
    """NULLs per column on consecutive days, of 100 rows a day."""
    return pd.concat(
        [
            pd.DataFrame({"column": name, "day": DAYS[: len(found)], "population": 100, "nulls": found})
            for name, found in nulls.items()
        ],
        ignore_index=True,
    )


def games(*rows: tuple[float | None, float | None]) -> pd.DataFrame:
    """Points (None: did not play) and line (None: unknown) of consecutive games."""
    return pd.DataFrame(
        {
            "game_date": DAYS[: len(rows)],
            "opponent_team_abbr": ["BOS", "NYK", "MIA", "LAL"][: len(rows)],
            "is_active": [points is not None for points, _ in rows],
            "points": pd.array([points for points, _ in rows], dtype="Float64"),
            "points_line": [line if line is not None else float("nan") for _, line in rows],
        }
    )


def zones() -> dict[str, Zone]:
    """60 % against 50 % in the paint, 30 % against 40 % from mid-range, 19 threes: too few to judge."""
    return {"paint": Zone(60, 100, 500, 1000), "mid_range": Zone(15, 50, 400, 1000), "three": Zone(9, 19, 360, 1000)}


def shots() -> pd.DataFrame:
    return pd.DataFrame({"shot_x_ft": [0.0, 22.5, None], "shot_y_ft": [1.0, 2.0, None], "is_made": [True, False, True]})


def defence(**newest: float) -> pd.DataFrame:
    """Two dates of a team that allows what the league allows, but for `newest` on the second."""
    level = {"paint": 0.58, "mid_range": 0.42, "three_pt": 0.36}
    row = {f"{zone}_pct_allowed_last_15": value for zone, value in level.items()}
    row |= {f"league_{zone}_pct_allowed": value for zone, value in level.items()}
    return pd.DataFrame([row, row | newest]).assign(analysis_date=DAYS[:2])


def texts(figure: Figure) -> list[str]:
    """Everything that is written on the figure."""
    return [found.get_text() for found in figure.findobj(Text) if found.get_text()]
