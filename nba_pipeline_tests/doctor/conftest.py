"""The engines of the warehouse tests, for what examines and migrates a warehouse."""

from __future__ import annotations

from nba_pipeline_tests.warehouse.conftest import engine

__all__ = ["engine"]
