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
    rows = _rows_of_games(play_by_play.loc[play_by_play["shot_value"].notna(), list(NBA_COLUMNS)], games)
    events = _common_columns(rows, rows["shot_distance_whole_ft"], (rows["descriptor"], rows["description"]))
    free_throw = ~events["field_goal"].to_numpy() & (rows["event_subtype"] == "1 of 1").to_numpy(dtype=bool)
    events["single_free_throw"] = _without_penalty(rows, free_throw, ("descriptor", "description"))
    for column in QUALIFIERS:
        events[column] = rows[column].to_numpy(dtype=bool)
    persons = {"actor": "nba_player_id", "assist": "assist_player_id", "block": "block_player_id"}
    for name, column in persons.items():
        events[name] = rows[column].astype("Int64")
    return ScoringEvents(NBA_SOURCE, events, "nba_player_id", True)


def bigdataball_scoring_events(play_by_play: pd.DataFrame, games: pd.DataFrame) -> ScoringEvents:
    """Shots and free throws of raw.bigdataball_play_by_play; its lookups are resolved by the caller."""
    rows = _rows_of_games(play_by_play[play_by_play["shot_value"].notna()], games)
    subtype = pd.Series(pd.NA, index=rows.index, dtype=STRING_DTYPE)
    events = _common_columns(rows.assign(event_subtype=subtype), rows["shot_distance_ft"], (rows["description"],))
    single = rows["event_subtype"].str.endswith("1/1").fillna(False).to_numpy(dtype=bool)
    free_throw = ~events["field_goal"].to_numpy() & single
    events["single_free_throw"] = _without_penalty(rows, free_throw, ("event_subtype", "description"))
    for column in QUALIFIERS:
        events[column] = False
    persons = {"actor": "player_lookup", "assist": "assist_player_lookup", "block": "block_player_lookup"}
    for name, column in persons.items():
        events[name] = rows[column].astype(STRING_DTYPE)
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
    scored = events[events["made"] & (events["side"] != NEITHER)]
    place = scored["game"].to_numpy() * 2 + scored["side"].to_numpy()
    points = np.bincount(place, weights=scored["value"].to_numpy(), minlength=2 * number_of_games)
    return points.reshape(number_of_games, 2)


def _rows_of_games(scoring: pd.DataFrame, games: pd.DataFrame) -> pd.DataFrame:
    """Rows of the given games with `game` and `side`; rows of other games are left out."""
    game = pd.Index(games["nba_game_id"]).get_indexer(pd.Index(scoring["nba_game_id"]))
    rows = scoring.assign(game=game)[game >= 0].reset_index(drop=True)
    places = rows["game"].to_numpy()
    team_codes, teams = pd.factorize(rows["team_abbr"])
    codes = pd.Index(teams)
    home = codes.get_indexer(pd.Index(games["home_team_abbr"]))[places]
    away = codes.get_indexer(pd.Index(games["away_team_abbr"]))[places]
    named = team_codes >= 0
    side = np.select([named & (team_codes == home), named & (team_codes == away)], [HOME, AWAY], NEITHER)
    return rows.assign(side=side)


def _common_columns(rows: pd.DataFrame, feet: pd.Series, texts: tuple[pd.Series, ...]) -> pd.DataFrame:
    """Columns both sources share; the zone is worked out for field goals only."""
    field_goal = rows["is_field_goal"].to_numpy(dtype=bool)
    value = rows["shot_value"].to_numpy(dtype="int64")
    distance = feet.to_numpy(dtype=float, na_value=np.nan)
    qualified = (
        rows["is_paint_qualified"].to_numpy(dtype=bool) if "is_paint_qualified" in rows else np.zeros_like(field_goal)
    )
    # Only twos without a distance and without the qualifier need their words read.
    open_rows = np.flatnonzero(field_goal & (value == 2) & np.isnan(distance) & ~qualified)
    at_rim = np.zeros(len(rows), dtype=bool)
    at_rim[open_rows] = rim_actions(rows["event_subtype"].iloc[open_rows], *(text.iloc[open_rows] for text in texts))
    return pd.DataFrame(
        {
            "game": rows["game"].to_numpy(),
            "side": rows["side"].to_numpy(),
            "period": rows["period"].to_numpy(dtype="int64"),
            "clock": np.rint(rows["clock_seconds"].to_numpy() * CLOCK_UNITS_PER_SECOND).astype("int64"),
            "value": value,
            "made": rows["is_made"].astype("boolean").fillna(False).to_numpy(dtype=bool),
            "field_goal": field_goal,
            "zone": np.where(field_goal, shot_zones(value, distance, at_rim, qualified), NEITHER),
        }
    )


def _without_penalty(rows: pd.DataFrame, free_throw: np.ndarray, texts: tuple[str, ...]) -> np.ndarray:
    """`free_throw` without those whose texts call them technical or flagrant."""
    kept = free_throw.copy()
    for column in texts:
        places = np.flatnonzero(kept & rows[column].notna().to_numpy())
        kept[places] = ~rows[column].iloc[places].str.contains(NOT_AND_ONE, regex=True).to_numpy(dtype=bool)
    return kept
