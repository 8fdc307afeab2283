"""What play-by-play says about players and teams of a game: zones, assisted makes, blocks, and-ones, starters.

In a game with play-by-play nothing happened is 0; in a game without, every column is NULL.
Does NOT belong here: reading sources, tables.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nba_pipeline.analytics.box_statistics import ZONE_COLUMNS
from nba_pipeline.analytics.scoring_events import CLOCK_UNITS_PER_SECOND, NEITHER, QUALIFIERS, ScoringEvents
from nba_pipeline.basketball.zones import ZONES
from nba_pipeline.schema.frames import STRING_DTYPE

MAKES_BY_ZONE = dict(zip(ZONES, ZONE_COLUMNS[0::2], strict=True))
ATTEMPTS_BY_ZONE = dict(zip(ZONES, ZONE_COLUMNS[1::2], strict=True))
BLOCKS_BY_ZONE = {"paint": "paint_blocks", "mid_range": "mid_range_blocks", "three": "three_pt_blocks"}
PLAYER_COLUMNS = (
    *ZONE_COLUMNS,
    "assisted_fg_makes",
    "unassisted_fg_makes",
    "and1_count",
    *BLOCKS_BY_ZONE.values(),
)
QUALIFIED_POINTS = dict(zip(QUALIFIERS, ("points_in_paint", "second_chance_points", "fast_break_points"), strict=True))
PERIOD_CLOCK_UNITS = 720 * CLOCK_UNITS_PER_SECOND + 1  # distinct clock values of a period
PERIODS = 100  # above any period number
UNKNOWN = -1


def credit_players(
    box: pd.DataFrame, sources: pd.Series, candidates: dict[str, ScoringEvents]
) -> tuple[pd.DataFrame, pd.Series]:
    """Play-by-play columns of every box row, and shots per game whose shooter has no box row.

    box: one row per player of a box (game = position in the games frame, nba_player_id, player_lookup).
    sources: source of every game. candidates: events of every source, by name.
    """
    totals = pd.DataFrame(0, index=box.index, columns=list(PLAYER_COLUMNS), dtype="int64")
    stray = np.zeros(len(sources), dtype="int64")
    for source, candidate in candidates.items():
        events = _used_events(candidate, sources == source)
        persons = _box_places(box, events, candidate.person_key)
        totals += _player_counts(events, persons, len(box)).set_axis(box.index)
        lost = events["field_goal"].to_numpy() & (persons["actor"] == UNKNOWN)
        stray += np.bincount(events["game"].to_numpy()[lost], minlength=len(sources))
    has_source = sources.notna().to_numpy()[box["game"].to_numpy()]
    columns = totals.astype("Int64").where(pd.Series(has_source, index=box.index))
    return columns, pd.Series(stray, index=sources.index)


def team_totals(games: pd.DataFrame, sources: pd.Series, candidates: dict[str, ScoringEvents]) -> pd.DataFrame:
    """Two rows per game (nba_game_id, team_abbr): zone columns, qualified points, shot_zone_source."""
    size = 2 * len(games)
    counts = {name: np.zeros(size, dtype="int64") for name in (*ZONE_COLUMNS, *QUALIFIED_POINTS.values())}
    for source, candidate in candidates.items():
        events = _used_events(candidate, sources == source)
        side = events["side"].to_numpy()
        place = np.where(side == NEITHER, UNKNOWN, events["game"].to_numpy() * 2 + side)
        for name, weight in _zone_weights(events).items():
            counts[name] += _sums(place, weight, size)
        made, value = events["made"].to_numpy(), events["value"].to_numpy()
        for qualifier, name in QUALIFIED_POINTS.items():
            counts[name] += _sums(place, np.where(made & events[qualifier].to_numpy(), value, 0), size)
    of_team = pd.Series(np.repeat(sources.to_numpy(), 2), dtype=STRING_DTYPE)
    stated = of_team.isin([name for name, candidate in candidates.items() if candidate.has_qualifiers])
    known = {**dict.fromkeys(ZONE_COLUMNS, of_team.notna()), **dict.fromkeys(QUALIFIED_POINTS.values(), stated)}
    rows = pd.DataFrame({name: pd.Series(values, dtype="Int64").where(known[name]) for name, values in counts.items()})
    teams = games[["home_team_abbr", "away_team_abbr"]].to_numpy().ravel()
    return rows.assign(
        nba_game_id=np.repeat(games["nba_game_id"].to_numpy(), 2), team_abbr=teams, shot_zone_source=of_team
    )


def opening_lineups(play_by_play: pd.DataFrame, *, order: str, line_up: str) -> pd.DataFrame:
    """nba_game_id, member: everybody on the floor at the first event of period 1, as printed in `line_up`."""
    first_period = play_by_play[play_by_play["period"] == 1].sort_values(["nba_game_id", order])
    first = first_period.drop_duplicates("nba_game_id")
    members = first[["nba_game_id"]].assign(member=first[line_up].str.split("|")).explode("member")
    return members.dropna(subset=["member"]).reset_index(drop=True)


def _used_events(candidate: ScoringEvents, is_source: pd.Series) -> pd.DataFrame:
    """The events of the games that use this source."""
    used = is_source.to_numpy(dtype=bool)[candidate.events["game"].to_numpy()]
    return candidate.events if used.all() else candidate.events[used]


def _box_places(box: pd.DataFrame, events: pd.DataFrame, person_key: str) -> dict[str, np.ndarray]:
    """Position in `box` of actor, assist and block of every event, UNKNOWN for nobody or nobody in the box."""
    keyed = box[box[person_key].notna()]
    persons, people = pd.factorize(keyed[person_key])
    places = np.flatnonzero(box[person_key].notna().to_numpy())
    codes = pd.Index(people)
    width, game = len(codes) + 1, events["game"].to_numpy()  # the last place of a game belongs to nobody
    games = 1 + max(int(game.max(initial=0)), int(keyed["game"].max()) if len(keyed) else 0)
    lookup = np.full(games * width, UNKNOWN)
    lookup[keyed["game"].to_numpy() * width + persons] = places
    found = {}
    for role in ("actor", "assist", "block"):
        code = codes.get_indexer(pd.Index(events[role]))
        known = (code >= 0) & events[role].notna().to_numpy()
        found[role] = lookup[game * width + np.where(known, code, len(codes))]
    return found


def _player_counts(events: pd.DataFrame, persons: dict[str, np.ndarray], size: int) -> pd.DataFrame:
    actor, field_goal, made = persons["actor"], events["field_goal"].to_numpy(), events["made"].to_numpy()
    assisted = events["assist"].notna().to_numpy()
    counts = {name: _sums(actor, weight, size) for name, weight in _zone_weights(events).items()}
    counts["assisted_fg_makes"] = _sums(actor, field_goal & made & assisted, size)
    counts["unassisted_fg_makes"] = _sums(actor, field_goal & made & ~assisted, size)
    counts["and1_count"] = _sums(actor, _and_ones(events, actor), size)
    missed_zone = np.where(field_goal & ~made, events["zone"].to_numpy(), NEITHER)
    for zone, name in enumerate(BLOCKS_BY_ZONE.values()):
        counts[name] = _sums(persons["block"], missed_zone == zone, size)
    return pd.DataFrame(counts)[list(PLAYER_COLUMNS)]


def _zone_weights(events: pd.DataFrame) -> dict[str, np.ndarray]:
    """Column -> 1 where the event counts for it."""
    zone, made = events["zone"].to_numpy(), events["made"].to_numpy()
    weights = {}
    for code, name in enumerate(ZONES):
        weights[MAKES_BY_ZONE[name]] = (zone == code) & made
        weights[ATTEMPTS_BY_ZONE[name]] = zone == code
    return weights


def _and_ones(events: pd.DataFrame, actor: np.ndarray) -> np.ndarray:
    """Single free throws of a player with an own basket at the same period and clock, made or missed."""
    moment = (actor * PERIODS + events["period"].to_numpy()) * PERIOD_CLOCK_UNITS + events["clock"].to_numpy()
    known = actor != UNKNOWN
    baskets = moment[known & events["field_goal"].to_numpy() & events["made"].to_numpy()]
    single = known & events["single_free_throw"].to_numpy()
    earned = np.zeros(len(events), dtype=bool)
    earned[single] = pd.Index(moment[single]).isin(baskets)
    return earned


def _sums(place: np.ndarray, weight: np.ndarray, size: int) -> np.ndarray:
    """Sum of `weight` per place; places UNKNOWN are left out."""
    counted = (place != UNKNOWN) & (weight != 0)
    if weight.dtype == bool:
        return np.bincount(place[counted], minlength=size)
    return np.bincount(place[counted], weights=weight[counted].astype(float), minlength=size).astype("int64")
