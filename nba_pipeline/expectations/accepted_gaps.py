"""Games whose source data exist nowhere any more: `accepted_gaps.yaml` beside this module, part of the repository.

What a table should hold is counted without them; reports always name them. Does NOT belong here: counting.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nba_pipeline.errors import PipelineError
from nba_pipeline.expectations.waivers import read_entries

FILE = Path(__file__).with_name("accepted_gaps.yaml")
FIELDS = ("nba_game_id", "tables", "reason")
GAME_ID = re.compile(r"\d{10}")


class AcceptedGapError(PipelineError):
    """accepted_gaps.yaml cannot be used: which entry, what it says, what it should say."""


@dataclass(frozen=True)
class AcceptedGap:
    """A game without data, the tables (`layer.name`) that therefore have no rows of it, and why."""

    nba_game_id: str
    tables: tuple[str, ...]
    reason: str

    def __str__(self) -> str:
        return f"accepted gap {self.nba_game_id} in {', '.join(self.tables)}: {self.reason}"


def accepted_gaps() -> tuple[AcceptedGap, ...]:
    """Every entry of the file; raises AcceptedGapError for one that is not complete."""
    entries = read_entries(FILE, "accepted_gaps", AcceptedGapError)
    return tuple(_gap(number, entry) for number, entry in enumerate(entries, 1))


def games_left_out(table: str) -> tuple[str, ...]:
    """nba_game_id of the games that a table is not expected to have, ascending."""
    return tuple(sorted(gap.nba_game_id for gap in accepted_gaps() if table in gap.tables))


def _gap(number: int, entry: Mapping[str, object]) -> AcceptedGap:
    place = f"{FILE.name}, entry {number}"
    if set(entry) != set(FIELDS):
        raise AcceptedGapError(f"{place}: has the fields {sorted(map(str, entry))}, needs {sorted(FIELDS)}.")
    game, tables, reason = (entry[name] for name in FIELDS)
    if not isinstance(game, str) or not GAME_ID.fullmatch(game):
        raise AcceptedGapError(f"{place}: nba_game_id {game!r} is not ten digits in quotes.")
    if not isinstance(tables, list) or not tables or not all(isinstance(name, str) for name in tables):
        raise AcceptedGapError(f"{place}: tables {tables!r} is not a list of `layer.name`.")
    if not isinstance(reason, str) or not reason.strip():
        raise AcceptedGapError(f"{place}: reason must not be blank.")
    return AcceptedGap(game, tuple(tables), reason.strip())
