"""`coverage`: every date of every table against the stored schedule, as one check with the calendar as its picture.

It is one check on the schedule, the witness of all other tables, and not one per table: the calendar is about tables
side by side, and reading and drawing it once costs a second that 24 tables would each pay. It rides with the
whole-table checks, so once per evaluation and never with the write of a table; in a run that also writes tables it
waits for them. Does NOT belong here: the gate before a phase (readiness.coverage, which also counts recorded rows).
"""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime

import dagster as dg
import pandas as pd
from dagster._core.storage.partition_status_cache import get_and_update_asset_status_cache_value

from nba_pipeline.expectations.expected_days import expected_days, stored_games
from nba_pipeline.orchestration.checks.verdicts import Problem, Verdict, judged
from nba_pipeline.orchestration.checks.worst import COVERAGE
from nba_pipeline.orchestration.deadlines import RESULTS_DUE, deadline_of, newest_due
from nba_pipeline.orchestration.partitions import DAILY, FIRST_DAY
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.orchestration.whole_table_checks import check_result
from nba_pipeline.readiness.plan import days_between
from nba_pipeline.readiness.state import blocking_problems, stored_row_counts
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse

DESCRIPTION = "Every table that was ever written has all dates the schedule expects of it, and no others."
STATES = ("missing", "blocked", "extra")
NAMED_TABLES = 8  # tables spelt out per state of a date; the count is exact


def coverage_check(
    schedule: Table, tables: Sequence[Table], clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> dg.AssetChecksDefinition:
    """The check on the schedule; it is evaluated after every table that the same run writes."""
    partitioned = [table for table in tables if table.partition_column]
    others = [asset_key(table) for table in tables if table != schedule]
    spec = dg.AssetCheckSpec(COVERAGE, asset=asset_key(schedule), description=DESCRIPTION, additional_deps=others)

    @dg.multi_asset_check(name=COVERAGE, specs=[spec], required_resource_keys={"warehouse"})
    def _check(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        with context.resources.warehouse.open().reading() as reader:
            states = due_states(context.instance, reader, partitioned, clock())
        built = set(states["table"])
        unbuilt = [table.name for table in partitioned if table.name not in built]
        notes = {"not_built_yet": ", ".join(unbuilt)} if unbuilt else {}
        return check_result(schedule, COVERAGE, coverage_verdicts(states), {**calendar_picture(states), **notes})

    return _check


def due_states(
    instance: dg.DagsterInstance, warehouse: Warehouse, tables: Sequence[Table], now: datetime
) -> pd.DataFrame:
    """table (name), day (midnight), state of every table that was ever written, up to its newest date that is due.

    States are those of the coverage calendar. Stored rows are counted, not compared with the recorded number: that
    needs the event of every partition, half a second a table.
    """
    days = days_between(FIRST_DAY, newest_due(RESULTS_DUE, now))
    games = stored_games(warehouse, days[0], days[-1])
    parts = []
    for table in tables:
        due = deadline_of(table)
        own = [day for day in days if due and day <= newest_due(due, now)]
        written, failed = _written_and_failed(instance, table)
        if not written and not failed:
            continue
        held = failed | (blocking_problems(instance, table, own).keys() & written)
        stored = stored_row_counts(warehouse, table, own)
        expected = expected_days(table, games, own)
        states = [_state(day, day in held, bool(stored.get(day)) and day in written, expected) for day in own]
        parts.append(pd.DataFrame({"table": table.name, "day": pd.DatetimeIndex(own), "state": states}))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["table", "day", "state"])


def _written_and_failed(instance: dg.DagsterInstance, table: Table) -> tuple[set[date], set[date]]:
    """Dates that stand as materialised, and dates whose last run failed.

    Read as the two sets that Dagster keeps: asking it date by date follows the calendar three times for each.
    """
    value = get_and_update_asset_status_cache_value(instance, asset_key(table), DAILY)
    if value is None:
        return set(), set()
    subsets = value.deserialize_materialized_partition_subsets(DAILY), value.deserialize_failed_partition_subsets(DAILY)
    written, failed = ({date.fromisoformat(key) for key in subset.get_partition_keys()} for subset in subsets)
    return written, failed


def _state(day: date, held: bool, present: bool, expected: Collection[date] | None) -> str:
    if held:
        return "blocked"
    if present:
        return "extra" if expected is not None and day not in expected else "present"
    return "missing" if expected is not None and day in expected else "off"


def coverage_verdicts(states: pd.DataFrame) -> list[Verdict]:
    """One verdict per date that a table has or should have: missing and blocked are errors, extra is a warning."""
    verdicts = []
    for day, rows in states[states["state"] != "off"].groupby("day"):
        problems: list[Problem] = []
        observed = {}
        for state in STATES:
            names = rows.loc[rows["state"] == state, "table"].tolist()
            if names:
                observed[state] = len(names)
                more = f" and {len(names) - NAMED_TABLES} more" if len(names) > NAMED_TABLES else ""
                text = f"{state} in {len(names)}: {', '.join(names[:NAMED_TABLES])}{more}"
                problems.append(("warn" if state == "extra" else "error", text))
        verdicts.append(judged(pd.Timestamp(str(day)).date(), problems, observed))
    return verdicts


def calendar_picture(states: pd.DataFrame) -> dict[str, dg.MarkdownMetadataValue]:
    """The metadata entry with the calendar; nothing before the first write."""
    if states.empty:
        return {}
    # The drawing library takes half a second to load; a code location that evaluates no check never needs it.
    from nba_pipeline.charts.canvas import inline_image
    from nba_pipeline.charts.coverage_calendar import coverage_calendar

    return {"calendar": dg.MetadataValue.md(inline_image(coverage_calendar(states), "coverage by table and date"))}
