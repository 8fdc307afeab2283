"""One row per defending team and final game: what the opponent did, and the team's own defensive actions.

Source: team_offense_game_summary (own row and the opponent's) and player_game_summary of the same day; no raw table.
nba_reference.games only says which days have final games: one without team_offense_game_summary is a fault.
Units: counts, points, possessions, fractions 0..1. Known gaps: those of team_offense_game_summary.
"""

from __future__ import annotations

import pandas as pd

from nba_pipeline.analytics import player_game_summary as player_games
from nba_pipeline.analytics import team_offense_game_summary as team_offense
from nba_pipeline.analytics.box_statistics import SHOOTING, ZONE_COLUMNS
from nba_pipeline.analytics.team_game_columns import DEFENSE_COLUMNS
from nba_pipeline.analytics.team_game_rules import DEFENSE_INVARIANTS
from nba_pipeline.analytics.team_lines import opponents
from nba_pipeline.calendar import skip_reasons
from nba_pipeline.orchestration import same_day, table_asset
from nba_pipeline.reference import games as reference_games
from nba_pipeline.reference.team_games import final_games
from nba_pipeline.schema import Reference, Table, TableRows
from nba_pipeline.schema.frames import typed_frame

POINTS_PER_THREE = 3
POINTS_PER_MID_RANGE = 2

OWN = (
    "game_date",
    "game_id",
    "nba_game_id",
    "season_year",
    "season_type",
    "team_abbr",
    "opponent_team_abbr",
    "home_game",
    "win_flag",
    "margin_of_victory",
    "overtime_periods",
    "steals",
    "defensive_rebounds",
)
OWN_RENAMED = {"blocks": "blocks_total", "personal_fouls": "fouls_committed"}
OF_OPPONENT = {
    "points_scored": "points_allowed",
    **{name: f"opp_{name}" for name in (*SHOOTING, "offensive_rebounds", "rebounds", "assists", *ZONE_COLUMNS)},
    "turnovers": "turnovers_forced",
    "points_in_paint": "points_in_paint_allowed",
    "second_chance_points": "second_chance_points_allowed",
    "fast_break_points": "fast_break_points_allowed",
    "offensive_rating": "defensive_rating",
    "pace": "opponent_pace",
    "ts_pct": "opponent_ts_pct",
    "efg_pct": "opponent_efg_pct",
    "box_score_source": "box_score_source",
    "shot_zone_source": "shot_zone_source",
}
BLOCKS = {"paint_blocks": "blocks_paint", "mid_range_blocks": "blocks_mid_range", "three_pt_blocks": "blocks_three_pt"}
TEAM_KEY = ("game_date", "game_id", "nba_game_id", "team_abbr", "opponent_team_abbr", "home_game")

TABLE = Table(
    layer="analytics",
    name="team_defense_game_summary",
    grain="one row per defending team and final game",
    description="team_offense_game_summary turned round: team_abbr is the defending team.",
    columns=DEFENSE_COLUMNS,
    primary_key=("game_date", "team_abbr"),
    partition_column="game_date",
    cluster_by=("team_abbr",),
    row_count="two_per_final_game",
    invariants=DEFENSE_INVARIANTS,
    references=(Reference(TEAM_KEY, "analytics.team_offense_game_summary", TEAM_KEY),),
)


def transform(
    games: pd.DataFrame,
    team_offense_game_summary: pd.DataFrame,
    player_game_summary: pd.DataFrame,
    dates: pd.DatetimeIndex,
) -> TableRows:
    """The opponent's row for every row of team_offense_game_summary on the dates."""
    own = team_offense_game_summary[team_offense_game_summary["game_date"].isin(dates)].reset_index(drop=True)
    other = opponents(own, list(OF_OPPONENT)).rename(columns=OF_OPPONENT)
    rows = pd.concat([own[[*OWN, *OWN_RENAMED]].rename(columns=OWN_RENAMED), other], axis=1)
    rows = rows.merge(
        _zone_blocks(player_game_summary), on=["game_date", "team_abbr"], how="left", validate="one_to_one"
    )
    has_zones = rows["shot_zone_source"].notna()
    blocks = {name: rows[name].fillna(0).where(has_zones) for name in BLOCKS.values()}
    rows = rows.assign(
        mid_range_points_allowed=POINTS_PER_MID_RANGE * rows["opp_mid_range_makes"],
        three_pt_points_allowed=POINTS_PER_THREE * rows["opp_three_pt_makes"],
        **blocks,
    )
    return TableRows(
        typed_frame(TABLE, rows).sort_values(["game_date", "team_abbr"], ignore_index=True),
        skip_reasons=skip_reasons(final_games(games, dates), dates, bootstrap=False),
    )


def _zone_blocks(players: pd.DataFrame) -> pd.DataFrame:
    """game_date, team_abbr and the blocks of the team's players by zone."""
    box = players[~players["is_dnp"]]
    totals = box.groupby(["game_date", "team_abbr"], as_index=False)[list(BLOCKS)].sum(min_count=1)
    return totals.rename(columns=BLOCKS)


asset = table_asset(
    TABLE,
    transform,
    inputs={
        "games": same_day(reference_games.TABLE, columns=("game_date", "season_year", "is_final")),
        "team_offense_game_summary": same_day(team_offense.TABLE, columns=(*OWN, *OWN_RENAMED, *OF_OPPONENT)),
        "player_game_summary": same_day(player_games.TABLE, columns=("game_date", "team_abbr", "is_dnp", *BLOCKS)),
    },
)
