"""The shot-zone rule."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nba_pipeline.basketball.zones import ZONES, rim_actions, shot_zones
from nba_pipeline.schema.frames import STRING_DTYPE

NO_DISTANCE = float("nan")


def _zone(value: int, feet: float, *, subtype: str | None, text: str, qualified: bool = False) -> str:
    series = [pd.Series([content], dtype=STRING_DTYPE) for content in (subtype, text)]
    code = shot_zones(np.array([value]), np.array([feet]), rim_actions(*series), np.array([qualified]))
    return ZONES[code[0]]


@pytest.mark.parametrize(
    ("value", "feet", "subtype", "text", "qualified", "zone"),
    [
        (3, 7, "Jump Shot", "A. Player 7' 3PT", False, "three"),
        (2, 8, "Jump Shot", "A. Player 8' Jump Shot", False, "paint"),
        (2, 9, "Layup", "A. Player alley-oop Layup", True, "mid_range"),
        (2, 24, "Jump Shot", "A. Player 24' jump shot", False, "mid_range"),
        (2, NO_DISTANCE, "Layup", "A. Player running Layup", False, "paint"),
        (2, NO_DISTANCE, "DUNK", "A. Player Dunk", False, "paint"),
        (2, NO_DISTANCE, "Jump Shot", "A. Player tip shot", False, "paint"),
        (2, NO_DISTANCE, "Hook", "A. Player turnaround Hook", True, "paint"),
        (2, NO_DISTANCE, "Jump Shot", "A. Player pullup Shot", False, "mid_range"),
        (2, 7, "Jump Shot", "MISS E. Player 7' turnaround Shot", False, "paint"),
        (2, 0, "Jump Shot", "A. Player 0' Jump Shot", False, "paint"),
    ],
)
def test_shot_belongs_to_one_zone(value: int, feet: float, subtype: str, text: str, qualified: bool, zone: str) -> None:
    assert _zone(value, feet, subtype=subtype, text=text, qualified=qualified) == zone


def test_rim_words_count_as_whole_words_only() -> None:
    assert _zone(2, NO_DISTANCE, subtype="Jump Shot", text="A. Tipton fadeaway Shot") == "mid_range"


def test_a_shot_without_any_text_is_mid_range() -> None:
    texts = pd.Series([None], dtype=STRING_DTYPE)
    code = shot_zones(np.array([2]), np.array([NO_DISTANCE]), rim_actions(texts, texts), np.array([False]))
    assert ZONES[code[0]] == "mid_range"
