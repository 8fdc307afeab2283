"""Reading the landing zone for a window of dates. Does NOT belong here: parsing."""

from __future__ import annotations

import importlib

import pandas as pd

from nba_pipeline.landing import Landed, Landing
from nba_pipeline.orchestration.inputs import LandedInput

SCHEDULE_MODULE = "nba_pipeline.raw.nbac_schedule"  # named, not imported: a table module stands above this one


def read_landed(landing: Landing, spec: LandedInput, dates: pd.DatetimeIndex) -> Landed:
    """Files and archive rows of the window; season files are read whole, whatever the window."""
    first, last = dates[0].date(), dates[-1].date()
    return landing.landed(spec.feeds, first, last, archive=spec.archive, archive_columns=spec.archive_columns)


def read_schedule(landing: Landing, dates: pd.DatetimeIndex) -> pd.DataFrame:
    """The schedule of the seasons touched, from the inputs that the schedule table itself declares."""
    module = importlib.import_module(SCHEDULE_MODULE)
    schedule: pd.DataFrame = module.parse_season_schedule(read_landed(landing, module.LANDED, dates))
    return schedule
