"""What was refused and is still refused: the records of the newest run of every table and partition.

Does NOT belong here: refusing anything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from nba_pipeline.warehouse import Warehouse
from nba_pipeline.warehouse.quarantine import TABLE


@dataclass(frozen=True)
class QuarantineGroup:
    """Refused records of one rule: how many, and where the first ones are."""

    rule: str
    records: int
    examples: tuple[str, ...]


def current_quarantine(
    warehouse: Warehouse,
    first: date,
    last: date,
    newest_run: Callable[[str, date], str | None],
    unpartitioned: Collection[str] = (),
) -> dict[str, list[QuarantineGroup]]:
    """Groups of refused records per source table for the partitions first..last.

    newest_run names the run that last wrote a partition of a table: records of earlier runs are history. Records of
    the `unpartitioned` tables bear the day of their write and are read whatever it is.
    """
    if warehouse.stored_columns(TABLE) is None:
        return {}
    names = ", ".join(f"'{name}'" for name in sorted(unpartitioned))
    whole = f" or source_table in ({names})" if names else ""
    sql = f"""
select source_table, rule, partition_date, run_id, source_file, position, column_name, original_value, detail
from {TABLE.qualified_name} where partition_date between date '{first}' and date '{last}'{whole}
order by source_table, rule, partition_date, row_number"""
    places: dict[tuple[str, str], list[str]] = {}
    for row in warehouse.query(sql).to_pylist():
        if newest_run(row["source_table"], row["partition_date"]) not in (None, row["run_id"]):
            continue
        where = " ".join(str(row[name]) for name in ("source_file", "position") if row[name])
        what = ", ".join(f"{name}={row[name]}" for name in ("column_name", "original_value", "detail") if row[name])
        places.setdefault((row["source_table"], row["rule"]), []).append(f"{row['partition_date']} {where}: {what}")
    found: dict[str, list[QuarantineGroup]] = {}
    for (table, rule), records in places.items():
        found.setdefault(table, []).append(QuarantineGroup(rule, len(records), tuple(records)))
    return found
