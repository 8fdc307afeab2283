"""Shots and free throws of both play-by-play sources in one shape, and the one source each game uses.

A game uses the first source whose made shots and free throws add up to both final scores; a game without such a
source has no play-by-play columns at all. Sources are never mixed inside a game.
Does NOT belong here: crediting players, tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nba_pipeline.basketball.zones import rim_actions, shot_zones
from nba_pipeline.schema.frames import STRING_DTYPE

NBA_SOURCE = "nbac_play_by_play"
BIGDATABALL_SOURCE = "bigdataball_play_by_play"

NBA_COLUMNS = (
    "nba_game_id",
    "period",
    "clock_seconds",
    "event_subtype",
    "descriptor",
    "description",
    "team_abbr",
    "nba_player_id",
    "assist_player_id",
    "block_player_id",
    "is_field_goal",
    "shot_value",
    "is_made",
    "shot_distance_whole_ft",
    "is_paint_qualified",
    "is_second_chance",
    "is_fast_break",
)
"""Columns of raw.nbac_play_by_play behind a scoring event."""
LINE_UP_COLUMNS = ("event_order", "on_court_player_ids")
"""Columns of raw.nbac_play_by_play that only starters need besides."""

HOME, AWAY, NEITHER = 0, 1, -1
CLOCK_UNITS_PER_SECOND = 100  # clocks print hundredths; whole numbers compare exactly
NOT_AND_ONE = r"(?i)\b(?:technical|flagrant)\b"
QUALIFIERS = ("is_paint_qualified", "is_second_chance", "is_fast_break")


@dataclass(frozen=True)
class ScoringEvents:
    """Shots and free throws of one source.

    events: game (position in the games frame), side (HOME, AWAY, NEITHER), period, clock (hundredths of a second),
    value, made, field_goal, zone (code, field goals only), single_free_throw (a `1 of 1` that is neither technical
    nor flagrant), the QUALIFIERS, and actor, assist, block: ids or lookups, NULL for nobody.
    person_key: box column that actor, assist and block refer to.
    has_qualifiers: the source states qualifiers at all.
    """

    source: str
    events: pd.DataFrame
    person_key: str
    has_qualifiers: bool


def nba_scoring_events(play_by_play: pd.DataFrame, games: pd.DataFrame) -> ScoringEvents:
    """Shots and free throws of raw.nbac_play_by_play in the given games."""
    found = _found_events(play_by_play, games)
    texts = (play_by_play["descriptor"], play_by_play["description"])
    events = _common_columns(
        play_by_play, found, "shot_distance_whole_ft", subtype=play_by_play["event_subtype"], texts=texts
    )
    single = (play_by_play["event_subtype"] == "1 of 1").to_numpy(dtype=bool)[found.place]
    events["single_free_throw"] = _without_penalty(found, ~events["field_goal"].to_numpy() & single, texts)
    for column in QUALIFIERS:
        events[column] = play_by_play[column].to_numpy(dtype=bool)[found.place]
    persons = {"actor": "nba_player_id", "assist": "assist_player_id", "block": "block_player_id"}
    for name, column in persons.items():
        events[name] = play_by_play[column].astype("Int64").array[found.place]
    return ScoringEvents(NBA_SOURCE, events, "nba_player_id", True)


def bigdataball_scoring_events(play_by_play: pd.DataFrame, games: pd.DataFrame) -> ScoringEvents:
    """Shots and free throws of raw.bigdataball_play_by_play; its lookups are resolved by the caller."""
    found = _found_events(play_by_play, games)
    unstated = pd.Series(pd.NA, index=play_by_play.index, dtype=STRING_DTYPE)
    events = _common_columns(
        play_by_play, found, "shot_distance_ft", subtype=unstated, texts=(play_by_play["description"],)
    )
    single = play_by_play["event_subtype"].str.endswith("1/1").fillna(False).to_numpy(dtype=bool)[found.place]
    free_throw = ~events["field_goal"].to_numpy() & single
    texts = (play_by_play["event_subtype"], play_by_play["description"])
    events["single_free_throw"] = _without_penalty(found, free_throw, texts)
    for column in QUALIFIERS:
        events[column] = False
    persons = {"actor": "player_lookup", "assist": "assist_player_lookup", "block": "block_player_lookup"}
    for name, column in persons.items():
        events[name] = play_by_play[column].astype(STRING_DTYPE).array[found.place]
    return ScoringEvents(BIGDATABALL_SOURCE, events, "player_lookup", False)


def choose_sources(games: pd.DataFrame, candidates: Mapping[str, ScoringEvents]) -> pd.Series:
    """Name of the play-by-play source of every game, in the order of `candidates`; NULL where none adds up."""
    chosen = pd.Series(pd.NA, index=games.index, dtype=STRING_DTYPE)
    final = np.column_stack([games["home_points"].to_numpy(dtype=float), games["away_points"].to_numpy(dtype=float)])
    for source, candidate in candidates.items():
        adds_up = (points_by_side(candidate.events, len(games)) == final).all(axis=1)
        chosen = chosen.mask(chosen.isna() & adds_up, source)
    return chosen


def points_by_side(events: pd.DataFrame, number_of_games: int) -> np.ndarray:
    """Points of made shots and free throws per game: column HOME, column AWAY."""
    side = events["side"].to_numpy()
    scored = events["made"].to_numpy() & (side != NEITHER)
    place = events["game"].to_numpy()[scored] * 2 + side[scored]
    points = np.bincount(place, weights=events["value"].to_numpy()[scored], minlength=2 * number_of_games)
    return points.reshape(number_of_games, 2)


@dataclass(frozen=True)
class _Found:
    """Scoring events of the given games: position in the play-by-play, position of the game, side."""

    place: np.ndarray
    game: np.ndarray
    side: np.ndarray


def _found_events(play_by_play: pd.DataFrame, games: pd.DataFrame) -> _Found:
    """Rows with a shot value; rows of other games are left out."""
    scored = play_by_play["shot_value"].notna().to_numpy()
    place = np.flatnonzero(scored)
    game_codes, game_ids = pd.factorize(play_by_play["nba_game_id"][scored])
    team, teams = pd.factorize(play_by_play["team_abbr"][scored])
    game = np.append(pd.Index(games["nba_game_id"]).get_indexer(pd.Index(game_ids)), NEITHER)[game_codes]
    asked = game >= 0
    if not asked.all():
        place, game, team = place[asked], game[asked], team[asked]
    codes = pd.Index(teams)
    home = codes.get_indexer(pd.Index(games["home_team_abbr"]))[game]
    away = codes.get_indexer(pd.Index(games["away_team_abbr"]))[game]
    side = np.select([(team >= 0) & (team == home), (team >= 0) & (team == away)], [HOME, AWAY], NEITHER)
    return _Found(place, game, side)


def _common_columns(
    play_by_play: pd.DataFrame, found: _Found, feet: str, *, subtype: pd.Series, texts: tuple[pd.Series, ...]
) -> pd.DataFrame:
    """Columns both sources share; the zone is worked out for field goals only."""
    place = found.place
    field_goal = play_by_play["is_field_goal"].to_numpy(dtype=bool)[place]
    value = play_by_play["shot_value"].array[place].to_numpy(dtype="int64")
    distance = play_by_play[feet].array[place].to_numpy(dtype=float, na_value=np.nan)
    qualified = (
        play_by_play["is_paint_qualified"].to_numpy(dtype=bool)[place]
        if "is_paint_qualified" in play_by_play
        else np.zeros_like(field_goal)
    )
    # Only twos without a distance and without the qualifier need their words read.
    open_rows = np.flatnonzero(field_goal & (value == 2) & np.isnan(distance) & ~qualified)
    read = np.zeros(len(play_by_play), dtype=bool)
    read[place[open_rows]] = True
    at_rim = np.zeros(len(place), dtype=bool)
    at_rim[open_rows] = rim_actions(subtype[read], *(text[read] for text in texts))
    clock = play_by_play["clock_seconds"].to_numpy()[place]
    return pd.DataFrame(
        {
            "game": found.game,
            "side": found.side,
            "period": play_by_play["period"].to_numpy(dtype="int64")[place],
            "clock": np.rint(clock * CLOCK_UNITS_PER_SECOND).astype("int64"),
            "value": value,
            "made": play_by_play["is_made"].astype("boolean").array[place].fillna(False).to_numpy(dtype=bool),
            "field_goal": field_goal,
            "zone": np.where(field_goal, shot_zones(value, distance, at_rim, qualified), NEITHER),
        }
    )


def _without_penalty(found: _Found, free_throw: np.ndarray, texts: tuple[pd.Series, ...]) -> np.ndarray:
    """`free_throw` without those whose texts call them technical or flagrant."""
    kept = free_throw.copy()
    for text in texts:
        places = np.flatnonzero(kept)
        words = text.iloc[found.place[places]]
        stated = words.notna().to_numpy()
        kept[places[stated]] = ~words[stated].str.contains(NOT_AND_ONE, regex=True).to_numpy(dtype=bool)
    return kept
