"""Pictures that ride with whole-table checks, drawn only where a check found something.

A picture costs a third of a second and some tens of kilobytes in the event log, so healthy tables carry none.
Does NOT belong here: how a picture looks (charts).
"""

from collections.abc import Sequence

import dagster as dg

from nba_pipeline.orchestration.checks.null_rates import watched_columns
from nba_pipeline.orchestration.checks.thresholds import BASELINE_DAYS
from nba_pipeline.orchestration.checks.verdicts import Verdict
from nba_pipeline.orchestration.null_counts import null_counts
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse

COLUMNS_SHOWN = 4


def picture_of(
    name: str, verdicts: Sequence[Verdict], warehouse: Warehouse, table: Table
) -> dict[str, dg.MarkdownMetadataValue]:
    """The metadata entry with the picture of a failed check; nothing for a check without one."""
    found = any(verdict.partition and not verdict.passed for verdict in verdicts)
    if name != "null_regression" or not found or not watched_columns(table):
        return {}
    # The drawing library takes half a second to load; the code location of a healthy warehouse never needs it.
    from nba_pipeline.charts.canvas import inline_image
    from nba_pipeline.charts.null_history import null_rate_history

    ceilings = {column.name: column.nulls for column in watched_columns(table) if column.nulls}
    counts = null_counts(warehouse, table)
    figure = null_rate_history(str(table), counts, ceilings, baseline_days=BASELINE_DAYS, most=COLUMNS_SHOWN)
    return {"history": dg.MetadataValue.md(inline_image(figure, f"NULL rates of {table}"))}
