"""What a play-by-play event of the archive says, column by column: subtype, distance, qualifiers, line-up, order.

All functions work on whole columns with Arrow and numpy kernels. The archive is the CDN feed with fewer fields
and the same words; what the feed states in a field of its own is read from the text here.
Does NOT belong here: payloads, games, zones.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

FIELD_GOALS = ("2pt", "3pt")
POINTS_IF_MADE = {"2pt": 2, "3pt": 3, "freethrow": 1}
SHOT_RESULTS = {"Made": True, "Missed": False}
QUALIFIERS = {
    "is_paint_qualified": "pointsinthepaint",
    "is_second_chance": "2ndchance",
    "is_fast_break": "fastbreak",
    "is_from_turnover": "fromturnover",
}
PLAYERS_ON_COURT = 10  # both teams; other counts stand between the two halves of a substitution

# The first word found in the text names the shot; the order decides for "driving hook layup".
SHOT_WORDS = (("DUNK", r"(?i)\bdunk\b"), ("Layup", r"(?i)\blayup\b"), ("Hook", r"(?i)\bhook\b"))
FREE_THROW_TEXT = r"Free Throw (?P<kind>\d of \d)"
TEAM_REBOUND_TEXT = r"TEAM (?P<kind>offensive|defensive) REBOUND"
DISTANCE_TEXT = r"(?P<feet>\d+)'"  # "MISS E. Mobley 7' turnaround Shot": feet, rounded down


def as_arrow(values: pd.Series, kind: pa.DataType | None = None) -> pa.Array:
    """One Arrow array of the column; a column the archive does not have is all missing, of type `kind`."""
    array = pa.Array.from_pandas(values)
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    return array.cast(kind) if kind is not None and pa.types.is_null(array.type) else array


def event_subtype(event_type: pa.Array, description: pa.Array) -> pa.Array:
    """Subtype in the payload's words: shots, numbered free throws and team rebounds; NULL elsewhere."""
    is_two = pc.equal(event_type, "2pt")
    is_three = pc.or_(pc.equal(event_type, "3pt"), pc.and_(is_two, pc.match_substring(description, "3PT")))
    words = [pc.match_substring_regex(description, pattern) for _, pattern in SHOT_WORDS]
    two = pc.case_when(pc.make_struct(*words), *(name for name, _ in SHOT_WORDS), "Jump Shot")
    return pc.case_when(
        pc.make_struct(is_three, is_two, pc.equal(event_type, "freethrow"), pc.equal(event_type, "rebound")),
        "Jump Shot",
        two,
        _captured(description, FREE_THROW_TEXT, "kind"),
        _captured(description, TEAM_REBOUND_TEXT, "kind"),
    )


def text_distance_feet(is_field_goal: pa.Array, description: pa.Array) -> pa.Array:
    """Whole feet printed in the text of a shot; NULL where none is printed (layups, dunks, tips)."""
    feet = _captured(description, DISTANCE_TEXT, "feet").cast(pa.int64())
    return pc.if_else(is_field_goal, feet, pa.scalar(None, pa.int64()))


def qualifier_flags(qualifiers: pa.Array) -> dict[str, np.ndarray]:
    """Flag column -> True where the event's list holds the qualifier."""
    parents = pc.list_parent_indices(qualifiers).to_numpy()
    words = pc.list_flatten(qualifiers)
    flags = {}
    for column, word in QUALIFIERS.items():
        flag = np.zeros(len(qualifiers), dtype=bool)
        flag[parents[pc.fill_null(pc.equal(words, word), False).to_numpy(zero_copy_only=False)]] = True
        flags[column] = flag
    return flags


def on_court_ids(players: pa.Array) -> pa.Array:
    """Ids on the court in ascending order, joined with a bar; NULL unless exactly ten are listed."""
    complete = pc.fill_null(pc.equal(pc.list_value_length(players), PLAYERS_ON_COURT), False)
    listed = pc.list_flatten(players.filter(complete)).to_numpy().reshape(-1, PLAYERS_ON_COURT)
    is_complete = complete.to_numpy(zero_copy_only=False)
    # A line-up stays for about a dozen events: only its first event is sorted and printed.
    is_new = np.ones(len(listed), dtype=bool)
    is_new[1:] = (listed[1:] != listed[:-1]).any(axis=1)
    ids = pa.array(np.sort(listed[is_new], axis=1).ravel()).cast(pa.string())
    lists = pa.FixedSizeListArray.from_arrays(ids, PLAYERS_ON_COURT).cast(pa.list_(pa.string()))
    position = np.zeros(len(players), dtype=np.int64)
    position[is_complete] = np.cumsum(is_new) - 1
    return pc.take(pc.binary_join(lists, "|"), pa.array(position, mask=~is_complete))


def chronological_order(game: np.ndarray, keys: Sequence[np.ndarray]) -> np.ndarray:
    """Position of every event in its game by `keys`, most significant last; equal copies share a position.

    Archive: (action number, total score, clock falling, period). Action numbers are not chronological (late
    corrections); the score decides between events of one clock, without it a third of the games show a falling one.
    """
    order = np.lexsort((*keys, game))
    moves = np.zeros(len(order), dtype=bool)
    for values in keys:
        moves[1:] |= values[order][1:] != values[order][:-1]
    sorted_games = game[order]
    is_first = np.ones(len(order), dtype=bool)
    is_first[1:] = sorted_games[1:] != sorted_games[:-1]
    running = np.cumsum(moves | is_first)
    position = np.empty(len(order), dtype=np.int64)
    position[order] = running - np.maximum.accumulate(np.where(is_first, running, 0)) + 1
    return position


def _captured(text: pa.Array, pattern: str, group: str) -> pa.Array:
    return pc.struct_field(pc.extract_regex(text, pattern), group)
