"""Player names folded to one lookup: lower case, a-z0-9, suffix kept.

Does NOT belong here: aliases, registries, ids; a lookup is a function of the printed name alone.
"""

from __future__ import annotations

import re
import unicodedata

import pandas as pd

from nba_pipeline.basketball.uniques import map_uniques
from nba_pipeline.schema.frames import STRING_DTYPE

SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "v"})
LETTERS_WITHOUT_DECOMPOSITION = str.maketrans(
    {
        "đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "\u0131": "i",
        "ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "þ": "th", "Þ": "th",
    }
)  # fmt: skip

_TRAILING_GROUP = re.compile(r"\s*\([^()]*\)\s*$")
_LEADING_DIGITS = re.compile(r"^\s*(\d+)\s+(?=\S)")
_GENERATION = re.compile(r"\b(jun|sen)ior\b")
_OTHER = re.compile(r"[^a-z0-9]+")


def in_reading_order(name: str) -> str:
    """`Payton II, Gary` -> `Gary Payton II`; a name without exactly one comma comes back as it is."""
    if name.count(",") != 1:
        return name
    before, after = (part.strip() for part in name.split(","))
    if _is_suffix(after):
        return f"{before} {after}"
    words = before.split()
    if len(words) > 1 and _is_suffix(words[-1]):
        return f"{after} {' '.join(words[:-1])} {words[-1]}".strip()
    return f"{after} {before}".strip()


def player_lookup(name: object) -> str | None:
    """The one spelling of a player's name used as a key; None when nothing readable is left."""
    if not isinstance(name, str):
        return None
    text = " ".join(_TRAILING_GROUP.sub("", unicodedata.normalize("NFKC", name)).split())
    text = in_reading_order(text).translate(LETTERS_WITHOUT_DECOMPOSITION)
    text = "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    text = _OTHER.sub("", _GENERATION.sub(_short_generation, text.lower()))
    return _GENERATION.sub(_short_generation, text) or None


def player_lookups(names: pd.Series) -> pd.Series:
    """`player_lookup` of every name, computed once per distinct name."""
    return map_uniques(names, player_lookup, STRING_DTYPE)


def split_leading_id(name: str) -> tuple[int | None, str]:
    """`1630552 Jalen Johnson` -> (1630552, `Jalen Johnson`), the notation of one play-by-play vendor."""
    found = _LEADING_DIGITS.match(name)
    return (int(found.group(1)), name[found.end() :]) if found else (None, name)


def _is_suffix(text: str) -> bool:
    return text.lower().rstrip(".") in SUFFIXES


def _short_generation(found: re.Match[str]) -> str:
    return "jr" if found.group(1) == "jun" else "sr"
