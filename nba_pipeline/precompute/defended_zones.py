"""The three shot zones as a defence sees them: game columns that count them, columns and values made of them.

Zone columns use only games with play-by-play. Does NOT belong here: shots of a player, a table, windows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from nba_pipeline.asof import AsOf, Flags, Floats, ratio
from nba_pipeline.basketball.zones import ZONES
from nba_pipeline.schema import Column, Condition, NullCeiling

SOURCE = "nba_analytics.team_defense_game_summary"
COMPARED_DECIMALS = 9  # decimals; zones that differ by less are tied
POINTS_OF_A_TWO = 2  # points
ZONE_NULLS = NullCeiling(season=0.02, date=0.05)
LONG_SAMPLE = (Condition("games_in_sample", ">=", 10),)  # expected ranges hold from ten games on


@dataclass(frozen=True)
class Zone:
    """A zone: its prefix in column names, its words, the game columns that count it, and what is expected of it."""

    prefix: str
    words: str
    attempts: str
    makes: str
    blocks: str
    expected_pct: tuple[float, float]
    expected_attempts: tuple[float, float]
    expected_difference: float


PAINT = Zone(
    prefix="paint",
    words="paint",
    attempts="opp_paint_attempts",
    makes="opp_paint_makes",
    blocks="blocks_paint",
    expected_pct=(0.46, 0.71),
    expected_attempts=(24, 56),
    expected_difference=0.13,
)
MID_RANGE = Zone(
    prefix="mid_range",
    words="mid-range",
    attempts="opp_mid_range_attempts",
    makes="opp_mid_range_makes",
    blocks="blocks_mid_range",
    expected_pct=(0.26, 0.58),
    expected_attempts=(6, 32),
    expected_difference=0.17,
)
THREE = Zone(
    prefix="three_pt",
    words="three-point",
    attempts="opp_three_attempts_pbp",
    makes="opp_three_makes_pbp",
    blocks="blocks_three_pt",
    expected_pct=(0.26, 0.46),
    expected_attempts=(22, 50),
    expected_difference=0.11,
)
DEFENDED_ZONES = (PAINT, MID_RANGE, THREE)  # the order of basketball.zones.ZONES
GAME_COLUMNS = tuple(column for zone in DEFENDED_ZONES for column in (zone.attempts, zone.makes, zone.blocks))


def zone_columns(zone: Zone) -> tuple[Column, ...]:
    """Columns of one zone, in contract order."""
    return (
        Column(
            f"{zone.prefix}_pct_allowed_last_15",
            "FLOAT64",
            f"Share of opponents' {zone.words} attempts that went in, pooled over the last 15 games.",
            unit="fraction",
            source=SOURCE,
            nulls=ZONE_NULLS,
            minimum=zone.expected_pct[0],
            maximum=zone.expected_pct[1],
            range_when=LONG_SAMPLE,
        ),
        Column(
            f"{zone.prefix}_attempts_allowed_per_game",
            "FLOAT64",
            f"Opponents' {zone.words} attempts per game with play-by-play, last 15 games.",
            unit="shots",
            source=SOURCE,
            nulls=ZONE_NULLS,
            minimum=zone.expected_attempts[0],
            maximum=zone.expected_attempts[1],
            range_when=LONG_SAMPLE,
        ),
        *((_points_column(zone),) if zone is PAINT else ()),
        Column(
            f"{zone.prefix}_blocks_per_game",
            "FLOAT64",
            f"Opponents' {zone.words} attempts blocked, per game with play-by-play, last 15 games.",
            unit="blocks",
            source=SOURCE,
            nulls=ZONE_NULLS,
            minimum=0,
        ),
        *_league_columns(zone),
    )


def _points_column(zone: Zone) -> Column:
    return Column(
        f"{zone.prefix}_points_allowed_per_game",
        "FLOAT64",
        f"Points from {zone.words} field goals (no free throws) per game with play-by-play, last 15 games.",
        unit="points",
        source=SOURCE,
        nulls=ZONE_NULLS,
        minimum=0,
    )


def _league_columns(zone: Zone) -> tuple[Column, Column]:
    return (
        Column(
            f"league_{zone.prefix}_pct_allowed",
            "FLOAT64",
            f"Share of {zone.words} attempts that went in, pooled over the windows of all teams of the date.",
            unit="fraction",
            source=SOURCE,
            nulls=NullCeiling(season=0, date=0, block=0),
            minimum=0,
            maximum=1,
        ),
        Column(
            f"{zone.prefix}_defense_vs_league_avg",
            "FLOAT64",
            f"Own {zone.words} share allowed minus the league's; positive = allows more = good for the scorer.",
            unit="fraction points",
            source="computed",
            nulls=ZONE_NULLS,
            minimum=-zone.expected_difference,
            maximum=zone.expected_difference,
            range_when=LONG_SAMPLE,
        ),
    )


def outlier_column(name: str, difference: str) -> Column:
    """Column that names the zone with the lowest or highest difference from the league."""
    return Column(
        name,
        "STRING",
        f"Zone with the {difference} difference from the league; NULL when fewer than two zones are known.",
        unit="category",
        source="computed",
        nulls=ZONE_NULLS,
        allowed=ZONES,
    )


def each_zone(rule: str) -> str:
    """A rule about `{zone}` that must hold for all three, as one expression."""
    return " and ".join(rule.format(zone=zone.prefix) for zone in DEFENDED_ZONES)


def zone_values(zone: Zone, grid: AsOf, *, last: int, where: Flags) -> dict[str, Floats]:
    """Values of the columns of one zone over the games `where` of the last n; the league pools the same games."""
    history = grid.history
    games = grid.tally(history.count(last=last, where=where))
    counted = (zone.attempts, zone.makes, zone.blocks)
    attempts, makes, blocks = (grid.tally(history.total(name, last=last, where=where)) for name in counted)
    allowed = ratio(makes, attempts)
    league = ratio(grid.total_by_date(makes), grid.total_by_date(attempts))
    values = {
        f"{zone.prefix}_pct_allowed_last_15": allowed,
        f"{zone.prefix}_attempts_allowed_per_game": ratio(attempts, games),
        f"{zone.prefix}_blocks_per_game": ratio(blocks, games),
        f"league_{zone.prefix}_pct_allowed": league,
        f"{zone.prefix}_defense_vs_league_avg": allowed - league,
    }
    if zone is PAINT:
        values[f"{zone.prefix}_points_allowed_per_game"] = ratio(POINTS_OF_A_TWO * makes, games)
    return values


def outlier_zones(differences: Floats) -> tuple[pd.Series, pd.Series]:
    """Zone of the lowest difference (first of a tie) and of the highest (last of a tie), one column per zone.

    Rounding comes first: -0.1 and -0.1 computed from different counts differ in the last bit and are a tie.
    """
    compared = np.round(differences, COMPARED_DECIMALS)
    unknown = np.isnan(compared)
    lowest = np.where(unknown, np.inf, compared).argmin(axis=1)
    highest = len(ZONES) - 1 - np.where(unknown, -np.inf, compared)[:, ::-1].argmax(axis=1)
    comparable = (~unknown).sum(axis=1) > 1
    names = np.array(ZONES, dtype=object)
    return pd.Series(names[lowest]).where(comparable), pd.Series(names[highest]).where(comparable)
