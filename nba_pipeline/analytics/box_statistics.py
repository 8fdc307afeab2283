"""Names of the box-score statistics: the raw column behind every analytics column, for players and teams.

Does NOT belong here: tables, choosing a source, formulas.
"""

from __future__ import annotations

from types import MappingProxyType

SHOOTING = MappingProxyType(
    {
        "fg_makes": "field_goals_made",
        "fg_attempts": "field_goals_attempted",
        "three_pt_makes": "three_pointers_made",
        "three_pt_attempts": "three_pointers_attempted",
        "ft_makes": "free_throws_made",
        "ft_attempts": "free_throws_attempted",
    }
)
COUNTS = MappingProxyType(
    {
        "offensive_rebounds": "offensive_rebounds",
        "defensive_rebounds": "defensive_rebounds",
        "assists": "assists",
        "steals": "steals",
        "blocks": "blocks",
        "turnovers": "turnovers",
        "personal_fouls": "personal_fouls",
    }
)
PLAYER_STATISTICS = MappingProxyType({"points": "points", **COUNTS, "plus_minus": "plus_minus", **SHOOTING})
"""Statistics of a player: analytics column -> raw column. `rebounds` is the sum of both kinds."""

TEAM_STATISTICS = MappingProxyType({"points": "points", **COUNTS, **SHOOTING})
"""Statistics that exist for a team, stated by a team box or summed over its players."""

DESCRIPTIONS = MappingProxyType(
    {
        "points": "Points scored.",
        "rebounds": "Offensive and defensive rebounds charged to players.",
        "offensive_rebounds": "Offensive rebounds charged to players.",
        "defensive_rebounds": "Defensive rebounds charged to players.",
        "assists": "Assists.",
        "steals": "Steals.",
        "blocks": "Blocked shots.",
        "turnovers": "Turnovers charged to the player.",
        "personal_fouls": "Personal fouls; the sources of play-in games state none.",
        "plus_minus": "Score difference while on the floor; 0 is a value.",
        "fg_makes": "Field goals made.",
        "fg_attempts": "Field goals attempted.",
        "three_pt_makes": "Threes made, box score.",
        "three_pt_attempts": "Threes attempted, box score.",
        "ft_makes": "Free throws made.",
        "ft_attempts": "Free throws attempted.",
    }
)

ZONE_COLUMNS: tuple[str, ...] = (
    "paint_makes",
    "paint_attempts",
    "mid_range_makes",
    "mid_range_attempts",
    "three_makes_pbp",
    "three_attempts_pbp",
)
"""Shots by zone from play-by-play; only the `_pbp` threes may stand beside paint and mid-range."""

ZONE_DESCRIPTIONS = MappingProxyType(
    {
        "paint_makes": "Made twos in the paint zone (8 whole feet or a rim action).",
        "paint_attempts": "Attempted twos in the paint zone.",
        "mid_range_makes": "Made twos outside the paint zone.",
        "mid_range_attempts": "Attempted twos outside the paint zone.",
        "three_makes_pbp": "Made threes by play-by-play.",
        "three_attempts_pbp": "Attempted threes by play-by-play.",
    }
)
