"""What the commands do, between the options of `cli` and the logic of `readiness`: wiring and printing.

Imported only once the settings are exported, because the Dagster definitions read them. Does NOT belong here: logic.
"""

from nba_pipeline.commands.backfill import run_backfill
from nba_pipeline.commands.coverage import run_coverage
from nba_pipeline.commands.demo import run_demo
from nba_pipeline.commands.duplicates import run_duplicates
from nba_pipeline.commands.ml_ready import run_ml_ready
from nba_pipeline.commands.tables import run_tables
from nba_pipeline.commands.verify import run_verify

__all__ = ["run_backfill", "run_coverage", "run_demo", "run_duplicates", "run_ml_ready", "run_tables", "run_verify"]
