"""One row per report, game and listed player: the official injury report as it stood at one instant.

Source: feed nba_injury_report, one PDF per report time; no archive. Gaps: a team that has not submitted lists
nobody, so a player missing from it is unknown, not available (see nbac_injury_report_teams); names carry no ids.
Rows of a later report do not replace earlier ones. Two-way and assignment rows (g_league) are no injuries.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from nba_pipeline.basketball.names import in_reading_order, player_lookups
from nba_pipeline.basketball.uniques import map_uniques
from nba_pipeline.landing.files import Landed, LandedFile
from nba_pipeline.orchestration import landed, season_schedule, table_asset
from nba_pipeline.raw import nbac_schedule
from nba_pipeline.raw.assemble import assemble
from nba_pipeline.raw.blocks import SOURCE_FORM
from nba_pipeline.raw.forms import Form, Record
from nba_pipeline.raw.injury_report_records import (
    FEED,
    REPORT_COLUMNS,
    read_dated_report,
    records_of,
    report_columns,
)
from nba_pipeline.raw.sieve import Sieve
from nba_pipeline.schema import Column, Table, TableRows
from nba_pipeline.schema.fields import NBA_PLAYER_ID, PLAYER_LOOKUP
from nba_pipeline.schema.frames import STRING_DTYPE

STATUSES = ("out", "doubtful", "questionable", "probable", "available")
REASON_PATTERNS = {
    "injury": r"injury/illness",
    "g_league": r"g league",
    "suspension": r"suspension",
    "health_safety_protocol": r"health and safety|protocol",
    "rest": r"\brest\b",
    "personal": r"personal",
}  # the first pattern found in the lower-case reason decides

TABLE = Table(
    layer="raw",
    name="nbac_injury_report",
    grain="one row per report, game and listed player",
    columns=(
        *REPORT_COLUMNS,
        PLAYER_LOOKUP,
        replace(NBA_PLAYER_ID, description="NBA person id; the report prints none.", source="none"),
        Column("player_name", "STRING", "Name in reading order.", unit="text", source="Player Name", required=True),
        Column(
            "player_name_original",
            "STRING",
            "Name as printed, family name first.",
            unit="text",
            source="Player Name",
            required=True,
        ),
        Column(
            "injury_status",
            "STRING",
            "How likely the player is to play.",
            unit="category",
            source="Current Status",
            required=True,
            allowed=STATUSES,
        ),
        Column("reason", "STRING", "Reason as printed, wrapped lines joined.", unit="text", source="Reason"),
        Column(
            "reason_category",
            "STRING",
            "Kind of reason; unknown where none is printed.",
            unit="category",
            source="reason",
            required=True,
            allowed=(*REASON_PATTERNS, "unknown", "other"),
        ),
        SOURCE_FORM,
    ),
    primary_key=("report_date", "report_at", "game_date", "team_abbr", "player_lookup"),
    partition_column="report_date",
    description="Immutable snapshots: a reader takes the latest report up to its cut-off, per game and team.",
    cluster_by=("report_at", "game_date", "team_abbr", "player_lookup"),
    write_mode="append",
    optional=True,
)


def transform(landed: Landed, schedule: pd.DataFrame, dates: pd.DatetimeIndex) -> TableRows:
    """Listed players of every report of the dates, tomorrow's games included."""
    form = Form(FEED, _columns, reader=read_players, files="every", date="game_date", opponent="opponent")
    return assemble(TABLE, (form,), landed, dates, schedule=schedule)


def read_players(payload: bytes, file: LandedFile) -> list[Record]:
    """Player lines of one report as printed."""
    report = read_dated_report(payload, file)
    return records_of(report, report.players)


def _columns(sieve: Sieve) -> None:
    report_columns(sieve)
    sieve.read(TABLE, {"player_name_original": "player", "injury_status": "status", "reason": "reason"})
    printed = sieve.rows["player_name_original"]
    sieve.rows["player_name"] = map_uniques(printed, lambda name: in_reading_order(str(name)), STRING_DTYPE)
    sieve.rows["player_lookup"] = player_lookups(printed)
    nameless = printed.notna() & sieve.rows["player_lookup"].isna()
    sieve.refuse(nameless, "no_player_name", column="player_name_original", detail="the name has no readable letter")
    status = sieve.rows["injury_status"].str.lower()
    unknown = status.notna() & ~status.isin(STATUSES)
    sieve.refuse(unknown, "bad_value", column="injury_status", detail=f"expected one of {', '.join(STATUSES)}")
    sieve.rows["injury_status"] = status
    sieve.rows["reason_category"] = categorise_reasons(sieve.rows["reason"])


def categorise_reasons(reasons: pd.Series) -> pd.Series:
    """Kind of every printed reason."""
    text = reasons.str.lower()
    found = [text.str.contains(pattern, regex=True).to_numpy(dtype=bool) for pattern in REASON_PATTERNS.values()]
    kinds = np.select([text.isna().to_numpy(), *found], ["unknown", *REASON_PATTERNS], default="other")
    return pd.Series(kinds, index=reasons.index, dtype=STRING_DTYPE)


asset = table_asset(
    TABLE,
    transform,
    inputs={"landed": landed(feeds=(FEED,)), "schedule": season_schedule()},
    after=(nbac_schedule.TABLE,),
)
