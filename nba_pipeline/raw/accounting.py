"""What a raw write reports and when it refuses to happen: counts, limits, dates without rows.

Does NOT belong here: the records themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

import pandas as pd

from nba_pipeline.landing.archive import season_year_of
from nba_pipeline.raw.errors import MissingInputError, TooManyRejectsError
from nba_pipeline.raw.forms import FormRecords
from nba_pipeline.raw.rejects import limited_rejects
from nba_pipeline.raw.sieve import Sieve
from nba_pipeline.schema import Table

TOLERATED_REJECTS = 3  # records of a partition
TOLERATED_REJECT_SHARE = 0.02
NAMED_DATES = 10
NAMED_REJECTS = 3

Accounts = tuple[dict[date, str], frozenset[date], list[tuple[date, str]]]


def tabulate(
    reads: Sequence[FormRecords], sieves: Sequence[Sieve], notes: Sequence[tuple[date, str]] = ()
) -> tuple[dict[str, dict[date, int]], dict[date, tuple[str, ...]]]:
    """Counts per name and date, and sentences per date (`notes` come last)."""
    counts: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    warnings: dict[date, tuple[str, ...]] = {}
    sentences = [warning for sieve in sieves for warning in sieve.warnings]
    for day, sentence in (*sentences, *notes):
        warnings[day] = (*warnings.get(day, ()), sentence)
    for read in reads:
        for (name, day), number in read.counts.items():
            counts[name][day] += number
    for sieve in sieves:
        for name, day, number in sieve.counts:
            counts[name][day] += number
    return {name: dict(by_day) for name, by_day in counts.items()}, warnings


def check_rejects(table: Table, rows: pd.DataFrame, rejects: pd.DataFrame) -> None:
    """Raise when more than max(3, 2 %) of a partition's records were refused: the defect is systematic."""
    refused = limited_rejects(rejects)
    written = rows[table.partition_column].dt.date.value_counts() if table.partition_column else pd.Series(dtype=int)
    for day, part in refused.groupby("partition_date"):
        records = len(part) + int(written.get(day, 0))
        limit = max(TOLERATED_REJECTS, TOLERATED_REJECT_SHARE * records)
        if len(part) <= limit:
            continue
        rules = ", ".join(f"{rule} {number}" for rule, number in part["rule"].value_counts().items())
        first = part.iloc[0]
        raise TooManyRejectsError(
            f"{table}: {len(part)} of {records} records of {day} were refused (limit {limit:g}): {rules}. First: "
            f"{first['source_file']} {first['position']}, {first['column_name']} = {first['original_value']!r}, "
            f"{first['detail'] or first['rule']}. Correct the source file or its parser; nothing was written."
        )


def account_for_dates(
    table: Table,
    rows: pd.DataFrame,
    reads: Sequence[FormRecords],
    days: frozenset[date],
    schedule: pd.DataFrame | None,
    resolve: bool,
    finals_only: bool,
    rejects: pd.DataFrame,
) -> Accounts:
    """Skip reasons, dates without input, and sentences for dates with games but no rows.

    Raises MissingInputError for a required table with games but without input, and for a season without schedule.
    """
    read = frozenset().union(*(one.days_read for one in reads)) & days
    expected = days if schedule is None else _days_with_games(table, schedule, days, finals_only)
    filled = set(rows[table.partition_column].dt.date.unique())
    missing = expected - read
    if not table.optional:
        _require_input(table, (missing | (expected - filled)), rejects)
    reasons = {day: "source_has_no_rows" if day in expected else "no_games" for day in days - filled}
    owned_by_files = frozenset() if schedule is not None and resolve else days - read
    unread = (missing | owned_by_files) - filled
    sentence = "no file of this date" if schedule is None else "games on this date, but the source has no rows"
    notes = [(day, sentence) for day in sorted(expected - filled)]
    return reasons, unread, notes


def _days_with_games(table: Table, schedule: pd.DataFrame, days: frozenset[date], finals_only: bool) -> frozenset[date]:
    known = set(schedule["season_year"].unique())
    without = sorted(day for day in days if season_year_of(day) not in known)
    if without:
        raise MissingInputError(
            f"{table}: no schedule for season(s) {sorted({season_year_of(day) for day in without})}, needed for "
            f"{_named(without)}. Land an nba_schedule file or archive/nbac_schedule, and check NBA_LANDING."
        )
    games = schedule[schedule["is_final"] if finals_only else ~schedule["is_postponed"]]
    return frozenset(games["game_date"].dt.date.unique()) & days


def _require_input(table: Table, days: frozenset[date], rejects: pd.DataFrame) -> None:
    if not days:
        return
    refused = rejects.loc[rejects["partition_date"].isin(days), ["source_file", "position", "rule", "detail"]]
    files = "".join(
        f" {path}{' ' + place if place else ''}: {rule}{', ' + text if text else ''}."
        for path, place, rule, text in refused.head(NAMED_REJECTS).itertuples(index=False)
    )
    raise MissingInputError(
        f"{table}: games but no usable input for {_named(sorted(days))}.{files} Fetch the games again or check "
        "NBA_LANDING; nothing was written, stored rows stay."
    )


def _named(days: Sequence[date]) -> str:
    more = f" and {len(days) - NAMED_DATES} more" if len(days) > NAMED_DATES else ""
    return ", ".join(day.isoformat() for day in days[:NAMED_DATES]) + more
