"""Which table a rule over several rows or tables rides with: the later one of the graph.

Does NOT belong here: the rules.
"""

from __future__ import annotations

from collections.abc import Mapping

from nba_pipeline.orchestration.checks.copied_columns import COPYING_TABLE, copied_columns
from nba_pipeline.orchestration.checks.defence_zones import ZONE_TABLE, league_values, sample_sizes
from nba_pipeline.orchestration.checks.reconciliation import (
    RECONCILED_TABLE,
    blocking_reconciliation,
    reconciliation,
)
from nba_pipeline.orchestration.checks.verdicts import Check

BLOCKING: Mapping[str, Check] = {
    RECONCILED_TABLE: blocking_reconciliation,
    COPYING_TABLE: copied_columns,
    ZONE_TABLE: sample_sizes,
}
"""Part of `invariants` of the table."""

RECONCILING: Mapping[str, Check] = {RECONCILED_TABLE: reconciliation, ZONE_TABLE: league_values}
"""The whole-table check `reconciliation` of the table."""
