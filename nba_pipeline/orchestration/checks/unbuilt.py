"""A check that compares with a table nobody has built yet: what is missing, and what to run.

Does NOT belong here: a table that should have been built, which coverage tells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nba_pipeline import catalog
from nba_pipeline.orchestration.checks.sql import in_window
from nba_pipeline.orchestration.checks.verdicts import Verdict
from nba_pipeline.orchestration.checks.worst import REPAIR
from nba_pipeline.orchestration.partitions import FIRST_DAY
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse


def named_but_not_built(warehouse: Warehouse, table: Table, statement: str) -> list[Table]:
    """Other tables that a refused statement names and the warehouse does not have."""
    named = [
        other
        for other in catalog.tables().values()
        if other != table and re.search(rf"{re.escape(other.qualified_name)}\b", statement)
    ]
    return [other for other in named if warehouse.stored_columns(other) is None]


def not_judged_yet(warehouse: Warehouse, table: Table, check: str, unbuilt: Sequence[Table]) -> Verdict:
    """The warning that stands in for the verdicts, with the command that builds what is missing."""
    names = ", ".join(map(str, unbuilt))
    text = f"{check} cannot judge yet: it compares with {names}, not built so far. Build it, then evaluate again."
    return Verdict(None, "warn", text, {"waits_for": names, REPAIR: _build_command(warehouse, table, unbuilt)})


def _build_command(warehouse: Warehouse, table: Table, unbuilt: Sequence[Table]) -> str:
    """Builds the tables over the dates that the judged table has."""
    first = last = FIRST_DAY
    if table.partition_column:
        every = in_window(table, None, None)
        sql = (
            f"select min({table.partition_column}) as first_day, max({table.partition_column}) as last_day\n"
            f"from {table.qualified_name} where {every}"
        )
        (row,) = warehouse.query(sql).to_pylist()
        first, last = row["first_day"] or first, row["last_day"] or last
    return f"nba-pipeline backfill --tables {','.join(map(str, unbuilt))} --from {first} --to {last} --yes"
