"""What the commands do, between the options of `cli` and the logic of `readiness`: wiring and printing.

Imported only once the settings are exported, because the Dagster definitions read them. Does NOT belong here: logic.
"""

from nba_pipeline.commands.backfill import run_backfill
from nba_pipeline.commands.demo import run_demo
from nba_pipeline.commands.verify import run_verify

__all__ = ["run_backfill", "run_demo", "run_verify"]
