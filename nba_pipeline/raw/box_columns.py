"""Block S, the box statistics: columns, the names every source gives them, and the rules they obey.

Does NOT belong here: minutes, identity columns, a particular table.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from nba_pipeline.raw.sieve import Sieve
from nba_pipeline.schema import Column, Invariant

HIGHEST_PLUS_MINUS = 80  # points
HIGHEST_PLAYER_POINTS = 110
HIGHEST_PLAYER_FOULS = 8

COUNTS: tuple[str, ...] = (
    "field_goals_made", "field_goals_attempted", "three_pointers_made", "three_pointers_attempted",
    "free_throws_made", "free_throws_attempted", "offensive_rebounds", "defensive_rebounds", "total_rebounds",
    "assists", "steals", "blocks", "turnovers", "personal_fouls",
)  # fmt: skip
STATISTICS: tuple[str, ...] = (*COUNTS, "plus_minus", "points")
SHOTS = ("field_goals", "three_pointers", "free_throws")

LIVE: Mapping[str, str] = dict(
    zip(
        STATISTICS,
        (
            "fieldGoalsMade", "fieldGoalsAttempted", "threePointersMade", "threePointersAttempted", "freeThrowsMade",
            "freeThrowsAttempted", "reboundsOffensive", "reboundsDefensive", "reboundsTotal", "assists", "steals",
            "blocks", "turnovers", "foulsPersonal", "plusMinusPoints", "points",
        ),
        strict=True,
    )
)  # fmt: skip
"""Names in the live box and in the third version of the traditional box."""
TRADITIONAL: Mapping[str, str] = dict(
    zip(
        STATISTICS,
        ("FGM", "FGA", "FG3M", "FG3A", "FTM", "FTA", "OREB", "DREB", "REB", "AST", "STL", "BLK", "TO", "PF",
         "PLUS_MINUS", "PTS"),
        strict=True,
    )
)  # fmt: skip
GAMELOG: Mapping[str, str] = {**TRADITIONAL, "turnovers": "TOV"}
ARCHIVE: Mapping[str, str] = dict(
    zip(
        STATISTICS,
        ("fgm", "fga", "fg3m", "fg3a", "ftm", "fta", "oreb", "dreb", "reb", "ast", "stl", "blk", "tov", "pf",
         "plus_minus", "pts"),
        strict=True,
    )
)  # fmt: skip

_WORDS = {
    "field_goals_made": "Field goals made, twos and threes",
    "field_goals_attempted": "Field goals attempted, twos and threes",
    "three_pointers_made": "Three-pointers made",
    "three_pointers_attempted": "Three-pointers attempted",
    "free_throws_made": "Free throws made",
    "free_throws_attempted": "Free throws attempted",
    "offensive_rebounds": "Offensive rebounds of players",
    "defensive_rebounds": "Defensive rebounds of players",
    "total_rebounds": "Rebounds of players, without team rebounds",
    "assists": "Assists",
    "steals": "Steals",
    "blocks": "Blocked shots of opponents",
    "turnovers": "Turnovers of players, without team turnovers",
    "personal_fouls": "Personal fouls",
    "plus_minus": "Margin while on the court, as printed",
    "points": "Points scored",
}


def statistics_columns(maxima: Mapping[str, float], note: str) -> tuple[Column, ...]:
    """Block S with the highest expected value per statistic; `note` says when a value is missing."""
    return tuple(
        Column(
            name,
            "INT64",
            f"{_WORDS[name]}; {note}.",
            unit="points" if name in ("points", "plus_minus") else "count",
            source=f"statistics.{LIVE[name]}",
            minimum=-HIGHEST_PLUS_MINUS if name == "plus_minus" else 0,
            maximum=maxima[name],
        )
        for name in STATISTICS
    )


def statistics_invariants(prefix: str) -> tuple[Invariant, ...]:
    """S1 to S3 as rules of the stored rows."""
    points = "2 * (field_goals_made - three_pointers_made) + 3 * three_pointers_made + free_throws_made"
    made = " and ".join(f"{shot}_made <= {shot}_attempted" for shot in SHOTS)
    threes = "three_pointers_made <= field_goals_made and three_pointers_attempted <= field_goals_attempted"
    return (
        Invariant(f"{prefix}-S1", f"{made} and {threes}", "block", "Makes never exceed attempts, threes are shots."),
        Invariant(f"{prefix}-S2", f"points = {points}", "block", "Points follow from the makes."),
        Invariant(
            f"{prefix}-S3",
            "total_rebounds = offensive_rebounds + defensive_rebounds",
            "block",
            "Rebounds are the sum of both ends.",
        ),
    )


def check_identities(sieve: Sieve) -> None:
    """S1 to S3: refuse records whose statistics contradict each other, where all operands are there."""
    numbers = {name: _numbers(sieve.rows[name]) for name in STATISTICS}
    for shot in SHOTS:
        too_many = numbers[f"{shot}_made"] > numbers[f"{shot}_attempted"]
        sieve.refuse(too_many, "identity_failed", column=f"{shot}_made", detail=f"S1: more {shot} made than attempted")
    for kind in ("made", "attempted"):
        too_many = numbers[f"three_pointers_{kind}"] > numbers[f"field_goals_{kind}"]
        column = f"three_pointers_{kind}"
        sieve.refuse(too_many, "identity_failed", column=column, detail=f"S1: more threes than field goals {kind}")
    twos = numbers["field_goals_made"] - numbers["three_pointers_made"]
    points = 2 * twos + 3 * numbers["three_pointers_made"] + numbers["free_throws_made"]
    _refuse_unequal(sieve, "points", points, "S2: points do not follow from the makes")
    rebounds = numbers["offensive_rebounds"] + numbers["defensive_rebounds"]
    _refuse_unequal(sieve, "total_rebounds", rebounds, "S3: rebounds are not the sum of both ends")


def check_player_limits(sieve: Sieve) -> None:
    """S4: refuse negative counts and values no player reached."""
    for name in (*COUNTS, "points"):
        negative = _numbers(sieve.rows[name]) < 0
        sieve.refuse(negative, "identity_failed", column=name, detail="S4: a count is not negative")
    limits = {"points": HIGHEST_PLAYER_POINTS, "personal_fouls": HIGHEST_PLAYER_FOULS, "plus_minus": HIGHEST_PLUS_MINUS}
    for name, limit in limits.items():
        beyond = np.abs(_numbers(sieve.rows[name])) > limit
        sieve.refuse(beyond, "identity_failed", column=name, detail=f"S4: beyond {limit}")


def _refuse_unequal(sieve: Sieve, column: str, expected: np.ndarray, detail: str) -> None:
    difference = _numbers(sieve.rows[column]) - expected
    sieve.refuse(np.abs(difference) > 0, "identity_failed", column=column, detail=detail)


def _numbers(values: pd.Series) -> np.ndarray:
    """Float values with NaN for missing: every comparison with NaN is false, so missing operands never fail."""
    return values.to_numpy(dtype="float64", na_value=np.nan)
