"""Which table a rule over several rows or tables rides with: the later one of the graph.

Blocking rules are part of `invariants` of each partition, the others of the whole-table check `reconciliation`.
Does NOT belong here: the rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nba_pipeline.orchestration.checks.copied_columns import COPYING_TABLE, copied_columns
from nba_pipeline.orchestration.checks.copied_features import CACHE_COPIES, FEATURE_COPIES
from nba_pipeline.orchestration.checks.defence_zones import ZONE_TABLE, league_values, sample_sizes
from nba_pipeline.orchestration.checks.feature_levels import FACTOR_LEVELS, FACTOR_MEANS, STORE_LEVELS, STORE_MEANS
from nba_pipeline.orchestration.checks.game_rules import (
    EVENT_MEANS,
    EVENT_RULES,
    GAME_RULES,
    LAST_PERIOD,
    LINES,
    RATING_MEAN,
)
from nba_pipeline.orchestration.checks.period_means import PeriodMean, means_check
from nba_pipeline.orchestration.checks.player_agreement import CACHE_RULES, FACTOR_RULES, STORE_RULES
from nba_pipeline.orchestration.checks.reconciliation import (
    RECONCILED_TABLE,
    blocking_reconciliation,
    reconciliation,
)
from nba_pipeline.orchestration.checks.table_rules import TableRule, concluded, rules_check
from nba_pipeline.orchestration.checks.upcoming_rules import PLAYER_MEANS, PLAYER_RULES, TEAM_MEANS, TEAM_RULES
from nba_pipeline.orchestration.checks.verdicts import Check
from nba_pipeline.orchestration.checks.zone_levels import DEFENCE_LEVELS, PLAYER_LEVELS
from nba_pipeline.orchestration.checks.zone_levels import PLAYER_MEANS as ZONE_MEANS

TABLE_RULES: Mapping[str, Sequence[TableRule]] = {
    "reference.games": GAME_RULES,
    "analytics.player_game_summary": (*EVENT_RULES, LINES),
    RECONCILED_TABLE: (LAST_PERIOD, *EVENT_RULES),
    COPYING_TABLE: EVENT_RULES,
    "analytics.upcoming_team_game_context": TEAM_RULES,
    "analytics.upcoming_player_game_context": PLAYER_RULES,
    ZONE_TABLE: DEFENCE_LEVELS,
    "precompute.player_shot_zone_analysis": PLAYER_LEVELS,
    "precompute.player_daily_cache": (*CACHE_COPIES, *CACHE_RULES),
    "precompute.player_composite_factors": (*FACTOR_RULES, *FACTOR_LEVELS),
    "precompute.ml_feature_store": (*FEATURE_COPIES, *STORE_RULES, *STORE_LEVELS),
}
PERIOD_MEANS: Mapping[str, Sequence[PeriodMean]] = {
    "analytics.player_game_summary": EVENT_MEANS,
    RECONCILED_TABLE: (*EVENT_MEANS, RATING_MEAN),
    COPYING_TABLE: EVENT_MEANS,
    "analytics.upcoming_team_game_context": TEAM_MEANS,
    "analytics.upcoming_player_game_context": PLAYER_MEANS,
    "precompute.player_shot_zone_analysis": ZONE_MEANS,
    "precompute.player_composite_factors": FACTOR_MEANS,
    "precompute.ml_feature_store": STORE_MEANS,
}
_OWN_BLOCKING: Mapping[str, Check] = {
    RECONCILED_TABLE: blocking_reconciliation,
    COPYING_TABLE: copied_columns,
    ZONE_TABLE: sample_sizes,
}
_OWN_RECONCILING: Mapping[str, Check] = {RECONCILED_TABLE: reconciliation, ZONE_TABLE: league_values}


def _blocking(table: str) -> list[Check]:
    rules = [rule for rule in TABLE_RULES.get(table, ()) if rule.level == "block"]
    own = _OWN_BLOCKING.get(table)
    return [*([own] if own else []), *([rules_check(rules)] if rules else [])]


def _reconciling(table: str) -> list[Check]:
    rules = [rule for rule in TABLE_RULES.get(table, ()) if rule.level != "block"]
    own, means = _OWN_RECONCILING.get(table), PERIOD_MEANS.get(table)
    return [
        *([own] if own else []),
        *([rules_check(rules)] if rules else []),
        *([means_check(means)] if means else []),
    ]


BLOCKING: Mapping[str, Check] = {table: concluded(*_blocking(table)) for table in TABLE_RULES if _blocking(table)}
"""Part of `invariants` of the table."""

RECONCILING: Mapping[str, Check] = {
    table: concluded(*_reconciling(table)) for table in TABLE_RULES if _reconciling(table)
}
"""The whole-table check `reconciliation` of the table."""
