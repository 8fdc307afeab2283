"""From landed files to the rows of a raw table: read, resolve, convert, validate, settle conflicts, account.

Order per form, best first: records as printed -> game of every record -> games a better form supplied are left out
-> columns -> validation -> required columns. Then, over all forms: double listings, key conflicts, the limit of
refused records, and a reason for every date without rows. Does NOT belong here: anything about one table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from nba_pipeline.landing.files import Landed
from nba_pipeline.raw.accounting import account_for_dates, check_rejects, tabulate
from nba_pipeline.raw.conflicts import drop_settled, settle_keys
from nba_pipeline.raw.forms import Form, read_form, unreadable
from nba_pipeline.raw.placing import place
from nba_pipeline.raw.rejects import join_rejects, reject_frame
from nba_pipeline.raw.sieve import DAY, Sieve
from nba_pipeline.raw.stacking import stack
from nba_pipeline.schema import Table, TableRows
from nba_pipeline.schema.frames import empty_frame, typed_frame

Settle = Callable[[pd.DataFrame], np.ndarray]


def assemble(
    table: Table,
    forms: Sequence[Form],
    landed: Landed,
    dates: pd.DatetimeIndex,
    *,
    schedule: pd.DataFrame | None = None,
    resolve: bool = True,
    validate: Callable[[Sieve], None] | None = None,
    finals_only: bool = False,
    settle: Mapping[str, Settle] | None = None,
) -> TableRows:
    """Rows of `table` for the partition dates `dates`.

    forms: best first. Per game the best form with a usable input supplies all rows; a table of mode append keeps the
        rows of all forms.
    schedule: the season schedule; None for snapshot tables that no game is needed for.
    resolve: whether records are resolved to a game (False: the schedule only says on which dates games are).
    validate: refuses, excludes, counts and warns after the columns of a form are there.
    finals_only: result tables; records of games that are not final are excluded as `not_final`.
    settle: count name -> function of the built rows giving the mask of rows not to write, applied in order
        before key conflicts.
    """
    days = frozenset(day.date() for day in dates)
    if not days:
        return TableRows(empty_frame(table))
    reads = [read_form(form, landed, days) for form in forms]
    sieves: list[Sieve] = []
    taken: frozenset[str] = frozenset()
    for form, read in zip(forms, reads, strict=True):
        if read.frame.empty:
            continue
        sieve = Sieve(read.frame, form.name)
        if schedule is not None and resolve:
            taken |= place(sieve, form, table, schedule, frozenset() if table.write_mode == "append" else taken)
        _build(table, form, sieve, days, validate, finals_only and resolve)
        sieves.append(sieve)
    built = stack(table, sieves)
    for name, losers in (settle or {}).items():
        built = drop_settled(built, sieves, losers(built), name)
    rows = typed_frame(table, settle_keys(table, built, sieves)).reset_index(drop=True)
    refused = [record for read in reads for record in read.rejects] + unreadable(landed, min(days), days)
    rejects = join_rejects([reject_frame(refused), *(sieve.rejects() for sieve in sieves)])
    check_rejects(table, rows, rejects)
    reasons, unread, notes = account_for_dates(table, rows, reads, days, schedule, resolve, finals_only, rejects)
    counts, warnings = tabulate(reads, sieves, notes)
    return TableRows(rows, rejects, counts, reasons, unread, warnings)


def _build(
    table: Table,
    form: Form,
    sieve: Sieve,
    days: frozenset[date],
    validate: Callable[[Sieve], None] | None,
    finals_only: bool,
) -> None:
    """Columns, validation and required columns of one form."""
    if finals_only:
        sieve.exclude(~sieve.schedule("is_final").fillna(False), "not_final")
    if "source_form" in table.by_name:
        sieve.rows["source_form"] = sieve.constant(form.name)
    form.columns(sieve)
    for name in table.column_names:
        if name not in sieve.rows:
            sieve.rows[name] = sieve.missing(table, name)
    if validate is not None:
        validate(sieve)
    sieve.require(table)
    partition = sieve.rows[table.partition_column or DAY]
    sieve.exclude(~partition.isin(pd.DatetimeIndex(sorted(days)).as_unit("us")), "outside_window")
