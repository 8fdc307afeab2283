"""Dagster machinery: how a declared table becomes a partitioned asset that is written by MERGE and checked.

Does NOT belong here: basketball, a particular table, file formats.
"""

from nba_pipeline.orchestration.inputs import (
    full,
    landed,
    same_day,
    season_schedule,
    season_through,
    season_to_date,
    whole,
    window,
)
from nba_pipeline.orchestration.table_asset import table_asset

__all__ = [
    "full",
    "landed",
    "same_day",
    "season_schedule",
    "season_through",
    "season_to_date",
    "table_asset",
    "whole",
    "window",
]
