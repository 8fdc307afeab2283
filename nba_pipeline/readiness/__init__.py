"""Is the warehouse complete, and how does it become so: plans, runs, partition states, reports.

Does NOT belong here: thresholds (columns and orchestration.checks hold them), basketball.
"""
