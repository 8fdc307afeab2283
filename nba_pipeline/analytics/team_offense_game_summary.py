"""One row per team and final game: totals, possessions, pace, rating, zones, result.

Source: nba_reference.games, raw.nbac_team_boxscore, play-by-play and player_game_summary of the same day.
Units: counts, points, minutes, possessions, fractions 0..1.
Known gaps: play-by-play is read from raw.nbac_play_by_play only; the second source joins as an input when its raw
table exists. Ratings stand about two points below the official ones and pace two possessions above, because no team
rebounds are counted; both are consistent inside the warehouse.
"""

from __future__ import annotations

import pandas as pd

from nba_pipeline.analytics import player_game_summary as player_games
from nba_pipeline.analytics.daily_counts import count_by_date, named_by_date
from nba_pipeline.analytics.play_by_play_columns import team_totals
from nba_pipeline.analytics.scoring_events import NBA_COLUMNS, NBA_SOURCE, choose_sources, nba_scoring_events
from nba_pipeline.analytics.team_game_columns import OFFENSE_COLUMNS
from nba_pipeline.analytics.team_game_rules import OFFENSE_INVARIANTS
from nba_pipeline.analytics.team_lines import PLAYER_COLUMNS, TEAM_BOX_COLUMNS, opponents, team_lines
from nba_pipeline.basketball import possessions, shooting
from nba_pipeline.calendar import skip_reasons
from nba_pipeline.orchestration import same_day, table_asset
from nba_pipeline.raw import nbac_play_by_play, nbac_team_boxscore
from nba_pipeline.reference import games as reference_games
from nba_pipeline.reference.team_games import GAME_COLUMNS, final_games, team_games
from nba_pipeline.schema import Reference, Table, TableRows
from nba_pipeline.schema.frames import typed_frame

TEAM_GAME = ["nba_game_id", "team_abbr"]
GAME_KEY = ("game_date", "game_id", "nba_game_id", "season_year", "season_type")

TABLE = Table(
    layer="analytics",
    name="team_offense_game_summary",
    grain="one row per team and final game",
    description="What a team did in a game; exactly two rows per final game.",
    columns=OFFENSE_COLUMNS,
    primary_key=("game_date", "team_abbr"),
    partition_column="game_date",
    cluster_by=("team_abbr",),
    row_count="two_per_final_game",
    invariants=OFFENSE_INVARIANTS,
    references=(Reference(GAME_KEY, "reference.games", GAME_KEY),),
)


def transform(
    games: pd.DataFrame,
    team_boxscore: pd.DataFrame,
    play_by_play: pd.DataFrame,
    player_game_summary: pd.DataFrame,
    dates: pd.DatetimeIndex,
) -> TableRows:
    """Both teams of every final game of the dates that has usable totals."""
    final = final_games(games, dates)
    lines = team_lines(team_games(final), team_boxscore, player_game_summary)
    rows = _with_possessions(lines)
    candidates = {NBA_SOURCE: nba_scoring_events(play_by_play, final)}
    zones = team_totals(final, choose_sources(final, candidates), candidates)
    rows = rows.merge(zones, on=TEAM_GAME, how="left", validate="one_to_one")
    rows = rows.merge(_player_numbers(player_game_summary), on=TEAM_GAME, how="left", validate="one_to_one")
    rows = rows.assign(players_used=rows["players_used"].fillna(0))
    unusable = final[~final["nba_game_id"].isin(rows["nba_game_id"].unique())]
    sentence = ": neither the team box nor the sums of the players equal the schedule's score; land a corrected box"
    return TableRows(
        typed_frame(TABLE, rows).sort_values(["game_date", "team_abbr"], ignore_index=True),
        counts={"games_without_totals": count_by_date(unusable["game_date"])},
        skip_reasons=skip_reasons(final, dates, bootstrap=False),
        warnings=named_by_date(unusable["game_date"], unusable["game_id"] + sentence),
    )


def _with_possessions(lines: pd.DataFrame) -> pd.DataFrame:
    """Game length, possessions, pace, ratings and efficiency of every team line."""
    number = {name: shooting.as_float(lines[name]) for name in ("fg_attempts", "ft_attempts", "turnovers", "points")}
    used = possessions.possessions(
        number["fg_attempts"],
        number["ft_attempts"],
        number["turnovers"],
        shooting.as_float(lines["offensive_rebounds"]),
    )
    overtimes = possessions.overtime_periods(lines["minutes"])
    minutes = possessions.team_minutes(overtimes)
    rows = lines.assign(
        points_scored=lines["points"],
        rebounds=lines["offensive_rebounds"] + lines["defensive_rebounds"],
        margin_of_victory=lines["schedule_points"] - lines["opponent_points"],
        overtime_periods=overtimes.astype("int64"),
        team_minutes=minutes,
        possessions=used,
        offensive_rating=possessions.points_per_100_possessions(number["points"], used),
        ts_pct=shooting.ts_pct(lines["points"], lines["fg_attempts"], lines["ft_attempts"]),
        efg_pct=shooting.efg_pct(lines["fg_makes"], lines["three_pt_makes"], lines["fg_attempts"]),
    )
    other = opponents(rows, ["possessions"])
    return rows.assign(pace=possessions.pace(rows["possessions"], other["possessions"], rows["team_minutes"]))


def _player_numbers(players: pd.DataFrame) -> pd.DataFrame:
    """nba_game_id, team_abbr, players_used, players_inactive; the latter NULL where the game lists no inactives."""
    counted = players.assign(is_inactive=players["player_status"] == "inactive")
    totals = counted.groupby(TEAM_GAME, as_index=False).agg(
        players_used=("is_active", "sum"), players_inactive=("is_inactive", "sum")
    )
    has_list = totals.groupby("nba_game_id")["players_inactive"].transform("sum") > 0
    return totals.assign(players_inactive=totals["players_inactive"].astype("Int64").where(has_list))


asset = table_asset(
    TABLE,
    transform,
    inputs={
        "games": same_day(reference_games.TABLE, columns=GAME_COLUMNS),
        "team_boxscore": same_day(nbac_team_boxscore.TABLE, columns=TEAM_BOX_COLUMNS),
        "play_by_play": same_day(nbac_play_by_play.TABLE, columns=NBA_COLUMNS, ordered=False),
        "player_game_summary": same_day(player_games.TABLE, columns=(*PLAYER_COLUMNS, "is_active", "player_status")),
    },
)
