"""Where a row meets its game: one lookup of (game_date, team) in the schedule, for every table and reader.

No source-supplied game id is ever a join key; it is only a cross-check. Does NOT belong here: parsing, counting.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from nba_pipeline.basketball.teams import is_non_league_code, team_abbr
from nba_pipeline.calendar import season_years
from nba_pipeline.raw.errors import ScheduleError
from nba_pipeline.raw.masks import Mask, plain_mask
from nba_pipeline.schema.frames import STRING_DTYPE

RESOLVED, EXCLUDED, UNRESOLVED = "resolved", "excluded", "unresolved"
NOT_COUNTED_TYPES = ("1", "3")  # preseason, All-Star weekend
GAME_COLUMNS = ("game_date", "game_id", "nba_game_id", "season_year")
_NULLABLE: dict[str, Any] = {"int64": "Int64", "bool": "boolean"}
TEAM_COLUMNS = ("team_abbr", "opponent_team_abbr", "is_home")


def resolve_games(
    frame: pd.DataFrame,
    schedule: pd.DataFrame,
    *,
    date: str = "game_date",
    team: str = "team",
    opponent: str | None = None,
    nba_game_id: str | None = None,
    carry: Sequence[str] = (),
) -> pd.DataFrame:
    """`frame` with columns G, T, `outcome`, `reason` and the schedule's columns `carry`, replacing those it has.

    Columns G and T are missing unless the outcome is resolved.
    """
    keys = [name for name in (date, team, opponent, nba_game_id) if name]
    codes, combinations = _distinct(frame, keys)
    found = _resolve(combinations, schedule, date, team, opponent, nba_game_id, carry)
    return frame.assign(**{name: found[name].array.take(codes) for name in found.columns})


def padded_game_ids(values: pd.Series) -> pd.Series:
    """Ids printed as text or numbers -> ten characters (`42400407` -> `0042400407`)."""
    if isinstance(values.dtype, pd.StringDtype):
        return values.str.strip().str.zfill(10)
    text = values.map(lambda value: str(int(value)) if isinstance(value, float) else str(value).strip(), "ignore")
    return text.astype(STRING_DTYPE).str.zfill(10)


def _distinct(frame: pd.DataFrame, keys: Sequence[str]) -> tuple[np.ndarray, pd.DataFrame]:
    """Code of every row, and the distinct combinations of the key columns the codes point at."""
    combined = np.zeros(len(frame), dtype=np.int64)
    for name in keys:
        codes, uniques = pd.factorize(frame[name])
        combined = combined * (len(uniques) + 1) + (codes + 1)
        _, combined = np.unique(combined, return_inverse=True)
    _, first, codes = np.unique(combined, return_index=True, return_inverse=True)
    return codes, frame[list(keys)].iloc[first].reset_index(drop=True)


def team_games(schedule: pd.DataFrame) -> pd.DataFrame:
    """Two rows per game, one per team, with the position of the game in the schedule."""
    position = np.arange(len(schedule))
    sides = [
        pd.DataFrame(
            {
                "date": schedule["game_date"].to_numpy(),
                "original_date": _original_dates(schedule),
                "team": schedule[f"{side}_team_abbr"].array,
                "opponent": schedule[f"{other}_team_abbr"].array,
                "is_home": side == "home",
                "game": position,
            }
        )
        for side, other in (("home", "away"), ("away", "home"))
    ]
    games = pd.concat(sides, ignore_index=True)
    twice = games.duplicated(["date", "team"], keep=False)
    if twice.any():
        first = games[twice].sort_values(["date", "team"]).iloc[0]
        ids = sorted(schedule["nba_game_id"].iloc[games.loc[twice & (games["team"] == first["team"]), "game"]].unique())
        raise ScheduleError(
            f"schedule: {first['team']} has more than one game on {first['date']:%Y-%m-%d} ({ids}); "
            "a team plays at most one game a date, correct the schedule source."
        )
    return games


def _original_dates(schedule: pd.DataFrame) -> np.ndarray:
    if "original_game_date" not in schedule:
        return np.full(len(schedule), np.datetime64("NaT", "us"))
    return schedule["original_game_date"].to_numpy(dtype="datetime64[us]")


def _resolve(
    rows: pd.DataFrame,
    schedule: pd.DataFrame,
    date: str,
    team: str,
    opponent: str | None,
    nba_game_id: str | None,
    carry: Sequence[str],
) -> pd.DataFrame:
    games = team_games(schedule)
    keys = pd.DataFrame({"date": rows[date].astype("datetime64[us]"), "team": team_abbr(rows[team])})
    placed = keys.merge(games.drop(columns="original_date"), on=["date", "team"], how="left", validate="many_to_one")
    verdict = _Verdicts(len(rows))
    ids = padded_game_ids(rows[nba_game_id]) if nba_game_id else None
    if ids is not None:
        verdict.give(ids.str[2].isin(NOT_COUNTED_TYPES), EXCLUDED, "not_counted_game")
    stated, rival = _opponents(rows, opponent)
    unknown = keys["team"].isna()
    foreign = (stated & rival.isna()) | (~stated & is_non_league_code(rows[team]))
    verdict.give(unknown & foreign, EXCLUDED, "not_nba_team")
    verdict.give(unknown, UNRESOLVED, "unknown_team")
    verdict.give(~_in_season(keys["date"], schedule), EXCLUDED, "out_of_season")
    absent = placed["game"].isna()
    verdict.give(absent & _moved(keys, games), EXCLUDED, "moved_game")
    verdict.give(absent, UNRESOLVED, "no_game_on_date")
    verdict.give(stated & rival.isna(), UNRESOLVED, "unknown_team")
    verdict.give(stated & (rival != placed["opponent"]), UNRESOLVED, "pair_conflict")
    found = _take_games(placed, schedule, carry)
    if ids is not None:
        verdict.give(ids.notna() & (ids != found["nba_game_id"]), UNRESOLVED, "id_conflict")
    verdict.give(np.ones(len(rows), dtype=bool), RESOLVED, "")
    return verdict.apply(found)


def _opponents(rows: pd.DataFrame, opponent: str | None) -> tuple[pd.Series, pd.Series]:
    """Whether a row states an opponent, and which team that is."""
    if not opponent:
        return pd.Series(False, index=rows.index), pd.Series(None, index=rows.index, dtype=STRING_DTYPE)
    return rows[opponent].notna(), team_abbr(rows[opponent])


def _in_season(dates: pd.Series, schedule: pd.DataFrame) -> pd.Series:
    """Whether the date lies between the first and the last counted game of its season (by the date rule)."""
    season = season_years(dates)
    bounds = schedule.groupby("season_year")["game_date"].agg(["min", "max"])
    return (dates >= season.map(bounds["min"])) & (dates <= season.map(bounds["max"]))


def _moved(keys: pd.DataFrame, games: pd.DataFrame) -> pd.Series:
    old = games.dropna(subset="original_date")[["original_date", "team"]].drop_duplicates()
    left = keys.merge(old, left_on=["date", "team"], right_on=["original_date", "team"], how="left", validate="m:1")
    return left["original_date"].notna()


def _take_games(placed: pd.DataFrame, schedule: pd.DataFrame, carry: Sequence[str]) -> pd.DataFrame:
    position = placed["game"].fillna(-1).to_numpy(dtype=np.int64)
    columns = {name: schedule[name] for name in (*GAME_COLUMNS, *carry)}
    nullable = {name: with_room_for_null(values) for name, values in columns.items()}
    frame = pd.DataFrame({name: values.array.take(position, allow_fill=True) for name, values in nullable.items()})
    is_home = placed["is_home"].astype("boolean")
    return frame.assign(team_abbr=placed["team"], opponent_team_abbr=placed["opponent"], is_home=is_home)


def with_room_for_null(values: pd.Series) -> pd.Series:
    """The column in a dtype that can hold a missing value."""
    return values.astype(_NULLABLE.get(str(values.dtype), values.dtype))


class _Verdicts:
    """First verdict wins: outcome and reason of every row."""

    def __init__(self, size: int) -> None:
        self._open = np.ones(size, dtype=bool)
        self._outcome = np.full(size, None, dtype=object)
        self._reason = np.full(size, None, dtype=object)

    def give(self, where: Mask, outcome: str, reason: str) -> None:
        chosen = self._open & plain_mask(where)
        self._outcome[chosen] = outcome
        self._reason[chosen] = reason or None
        self._open &= ~chosen

    def apply(self, found: pd.DataFrame) -> pd.DataFrame:
        resolved = self._outcome == RESOLVED
        position = np.where(resolved, np.arange(len(found)), -1)
        kept = pd.DataFrame({name: found[name].array.take(position, allow_fill=True) for name in found.columns})
        return kept.assign(
            outcome=pd.Series(self._outcome, dtype=STRING_DTYPE), reason=pd.Series(self._reason, dtype=STRING_DTYPE)
        )
