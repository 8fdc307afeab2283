"""Checks over all partitions of a table: duplicates, value ranges, lost values, look-ahead, reconciliation.

They have no partition, so they run in runs of their own and never hold a partition back. Each shows its ten worst
partitions. Does NOT belong here: the bounds (columns and thresholds hold them).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import dagster as dg

from nba_pipeline.orchestration.check_pictures import picture_of
from nba_pipeline.orchestration.checks.across_tables import RECONCILING
from nba_pipeline.orchestration.checks.null_regression import null_regression, populations
from nba_pipeline.orchestration.checks.row_rules import RowRule, broken_rules, declared_rules, range_rules
from nba_pipeline.orchestration.checks.sql import in_window
from nba_pipeline.orchestration.checks.structure import schema_drift, unique_key
from nba_pipeline.orchestration.checks.unbuilt import named_but_not_built, not_judged_yet
from nba_pipeline.orchestration.checks.verdicts import Days, Problem, Verdict, count_by_severity, judged, worst
from nba_pipeline.orchestration.checks.waiving import WAIVED, with_waivers
from nba_pipeline.orchestration.checks.worst import failing, totals, worst_table
from nba_pipeline.orchestration.constant_columns import constant_columns
from nba_pipeline.orchestration.leakage import leakage
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse
from nba_pipeline.warehouse.errors import StatementError

WholeTableCheck = Callable[[Warehouse, Table], list[Verdict]]

DESCRIPTIONS = {
    "duplicates": "No key is stored twice in any partition.",
    "value_ranges": "Values lie inside the range and the set their column declares, and rows obey the rules of the "
    "table that do not block.",
    "constant_columns": "Columns hold more than one value over the newest 30 game dates.",
    "null_regression": "Columns are filled as they were over the 90 days before.",
    "leakage": "No row knows its own or a later game, nor anything from after its tip-off.",
    "reconciliation": "The rows of a date agree with each other and with the tables they are made of.",
}

LOOK_BACK_TABLES = frozenset(
    {
        "analytics.upcoming_team_game_context",
        "analytics.upcoming_player_game_context",
        "precompute.team_defense_zone_analysis",
        "precompute.player_shot_zone_analysis",
        "precompute.player_daily_cache",
        "precompute.player_composite_factors",
        "precompute.ml_feature_store",
    }
)
"""Tables that `leakage` judges. Listed, because their edges are known only once every module is imported; a test
compares them with the edges."""


def whole_table_check_functions(table: Table) -> dict[str, WholeTableCheck]:
    """The whole-table checks that apply to a table."""
    checks: dict[str, WholeTableCheck] = {"duplicates": duplicates}
    if _value_rules(table):
        checks["value_ranges"] = value_ranges
    if table.partition_column:
        checks["constant_columns"] = constant_columns
    if table.partition_column and populations(table):
        checks["null_regression"] = null_regression
    if str(table) in RECONCILING:
        checks["reconciliation"] = reconcile
    if str(table) in LOOK_BACK_TABLES:
        checks["leakage"] = leakage
    return checks


def whole_table_checks(table: Table) -> list[dg.AssetChecksDefinition]:
    """One check definition per table, so that any subset of its checks can be run."""
    key, functions = asset_key(table), whole_table_check_functions(table)

    @dg.multi_asset_check(
        name=f"{table.layer}_{table.name}_whole_table",
        specs=[dg.AssetCheckSpec(name, asset=key, description=DESCRIPTIONS[name]) for name in functions],
        can_subset=True,
        required_resource_keys={"warehouse"},
    )
    def _checks(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        warehouse: Warehouse = context.resources.warehouse.open()
        names = sorted(check.name for check in context.selected_asset_check_keys)
        with warehouse.reading() as reader:
            outcomes = {name: evaluated(name, functions[name], reader, table) for name in names}
            pictures = {name: picture_of(name, outcomes[name], reader, table) for name in names}
        for name, verdicts in outcomes.items():
            yield check_result(table, name, verdicts, pictures[name])

    return [_checks]


def evaluated(name: str, check: WholeTableCheck, warehouse: Warehouse, table: Table) -> list[Verdict]:
    """Verdicts of the check; one that cannot be evaluated fails.

    It warns, and says what to run, where it compares with a table that nobody has built yet; any other refusal of the
    warehouse is an error.
    """
    if warehouse.stored_columns(table) is None:
        return [Verdict(None, "error", schema_drift(warehouse, table))]
    try:
        return with_waivers(table, name, check(warehouse, table))
    except StatementError as error:
        unbuilt = named_but_not_built(warehouse, table, error.statement)
        if unbuilt:
            return [not_judged_yet(warehouse, table, name, unbuilt)]
        return [Verdict(None, "error", f"{name} could not be evaluated: {str(error).splitlines()[0]}")]


def duplicates(warehouse: Warehouse, table: Table) -> list[Verdict]:
    """Surplus rows per stored partition; any is an error."""
    return [
        Verdict(v.partition, "error" if v.observed["surplus_rows"] else "pass", v.description, v.observed)
        for v in unique_key(warehouse, table, _stored_days(warehouse, table))
    ]


def value_ranges(
    warehouse: Warehouse, table: Table, first: date | None = None, last: date | None = None
) -> list[Verdict]:
    """Rows that break an expected range or a rule that does not block, per stored partition (of first..last if given).

    A range warns; a declared rule has its own level.
    """
    broken = broken_rules(warehouse, table, _value_rules(table), first, last)
    verdicts = []
    for day, found in sorted(broken.items(), key=lambda item: item[0] or date.min):
        problems: list[Problem] = [(rule.rule.level, rule.sentence) for rule in found]
        verdicts.append(judged(day, problems, {rule.rule.id: rule.rows for rule in found}))
    return verdicts


def reconcile(warehouse: Warehouse, table: Table) -> list[Verdict]:
    """What does not agree between the rows or with other tables, per stored partition."""
    return RECONCILING[str(table)](warehouse, table, _stored_days(warehouse, table))


def _value_rules(table: Table) -> list[RowRule]:
    return [*range_rules(table), *declared_rules(table, ("warn", "error"))]


def _stored_days(warehouse: Warehouse, table: Table) -> Days:
    if not table.partition_column:
        return [None]
    every = in_window(table, None, None)
    sql = f"select distinct {table.partition_column} as day from {table.qualified_name} where {every} order by 1"
    return list(warehouse.query(sql).column("day").to_pylist())


def check_result(
    table: Table, name: str, verdicts: Sequence[Verdict], more: Mapping[str, dg.MarkdownMetadataValue | str]
) -> dg.AssetCheckResult:
    """What Dagster shows of an evaluation: the gravest outcome, counts to plot, the worst partitions, and `more`."""
    severity, bad = worst(verdicts), failing(verdicts)
    counts = count_by_severity(verdicts)
    return dg.AssetCheckResult(
        asset_key=asset_key(table),
        check_name=name,
        passed=severity == "pass",
        severity=dg.AssetCheckSeverity.WARN if severity == "warn" else dg.AssetCheckSeverity.ERROR,
        description=_summary(bad, len(verdicts)) if bad else None,
        metadata={
            **totals(verdicts),
            "partitions": len(verdicts),
            "partitions_failing": len(bad),
            "partitions_error": counts["error"] + counts["block"],
            "partitions_waived": sum(WAIVED in verdict.observed for verdict in verdicts),
            "worst_partitions": worst_table(table, name, verdicts),
            **more,
        },
    )


def _summary(bad: Sequence[Verdict], judged_partitions: int) -> str:
    """How many partitions failed; what was found, where it is about the table as a whole."""
    whole = [verdict.description for verdict in bad if verdict.partition is None]
    return "; ".join(whole) or f"{len(bad)} of {judged_partitions} partitions"
