"""Columns that several raw tables share: the game's teams as the schedule has them, game clock, form of a row.

Does NOT belong here: identity columns of every layer (schema.fields), columns of one table.
"""

from __future__ import annotations

from dataclasses import replace

from nba_pipeline.basketball.clocks import REGULATION_PERIOD_SECONDS
from nba_pipeline.schema import Column
from nba_pipeline.schema.fields import TEAM_ABBR

IS_HOME = Column(
    "is_home",
    "BOOL",
    "The row's team is the schedule's home team, also on a neutral court.",
    unit="flag",
    source="schedule",
    required=True,
)
HOME_TEAM_ABBR = replace(
    TEAM_ABBR, name="home_team_abbr", description="NBA tricode of the schedule's home team.", source="schedule"
)
AWAY_TEAM_ABBR = replace(
    TEAM_ABBR, name="away_team_abbr", description="NBA tricode of the schedule's visiting team.", source="schedule"
)
MAX_PERIOD = 10  # six overtimes; the longest game of the league had that many
PERIOD = Column(
    "period",
    "INT64",
    "Period: 1-4 quarters, 5 and above overtimes.",
    unit="count",
    source="period",
    required=True,
    minimum=1,
    maximum=MAX_PERIOD,
)
CLOCK_SECONDS = Column(
    "clock_seconds",
    "FLOAT64",
    "Seconds left in the period.",
    unit="seconds",
    source="clock",
    required=True,
    minimum=0,
    maximum=REGULATION_PERIOD_SECONDS,
)
SOURCE_FORM = Column(
    "source_form",
    "STRING",
    "Where the row was read from: name of a feed, or archive.",
    unit="category",
    source="landing zone",
    required=True,
    may_be_constant="a season usually comes from one form",
)
