"""Why a player did not play, sorted into a few categories by the words of the reason.

Does NOT belong here: injury report categories, which come with the report.
"""

from __future__ import annotations

import re

import pandas as pd

from nba_pipeline.basketball.uniques import map_uniques
from nba_pipeline.schema.frames import STRING_DTYPE

OTHER = "other"
CATEGORY_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("g_league", ("g league", "two-way", "on assignment")),
    ("suspension", ("suspension", "suspended", "disciplinary")),
    (
        "injury",
        (
            "injury",
            "injuries",
            "injured",
            "illness",
            "sprain",
            "strain",
            "sore",
            "soreness",
            "pain",
            "surgery",
            "concussion",
            "fracture",
            "contusion",
            "tendinitis",
            "spasms",
            "reconditioning",
        ),
    ),
    ("health_safety_protocol", ("health and safety", "protocol", "protocols")),
    ("rest", ("rest", "load management", "maintenance", "precautionary")),
    ("personal", ("personal", "family", "birth", "funeral", "bereavement")),
    ("coach_decision", ("coach", "coach's", "decision", "not with team")),
)
"""Categories in order of precedence with their words; the first that occurs as a whole word decides."""

CATEGORIES: tuple[str, ...] = (*(category for category, _ in CATEGORY_WORDS), OTHER)
_PATTERNS = tuple(
    (category, re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b")) for category, words in CATEGORY_WORDS
)


def dnp_reason_categories(reasons: pd.Series) -> pd.Series:
    """Category of every reason text, NULL without text."""
    return map_uniques(reasons, lambda text: _category(str(text)), STRING_DTYPE)


def _category(text: str) -> str:
    words = text.lower().replace("_", " ")
    return next((category for category, pattern in _PATTERNS if pattern.search(words)), OTHER)
