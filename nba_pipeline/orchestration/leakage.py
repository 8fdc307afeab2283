"""`leakage`: no stored row knows its own game or a later one, nor a quote or a report from after the tip-off.

Three rules: rows of a few dates, recomputed from what was known before their games, are what is stored; no instant of
a row lies behind its tip-off; recent scoring does not foretell points better than the past can.
Does NOT belong here: recomputing for another reason, thresholds.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa

from nba_pipeline import catalog
from nba_pipeline.orchestration.checks.sql import Row, whole
from nba_pipeline.orchestration.checks.thresholds import (
    LEAK_CORRELATION,
    LEAK_ROWS,
    RECOMPUTED_DATES,
    TREND_GAME_DATES,
)
from nba_pipeline.orchestration.checks.verdicts import Verdict
from nba_pipeline.orchestration.differences import differences
from nba_pipeline.orchestration.partitions import partition_dates
from nba_pipeline.orchestration.recompute import OUTCOMES, Recipe, instant_column, look_back_recipes, without_outcomes
from nba_pipeline.schema import Table
from nba_pipeline.schema.frames import frame_from_arrow
from nba_pipeline.warehouse import Scope, Warehouse, conform
from nba_pipeline.warehouse.errors import ContractError, TooManyRejectsError

GAMES = "reference.games"
TEAM_GAMES_MODULE = "nba_pipeline.reference.team_games"  # named, not imported: it stands above this module
PLAYED = "nba_analytics.player_game_summary"
FORM = "points_avg_last_5"
TIP_OFF = "tip_off_at"
ADVICE = (
    "a row saw its own or a later game, or an input changed after it was written; recompute it with "
    "backfill --only stale, and if it stays different look for an input that is not cut at the date"
)


def leakage(warehouse: Warehouse, table: Table) -> list[Verdict]:
    """Verdicts per recomputed date, per date with late inputs, and per stretch of dates that foretells too well."""
    recipe = look_back_recipes()[str(table)]
    return [
        *(_recomputed(warehouse, recipe, day) for day in sampled_days(table, _stored_days(warehouse, table))),
        *_late_inputs(warehouse, table),
        *_foretelling(warehouse, table),
    ]


def sampled_days(table: Table, days: Sequence[date]) -> list[date]:
    """The newest day and a few others, chosen by a hash of table and day: the same ones at every evaluation."""
    others = sorted(days[:-1], key=lambda day: hashlib.sha256(f"{table} {day}".encode()).digest())
    return sorted([*days[-1:], *others[: RECOMPUTED_DATES - 1]])


def known_before(recipe: Recipe, frames: Mapping[str, pd.DataFrame], day: date, games: pd.DataFrame) -> dict[str, Any]:
    """What is left of the inputs of `day` when nothing is kept that its games, or the time after them, told.

    games: game_date, nba_game_id and tip_off_at of the games of the day.
    """
    cutoffs = _cutoffs(games).set_axis(games["nba_game_id"])
    return {
        name: _known_before(edge.table, edge.edge == "season_to_date", frames[name], pd.Timestamp(day), cutoffs)
        for name, edge in recipe.inputs.items()
    }


def _known_before(
    table: Table, earlier_only: bool, frame: pd.DataFrame, day: pd.Timestamp, cutoffs: pd.Series[Any]
) -> pd.DataFrame:
    instant = instant_column(table)
    if str(table) in OUTCOMES:
        return without_outcomes(table, frame, ~(frame[table.partition_column] < day))
    if instant:
        late = frame[instant] > frame["nba_game_id"].map(cutoffs).astype(frame[instant].dtype)
        return frame[~late].reset_index(drop=True)
    return frame[frame[table.partition_column] < day].reset_index(drop=True) if earlier_only else frame


def _recomputed(warehouse: Warehouse, recipe: Recipe, day: date) -> Verdict:
    """Every stored row of the day against its recomputation."""
    table, games = recipe.table, catalog.tables()[GAMES]
    of_day = warehouse.read(games, columns=("game_date", "nba_game_id", TIP_OFF), first=day, last=day)
    frames = known_before(recipe, recipe.read(warehouse, day, day), day, frame_from_arrow(games, of_day))
    try:
        made = conform(table, recipe.compute(frames, partition_dates(day, day)).rows, Scope(day, day))
    except (ContractError, TooManyRejectsError) as error:
        return Verdict(day, "error", f"cannot be recomputed: {error}")
    found = differences(table, made.rows, warehouse.read(table, first=day, last=day))
    observed = {"rows_recomputed": found.rows, "rows_different": found.changed + found.missing + found.extra}
    return (
        Verdict(day, "error", f"recomputed from earlier games {found}: {ADVICE}", observed)
        if found
        else (Verdict(day, observed=observed))
    )


def _late_inputs(warehouse: Warehouse, table: Table) -> list[Verdict]:
    """An error per date with rows that name an instant after the tip-off of their game."""
    instants = [c.name for c in table.columns if c.type == "TIMESTAMP" and c.name != TIP_OFF]
    if TIP_OFF not in table.by_name or not instants:
        return []
    late = " or ".join(f"{name} > coalesce({TIP_OFF}, timestamp '1970-01-01 00:00:00+00')" for name in instants)
    sql = (
        f"select {table.partition_column} as game_date, {TIP_OFF}, {', '.join(instants)}\n"
        f"from {table.qualified_name} where {late}"
    )
    suspects = _frame(warehouse.query(sql))
    behind = suspects[instants].gt(_cutoffs(suspects), axis=0)
    found = behind.groupby(suspects["game_date"]).sum()
    return [
        Verdict(
            pd.Timestamp(str(day)).date(),
            "error",
            "inputs from after the tip-off: "
            + ", ".join(f"{name} in {count} row(s)" for name, count in counts.items() if count),
        )
        for day, counts in found[behind.groupby(suspects["game_date"]).any().any(axis=1)].iterrows()
    ] or [Verdict(None, observed={"rows_with_late_inputs": 0})]


def _frame(rows: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = rows.to_pandas()
    return frame.assign(game_date=pd.to_datetime(frame["game_date"]).astype("datetime64[us]"))


def _cutoffs(games: pd.DataFrame) -> pd.Series[Any]:
    """Instant up to which inputs count, by the one rule of the tables."""
    cutoffs: pd.Series[Any] = importlib.import_module(TEAM_GAMES_MODULE).cutoff_at(games)
    return cutoffs


def _foretelling(warehouse: Warehouse, table: Table) -> list[Verdict]:
    """Correlation of recent form with the points then scored, per 30 game dates of a season, newest first."""
    if FORM not in table.by_name:
        return []
    judged = [
        row
        for row in warehouse.query(_form_sql(table)).to_pylist()
        if whole(row, "dates") == TREND_GAME_DATES and whole(row, "played") >= LEAK_ROWS
    ]
    return [_foretold(row) for row in judged] or [
        Verdict(None, description=f"not evaluated: no {TREND_GAME_DATES} dates with {LEAK_ROWS} played rows")
    ]


def _foretold(row: Row) -> Verdict:
    measured = float(str(row["measure"]))
    observed = {"played": whole(row, "played"), f"correlation_{FORM}": measured}
    if measured < LEAK_CORRELATION:
        return Verdict(_day(row), observed=observed)
    text = (
        f"{FORM} correlates {measured:.3f} with the points then scored from {row['first_day']} to "
        f"{row['last_day']} ({row['played']} rows), below {LEAK_CORRELATION} is possible without knowing the game"
    )
    return Verdict(_day(row), "error", text, observed)


def _form_sql(table: Table) -> str:
    """Correlation over the rows of players who then played, per season and stretch of its dates."""
    day = table.partition_column
    place = f"row_number() over (partition by season_year order by {day} desc)"
    return (
        f"with days as (select season_year, {day} as day, floor(({place} - 1) / {TREND_GAME_DATES}) as stretch\n"
        f"from (select distinct season_year, {day} from {table.qualified_name}))\n"
        f"select d.season_year, d.stretch, min(d.day) as first_day, max(d.day) as last_day,\n"
        f"count(distinct d.day) as dates, count(*) as played, corr(t.{FORM}, p.points) as measure\n"
        f"from {table.qualified_name} t join days d on d.season_year = t.season_year and d.day = t.{day}\n"
        f"join {PLAYED} p on p.game_date = t.{day} and p.player_lookup = t.player_lookup\n"
        f"where p.seconds_played > 0 and t.{FORM} is not null and p.points is not null\n"
        f"group by d.season_year, d.stretch order by d.season_year, d.stretch desc"
    )


def _day(row: Row) -> date:
    return date.fromisoformat(str(row["last_day"]))


def _stored_days(warehouse: Warehouse, table: Table) -> list[date]:
    day = table.partition_column
    return list(
        warehouse.query(f"select distinct {day} as day from {table.qualified_name} order by 1")["day"].to_pylist()
    )
