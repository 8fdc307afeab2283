"""Categories of the reason for not playing."""

from __future__ import annotations

import pandas as pd
import pytest

from nba_pipeline.analytics.dnp_reasons import dnp_reason_categories
from nba_pipeline.schema.frames import STRING_DTYPE


@pytest.mark.parametrize(
    ("reason", "category"),
    [
        ("NWT - Injury/Illness - Right Foot; Strain", "injury"),
        ("DNP - Coach's Decision", "coach_decision"),
        ("DND - Rest", "rest"),
        ("DNP - Return Restricted", "other"),
        ("G League - Two-Way", "g_league"),
        ("Health and Safety Protocols", "health_safety_protocol"),
        ("NWT - Personal Reasons", "personal"),
        ("INACTIVE_INJURY: Left Knee; Bone Bruise", "injury"),
        ("Suspended by the league", "suspension"),
        ("Painting the gym", "other"),
    ],
)
def test_first_matching_word_decides_the_category(reason: str, category: str) -> None:
    assert dnp_reason_categories(pd.Series([reason], dtype=STRING_DTYPE)).tolist() == [category]


def test_no_text_has_no_category() -> None:
    assert dnp_reason_categories(pd.Series([None], dtype=STRING_DTYPE)).isna().all()
