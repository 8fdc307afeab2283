"""Names of people who do not exist: invented first names and compound surnames, in a fixed order.

Among them are accents, letters that do not decompose, apostrophes and suffixes, because sources print all of these.
Does NOT belong here: a real player, ids, teams.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

FIRST_NAMES = (
    "Arvell", "Bexo", "Corvane", "Dalvin", "Elvarr", "Fennick", "Gorvath", "Hollin", "Ivandro", "Jastro",
    "Kelvane", "Lortimer", "Mavrick", "Nolvar", "Orvello", "Pellam", "Quillon", "Rastin", "Sorvald", "Tavrin",
    "Ulvero", "Vantrell", "Wexford", "Xandro", "Yorvik", "Zanthor", "Brixell", "Cravon", "Dremmel", "Falvonte",
    "Ánzel", "Börvik", "Çelmar", "Đarno", "Éldric", "Jürro", "Łukarz", "Ñevin", "Øystram", "Šimkar",
)  # fmt: skip
SURNAME_HEADS = (
    "Amber", "Birch", "Cobalt", "Drift", "Ember", "Flint", "Garnet", "Hazel", "Indigo", "Jasper", "Kestrel", "Larch",
    "Marble", "Nettle", "Ochre", "Pewter", "Quartz", "Rowan", "Sorrel", "Tarn", "Umber", "Velvet", "Willow", "Zephyr",
)  # fmt: skip
SURNAME_TAILS = ("fen", "gate", "low", "mere", "wick", "croft", "dale", "holm", "mont", "shaw", "thorpe", "vale")
OFFICIAL_SURNAMES = ("Whistlegrave", "Tallyworth", "Sidelyne", "Clockham", "Rulebury", "Stripemoor")

SUFFIXED_EVERY = 23  # one name in so many carries a suffix
APOSTROPHE_EVERY = 17


def player_names(rng: Random) -> Iterator[tuple[str, str]]:
    """(first name, family name with suffix) without end of the pool; no full name and no surname twice in a row."""
    surnames = [head + tail for head in SURNAME_HEADS for tail in SURNAME_TAILS]
    rng.shuffle(surnames)
    used: set[tuple[str, str]] = set()
    position = 0
    while True:
        first, family = rng.choice(FIRST_NAMES), surnames[position % len(surnames)]
        if (first, family) in used:
            continue
        used.add((first, family))
        position += 1
        if position % APOSTROPHE_EVERY == 0:
            family = f"{'O' if position % 2 else 'D'}'{family}"
        if position % SUFFIXED_EVERY == 0:
            family = f"{family} {'Jr.' if position % 2 else 'III'}"
        yield first, family


def official_names() -> list[str]:
    """Names of the invented officials."""
    return [f"{first} {family}" for family in OFFICIAL_SURNAMES for first in FIRST_NAMES[:6]]
