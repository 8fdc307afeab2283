"""The code location of the live test: the real tables on a simulated league, with automation on and in a hurry.

The league is played in 2024, so the clock of this process is set back to the morning after its last date. Only what
asks for the date sees it; the times of events stay real.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import dagster._time

from nba_pipeline.definitions import build_definitions
from nba_pipeline.orchestration.automation import Automation
from nba_pipeline.orchestration.feed_rules import Pace
from nba_pipeline.settings import load_settings

NOW_VARIABLE = "LIVE_LEAGUE_NOW"  # instant at which the league's clock stood when STARTED_VARIABLE was
STARTED_VARIABLE = "LIVE_LEAGUE_STARTED"

_back = datetime.fromisoformat(os.environ[STARTED_VARIABLE]) - datetime.fromisoformat(os.environ[NOW_VARIABLE])
HURRY = Pace(
    interval=timedelta(seconds=5), quiet=timedelta(seconds=1), quiet_snapshots=timedelta(seconds=1), most_requests=500
)


def league_now() -> datetime:
    return datetime.now(UTC) - _back


dagster._time._mockable_get_current_datetime = league_now

defs = build_definitions(load_settings(), Automation(running=True, pace=HURRY, conditions_seconds=5, clock=league_now))
