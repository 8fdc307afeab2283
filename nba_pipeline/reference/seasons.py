"""One row per season: its first and last game date, bootstrap end and number of games.

Source: nba_reference.games, every stored date. Units: dates, games.
Known gaps: a season that is loaded in part shows the dates and counts of what is loaded.
"""

from __future__ import annotations

import pandas as pd

from nba_pipeline.calendar import season_starts
from nba_pipeline.orchestration import full, table_asset
from nba_pipeline.reference import games as reference_games
from nba_pipeline.schema import Column, Table
from nba_pipeline.schema.fields import SEASON_YEAR
from nba_pipeline.schema.frames import typed_frame

GAMES = "nba_reference.games"


def _day(name: str, description: str, *, required: bool = True) -> Column:
    return Column(name, "DATE", description, unit="date", source=GAMES, required=required)


def _count(name: str, description: str, unit: str) -> Column:
    return Column(name, "INT64", description, unit=unit, source=GAMES, required=True, minimum=0)


TABLE = Table(
    layer="reference",
    name="seasons",
    grain="one row per season",
    description="Season dates as the schedule gives them; nothing about a season is written down by hand.",
    columns=(
        SEASON_YEAR,
        Column("season_label", "STRING", "Season as printed, 2023-24.", unit="text", source=GAMES, required=True),
        _day("first_game_date", "Date of the first counted game."),
        _day("last_game_date", "Date of the last counted game known so far."),
        _day(
            "regular_season_last_date", "Date of the last regular season game; NULL if none is loaded.", required=False
        ),
        _day("bootstrap_last_date", "Fourteenth day of the season: up to it no as-of features are made."),
        _count("games", "Counted games.", "games"),
        _count("game_dates", "Days with at least one counted game.", "days"),
        _count("regular_games", "Regular season games; 1,230 in a finished season.", "games"),
    ),
    primary_key=("season_year",),
    partition_column=None,
    write_mode="replace",
)


def transform(games: pd.DataFrame) -> pd.DataFrame:
    """Dates and counts of every season in `games`."""
    regular = games[games["season_type"] == "regular"]
    by_season = games.groupby("season_year")
    totals = pd.DataFrame(
        {
            "last_game_date": by_season["game_date"].max(),
            "games": by_season.size(),
            "game_dates": by_season["game_date"].nunique(),
            "regular_season_last_date": regular.groupby("season_year")["game_date"].max(),
            "regular_games": regular.groupby("season_year").size(),
        }
    ).reset_index(names="season_year")
    rows = totals.merge(season_starts(games), on="season_year", how="left", validate="one_to_one")
    end_year = ((rows["season_year"] + 1) % 100).astype("str").str.zfill(2)
    rows["season_label"] = rows["season_year"].astype("str") + "-" + end_year
    rows["regular_games"] = rows["regular_games"].fillna(0)
    return typed_frame(TABLE, rows).sort_values("season_year", ignore_index=True)


asset = table_asset(
    TABLE,
    transform,
    inputs={"games": full(reference_games.TABLE, columns=("game_date", "season_year", "season_type"))},
)
