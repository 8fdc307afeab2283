"""Hand-made frames in the shape of the raw and reference tables that the analytics tables read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from nba_pipeline.analytics.box_statistics import PLAYER_STATISTICS, TEAM_STATISTICS
from nba_pipeline.schema.frames import STRING_DTYPE, TIMESTAMP_DTYPE

EVENT_DTYPES = {
    "nba_game_id": STRING_DTYPE,
    "event_order": "int64",
    "period": "int64",
    "clock_seconds": "float64",
    "event_subtype": STRING_DTYPE,
    "descriptor": STRING_DTYPE,
    "description": STRING_DTYPE,
    "team_abbr": STRING_DTYPE,
    "nba_player_id": "Int64",
    "assist_player_id": "Int64",
    "block_player_id": "Int64",
    "is_field_goal": "bool",
    "shot_value": "Int64",
    "is_made": "boolean",
    "shot_distance_whole_ft": "Int64",
    "is_paint_qualified": "bool",
    "is_second_chance": "bool",
    "is_fast_break": "bool",
    "on_court_player_ids": STRING_DTYPE,
}
FLAGS = ("is_field_goal", "is_paint_qualified", "is_second_chance", "is_fast_break")
BOX_DTYPES = {
    "game_date": "datetime64[us]",
    "team_abbr": STRING_DTYPE,
    "player_lookup": STRING_DTYPE,
    "nba_player_id": "Int64",
    "player_name": STRING_DTYPE,
    "player_status": STRING_DTYPE,
    "dnp_reason": STRING_DTYPE,
    "seconds_played": "Int64",
    **dict.fromkeys(PLAYER_STATISTICS.values(), "Int64"),
    "is_starter": "boolean",
}
TEAM_DTYPES = {
    "game_date": "datetime64[us]",
    "team_abbr": STRING_DTYPE,
    "minutes": "float64",
    "turnovers_total": "Int64",
    **dict.fromkeys(TEAM_STATISTICS.values(), "Int64"),
}
PROP_DTYPES = {
    "game_date": "datetime64[us]",
    "nba_game_id": STRING_DTYPE,
    "player_lookup": STRING_DTYPE,
    "nba_player_id": "Int64",
    "bookmaker": STRING_DTYPE,
    "snapshot_at": TIMESTAMP_DTYPE,
    "points_line": "float64",
    "over_price_decimal": "float64",
}
GAME_DTYPES = {
    "game_date": "datetime64[us]",
    "game_id": STRING_DTYPE,
    "nba_game_id": STRING_DTYPE,
    "season_year": "int64",
    "season_type": STRING_DTYPE,
    "home_team_abbr": STRING_DTYPE,
    "away_team_abbr": STRING_DTYPE,
    "tip_off_at": TIMESTAMP_DTYPE,
    "is_final": "bool",
    "home_points": "Int64",
    "away_points": "Int64",
    "winning_team_abbr": STRING_DTYPE,
}
REGISTRY_DTYPES = {"player_lookup": STRING_DTYPE, "nba_player_id": "Int64", "player_full_name": STRING_DTYPE}
ALIAS_DTYPES = {"alias_lookup": STRING_DTYPE, "player_lookup": STRING_DTYPE}


def typed(records: Iterable[Mapping[str, object]], dtypes: Mapping[str, object]) -> pd.DataFrame:
    """The records with the given columns and types, absent values missing."""
    rows = list(records)
    columns = {name: pd.Series([row.get(name) for row in rows], dtype="object") for name in dtypes}
    return pd.DataFrame({name: _cast(values, dtypes[name]) for name, values in columns.items()})


def _cast(values: pd.Series, dtype: object) -> pd.Series:
    if dtype == TIMESTAMP_DTYPE:
        return pd.to_datetime(values, utc=True).astype(TIMESTAMP_DTYPE)
    if str(dtype).startswith("datetime64"):
        return pd.to_datetime(values).astype("datetime64[us]")
    return values.astype(dtype)  # type: ignore[call-overload]


def dates(*days: str) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(list(days)).as_unit("us")


def game(
    nba_game_id: str, day: str, away: str, home: str, score: tuple[int, int] | None, *, tip_off_at: str | None = None
) -> dict[str, object]:
    """A row of nba_reference.games; `score` is (away, home), None for a game that is not final."""
    away_points, home_points = score if score else (None, None)
    year, month = int(day[:4]), int(day[5:7])
    return {
        "game_date": day,
        "game_id": f"{day.replace('-', '')}_{away}_{home}",
        "nba_game_id": nba_game_id,
        "season_year": year if month >= 10 else year - 1,
        "season_type": "regular",
        "home_team_abbr": home,
        "away_team_abbr": away,
        "tip_off_at": tip_off_at or f"{day}T23:00:00Z",
        "is_final": score is not None,
        "home_points": home_points,
        "away_points": away_points,
        "winning_team_abbr": None if score is None else (home if score[1] > score[0] else away),
    }


def games(*rows: Mapping[str, object]) -> pd.DataFrame:
    return typed(rows, GAME_DTYPES)


def box(*rows: Mapping[str, object]) -> pd.DataFrame:
    """raw.nbac_player_boxscores."""
    return typed(rows, BOX_DTYPES)


def gamebook(*rows: Mapping[str, object]) -> pd.DataFrame:
    """raw.nbac_gamebook_player_stats."""
    return typed(rows, {name: dtype for name, dtype in BOX_DTYPES.items() if name != "is_starter"})


def player_row(day: str, team: str, lookup: str, status: str = "inactive", **values: object) -> dict[str, object]:
    """A printed player row; an active one has zeros where nothing is given."""
    line = dict.fromkeys(PLAYER_STATISTICS.values(), 0) if status == "active" else {}
    return {
        "game_date": day,
        "team_abbr": team,
        "player_lookup": lookup,
        "player_name": lookup.title(),
        "player_status": status,
        "is_starter": False,
        **line,
        **values,
    }


def events(rows: Sequence[Mapping[str, object]] = ()) -> pd.DataFrame:
    """raw.nbac_play_by_play, numbered in the given order."""
    plain = [{**dict.fromkeys(FLAGS, False), "event_order": order, **row} for order, row in enumerate(rows, 1)]
    return typed(plain, EVENT_DTYPES)


def props(*rows: Mapping[str, object]) -> pd.DataFrame:
    return typed(rows, PROP_DTYPES)


def registry(*rows: tuple[str, int | None, str]) -> pd.DataFrame:
    return typed((dict(zip(REGISTRY_DTYPES, row, strict=True)) for row in rows), REGISTRY_DTYPES)


def aliases(*rows: tuple[str, str]) -> pd.DataFrame:
    return typed((dict(zip(ALIAS_DTYPES, row, strict=True)) for row in rows), ALIAS_DTYPES)


def team_box(*rows: Mapping[str, object]) -> pd.DataFrame:
    """raw.nbac_team_boxscore."""
    return typed(rows, TEAM_DTYPES)


@dataclass
class Script:
    """Writes play-by-play of one game: every call adds events with a clock of their own."""

    nba_game_id: str
    rows: list[dict[str, object]] = field(default_factory=list)
    ticks: int = 0

    def shot(
        self, team: str, player: int, value: int = 2, *, made: bool = True, feet: int | None = 1, **more: object
    ) -> None:
        self._add(team, player, is_field_goal=True, shot_value=value, is_made=made, shot_distance_whole_ft=feet, **more)

    def free_throw(self, team: str, player: int, *, made: bool = True, kind: str = "1 of 2", **more: object) -> None:
        self._add(team, player, shot_value=1, is_made=made, event_subtype=kind, **more)

    def and_one(self, team: str, player: int, *, made: bool = True, **more: object) -> None:
        """A single free throw at the clock of the event before it."""
        self.ticks -= 1
        self.free_throw(team, player, made=made, kind="1 of 1", **more)

    def _add(self, team: str, player: int, **more: object) -> None:
        self.ticks += 1
        period, tick = divmod(self.ticks, 700)
        self.rows.append(
            {
                "nba_game_id": self.nba_game_id,
                "period": 1 + period,
                "clock_seconds": 720.0 - tick,
                "team_abbr": team,
                "nba_player_id": player,
                **more,
            }
        )

    def frame(self) -> pd.DataFrame:
        return events(self.rows)
