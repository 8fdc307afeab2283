"""Records of a form meet the schedule: blocks G and T, exclusions, refusals, games a better form has supplied.

Does NOT belong here: the lookup itself (resolve), columns of one table.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nba_pipeline.raw.convert import convert
from nba_pipeline.raw.forms import Form
from nba_pipeline.raw.resolve import (
    EXCLUDED,
    GAME_COLUMNS,
    RESOLVED,
    TEAM_COLUMNS,
    UNRESOLVED,
    resolve_games,
)
from nba_pipeline.raw.sieve import SCHEDULE_ROW, Sieve
from nba_pipeline.schema import Table

SCHEDULE_COLUMNS = ("home_team_abbr", "away_team_abbr")


def place(sieve: Sieve, form: Form, table: Table, schedule: pd.DataFrame, taken: frozenset[str]) -> frozenset[str]:
    """Resolve the records, refuse and exclude those without a counted game, drop the games in `taken`.

    Returns the games this form supplies. Fills the columns of blocks G and T the table has.
    """
    names = dict.fromkeys(name for name in (form.date, form.team, form.opponent, form.game) if name)
    keys = pd.DataFrame({name: _scalars(sieve.printed(name)) for name in names})
    sieve.game = resolve_games(
        keys,
        schedule.assign(**{SCHEDULE_ROW: np.arange(len(schedule))}),
        date=form.date,
        team=form.team,
        opponent=form.opponent or None,
        nba_game_id=form.game or None,
        carry=(SCHEDULE_ROW,),
    )
    sieve.games = schedule
    _judge(sieve, form)
    sieve.drop(sieve.game["nba_game_id"].isin(taken))
    for name in (*GAME_COLUMNS, *TEAM_COLUMNS):
        if name in table.by_name:
            sieve.rows[name] = sieve.game[name]
    for name in SCHEDULE_COLUMNS:
        if name in table.by_name:
            sieve.rows[name] = sieve.schedule(name)
    return frozenset(sieve.game.loc[sieve.alive, "nba_game_id"].unique())


def _scalars(printed: pd.Series) -> pd.Series:
    """Keys that can be compared; a list or object in place of one becomes its text, which no team or id is."""
    if printed.dtype != "object":
        return printed
    nested = pd.Series([isinstance(value, (list, dict)) for value in printed], index=printed.index)
    return printed.where(~nested, printed.astype(str)) if nested.any() else printed


def _judge(sieve: Sieve, form: Form) -> None:
    outcome, reason = sieve.game["outcome"], sieve.game["reason"]
    for name in reason[outcome == EXCLUDED].dropna().unique():
        sieve.exclude((outcome == EXCLUDED) & (reason == name), name)
    for name in reason[outcome == UNRESOLVED].dropna().unique():
        column = form.game if name == "id_conflict" else form.opponent if name == "pair_conflict" else form.team
        where = (outcome == UNRESOLVED) & (reason == name)
        sieve.refuse(where, name, column=column, value=sieve.printed(column), detail=_DETAILS[name])
    if form.home:
        stated = convert(sieve.printed(form.home), "BOOL").values
        sieve.count("home_away_disagrees", (outcome == RESOLVED) & (stated != sieve.game["is_home"]))


_DETAILS = {
    "unknown_team": "no team of the league is spelled like this",
    "no_game_on_date": "the schedule has no game of the team on this date",
    "pair_conflict": "the schedule names another opponent",
    "id_conflict": "team and date belong to another game than the id says",
}
