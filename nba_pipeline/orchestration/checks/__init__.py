"""Checks of stored tables, all derived from the declarations and evaluated by SQL through the warehouse.

A check name holds the rule, never the bound. Does NOT belong here: a bound of one column (it lives on the column),
reading through IO-manager inputs.
"""

from nba_pipeline.orchestration.checks.evaluate import check_specs, evaluate_checks
from nba_pipeline.orchestration.checks.verdicts import Verdict

__all__ = ["Verdict", "check_specs", "evaluate_checks"]
